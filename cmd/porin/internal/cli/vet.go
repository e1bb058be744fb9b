package cli

import (
	"github.com/spf13/cobra"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/spec/quirks"
)

func vetCommand(a *app) *cobra.Command {
	var strict, assumptions bool
	var dirs []string
	cmd := &cobra.Command{
		Use:   "vet [DIR...]",
		Short: "Check specs",
		Long: `Vet checks the spec in each folder and prints what is wrong with it, with the
place and a way out. Nothing is written.

What the spec only assumes is counted; --assumptions lists it, and --strict
refuses assumptions that lose data or money when they are wrong.

Where something is known about the API, as ` + "`porin quirks`" + ` lists it, a spec that
says otherwise or leaves it out gets a warning. A fact that an @why of the spec
names with quirk= is left alone.`,
		Example: `  porin vet connectors/slack
  porin vet --strict --json connectors/slack`,
		RunE: func(cmd *cobra.Command, args []string) error {
			known, err := a.knowledge(dirs)
			if err != nil {
				return err
			}
			all := &diag.Report{}
			src := diag.Sources{}
			for _, dir := range dirsOr(args) {
				a.vet(dir, known, strict, assumptions, all, src)
			}
			return a.report(all, src)
		},
		ValidArgsFunction: completeDir,
	}
	cmd.Flags().BoolVar(&strict, "strict", false, "refuse assumptions that lose data or money when they are wrong")
	cmd.Flags().BoolVar(&assumptions, "assumptions", false, "list every assumption")
	quirksFlag(cmd, &dirs)
	return cmd
}

// vet checks one spec and says in one line what it is.
func (a *app) vet(dir string, known *quirks.Index, strict, assumptions bool, all *diag.Report, src diag.Sources) {
	c, pkg, r := compiler.LoadKnowing(dir, known)
	if pkg != nil {
		for name, text := range pkg.Sources() {
			src[name] = text
		}
	}
	if c != nil && strict {
		compiler.RefuseAssumptions(c, r)
	}
	if c != nil && assumptions {
		compiler.NoteAssumptions(c, r)
	}
	all.Add(r)
	if c == nil || a.json {
		return
	}
	n := 0
	for range c.AllActions() {
		n++
	}
	a.printf("%s: %s, %s, %s, %s\n", dir, plural(n, "action"), plural(len(c.Types), "type"), plural(len(c.Webhooks), "webhook"), plural(len(compiler.Assumptions(c)), "assumption"))
}
