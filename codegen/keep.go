package codegen

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// keep returns the part of the connector that the globs select: the actions,
// the groups that still have any, and the types that they reach. The connector
// itself is not changed; what is dropped is dropped from copies.
func keep(c *ir.Connector, globs []string) (*ir.Connector, error) {
	if len(globs) == 0 {
		return c, nil
	}
	match, err := compileGlobs(globs)
	if err != nil {
		return nil, err
	}
	out := *c
	out.Groups = keepGroups(c.Groups, match)
	if len(out.Groups) == 0 {
		return nil, fmt.Errorf("codegen: no action of %s matches %s", c.Name, strings.Join(globs, ", "))
	}
	out.Resources = keepResources(c.Resources, match)
	out.Types = keepTypes(&out)
	out.Flows, out.Syncs, out.Tests = nil, nil, nil
	return &out, nil
}

// compileGlobs returns a test for action paths. A glob without * also selects
// everything below it: "chat" is "chat.*".
func compileGlobs(globs []string) (func(string) bool, error) {
	var alts []string
	for _, g := range globs {
		if g == "" {
			return nil, fmt.Errorf("codegen: an empty glob selects nothing")
		}
		alts = append(alts, strings.ReplaceAll(regexp.QuoteMeta(g), `\*`, ".*"))
	}
	re, err := regexp.Compile(`^(` + strings.Join(alts, "|") + `)(\..*)?$`)
	if err != nil {
		return nil, fmt.Errorf("codegen: %w", err)
	}
	return re.MatchString, nil
}

func keepGroups(groups []*ir.Group, match func(string) bool) []*ir.Group {
	var out []*ir.Group
	for _, g := range groups {
		kept := *g
		kept.Groups = keepGroups(g.Groups, match)
		kept.Actions = slices.DeleteFunc(slices.Clone(g.Actions), func(a *ir.Action) bool { return !match(a.Path) })
		if len(kept.Groups)+len(kept.Actions) > 0 {
			out = append(out, &kept)
		}
	}
	return out
}

func keepResources(resources []*ir.Resource, match func(string) bool) []*ir.Resource {
	var out []*ir.Resource
	for _, r := range resources {
		kept := *r
		kept.Uses = slices.DeleteFunc(slices.Clone(r.Uses), func(u *ir.ResourceUse) bool { return !match(u.Action) })
		if len(kept.Uses) > 0 {
			out = append(out, &kept)
		}
	}
	return out
}

// keepTypes returns the named types that the rest of the connector reaches, in
// their order.
func keepTypes(c *ir.Connector) []*ir.Type {
	r := reach{c, map[string]bool{}}
	for _, a := range c.AllActions() {
		r.visit(a.Params)
		r.visit(a.Returns)
		if a.Page != nil {
			r.visit(a.Page.Item)
		}
	}
	for _, res := range c.Resources {
		r.name(res.Of)
	}
	for _, w := range c.Webhooks {
		r.name(w.Envelope)
		for _, e := range w.Events {
			r.name(e.Type)
		}
	}
	return slices.DeleteFunc(slices.Clone(c.Types), func(t *ir.Type) bool { return !r.seen[t.Name] })
}

// reach collects the names of types that are referred to, at any distance.
type reach struct {
	c    *ir.Connector
	seen map[string]bool
}

func (r reach) name(n string) {
	if !r.seen[n] {
		r.seen[n] = true
		r.visit(r.c.Type(n))
	}
}

func (r reach) visit(t *ir.Type) {
	walkType(t, func(t *ir.Type) {
		if t.Kind == ir.Ref {
			r.name(t.Ref)
		}
		for _, e := range t.Embeds {
			r.name(e)
		}
	})
}
