package draft

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// simplify rewrites a schema into the smallest one that says the same to a
// reader of responses, which are decoded leniently. It changes s.
func (d *drafter) simplify(s *schema) *schema {
	switch s.kind {
	case objectKind:
		for _, m := range s.fields {
			m.schema = d.simplify(m.schema)
		}
	case listKind, mapKind:
		s.elem = d.simplify(s.elem)
	case unionKind:
		return described(d.simplifyUnion(s))
	case allKind:
		return d.simplifyAll(s)
	}
	return s
}

func textual(s *schema) bool {
	if s.kind == enumKind {
		_, ok := s.enum[0].(string)
		return ok
	}
	return s.kind == stringKind
}

func numeric(s *schema) bool { return s.kind == intKind || s.kind == numberKind }

// joined returns a schema for values of either.
func joined(a, b *schema) *schema {
	out := *a
	out.nullable = a.nullable || b.nullable
	switch {
	case keyOf(a) == keyOf(b):
	case a.kind == nullKind || a.kind == anyKind:
		c := *b
		c.nullable = out.nullable || a.kind == nullKind
		return &c
	case b.kind == nullKind || b.kind == anyKind:
	case a.kind == objectKind && b.kind == objectKind:
		out.fields = joinFields(a.fields, b.fields)
		out.chooseBetween(a, b)
		out.open = a.open || b.open
		out.title, out.doc = "", ""
	case a.kind == mapKind && b.kind == objectKind:
		return b
	case a.kind == objectKind && b.kind == mapKind:
	case a.kind == listKind && b.kind == listKind, a.kind == mapKind && b.kind == mapKind:
		out.elem = joined(a.elem, b.elem)
	case a.kind == enumKind && b.kind == enumKind:
		out.enum = slices.Clone(a.enum)
		for _, e := range b.enum {
			if !slices.Contains(out.enum, e) {
				out.enum = append(out.enum, e)
			}
		}
	case textual(a) && textual(b):
		return &schema{at: a.at, kind: stringKind, nullable: out.nullable}
	case numeric(a) && numeric(b):
		return &schema{at: a.at, kind: numberKind, nullable: out.nullable}
	default:
		return joinMixed(a, b)
	}
	return &out
}

func joinMixed(a, b *schema) *schema {
	out := &schema{at: a.at, kind: unionKind, nullable: a.nullable || b.nullable}
	for _, s := range []*schema{a, b} {
		if s.kind == unionKind {
			out.alts = append(out.alts, s.alts...)
			continue
		}
		c := *s
		c.nullable = false
		out.alts = append(out.alts, &c)
	}
	out.alts = unite(out.alts, false, "")
	for _, alt := range out.alts {
		if alt.kind == mapKind || alt.kind == objectKind || alt.kind == anyKind {
			return &schema{at: a.at, nullable: out.nullable}
		}
	}
	if len(out.alts) == 1 {
		out.alts[0].nullable = out.nullable
		return out.alts[0]
	}
	return out
}

// joinFields lists the members of either. What of them is required, is for
// [schema.chooseBetween] to say.
func joinFields(a, b []*member) []*member {
	var out []*member
	for _, m := range a {
		other := memberOf(b, m.name)
		if other == nil {
			out = append(out, &member{name: m.name, schema: m.schema})
			continue
		}
		out = append(out, &member{name: m.name, schema: joined(m.schema, other.schema)})
	}
	for _, m := range b {
		if memberOf(a, m.name) == nil {
			out = append(out, &member{name: m.name, schema: m.schema})
		}
	}
	return out
}

func memberOf(list []*member, name string) *member {
	for _, m := range list {
		if m.name == name {
			return m
		}
	}
	return nil
}

