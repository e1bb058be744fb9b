package twin

import (
	"slices"

	"github.com/porin-dev/porin/compiler/ir"
)

// resolve follows references to the type itself; nil when a name does not exist.
func (x *index) resolve(t *ir.Type) *ir.Type {
	for range 100 {
		if t == nil || t.Kind != ir.Ref {
			return t
		}
		t = x.types[t.Ref]
	}
	return nil
}

// fields returns the members of an object type, those of its embeds first.
func (x *index) fields(t *ir.Type) []*ir.Field {
	if t == nil {
		return nil
	}
	if len(t.Embeds) == 0 {
		return t.Fields
	}
	return x.flatten(t, 0)
}

// flatten lists own and embedded members; its own stand in place of embedded
// ones of the same name. Embeds that lead in a circle end.
func (x *index) flatten(t *ir.Type, depth int) []*ir.Field {
	if t == nil || depth > 20 {
		return nil
	}
	var all []*ir.Field
	for _, name := range t.Embeds {
		all = append(all, x.flatten(x.resolve(x.types[name]), depth+1)...)
	}
	for _, f := range t.Fields {
		if i := slices.IndexFunc(all, func(o *ir.Field) bool { return o.Name == f.Name }); i >= 0 {
			all[i] = f
		} else {
			all = append(all, f)
		}
	}
	return all
}

// rawTypeAt returns the type at a path, unresolved; nil when there is none.
func (x *index) rawTypeAt(t *ir.Type, p ir.Path) *ir.Type {
	for _, s := range p {
		t = x.resolve(t)
		switch {
		case t == nil:
			return nil
		case s.Name == "" || t.Kind == ir.List || t.Kind == ir.Map:
			t = t.Elem
		default:
			f := x.field(t, s.Name)
			if f == nil {
				return nil
			}
			t = f.Type
		}
	}
	return t
}

// typeAt is rawTypeAt, resolved.
func (x *index) typeAt(t *ir.Type, p ir.Path) *ir.Type {
	if len(p) == 0 {
		return nil
	}
	return x.resolve(x.rawTypeAt(t, p))
}

// mixed reports whether JSON writes the variants of a union in different ways, such
// as an object and its id. The first is then what the provider sends.
func (x *index) mixed(t *ir.Type) bool {
	objects := 0
	for _, v := range t.Variants {
		if r := x.resolve(v); r != nil && (r.Kind == ir.Object || r.Kind == ir.Map) {
			objects++
		}
	}
	return objects > 0 && objects < len(t.Variants)
}

// lowest returns the type whose values nest least; of several, the first, which
// is the plainest by convention.
func (x *index) lowest(of []*ir.Type) *ir.Type {
	return slices.MinFunc(of, func(a, b *ir.Type) int { return x.height(a, nil) - x.height(b, nil) })
}

// endless is the height of a type that has no value without itself.
const endless = 1000

// height is how deep the smallest value of a type nests.
func (x *index) height(t *ir.Type, within []string) int {
	if t == nil {
		return 0
	}
	switch t.Kind {
	case ir.Ref:
		if slices.Contains(within, t.Ref) {
			return endless
		}
		return x.height(x.types[t.Ref], append(within, t.Ref))
	case ir.List:
		if t.Min != nil {
			return 1 + x.height(t.Elem, within)
		}
	case ir.Object:
		most := 0
		for _, f := range x.fields(t) {
			if f.Required {
				most = max(most, 1+x.height(f.Type, within))
			}
		}
		for _, c := range t.Choices {
			least := endless
			for _, set := range c.Sets {
				least = min(least, x.setHeight(t, set, within))
			}
			most = max(most, least)
		}
		return most
	case ir.Union:
		least := endless
		for _, v := range t.Variants {
			least = min(least, x.height(v, within))
		}
		return least
	}
	return 0
}

// setHeight is how deep the members of one set of a choice nest, at least.
func (x *index) setHeight(t *ir.Type, set, within []string) int {
	most := 0
	for _, name := range set {
		if f := x.field(t, name); f != nil {
			most = max(most, 1+x.height(f.Type, within))
		}
	}
	return most
}

// chosen are the members that a made value has because of choices: of each the
// first set or, deep down, the one whose values nest least.
func (x *index) chosen(t *ir.Type, depth int) map[string]bool {
	if t == nil || len(t.Choices) == 0 {
		return nil
	}
	names := map[string]bool{}
	for _, c := range t.Choices {
		set := c.Sets[0]
		if depth >= depthOptional {
			set = slices.MinFunc(c.Sets, func(a, b []string) int { return x.setHeight(t, a, nil) - x.setHeight(t, b, nil) })
		}
		for _, name := range set {
			names[name] = true
		}
	}
	return names
}

// field returns the member of an object type, or nil.
func (x *index) field(t *ir.Type, name string) *ir.Field {
	for _, f := range x.fields(t) {
		if f.Name == name {
			return f
		}
	}
	return nil
}
