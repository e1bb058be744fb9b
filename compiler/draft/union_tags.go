package draft

import (
	"maps"
	"slices"
)

// A discriminator names the member that tells the alternatives of a union
// apart, and what it is in each. Often the alternatives themselves only say that
// the member is text. Here each gets the constant, for by that a reader knows
// what it has.

// tags are the values of a discriminator by definition and member.
type tags map[string]map[string][]string

// tagVariants gives alternatives the constants of their discriminators.
func (d *drafter) tagVariants() {
	found := tags{}
	for _, name := range d.doc.order {
		d.collectTags(d.doc.defs[name].schema, found)
	}
	d.roots(func(s *schema, _ bool, _ string) *schema {
		d.collectTags(s, found)
		return s
	})
	for _, name := range d.doc.order {
		for _, member := range slices.Sorted(maps.Keys(found[name])) {
			d.tag(d.doc.defs[name].schema, member, found[name][member])
		}
	}
}

func (d *drafter) collectTags(s *schema, found tags) {
	if s.kind == unionKind && s.tag != "" {
		for _, a := range s.alts {
			if a.kind == refKind && d.doc.defs[a.ref] != nil {
				found.add(a.ref, s.tag, s.valuesOf(a.ref))
			}
		}
	}
	children(s, "", func(c *schema, _ string) *schema {
		d.collectTags(c, found)
		return c
	})
}

// valuesOf are the values that the mapping has for a definition. Without one it
// is the name of the definition, as OpenAPI says.
func (s *schema) valuesOf(name string) []string {
	var values []string
	for _, value := range slices.Sorted(maps.Keys(s.mapping)) {
		if s.mapping[value] == name {
			values = append(values, value)
		}
	}
	if len(values) == 0 {
		return []string{name}
	}
	return values
}

func (t tags) add(name, member string, values []string) {
	if t[name] == nil {
		t[name] = map[string][]string{}
	}
	for _, v := range values {
		if !slices.Contains(t[name][member], v) {
			t[name][member] = append(t[name][member], v)
		}
	}
}

// tag narrows a member of an object to the values. One that has constants of its
// own keeps those that are among them.
func (d *drafter) tag(s *schema, name string, values []string) {
	constants := &schema{at: s.at, kind: enumKind}
	for _, v := range values {
		constants.enum = append(constants.enum, v)
	}
	if m := memberOf(d.membersOf(s), name); m != nil {
		has := d.follow(m.schema)
		if has.kind != stringKind && has.kind != enumKind {
			return
		}
		if has.kind == enumKind && (len(has.enum) <= len(values) || !containsAll(has.enum, constants.enum)) {
			return
		}
		constants.doc = m.schema.doc
	}
	own := s
	if s.kind == allKind {
		i := slices.IndexFunc(s.alts, func(a *schema) bool { return a.kind == objectKind })
		if i < 0 {
			s.alts = append(s.alts, &schema{at: s.at, kind: objectKind})
			i = len(s.alts) - 1
		}
		own = s.alts[i]
	}
	if own.kind != objectKind {
		return
	}
	own.fields = overlaid([]*member{{name: name, required: true, schema: constants}}, own.fields)
	own.member(name).schema = constants
}

func containsAll(list, of []any) bool {
	return !slices.ContainsFunc(of, func(v any) bool { return !slices.Contains(list, v) })
}
