package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/compiler/ir"
)

func showCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "show [DIR] [ACTION]",
		Short: "Print the effective rules of a spec, with the place each came from",
		Long: `Show prints what a spec means once inheritance is resolved: the actions of the
spec in DIR, or one action with all that applies to it and where it was written.
With --json it prints the whole compiled form.`,
		Example: `  porin show connectors/slack
  porin show connectors/slack chat.postMessage
  porin show --json connectors/slack`,
		Args: cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := dirsOr(args)[0]
			c, err := a.load(dir)
			if err != nil {
				return err
			}
			if len(args) < 2 {
				return a.showConnector(c)
			}
			return a.showAction(c, args[1])
		},
		ValidArgsFunction: completeAction,
	}
}

// completeAction completes a folder, and then an action of the spec in it.
func completeAction(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return nil, cobra.ShellCompDirectiveFilterDirs
	}
	c, _, _ := compiler.Load(args[0])
	if c == nil || len(args) > 1 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, act := range c.AllActions() {
		names = append(names, act.Path)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

func (a *app) showConnector(c *ir.Connector) error {
	if a.json {
		return a.writeJSON(c)
	}
	fmt.Fprintf(a.out, "%s: %s\n", c.Name, c.Title)
	for _, act := range c.AllActions() {
		page := ""
		if act.Page != nil {
			page = "  pages by " + act.Page.Style
		}
		fmt.Fprintf(a.out, "  %-44s %-6s %-12s%s\n", act.Path, act.Method, act.Effect, page)
	}
	return nil
}

func (a *app) showAction(c *ir.Connector, name string) error {
	act := c.Action(name)
	if act == nil {
		var names []string
		for _, x := range c.AllActions() {
			names = append(names, x.Path)
		}
		return unknownName("action", name, names)
	}
	if a.json {
		return a.writeJSON(act)
	}
	p := func(label, value string, at ir.Pos) {
		if value == "" {
			return
		}
		if !at.IsValid() {
			at = act.Pos
		}
		fmt.Fprintf(a.out, "  %-9s %-60s %s\n", label, value, at)
	}
	fmt.Fprintf(a.out, "%s: %s\n", act.Path, act.Doc)
	p("request", act.Method+" "+act.URL.String(), act.URL.Pos)
	p("server", act.Server, act.Origin["server"])
	p("effect", string(act.Effect), act.Origin["effect"])
	p("auth", strings.Join(act.Auth, ", "), act.Origin["auth"])
	p("scopes", strings.Join(act.Scopes, ", "), act.Origin["scopes"])
	for _, l := range act.Limits {
		p("limit", fmt.Sprintf("%s, cost %d", l.Limit, l.Cost), l.Pos)
	}
	if act.Page != nil {
		p("page", fmt.Sprintf("%s of %s, ends by %s", act.Page.Style, act.Page.Items, strings.Join(act.Page.End, " or ")), act.Page.Pos)
	}
	for _, e := range act.Errors {
		p("error", fmt.Sprintf("%s when %s", e.Class, whenText(&e.When)), e.Pos)
	}
	for _, f := range paramsOf(act) {
		p("param", f, ir.Pos{})
	}
	a.showEvidence(c, act)
	return nil
}

// showEvidence prints where the facts about an action come from.
func (a *app) showEvidence(c *ir.Connector, act *ir.Action) {
	for _, e := range c.Evidence {
		if strings.HasPrefix(e.Path+".", "actions."+act.Path+".") {
			fmt.Fprintf(a.out, "  %-9s %s (%s) %s\n", e.How, e.Why, strings.TrimPrefix(e.Path, "actions."+act.Path+"."), e.Src)
		}
	}
}

func paramsOf(act *ir.Action) []string {
	if act.Params == nil {
		return nil
	}
	var list []string
	for i, f := range act.Params.Fields {
		mark := "?"
		if f.Required {
			mark = "!"
		}
		list = append(list, fmt.Sprintf("%s%s in %s", f.Name, mark, act.Places[i].In))
	}
	for _, c := range act.Params.Choices {
		sets := make([]string, len(c.Sets))
		for i, set := range c.Sets {
			sets[i] = strings.Join(set, "+")
		}
		list = append(list, "any of "+strings.Join(sets, " | "))
	}
	return list
}

// whenText puts a condition in words.
func whenText(w *ir.When) string {
	var parts []string
	if len(w.Status) > 0 {
		parts = append(parts, "status "+strings.Join(w.Status, " or "))
	}
	if w.Media != "" {
		parts = append(parts, "media "+w.Media)
	}
	for _, m := range slices.Concat(w.Header, w.Body) {
		parts = append(parts, matchText(m))
	}
	return strings.Join(parts, ", ")
}

func matchText(m *ir.Match) string {
	var values []string
	for _, v := range m.Values {
		values = append(values, fmt.Sprint(v))
	}
	if m.Op == "eq" {
		return fmt.Sprintf("%s is %s", m.At, strings.Join(values, ""))
	}
	return fmt.Sprintf("%s %s %s", m.At, m.Op, strings.Join(values, ", "))
}

// sortedKeys returns the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
