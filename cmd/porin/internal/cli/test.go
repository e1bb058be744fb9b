package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/porin-dev/porin/cmd/porin/internal/children"
	"github.com/porin-dev/porin/cmd/porin/internal/output"
	"github.com/porin-dev/porin/codegen"
	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/gauntlet"
)

type testFlags struct {
	scenario string
	seed     uint64
	size     string
	shrink   bool
	mutate   bool
	jobs     int
	mutated
	reportFiles
}

func testCommand(a *app) *cobra.Command {
	var f testFlags
	cmd := &cobra.Command{
		Use:   "test [DIR ...]",
		Short: "Run the generated client through the faults of its twin, and score it",
		Long: `Test runs the gauntlet: every scenario that the spec in DIR makes possible arms
faults in the twin, runs a workload through the generated client, and judges what
the twin saw. It prints a table, the score and, for each failure, the lines of the
journal that prove it. Time is virtual: hours of waiting take milliseconds.

It runs the test package that porin generate wrote, with the Go toolchain;
go test on that package does the same. Of several folders it prints the scores,
a line each, and what failed.`,
		Example: `  porin test connectors/slack
  porin test connectors/*
  porin test connectors/slack --scenario 'auth/*' --seed 7
  porin test connectors/slack --mutate --rule effect,unit`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := errors.Join(f.check(), checkScenario(cmd, f.scenario)); err != nil {
				return usageError{err}
			}
			if f.jobs < 1 {
				return usageError{fmt.Errorf("--jobs is a number from 1 on, not %d", f.jobs)}
			}
			if len(args) > 1 {
				return a.testSeveral(cmd.Context(), dirsOr(args), f)
			}
			return a.test(cmd.Context(), dirsOr(args)[0], f)
		},

		ValidArgsFunction: completeDir,
	}
	cmd.Flags().StringVar(&f.scenario, "scenario", "", "run only the scenarios that match this pattern, such as auth/*")
	cmd.Flags().Uint64Var(&f.seed, "seed", 1, "seed of the twin's data and the client's random draws")
	cmd.Flags().StringVar(&f.size, "size", "", "make scenarios smaller, as --shrink says it: callers=2,pages=1,items=3,faults=1")
	cmd.Flags().BoolVar(&f.shrink, "shrink", false, "find the smallest workload and set of faults with which a scenario still fails")
	f.reportFiles.define(cmd)
	cmd.Flags().BoolVar(&f.mutate, "mutate", false, "make the client's rules wrong, one at a time, and report which of them no scenario notices")
	cmd.Flags().IntVar(&f.jobs, "jobs", runtime.NumCPU(), "with --mutate: how many wrong clients run at once")
	f.mutated.define(cmd)
	return cmd
}

func (a *app) test(ctx context.Context, dir string, f testFlags) error {
	if f.mutate {
		c, _, err := a.testable(dir)
		if err != nil {
			return err
		}
		return a.mutate(ctx, c, dir, f)
	}
	start := time.Now()
	report, ended := a.score(ctx, dir, f)
	if report == nil {
		if ctx.Err() != nil {
			a.notWritten(f.reportFiles)
		}
		return ended
	}
	if !a.json {
		a.printf("%.1f s\n", time.Since(start).Seconds())
	}
	err := a.printScore(report)
	if err := f.write(report); err != nil {
		return err
	}
	if ended != nil {
		return ended
	}
	for _, s := range report.Failed() {
		if s.Smallest != "" && !a.json {
			f.scenario, f.size = s.ID, s.Smallest
			a.printf("%s fails in this size, too: %s\n", s.ID, f.command(dir))
		}
	}
	return err
}

// testable loads the spec in dir, and returns the folder of its test package.
func (a *app) testable(dir string) (c *ir.Connector, pkg string, err error) {
	if c, err = a.load(dir); err != nil {
		return nil, "", err
	}
	pkg = filepath.Join(dir, c.Name+"test")
	if _, err := exec.LookPath("go"); err != nil {
		r := &diag.Report{}
		r.Errorf(diag.NoGoToolchain, ir.Pos{}, "the gauntlet runs the generated package, and there is no `go` command").
			Help("install Go from https://go.dev/dl/")
		return nil, "", a.report(r, nil)
	}
	if _, err := os.Stat(filepath.Join(pkg, "gauntlet_test.go")); err != nil {
		return nil, "", fmt.Errorf("%s has no generated package yet; run `porin generate %s`", dir, dir)
	}
	return c, pkg, a.current(c, dir)
}

// current refuses a package that is not what the spec says: its score would be
// that of another spec.
func (a *app) current(c *ir.Connector, dir string) error {
	_, importPath, err := moduleOf(dir)
	if err != nil {
		return err
	}
	files, err := codegen.Generate(c, codegen.Options{ImportPath: importPath})
	if err != nil {
		return err
	}
	r := &diag.Report{}
	if plan := output.NewPlan(dir, files, compiler.LockOf(c), false, r); !r.HasErrors() {
		checkCurrent(dir, plan, r)
	}
	if r.HasErrors() {
		return a.report(r, nil)
	}
	return nil
}

// check refuses flags that name nothing or cannot be together, before anything runs.
func (f testFlags) check() error {
	if _, err := gauntlet.ParseSize(f.size); err != nil {
		return err
	}
	if f.mutate && (f.scenario != "" || f.size != "" || f.shrink || f.junit != "" || f.html != "") {
		return errors.New("--mutate runs every scenario in its own way: only --seed, --jobs, --rule, --sample and --at-least go with it")
	}
	if err := f.mutated.check(f.mutate); err != nil {
		return err
	}
	return f.reportFiles.check()
}