// simplifyAll makes one object of the parts written in place; named parts
// stay, to be composed.
func (d *drafter) simplifyAll(s *schema) *schema {
	var named []*schema
	var own *schema
	for _, part := range s.alts {
		if part.kind == unionKind {
			part = d.simplifyUnion(part)
		} else {
			part = d.simplify(part)
		}
		switch {
		case part.kind == objectKind && own == nil:
			c := *part
			own = &c
		case part.kind == objectKind:
			own.fields = overlaid(own.fields, part.fields)
			own.needs = slices.Concat(own.needs, part.needs)
			own.choices = slices.Concat(own.choices, part.choices)
		case part.kind == allKind:
			named = append(named, part.alts...)
		case part.kind != anyKind:
			named = append(named, part)
		}
	}
	if own = d.needed(s, named, own); own != nil {
		named = append(named, own)
	}
	if len(named) == 1 {
		return described(keep(named[0], s, false))
	}
	if narrow := narrowest(named); narrow != nil {
		return keep(narrow, s, false)
	}
	if slices.ContainsFunc(named, d.alternatives) {
		if whole := d.distributed(s, named); whole != nil {
			return described(keep(whole, s, false))
		}
	}
	if slices.ContainsFunc(named, func(p *schema) bool { return p.kind != refKind && p.kind != objectKind }) {
		d.note(s.at, "the composition is of more than objects; it is any value")
		return keep(&schema{at: s.at}, s, false)
	}
	s.alts = named
	return s
}

// needed adds the members that a composition requires, and that none of its
// parts does, to the part written in place.
func (d *drafter) needed(s *schema, named []*schema, own *schema) *schema {
	needs := s.needs
	if own != nil {
		needs, own.needs = slices.Concat(needs, own.needs), nil
	}
	if len(needs) == 0 {
		return own
	}
	members := d.membersOfAll(named)
	for _, name := range needs {
		m := memberOf(members, name)
		if own != nil && own.member(name) != nil {
			m = own.member(name)
		}
		if m == nil || m.required {
			continue
		}
		if own == nil {
			own = &schema{at: s.at, kind: objectKind}
		}
		own.fields = overlaid(own.fields, []*member{{name: name, required: true, schema: m.schema}})
	}
	return own
}

// follow returns the schema that references lead to.
func (d *drafter) follow(s *schema) *schema {
	for range len(d.doc.defs) + 1 {
		if s.kind != refKind {
			return s
		}
		def := d.doc.defs[s.ref]
		if def == nil {
			return &schema{}
		}
		s = def.schema
	}
	return &schema{}
}

// keyOf describes the shape of a schema: equal keys are equal shapes. The
// order of members and what the schema says in words do not count.
func keyOf(s *schema) string {
	var b strings.Builder
	writeKey(&b, s)
	return b.String()
}

func writeKey(b *strings.Builder, s *schema) {
	b.WriteString(strconv.Itoa(int(s.kind)))
	if s.nullable {
		b.WriteByte('?')
	}
	for _, a := range s.attrs {
		b.WriteString(a.String())
	}
	switch s.kind {
	case refKind:
		b.WriteString("#" + s.ref)
	case enumKind:
		fmt.Fprintf(b, "%q", s.enum)
	case stringKind, intKind, numberKind:
		b.WriteString(readAs(s))
	case listKind, mapKind:
		b.WriteByte('[')
		writeKey(b, s.elem)
		b.WriteByte(']')
	case unionKind, allKind:
		b.WriteByte('(')
		for _, a := range s.alts {
			writeKey(b, a)
			b.WriteByte('|')
		}
		b.WriteByte(')')
	case objectKind:
		parts := make([]string, 0, len(s.fields))
		for _, m := range s.fields {
			way := fmt.Sprint(m.required, m.schema.readonly, m.schema.writeonly)
			parts = append(parts, strconv.Quote(m.name)+way+keyOf(m.schema))
		}
		sort.Strings(parts)
		b.WriteString("{" + strings.Join(parts, ",") + "}")
		if len(s.choices)+len(s.needs) > 0 {
			fmt.Fprintf(b, "%q%q", s.choices, s.needs)
		}
	}
}
