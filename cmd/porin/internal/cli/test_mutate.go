package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/porin-dev/porin/cmd/porin/internal/mutation"
	"github.com/porin-dev/porin/codegen/mutate"
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// mutated are the flags of --mutate.
type mutated struct {
	rules   []string
	sample  int
	atLeast float64 // Percent.
}

func (m *mutated) define(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&m.rules, "rule", nil, "with --mutate: only rules of these kinds, such as effect or \"error class\"")
	cmd.Flags().IntVar(&m.sample, "sample", 0, "with --mutate: only so many wrong rules, of each kind as many as there can be; the seed says which")
	cmd.Flags().Float64Var(&m.atLeast, "at-least", 0, "with --mutate: fail where fewer are noticed, in percent")
}

// check refuses what is no kind, no number and no percentage, and flags without --mutate.
func (m *mutated) check(mutating bool) error {
	switch {
	case !mutating && (len(m.rules) > 0 || m.sample != 0 || m.atLeast != 0):
		return errors.New("--rule, --sample and --at-least go with --mutate")
	case m.sample < 0:
		return fmt.Errorf("--sample %d is no number of rules", m.sample)
	case m.atLeast < 0 || m.atLeast > 100:
		return fmt.Errorf("--at-least %v is no percentage", m.atLeast)
	}
	for _, rule := range m.rules {
		if slices.Contains(mutate.Kinds, mutate.Kind(rule)) {
			continue
		}
		names := make([]string, len(mutate.Kinds))
		for i, k := range mutate.Kinds {
			names[i] = string(k)
		}
		if near, ok := diag.Nearest(rule, names); ok {
			return fmt.Errorf("--rule %q is no kind of rule; did you mean %q?", rule, near)
		}
		return fmt.Errorf("--rule %q is no kind of rule; there are %s", rule, strings.Join(names, ", "))
	}
	return nil
}

func (m *mutated) kinds() (kinds []mutate.Kind) {
	for _, rule := range m.rules {
		kinds = append(kinds, mutate.Kind(rule))
	}
	return kinds
}

// mutate checks that the gauntlet notices wrong rules. Survivors are a failure where
// there are more than --at-least allows; they say which rules nothing checks.
func (a *app) mutate(ctx context.Context, c *ir.Connector, dir string, f testFlags) error {
	_, importPath, err := moduleOf(dir)
	if err != nil {
		return err
	}
	start := time.Now()
	show, tried := a.liveLine(), 0
	report, err := mutation.Run(ctx, c, mutation.Options{
		Dir: dir, ImportPath: importPath, Jobs: f.jobs, Seed: f.seed, Kinds: f.kinds(), Sample: f.sample, Resume: keptDir(),
		Progress: func(p mutation.Progress) {
			switch p.Doing {
			case "running":
				tried = p.Done
				show("%d of %d wrong rules tried, %d not noticed", p.Done, p.Of, p.Alive)
			case "generating":
				show("%d of %d wrong rules written", p.Done, p.Of)
			default:
				show("%s", p.Doing)
			}
		},
	})
	show("")
	if ctx.Err() != nil && tried > 0 && keptDir() != "" {
		a.printf("%d wrong rules were tried; running it again goes on where it was\n", tried)
	}
	if err != nil {
		return err
	}
	if a.json {
		err = a.writeJSON(report)
	} else {
		a.printf("%.1f s\n", time.Since(start).Seconds())
		err = report.WriteText(a.out)
	}
	if err != nil {
		return err
	}
	return report.AtLeast(f.atLeast)
}

// keptDir is where outcomes of a run that was ended are kept; "" where users
// have no such place.
func keptDir() string {
	cache, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(cache, "porin", "mutate")
}
