package twin

import (
	"slices"

	"github.com/porin-dev/porin/compiler/ir"
)

// onlyRead reports whether a member is of answers alone. One that says what its object
// is has one value, and may be sent.
func (x *index) onlyRead(f *ir.Field) bool {
	t := x.resolve(f.Type)
	return f.ReadOnly && (t == nil || !constant(t))
}

// drops says of a member whether it is taken out of its object. Of a map, whose entries
// are no members, the field is nil.
type drops func(f *ir.Field, v any) bool

// unsaid is what of a request says nothing: members of answers alone and, but in a merge
// patch, null for a member that may be absent and is never null.
func (x *index) unsaid(o *op) drops {
	patch := o.patches()
	return func(f *ir.Field, v any) bool {
		return f != nil && (x.onlyRead(f) || v == nil && !patch && !f.Required && !x.nullable(f.Type))
	}
}

// neverTold is what of a request no answer has.
func neverTold(f *ir.Field, _ any) bool { return f != nil && f.WriteOnly }

// removed is what a merge patch takes away.
func removed(_ *ir.Field, v any) bool { return v == nil }

// strip takes members out of the objects of a value, which is changed.
func (x *index) strip(declared *ir.Type, v any, out drops) any {
	t := x.resolve(declared)
	if t == nil {
		return v
	}
	if t.Kind == ir.Union {
		i := slices.IndexFunc(t.Variants, func(variant *ir.Type) bool { return x.fit(variant, v, false) == nil })
		if i < 0 {
			return v
		}
		return x.strip(t.Variants[i], v, out)
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			x.strip(t.Elem, e, out)
		}
	case *object:
		v.members = slices.DeleteFunc(v.members, func(m member) bool {
			f, inner := x.field(t, m.name), t.Elem
			if f != nil {
				inner = f.Type
			}
			x.strip(inner, m.value, out)
			return out(f, m.value)
		})
	}
	return v
}
