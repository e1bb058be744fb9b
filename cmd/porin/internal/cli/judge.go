package cli

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/porin-dev/porin/runtime/gauntlet"
	"github.com/porin-dev/porin/runtime/gauntlet/process"
)

type judgeFlags struct {
	scenario string
	seed     uint64
	timeout  time.Duration
	reportFiles
}

func judgeCommand(a *app) *cobra.Command {
	var f judgeFlags
	cmd := &cobra.Command{
		Use:   "judge DIR -- DRIVER [ARG...]",
		Short: "Run any client through the faults of a twin, and score it",
		Long: `Judge runs a client that anybody wrote, in any language, through the scenarios
of porin test. The client is behind a driver: a program that is told by lines of
JSON on its input what to do, and says on its output what it got. docs/judge.md
has the protocol, with a driver in Go and one in Node.

Each scenario has a twin of its own, served over TCP, and a driver process of its
own. Time is real, so long waits are made short, and scenarios that need minutes
are not exercised. What a driver does not offer is not counted against it.`,
		Example: `  porin judge connectors/slack -- ./driver
  porin judge connectors/slack --scenario 'paging/*' --html page.html -- node driver.mjs`,
		Args: cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error { return a.judge(cmd, args[0], args[1:], f) },

		ValidArgsFunction: completeDir,
	}
	cmd.Flags().StringVar(&f.scenario, "scenario", "", "run only the scenarios that match this pattern, such as auth/*")
	cmd.Flags().Uint64Var(&f.seed, "seed", 1, "seed of the twin's data")
	cmd.Flags().DurationVar(&f.timeout, "timeout", gauntlet.Patience, "the longest that one call of the driver may take")
	f.define(cmd)
	return cmd
}

func (a *app) judge(cmd *cobra.Command, dir string, driver []string, f judgeFlags) error {
	if f.timeout < time.Second {
		return usageError{fmt.Errorf("--timeout %s is less than a second", f.timeout)}
	}
	if err := errors.Join(f.check(), checkScenario(cmd, f.scenario)); err != nil {
		return usageError{err}
	}
	c, err := a.load(dir)
	if err != nil {
		return err
	}
	d, err := process.Open(cmd.Context(), driver)
	if err != nil {
		if !errors.Is(err, gauntlet.ErrBroken) {
			err = fmt.Errorf("%s: %w", driver[0], err)
		}
		return err
	}
	j := gauntlet.Judging{Only: f.scenario, Seed: f.seed, Patience: f.timeout, Timeline: f.html != "" || a.json}
	show, done, failed := a.liveLine(), 0, 0
	j.Done = func(r gauntlet.Result) {
		if done++; r.Outcome == gauntlet.Fail {
			failed++
		}
		show("%d scenarios judged, %d failed", done, failed)
	}
	if !a.json && isTerminal(a.err) {
		j.Done = func(r gauntlet.Result) { a.printf("%-14s %s\n", r.Outcome, r.ID) }
	} else {
		show("no scenario judged yet")
	}
	report, ended := gauntlet.Judge(cmd.Context(), c, d, j)
	show("")
	if report == nil {
		return ended
	}
	report.Library, report.Command = d.Version, f.command(dir, driver)
	err = a.printScore(report)
	if err := f.write(report); err != nil {
		return err
	}
	if ended != nil {
		return ended
	}
	if err != nil {
		return err
	}
	if report.Score.Exercised == 0 {
		return errors.New("nothing was exercised, so nothing is known of the client: each line says what is missing")
	}
	return nil
}

// command is what judges the same scenarios again.
func (f judgeFlags) command(dir string, driver []string) string {
	words := fmt.Sprintf("porin judge %s --seed %d", word(dir), f.seed)
	if f.scenario != "" {
		words += " --scenario " + word(f.scenario)
	}
	if f.timeout != gauntlet.Patience {
		words += " --timeout " + f.timeout.String()
	}
	words += " --"
	for _, arg := range driver {
		words += " " + word(arg)
	}
	return words
}

// plainWord is what a shell takes as it stands.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./:=@%+,-]+$`)

// word is an argument as a shell reads it.
func word(arg string) string {
	if plainWord.MatchString(arg) {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}
