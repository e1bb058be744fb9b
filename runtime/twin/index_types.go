package twin

import "github.com/porin-dev/porin/compiler/ir"

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

// flatten lists own and embedded members. Embeds that lead in a circle end.
func (x *index) flatten(t *ir.Type, depth int) []*ir.Field {
	if t == nil || depth > 20 {
		return nil
	}
	var all []*ir.Field
	for _, name := range t.Embeds {
		all = append(all, x.flatten(x.resolve(x.types[name]), depth+1)...)
	}
	return append(all, t.Fields...)
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

// field returns the member of an object type, or nil.
func (x *index) field(t *ir.Type, name string) *ir.Field {
	for _, f := range x.fields(t) {
		if f.Name == name {
			return f
		}
	}
	return nil
}
