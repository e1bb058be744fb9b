package mutation

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/porin-dev/porin/cmd/porin/internal/children"
	"github.com/porin-dev/porin/codegen"
	"github.com/porin-dev/porin/codegen/mutate"
	"github.com/porin-dev/porin/runtime/gauntlet"
)

// build compiles the test package with some files in place of those on disk,
// which stay as they are.
func (r *run) build(ctx context.Context, name string, files []codegen.File) (binary string, err error) {
	dir, err := filepath.Abs(r.Dir)
	if err != nil {
		return "", err
	}
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	for i, f := range files {
		at := filepath.Join(r.temp, fmt.Sprintf("%s-%d.go", name, i))
		if err := os.WriteFile(at, f.Content, 0o644); err != nil {
			return "", err
		}
		overlay.Replace[filepath.Join(dir, filepath.FromSlash(f.Path))] = at
	}
	data, err := json.Marshal(overlay)
	if err != nil {
		return "", err
	}
	list := filepath.Join(r.temp, name+".json")
	if err := os.WriteFile(list, data, 0o644); err != nil {
		return "", err
	}
	binary = filepath.Join(r.temp, name+".test")
	cmd, end := children.Command(ctx, "go", "test", "-c", "-vet=off", "-trimpath", "-ldflags=-s -w", "-overlay="+list, "-o", binary, ".")
	cmd.Dir = filepath.Join(dir, r.c.Name+"test")
	out, err := cmd.CombinedOutput()
	end()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		return "", fmt.Errorf("the client with wrong rules does not build: %w\n%s", err, bytes.TrimSpace(out))
	}
	return binary, nil
}

// trial is one run of a binary.
type trial struct {
	binary    string
	mutant    int      // 0 is none.
	scenarios []string // Globs; none is every scenario.
	actions   []string // What scenarios that try every action are held to; none is every one.
	first     bool     // The first failure ends it.
}

// limit is how long a run may take: a client that goes round in circles is
// ended by then.
const limit = 2 * time.Minute

// play runs a binary and returns its report. The report is nil when the program
// did not come to the end, and why is what it said.
func (r *run) play(ctx context.Context, t trial) (report *gauntlet.Report, why string, err error) {
	out, err := os.CreateTemp(r.temp, "report-*.json")
	if err != nil {
		return nil, "", err
	}
	defer os.Remove(out.Name())
	if err := out.Close(); err != nil {
		return nil, "", err
	}
	ctxRun, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	args := []string{"-test.run=^TestGauntlet$", "-test.parallel=1"}
	if t.first {
		args = append(args, "-test.failfast")
	}
	cmd, end := children.Command(ctxRun, t.binary, args...)
	cmd.Cancel = func() error { end(); return nil } // At once: a part of a report is none.
	cmd.Dir = filepath.Join(r.Dir, r.c.Name+"test")
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1",
		mutate.Env+"="+strconv.Itoa(t.mutant),
		gauntlet.EnvSeed+"="+strconv.FormatUint(r.Seed, 10),
		gauntlet.EnvReport+"="+out.Name(),
		gauntlet.EnvScenario+"="+strings.Join(t.scenarios, ","),
		gauntlet.EnvActions+"="+strings.Join(t.actions, ","))
	said, runErr := cmd.CombinedOutput()
	end()
	if ctx.Err() != nil {
		return nil, "", ctx.Err()
	}
	data, err := os.ReadFile(out.Name())
	if err != nil {
		return nil, "", err
	}
	if len(data) == 0 {
		if runErr == nil {
			return nil, "", fmt.Errorf("the gauntlet wrote no report: %s", said)
		}
		if ctxRun.Err() != nil {
			return nil, "the run had no end", nil
		}
		if !bytes.Contains(said, []byte("panic: ")) && !bytes.Contains(said, []byte("fatal error: ")) {
			return nil, "", fmt.Errorf("the gauntlet did not run: %s", bytes.TrimSpace(said))
		}
		return nil, "the program ended: " + firstLine(said), nil
	}
	report, err = gauntlet.ReadReport(data)
	return report, "", err
}

func firstLine(said []byte) string {
	text := strings.TrimSpace(string(said))
	first, _, _ := strings.Cut(text, "\n")
	return first
}
