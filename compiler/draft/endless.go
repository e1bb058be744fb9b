package draft

import "strings"

// endTypes makes optional what makes a type require itself, so that no value of
// it could be written down: the last member on the way back to it.
func (d *drafter) endTypes() {
	for _, name := range d.doc.order {
		def := d.doc.defs[name]
		for {
			way := d.required(def.schema, name, map[string]bool{})
			if way == nil {
				break
			}
			var names []string
			for _, m := range way {
				names = append(names, m.name)
			}
			last := way[len(way)-1]
			last.required = false
			d.doc.repair(last.schema.at, "it is optional", "the schema %q requires itself, by way of %s", name, strings.Join(names, ", "))
		}
	}
}

// required returns the members by which every value of a schema needs a value
// of the definition called name, or nil.
func (d *drafter) required(s *schema, name string, visited map[string]bool) []*member {
	if s.nullable || s.fixed != nil {
		return nil
	}
	for _, part := range s.alts {
		if s.kind != allKind {
			break
		}
		if part.kind == refKind {
			part = d.unvisited(part, visited)
		}
		if way := d.required(part, name, visited); way != nil {
			return way
		}
	}
	for _, m := range s.fields {
		inner := m.schema
		switch {
		case !m.required || inner.nullable || inner.fixed != nil:
			continue
		case inner.kind == refKind && inner.ref == name:
			return []*member{m}
		case inner.kind == refKind:
			inner = d.unvisited(inner, visited)
		}
		if way := d.required(inner, name, visited); way != nil {
			return append([]*member{m}, way...)
		}
	}
	return nil
}

// unvisited is the definition that a reference leads to, the first time.
func (d *drafter) unvisited(ref *schema, visited map[string]bool) *schema {
	def := d.doc.defs[ref.ref]
	if def == nil || visited[ref.ref] {
		return &schema{}
	}
	visited[ref.ref] = true
	return def.schema
}
