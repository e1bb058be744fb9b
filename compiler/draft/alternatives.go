package draft

import (
	"fmt"
	"slices"
)

// simplifyUnion leaves the alternatives that can be told apart; others become one.
func (d *drafter) simplifyUnion(s *schema) *schema {
	all, nullable := d.flatten(s)
	tag := ""
	if d.sending {
		tag = tagOf(all)
	}
	alts := d.dropCovered(unite(all, s.tagged, tag))
	if !tellable(alts) && s.tagged { // It has no constants.
		alts = d.dropCovered(unite(all, false, ""))
	}
	if !tellable(alts) {
		d.note(s.at, "nothing tells the alternatives apart; they are any value")
		return keep(&schema{at: s.at}, s, nullable)
	}
	switch len(alts) {
	case 0:
		return keep(&schema{at: s.at}, s, nullable)
	case 1:
		return keep(alts[0], s, nullable)
	}
	s.alts, s.nullable = alts, s.nullable || nullable
	return s
}

// described is an object of which nothing is known but what it requires, as a
// map.
func described(s *schema) *schema {
	if s.kind != objectKind || len(s.fields) > 0 || len(s.needs)+len(s.choices) == 0 {
		return s
	}
	return keep(&schema{at: s.at, kind: mapKind, elem: &schema{at: s.at}}, s, false)
}

// tellable reports whether a reader can tell the alternatives apart: by their
// kind or, of objects, by a name or a constant. One that is any value hides the
// others.
func tellable(alts []*schema) bool {
	plain := 0
	for _, a := range alts {
		switch a.kind {
		case anyKind:
			return len(alts) == 1
		case mapKind:
			plain++
		case objectKind:
			if !slices.ContainsFunc(a.fields, constant) {
				plain++
			}
		}
	}
	return plain < 2
}

// constant reports whether a member has but one value.
func constant(m *member) bool {
	return m.required && m.schema.kind == enumKind && len(m.schema.enum) == 1 && !m.schema.nullable
}

// keep carries what a union says of itself to what is left of it.
func keep(out, s *schema, nullable bool) *schema {
	c := *out
	c.nullable = c.nullable || s.nullable || nullable
	if s.doc != "" {
		c.doc = s.doc
	}
	if s.title != "" {
		c.title = s.title
	}
	return &c
}

// flatten returns the alternatives without null, unions of unions undone.
func (d *drafter) flatten(s *schema) (alts []*schema, nullable bool) {
	for _, a := range s.alts {
		a = d.simplify(a)
		if a.kind == nullKind || a.kind == anyKind && a.nullable && a.fixed == nil { // {nullable: true} is null.
			nullable = true
			continue
		}
		if a.kind == unionKind && !a.tagged {
			alts, nullable = append(alts, a.alts...), nullable || a.nullable
			continue
		}
		nullable = nullable || a.nullable
		c := *a
		c.nullable = false
		alts = append(alts, &c)
	}
	return alts, nullable
}

// unite merges alternatives of one kind, in the order they appear: objects
// written in place become one with the members of all, unless the constant called
// tag tells them apart; enums become one.
func unite(alts []*schema, tagged bool, tag string) []*schema {
	var out []*schema
	for _, a := range alts {
		i := slices.IndexFunc(out, func(o *schema) bool { return mergeable(o, a, tagged || apart(o, a, tag)) })
		if i < 0 {
			out = append(out, a)
			continue
		}
		out[i] = joined(out[i], a)
	}
	return out
}

// tagOf is the member that is a constant of every object written in place, and
// not the same in all; "" when there is none. Who sends has to choose between
// them. For who reads, one object with the members of all is the plainer type.
func tagOf(alts []*schema) string {
	objects := slices.DeleteFunc(slices.Clone(alts), func(a *schema) bool { return a.kind != objectKind })
	if len(objects) < 2 {
		return ""
	}
	for _, m := range objects[0].fields {
		differs := func(o *schema) bool { return apart(objects[0], o, m.name) }
		lacks := func(o *schema) bool { own := o.member(m.name); return own == nil || !constant(own) }
		if !slices.ContainsFunc(objects, lacks) && slices.ContainsFunc(objects, differs) {
			return m.name
		}
	}
	return ""
}

// apart reports whether two objects have constants that differ.
func apart(a, b *schema, name string) bool {
	mine, other := a.member(name), b.member(name)
	return mine != nil && other != nil && constant(mine) && constant(other) && mine.schema.enum[0] != other.schema.enum[0]
}

func mergeable(a, b *schema, tagged bool) bool {
	if keyOf(a) == keyOf(b) {
		return true
	}
	switch {
	case a.kind == objectKind && b.kind == objectKind:
		return !tagged
	case a.kind == enumKind && b.kind == enumKind:
		return fmt.Sprintf("%T", a.enum[0]) == fmt.Sprintf("%T", b.enum[0])
	case a.kind == listKind && b.kind == listKind, a.kind == mapKind && b.kind == mapKind:
		return true
	case textual(a) && textual(b), numeric(a) && numeric(b):
		return true
	case a.kind == objectKind && b.kind == mapKind && b.elem.kind == anyKind,
		b.kind == objectKind && a.kind == mapKind && a.elem.kind == anyKind:
		return true
	}
	return false
}

// dropCovered leaves out objects written in place whose members a named
// alternative all has: the named one reads them as well.
func (d *drafter) dropCovered(alts []*schema) []*schema {
	return slices.DeleteFunc(slices.Clone(alts), func(a *schema) bool {
		if a.kind != objectKind {
			return false
		}
		for _, other := range alts {
			if other.kind != refKind {
				continue
			}
			whole := d.follow(other)
			if whole.kind != objectKind || whole == a {
				continue
			}
			if slices.ContainsFunc(a.fields, func(m *member) bool { return whole.member(m.name) == nil }) {
				continue
			}
			d.note(a.at, "the alternative is left out: %s has all its members", other.ref)
			return true
		}
		return false
	})
}
