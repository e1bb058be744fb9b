package cli

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/porin-dev/porin/cmd/porin/internal/output"
	"github.com/porin-dev/porin/codegen"
	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

type generateFlags struct {
	only       []string
	force      bool
	check      bool
	updateLock bool
}

func generateCommand(a *app) *cobra.Command {
	var f generateFlags
	cmd := &cobra.Command{
		Use:   "generate [DIR...]",
		Short: "Write the Go package of each spec beside it",
		Long: `Generate compiles the spec in each folder and writes the client package into the
same folder, and the test package (a fake, the twin, the gauntlet) below it.
All files are written, or none. Files that you wrote are never touched, and
files that you changed after they were generated only with --force.

The names that callers may use are pinned in porin.lock.json; commit it with
the package. In a consumer's repository, put this line into a Go file beside
the spec:

  //go:generate go tool porin generate .`,
		Example: `  porin generate connectors/slack
  porin generate --only 'chat.*,conversations.list' connectors/slack`,
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, dir := range dirsOr(args) {
				if err := a.generate(dir, f); err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().StringSliceVar(&f.only, "only", nil, "generate only actions that match these patterns, such as chat.*")
	cmd.Flags().BoolVar(&f.force, "force", false, "overwrite generated files that were changed by hand")
	cmd.Flags().BoolVar(&f.check, "check", false, "write nothing; fail when a file is not what would be generated")
	cmd.Flags().BoolVar(&f.updateLock, "update-lock", false, "accept changed and removed Go names")
	return cmd
}

func (a *app) generate(dir string, f generateFlags) error {
	c, r, src := loadForGenerate(dir, f.updateLock)
	if c == nil {
		return a.report(r, src)
	}
	importPath, err := importPathOf(dir)
	if err != nil {
		return err
	}
	files, err := codegen.Generate(c, codegen.Options{ImportPath: importPath, Only: f.only})
	if err != nil {
		return err
	}
	plan := output.NewPlan(dir, files, compiler.LockOf(c), f.force, r)
	if r.HasErrors() {
		return a.report(r, src)
	}
	if f.check {
		checkCurrent(dir, plan, r)
		return a.report(r, src)
	}
	if err := plan.Apply(); err != nil {
		r.Errorf(diag.OutputNotWritable, ir.Pos{File: dir}, "the package cannot be written: %s", err).
			Help("nothing was changed; make the folder writable and run it again")
		return a.report(r, src)
	}
	if a.json {
		return a.writeJSON(map[string]any{"version": 1, "dir": dir, "written": plan.Changed(), "removed": plan.Removed(), "unchanged": plan.Unchanged})
	}
	if err := a.report(r, src); err != nil {
		return err
	}
	a.printf("%s: %s written, %d unchanged\n", dir, plural(len(plan.Changed()), "file"), plan.Unchanged)
	return nil
}

// loadForGenerate compiles a spec; with update, what the lock file says of
// names is not held against it.
func loadForGenerate(dir string, update bool) (*ir.Connector, *diag.Report, diag.Sources) {
	load := compiler.Load
	if update {
		load = compiler.LoadUnlocked
	}
	c, pkg, r := load(dir)
	var src diag.Sources
	if pkg != nil {
		src = pkg.Sources()
	}
	return c, r, src
}

// checkCurrent reports files that are not what would be generated.
func checkCurrent(dir string, plan *output.Plan, r *diag.Report) {
	stale := append(plan.Changed(), plan.Removed()...)
	if len(stale) > 0 {
		r.Errorf(diag.GeneratedOutdated, ir.Pos{File: dir}, "the generated package is not what the spec says").
			Note("these differ: %s", strings.Join(stale, ", ")).
			Help("run `porin generate %s`", dir)
	}
}

// importPathOf derives the import path of a folder from the go.mod above it.
func importPathOf(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for at, rel := abs, ""; ; {
		data, err := os.ReadFile(filepath.Join(at, "go.mod"))
		if err == nil {
			module := moduleOf(data)
			if module == "" {
				return "", fmt.Errorf("%s has no module line", filepath.Join(at, "go.mod"))
			}
			return path.Join(module, filepath.ToSlash(rel)), nil
		}
		if !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
		parent := filepath.Dir(at)
		if parent == at {
			return "", fmt.Errorf("no go.mod at or above %s, so the package has no import path; run `go mod init` first", dir)
		}
		rel = filepath.Join(filepath.Base(at), rel)
		at = parent
	}
}

func moduleOf(gomod []byte) string {
	for line := range strings.Lines(string(gomod)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "module "); ok {
			return strings.Trim(strings.TrimSpace(name), `"`)
		}
	}
	return ""
}
