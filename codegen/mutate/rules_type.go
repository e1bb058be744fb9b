package mutate

import (
	"slices"

	"github.com/porin-dev/porin/compiler/ir"
)

// fields changes the types of what actions return. Members that lists are paged
// by are left to the rules of pages, and a constant, which tells the
// alternatives of a union apart, has no other type.
func (l *list) fields() {
	skip := map[*ir.Field]bool{}
	for _, a := range l.c.AllActions() {
		if p := a.Page; p != nil {
			for _, path := range []ir.Path{p.Items, bodyOf(p.From), bodyOf(p.More), bodyOf(p.Total), bodyOf(p.Pages), p.Field} {
				if f := l.member(a.Returns, path); f != nil {
					skip[f] = true
				}
			}
			for _, f := range l.c.Fields(p.Item) {
				if len(p.Field) > 0 && f.Name == p.Field[0].Name {
					skip[f] = true
				}
			}
		}
	}
	for _, a := range l.c.AllActions() {
		if a.Reply != "" && a.Reply != "json" {
			continue
		}
		visit := func(f *ir.Field, at string) {
			if !skip[f] {
				l.field(a, f, at)
			}
		}
		switch {
		case a.Page != nil: // Clients read the items alone.
			l.walk(a.Page.Item, join(a.Page.Items.String(), "*"), nil, visit)
		case a.Stream != nil:
			l.walk(a.Returns, "*", nil, visit)
		default:
			l.walk(a.Returns, "", nil, visit)
		}
	}
}

func bodyOf(s *ir.Source) ir.Path {
	if s == nil {
		return nil
	}
	return s.Body
}

// member is the field that a path of names leads to.
func (l *list) member(t *ir.Type, path ir.Path) *ir.Field {
	var f *ir.Field
	for _, step := range path {
		fields := l.c.Fields(t)
		i := slices.IndexFunc(fields, func(f *ir.Field) bool { return f.Name == step.Name })
		if i < 0 || step.Index != nil {
			return nil
		}
		f = fields[i]
		t = f.Type
	}
	return f
}

// walk visits the members of a type that are always of one kind, with their
// place in the answer. What is behind alternatives comes and goes, and is left
// out; a type within itself is visited once.
func (l *list) walk(t *ir.Type, at string, within []*ir.Type, visit func(*ir.Field, string)) {
	t = l.c.Resolve(t)
	if t == nil || slices.Contains(within, t) {
		return
	}
	within = append(slices.Clone(within), t)
	switch t.Kind {
	case ir.List, ir.Map:
		l.walk(t.Elem, join(at, "*"), within, visit)
	case ir.Object:
		for _, f := range l.c.Fields(t) {
			visit(f, join(at, f.Name))
			l.walk(f.Type, join(at, f.Name), within, visit)
		}
	}
}

func join(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}

// field gives one scalar member another type.
func (l *list) field(a *ir.Action, f *ir.Field, at string) {
	t := f.Type
	if t.Kind == ir.Ref || t.Nullable || len(t.Enum) > 0 || t.Wire.Secret || t.Wire.Decimal || t.Wire.ID || t.Wire.Stream != "" {
		return
	}
	pos := f.Pos
	if !pos.IsValid() {
		pos = a.Pos
	}
	other := *t
	var m *Mutant
	switch {
	case len(t.Wire.Time) > 0:
		format := another(t.Wire.Time[0], "unix_ms", "unix")
		if t.Kind == ir.String {
			format = another(t.Wire.Time[0], "rfc3339", "unix")
		}
		other.Wire.Time = []string{format}
		m = l.at(TimeFormat, pos, a.Path, "%s is a time as %s in place of %s", f.Name, format, t.Wire.Time[0])
	case t.Kind == ir.String:
		other = ir.Type{Kind: ir.Bool, Pos: t.Pos}
	case t.Kind == ir.Int || t.Kind == ir.Float || t.Kind == ir.Bool:
		other = ir.Type{Kind: ir.String, Pos: t.Pos}
	default:
		return
	}
	if m == nil {
		m = l.at(FieldType, pos, a.Path, "%s is of type %s in place of %s", f.Name, other.Kind, t.Kind)
	}
	if m.Places == nil {
		m.Places = map[string][]string{}
	}
	if !l.changed[f] { // Actions may hold the same member or copies of it.
		l.changed[f] = true
		set(m, &f.Type, &other)
	}
	if !slices.Contains(m.Places[a.Path], at) {
		m.Places[a.Path] = append(m.Places[a.Path], at)
	}
}
