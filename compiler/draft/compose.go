package draft

import "slices"

// settleParts writes out those parts of compositions that disagree with
// another part about a member: what is composed has to agree. All members
// stay, and the members that a composition has itself win.
func (d *drafter) settleParts() {
	var settle func(s *schema) *schema
	settle = func(s *schema) *schema {
		if s.kind == allKind {
			s = d.settled(s)
		}
		children(s, "", func(c *schema, _ string) *schema { return settle(c) })
		return s
	}
	d.roots(func(s *schema, _ bool, _ string) *schema { return settle(s) })
	for _, name := range d.doc.order {
		d.doc.defs[name].schema = settle(d.doc.defs[name].schema)
	}
}

func (d *drafter) settled(s *schema) *schema {
	members := make([][]*member, len(s.alts))
	for i, part := range s.alts {
		members[i] = d.membersOf(part)
	}
	var named []*schema
	own := &schema{at: s.at, kind: objectKind}
	for i, part := range s.alts {
		disagrees := false
		for j, other := range members {
			disagrees = disagrees || disagree(members[i], other, s.alts[j].kind == objectKind)
		}
		switch {
		case part.kind == objectKind:
			own.fields, own.open = overlaid(own.fields, part.fields), own.open || part.open
			own.choices = slices.Concat(own.choices, part.choices)
		case disagrees:
			own.fields = overlaid(own.fields, clone(&schema{kind: objectKind, fields: members[i]}).fields)
			own.choices = slices.Concat(own.choices, d.choicesOf(part))
		default:
			named = append(named, part)
		}
	}
	if len(named) == 0 {
		return keep(own, s, false)
	}
	if len(own.fields)+len(own.choices) > 0 {
		named = append(named, own)
	}
	c := *s
	c.alts = named
	return &c
}

// membersOf lists the members of an object or a composition.
func (d *drafter) membersOf(s *schema) []*member {
	if s = d.follow(s); s.kind != allKind {
		return s.fields
	}
	return d.membersOfAll(s.alts)
}

// membersOfAll lists the members of what is composed of parts. What one of them
// narrows stays narrow.
func (d *drafter) membersOfAll(parts []*schema) []*member {
	var out layers
	d.eachPart(parts, func(s *schema) {
		if s.kind != allKind {
			out.put(s.fields)
		}
	})
	return out.members
}

// eachPart visits parts and what they are composed of, references followed. A
// definition that several of them are made of is visited once, so that compositions
// that double at each step have an end.
func (d *drafter) eachPart(parts []*schema, visit func(*schema)) {
	seen := map[string]bool{}
	var each func(s *schema)
	each = func(s *schema) {
		for s.kind == refKind {
			def := d.doc.defs[s.ref]
			if def == nil || seen[s.ref] {
				return
			}
			seen[s.ref] = true
			s = def.schema
		}
		visit(s)
		if s.kind == allKind {
			for _, part := range s.alts {
				each(part)
			}
		}
	}
	for _, part := range parts {
		each(part)
	}
}

// layers are members that were put over each other.
type layers struct {
	members []*member
	at      map[string]int // By name.
}

// put puts members over those that are there. Required is what either requires.
func (l *layers) put(over []*member) {
	if l.at == nil {
		l.at = map[string]int{}
	}
	for _, m := range over {
		i, again := l.at[m.name]
		if !again {
			l.at[m.name] = len(l.members)
			l.members = append(l.members, m)
			continue
		}
		said := m.schema
		if said.kind == anyKind && said.fixed == nil {
			said = l.members[i].schema
		}
		l.members[i] = &member{name: m.name, required: m.required || l.members[i].required, schema: said}
	}
}

// overlaid puts members over others.
func overlaid(under, over []*member) []*member {
	var l layers
	l.put(under)
	l.put(over)
	return l.members
}

// disagree reports whether two lists have a member in common that is not of
// one kind, or two members with one Go name. What a composition has itself may
// narrow a text to constants.
func disagree(list, other []*member, own bool) bool {
	byKey := map[string]*member{}
	for _, m := range other {
		byKey[nameKey(m.name)] = m
	}
	return slices.ContainsFunc(list, func(m *member) bool {
		o := byKey[nameKey(m.name)]
		narrows := own && o != nil && textual(o.schema) && o.schema.kind == enumKind && m.schema.kind == stringKind && readAs(m.schema) == ""
		return o != nil && (o.name != m.name || !narrows && !alike(o.schema, m.schema))
	})
}

// alike reports whether schemas are of one kind for the compiler.
func alike(a, b *schema) bool {
	return a == b || a.kind == b.kind && a.ref == b.ref && readAs(a) == readAs(b) && len(a.attrs) == len(b.attrs)
}

// narrowest returns the part that says most of a composition of scalars, or
// nil when it is of something else: of a string, a named type and an enum, it
// is the enum.
func narrowest(parts []*schema) *schema {
	if !slices.ContainsFunc(parts, isScalar) {
		return nil
	}
	rank := func(s *schema) int {
		switch {
		case s.kind == enumKind:
			return 3
		case s.kind == refKind:
			return 2
		case isScalar(s) && s.kind != numberKind:
			return 1
		}
		return 0
	}
	return slices.MaxFunc(parts, func(a, b *schema) int { return rank(a) - rank(b) })
}

func isScalar(s *schema) bool {
	return s.kind == enumKind || plainName(s.kind) != "" && s.kind != nullKind
}
