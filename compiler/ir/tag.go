package ir

import "slices"

// Tag is the member whose constant tells a variant from the other objects of a
// union: one that they have with other values or, for want of it, one that none of
// them has as the same constant. It is nil when the variant has no such member.
func (c *Connector) Tag(union, variant *Type) *Field {
	variant = c.Resolve(variant)
	if variant == nil {
		return nil
	}
	var next *Field
	for _, f := range variant.Fields {
		if len(f.Type.Enum) != 1 {
			continue
		}
		value := f.Type.Enum[0]
		sure, shared := true, false
		for _, v := range union.Variants {
			other := c.Resolve(v)
			if other == nil || other == variant || other.Kind != Object {
				continue
			}
			i := slices.IndexFunc(other.Fields, func(o *Field) bool { return o.Name == f.Name })
			if i < 0 {
				sure = false
				continue
			}
			t := c.Resolve(other.Fields[i].Type)
			has := t == nil || len(t.Enum) == 0 || slices.Contains(t.Enum, value)
			sure = sure && !has
			shared = shared || has && t != nil && len(t.Enum) == 1
		}
		if sure {
			return f
		}
		if next == nil && !shared {
			next = f
		}
	}
	return next
}
