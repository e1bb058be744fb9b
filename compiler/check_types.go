package compiler

import (
	"slices"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// checkTypes checks the named types among themselves.
func (c *compilation) checkTypes() {
	for _, t := range c.out.Types {
		if path := c.requires(t, t.Name, nil); path != nil {
			c.report.Errorf(diag.EndlessType, t.Pos, "`#%s` requires itself, so no value of it is finite", t.Name).
				Note("by way of %s", quoteList(path)).
				Help("make one of these fields optional, or let it be null")
		}
		c.checkUnions(t)
		c.checkRanges(t)
	}
}

// requires returns the fields by which every value of t needs a value of the
// type called name, or nil.
func (c *compilation) requires(t *ir.Type, name string, visited []string) []string {
	if t == nil || t.Nullable || t.Kind != ir.Object {
		return nil
	}
	for _, f := range t.Fields {
		if !f.Required || f.Type.Nullable {
			continue
		}
		switch {
		case f.Type.Kind == ir.Ref && f.Type.Ref == name:
			return []string{f.Name}
		case f.Type.Kind == ir.Ref && !slices.Contains(visited, f.Type.Ref):
			if p := c.requires(c.named[f.Type.Ref], name, append(visited, f.Type.Ref)); p != nil {
				return append([]string{f.Name}, p...)
			}
		case f.Type.Kind == ir.Object:
			if p := c.requires(f.Type, name, visited); p != nil {
				return append([]string{f.Name}, p...)
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
			c.report.Warnf(diag.AmbiguousUnion, u.Pos, "nothing tells the variants of this union apart").
				Help("give each variant a required field that the others lack, or a constant such as type!: \"card\"")
		}
	})
}

func (c *compilation) checkRanges(t *ir.Type) {
	each(t, func(u *ir.Type) {
		if u.Min == nil || u.Max == nil {
			return
		}
		low, high := number(u.Min.Value), number(u.Max.Value)
		if low > high || low == high && (u.Min.Exclusive || u.Max.Exclusive) {
			c.report.Errorf(diag.EmptyRange, u.Pos, "no value is between %s and %s", u.Min.Value, u.Max.Value)
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
