package cli

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/porin-dev/porin/cmd/porin/internal/mutation"
	"github.com/porin-dev/porin/compiler/ir"
)

// mutate checks that the gauntlet notices wrong rules. Survivors are no
// failure: they say which rules nothing checks.
func (a *app) mutate(ctx context.Context, c *ir.Connector, dir string, f testFlags) error {
	_, importPath, err := moduleOf(dir)
	if err != nil {
		return err
	}
	start := time.Now()
	show, tried := a.liveLine(), 0
	report, err := mutation.Run(ctx, c, mutation.Options{
		Dir: dir, ImportPath: importPath, Jobs: f.jobs, Seed: f.seed, Resume: keptDir(),
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
		return a.writeJSON(report)
	}
	a.printf("%.1f s\n", time.Since(start).Seconds())
	return report.WriteText(a.out)
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
