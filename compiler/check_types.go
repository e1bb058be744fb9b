package compiler

import (
	"slices"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// checkTypes checks the named types among themselves, and the unions of all.
func (c *compilation) checkTypes() {
	inCircle := map[string]bool{}
	for _, t := range c.out.Types {
		c.checkUnions(t)
		if inCircle[t.Name] {
			continue // Reported with the type that the circle was met at first.
		}
		if way := c.requires(t, t.Name, map[string]bool{}); way != nil {
			var fields []string
			for _, f := range way {
				fields = append(fields, f.Name)
				inCircle[f.Type.Ref] = true
			}
			c.report.Errorf(diag.EndlessType, t.Pos, "`#%s` requires itself, so no value of it is finite", t.Name).
				Note("by way of %s", diag.List(fields)).
				Help("make one of these fields optional, or let it be null")
		}
	}
	for _, a := range c.out.AllActions() {
		c.checkUnions(a.Params)
		c.checkUnions(a.Returns)
	}
}

// requires returns the fields by which every value of t needs a value of the
// type called name, or nil.
func (c *compilation) requires(t *ir.Type, name string, visited map[string]bool) []*ir.Field {
	if t == nil || t.Nullable || t.Kind != ir.Object {
		return nil
	}
	for _, f := range t.Fields {
		if !f.Required || f.Type.Nullable {
			continue
		}
		switch ref := f.Type.Ref; {
		case f.Type.Kind == ir.Ref && ref == name:
			return []*ir.Field{f}
		case f.Type.Kind == ir.Ref && !visited[ref]:
			visited[ref] = true
			if way := c.requires(c.named[ref], name, visited); way != nil {
				return append([]*ir.Field{f}, way...)
			}
		case f.Type.Kind == ir.Object:
			if way := c.requires(f.Type, name, visited); way != nil {
				return append([]*ir.Field{f}, way...)
			}
		}
	}
	return nil
}

// checkUnions warns about variants that a reader cannot tell apart: objects of
// which none has a required field or a constant that the others lack.
func (c *compilation) checkUnions(t *ir.Type) {
	each(t, func(u *ir.Type) {
		if u.Kind != ir.Union {
			return
		}
		var blurred []*ir.Type
		for _, v := range u.Variants {
			if r := c.resolve(v); r != nil && r.Kind == ir.Object && !slices.ContainsFunc(r.Fields, func(f *ir.Field) bool { return f.Required }) {
				blurred = append(blurred, v)
			}
		}
		if len(blurred) > 1 {
			c.warn(diag.AmbiguousUnion, u.Pos, "nothing tells the variants of this union apart").
				Help("give each variant a required field that the others lack, or a constant such as type!: \"card\"")
		}
	})
}

// each calls f for t and every type inside it, not following references.
func each(t *ir.Type, f func(*ir.Type)) {
	if t == nil {
		return
	}
	f(t)
	for _, x := range t.Fields {
		each(x.Type, f)
	}
	each(t.Elem, f)
	for _, v := range t.Variants {
		each(v, f)
	}
}
