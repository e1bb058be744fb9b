package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/runtime/gauntlet"
	"github.com/porin-dev/porin/runtime/twin"
)

func explainCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain [CODE]",
		Short: "Explain a diagnostic, a fault, an oracle or a scenario",
		Long: `Explain says what a diagnostic such as P0202 means, why it matters and how to
mend it, with an example that fails and one that works. Faults, oracles and
scenarios of the gauntlet are explained by their ids. Without a code, it lists
the diagnostics; of faults, oracles, scenarios, or a group such as auth, it lists
the ids.`,
		Example: `  porin explain P0202
  porin explain paging/foreign-next
  porin explain once
  porin explain scenarios`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.listCodes()
			}
			return a.explain(args[0])
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return explainable(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	return cmd
}

func (a *app) listCodes() error {
	entries := diag.Entries()
	if a.json {
		return a.writeJSON(entries)
	}
	for _, e := range entries {
		fmt.Fprintf(a.out, "%s  %s\n", e.Code, e.Title)
	}
	return nil
}

func (a *app) explain(id string) error {
	if e, ok := diag.Explain(diag.Code(strings.ToUpper(id))); ok {
		if a.json {
			return a.writeJSON(e)
		}
		_, err := fmt.Fprintln(a.out, e.String())
		return err
	}
	if text, ok := gauntlet.Explain(wholeID(id)); ok {
		if a.json {
			return a.writeJSON(map[string]string{"id": id, "text": text})
		}
		_, err := fmt.Fprintln(a.out, text)
		return err
	}
	if list := idsOf(id); len(list) > 0 {
		return a.list(list)
	}
	return fmt.Errorf("%w; `porin explain` lists the diagnostics, and `porin explain faults`, `oracles` and `scenarios` the ids",
		unknownName("diagnostic, fault, oracle or scenario", id, explainable()))
}

// listed is one id, with what it is.
type listed struct {
	Kind  string `json:"kind"` // fault, scenario or oracle
	ID    string `json:"id"`
	Title string `json:"title"`
}

// idsOf lists the faults, the oracles, the scenarios, or the faults and scenarios of a
// group.
func idsOf(kind string) []listed {
	var out []listed
	for _, f := range twin.Catalogue() {
		if kind == "faults" || kind == f.Group {
			out = append(out, listed{"fault", f.ID, f.Doc})
		}
	}
	for _, s := range gauntlet.Scenarios() {
		if kind == "scenarios" || kind == s.Group() {
			out = append(out, listed{"scenario", s.ID, s.Title})
		}
	}
	for _, o := range gauntlet.Oracles() {
		if kind == "oracles" {
			out = append(out, listed{"oracle", o.ID, o.Rule})
		}
	}
	return out
}

func (a *app) list(ids []listed) error {
	if a.json {
		return a.writeJSON(ids)
	}
	width := 0
	for _, l := range ids {
		width = max(width, len(l.ID))
	}
	several, kind := ids[0].Kind != ids[len(ids)-1].Kind, ""
	for _, l := range ids {
		if several && l.Kind != kind {
			if kind != "" {
				fmt.Fprintln(a.out)
			}
			kind = l.Kind
			fmt.Fprintf(a.out, "%ss\n", kind)
		}
		fmt.Fprintf(a.out, "%-*s  %s\n", width, l.ID, l.Title)
	}
	return nil
}

// wholeID is the id with its group, which a table of the gauntlet has as a
// heading, when one group alone has it.
func wholeID(id string) string {
	var whole []string
	for _, known := range gauntlet.Explainable() {
		if known == id {
			return id
		}
		if strings.HasSuffix(known, "/"+id) {
			whole = append(whole, known)
		}
	}
	if len(whole) != 1 {
		return id
	}
	return whole[0]
}

func explainable() []string {
	var ids []string
	for _, e := range diag.Entries() {
		ids = append(ids, string(e.Code))
	}
	return append(ids, gauntlet.Explainable()...)
}
