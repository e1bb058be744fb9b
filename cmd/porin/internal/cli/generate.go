package cli

import (
	"context"
	"maps"
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
		RunE: func(cmd *cobra.Command, args []string) error { return a.generateAll(cmd.Context(), dirsOr(args), f) },

		ValidArgsFunction: completeDir,
	}
	cmd.Flags().StringSliceVar(&f.only, "only", nil, "generate only actions that match these patterns, such as chat.*")
	cmd.Flags().BoolVar(&f.force, "force", false, "overwrite generated files that were changed by hand")
	cmd.Flags().BoolVar(&f.check, "check", false, "write nothing; fail when a file is not what would be generated")
	cmd.Flags().BoolVar(&f.updateLock, "update-lock", false, "accept changed and removed Go names")
	return cmd
}

// generated is what generate prints as JSON.
type generated struct {
	Version  int                `json:"version"`
	Packages []generatedPackage `json:"packages"`
}

type generatedPackage struct {
	Dir       string   `json:"dir"`
	Written   []string `json:"written"`
	Removed   []string `json:"removed"`
	Unchanged int      `json:"unchanged"` // How many files.

	lacking string // The module of the package, where it does not require what the package imports.
}

func (a *app) generateAll(ctx context.Context, dirs []string, f generateFlags) error {
	out, all, src := generated{Version: 1}, &diag.Report{}, diag.Sources{}
	for _, dir := range dirs {
		if err := ctx.Err(); err != nil {
			return err
		}
		p, err := generate(dir, f, all, src)
		if err != nil {
			return err
		}
		if p != nil {
			out.Packages = append(out.Packages, *p)
		}
	}
	if a.json && !f.check && !all.HasErrors() {
		return a.writeJSON(out)
	}
	err := a.report(all, src)
	for _, p := range out.Packages {
		if !a.json {
			a.printf("%s: %s written, %d unchanged\n", p.Dir, plural(len(p.Written), "file"), p.Unchanged)
		}
	}
	a.noteModules(out.Packages)
	return err
}

// generate writes the package of one spec, and says what it did; it is nil
// when nothing was to be written. Mistakes are added to the report.
func generate(dir string, f generateFlags, all *diag.Report, src diag.Sources) (*generatedPackage, error) {
	c, r, own := loadForGenerate(dir, f.updateLock)
	maps.Copy(src, own)
	defer all.Add(r)
	if c == nil {
		return nil, nil
	}
	m, importPath, err := moduleOf(dir)
	if err != nil {
		return nil, err
	}
	files, err := codegen.Generate(c, codegen.Options{ImportPath: importPath, Only: f.only})
	if err != nil {
		return nil, err
	}
	plan := output.NewPlan(dir, files, compiler.LockOf(c), f.force, r)
	switch {
	case r.HasErrors():
		return nil, nil
	case f.check:
		checkCurrent(dir, plan, r)
		return nil, nil
	}
	if err := plan.Apply(); err != nil {
		output.ReportFailure(r, dir, "package", err)
		return nil, nil
	}
	p := &generatedPackage{Dir: dir, Written: plan.Changed(), Removed: plan.Removed(), Unchanged: plan.Unchanged}
	if !m.hasRuntime() {
		p.lacking = m.name
	}
	return p, nil
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