// checkScenario refuses the flag --scenario when no scenario is of one of its parts, and
// says what is near that one.
func checkScenario(cmd *cobra.Command, glob string) error {
	if glob == "" && cmd.Flags().Changed("scenario") {
		return errors.New("--scenario is empty; without it every scenario runs")
	}
	if _, err := gauntlet.Choose(glob); err == nil {
		return nil
	}
	ids, groups := scenarioNames()
	var wrong []error
	for part := range strings.SplitSeq(glob, ",") {
		part = strings.TrimSpace(part)
		_, err := gauntlet.Choose(part)
		near, ok := nearScenario(part, ids, groups)
		switch {
		case part == "":
			wrong = append(wrong, fmt.Errorf("--scenario %q has an empty part", glob))
		case err == nil:
		case len(gauntlet.ScenariosWith(part)) > 0:
			wrong = append(wrong, fmt.Errorf("%s is a fault; scenarios with it: %s", part, strings.Join(gauntlet.ScenariosWith(part), ", ")))
		case ok:
			wrong = append(wrong, fmt.Errorf("%w; did you mean %q?", err, near))
		default:
			wrong = append(wrong, fmt.Errorf("%w; the groups are %s", err, strings.Join(groups, ", ")))
		}
	}
	return errors.Join(wrong...)
}

// nearScenario is what was meant by a name that no scenario and no group has. The group of
// a scenario may have been left out.
func nearScenario(name string, ids, groups []string) (string, bool) {
	if near, ok := diag.Nearest(name, append(slices.Clone(ids), groups...)); ok {
		return near, true
	}
	byRest := map[string]string{}
	for _, id := range slices.Backward(ids) {
		_, rest, _ := strings.Cut(id, "/")
		byRest[rest] = id
	}
	if id, ok := byRest[name]; ok {
		return id, true
	}
	near, ok := diag.Nearest(name, sortedKeys(byRest))
	return byRest[near], ok
}

// score runs the test package of the spec in dir and reads the report that it
// writes. A package that does not build is printed, and the error is errFailed. When ctx
// ends the error is its own, and the report, if there is one, has what was judged.
func (a *app) score(ctx context.Context, dir string, f testFlags) (*gauntlet.Report, error) {
	_, pkg, err := a.testable(dir)
	if err != nil {
		return nil, err
	}
	temp, err := os.MkdirTemp("", "porin-test-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temp)
	file := filepath.Join(temp, "report.json")
	cmd, end := children.Command(ctx, "go", "test", "-v", "-vet=off", "-count=1", "-run=^TestGauntlet$", ".")
	cmd.Dir = pkg
	cmd.Env = append(os.Environ(), gauntlet.EnvReport+"="+file, gauntlet.EnvScenario+"="+f.scenario, gauntlet.EnvSeed+"="+strconv.FormatUint(f.seed, 10),
		gauntlet.EnvSize+"="+f.size, gauntlet.EnvShrink+"="+flagged(f.shrink), gauntlet.EnvTimeline+"="+flagged(f.html != "" || a.json))
	out := &tally{show: a.liveLine()}
	out.show("building the gauntlet")
	cmd.Stdout, cmd.Stderr = out, out
	err = cmd.Run()
	end()
	out.show("")
	if ctx.Err() != nil {
		return f.interrupted(ctx, dir, file)
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return nil, err
	}
	data, readErr := os.ReadFile(file)
	if readErr != nil {
		r := &diag.Report{}
		said, help := out.said(), "mend what Go says, or write the package anew with `porin generate`"
		if strings.Contains(said, "no required module provides package "+porinModule) {
			said, help = "its go.mod does not require "+porinModule, "run `go get "+porinModule+"`, or with a clone of it `go mod edit -replace="+porinModule+"=PATH` and `go mod tidy`"
		}
		r.Errorf(diag.GeneratedNoBuild, ir.Pos{File: pkg}, "the gauntlet did not run").
			Note("%s", strings.ReplaceAll(strings.TrimSpace(said), "\t", " ")).
			Help("%s", help)
		return nil, a.report(r, nil)
	}
	report, err := gauntlet.ReadReport(data)
	if err == nil {
		report.Command = f.command(dir)
	}
	return report, err
}

// interrupted is what was judged until the run was ended; nil when nothing was.
func (f testFlags) interrupted(ctx context.Context, dir, file string) (*gauntlet.Report, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, ctx.Err()
	}
	report, err := gauntlet.ReadReport(data)
	if err != nil || len(report.Scenarios) == 0 {
		return nil, ctx.Err()
	}
	report.Command = f.command(dir)
	return report, ctx.Err()
}

// porinModule is what generated packages import.
const porinModule = "github.com/porin-dev/porin"

// flagged is a flag as the environment has it.
func flagged(on bool) string {
	if on {
		return "1"
	}
	return ""
}

// command is what runs the same scenarios again.
func (f testFlags) command(dir string) string {
	words := fmt.Sprintf("porin test %s --seed %d", dir, f.seed)
	if f.scenario != "" {
		words += " --scenario '" + f.scenario + "'" // Its globs are not for the shell.
	}
	if f.size != "" {
		words += " --size " + f.size
	}
	return words
}

// printScore prints the table, and fails when a scenario did.
func (a *app) printScore(report *gauntlet.Report) error {
	var err error
	if a.json {
		err = a.writeJSON(report)
	} else {
		err = report.WriteTable(a.out, a.colored(a.out))
	}
	if err == nil && len(report.Failed()) > 0 {
		return errFailed
	}
	return err
}
