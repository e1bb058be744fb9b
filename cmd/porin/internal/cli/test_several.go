package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/porin-dev/porin/runtime/gauntlet"
)

// testSeveral runs the gauntlet of one folder after the other. One that cannot
// be run is told, and the others go on.
func (a *app) testSeveral(ctx context.Context, dirs []string, f testFlags) error {
	if f.mutate || f.junit != "" || f.html != "" {
		return usageError{errors.New("--mutate, --junit and --html take one folder at a time")}
	}
	width := 0
	for _, dir := range dirs {
		width = max(width, len(dir))
	}
	reports := []*gauntlet.Report{}
	var failures strings.Builder
	bad := false
	for _, dir := range dirs {
		if ctx.Err() != nil {
			break
		}
		report, err := a.score(ctx, dir, f)
		switch {
		case report == nil && ctx.Err() != nil:
			continue
		case report == nil:
			bad = true
			if !errors.Is(err, errFailed) {
				fmt.Fprintf(a.err, "error: %v\n", err)
			}
			if !a.json {
				fmt.Fprintf(a.out, "  %-*s  not run\n", width, dir)
			}
			continue
		}
		reports = append(reports, report)
		for _, s := range report.Failed() {
			bad = true
			fmt.Fprintf(&failures, "\n%s: %s", dir, s.Text())
		}
		if !a.json {
			fmt.Fprintf(a.out, "  %-*s  %s\n", width, dir, report.Score)
		}
	}
	if a.json {
		if err := a.writeJSON(reports); err != nil {
			return err
		}
	} else {
		fmt.Fprint(a.out, failures.String())
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if bad {
		return errFailed
	}
	return nil
}
