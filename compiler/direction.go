package compiler

import (
	"slices"

	"github.com/porin-dev/porin/compiler/ir"
)

// way is one of the two that values travel.
type way struct {
	flag  func(*ir.Type) *bool
	skips func(*ir.Field) bool // Members that do not travel that way.
}

var (
	sent     = way{func(t *ir.Type) *bool { return &t.In }, func(f *ir.Field) bool { return f.ReadOnly }}
	received = way{func(t *ir.Type) *bool { return &t.Out }, func(f *ir.Field) bool { return f.WriteOnly }}
)

// mark sets the flag of a way on t and everything that travels with it.
func (c *compilation) mark(t *ir.Type, w way) {
	if t == nil || *w.flag(t) {
		return
	}
	*w.flag(t) = true
	for _, f := range t.Fields {
		if !w.skips(f) {
			c.mark(f.Type, w)
		}
	}
	c.mark(t.Elem, w)
	for _, v := range t.Variants {
		c.mark(v, w)
	}
	if t.Kind == ir.Ref {
		c.mark(c.named[t.Ref], w)
	}
}

// dropMembers takes those that never travel out of types that travel one way only.
func (c *compilation) dropMembers() {
	drop := func(t *ir.Type) {
		each(t, func(u *ir.Type) {
			for _, w := range [...]way{sent, received} {
				if u.Kind == ir.Object && *w.flag(u) && u.In != u.Out {
					u.Choices = without(u.Choices, membersThat(u, w.skips))
					u.Fields = slices.DeleteFunc(u.Fields, w.skips)
				}
			}
		})
	}
	for _, t := range c.out.Types {
		drop(t)
	}
	for _, a := range c.out.AllActions() {
		drop(a.Params)
		drop(a.Returns)
	}
}

// membersThat lists the members of an object for which is holds.
func membersThat(t *ir.Type, is func(*ir.Field) bool) []string {
	var names []string
	for _, f := range t.Fields {
		if is(f) {
			names = append(names, f.Name)
		}
	}
	return names
}

// without is what choices say when some members need not be there: of a set of which
// no other is left nothing is asked.
func without(choices []*ir.Choice, names []string) []*ir.Choice {
	if len(names) == 0 {
		return choices
	}
	var out []*ir.Choice
	for _, choice := range choices {
		rest := &ir.Choice{Pos: choice.Pos}
		for _, set := range choice.Sets {
			rest.Sets = append(rest.Sets, slices.DeleteFunc(slices.Clone(set), func(name string) bool { return slices.Contains(names, name) }))
		}
		if !rest.Met(func(string) bool { return false }) {
			out = append(out, rest)
		}
	}
	return out
}
