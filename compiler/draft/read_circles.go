package draft

// cutCircles takes definitions apart that are made of themselves: by allOf, as
// one of their own alternatives, or as nothing but a reference. A type that
// has itself as a member or an element is none of these.
func (d *document) cutCircles() {
	state := map[string]int{} // 1 while a definition is looked through, 2 behind that.
	for _, name := range d.order {
		d.cutDefinition(name, state)
	}
}

func (d *document) cutDefinition(name string, state map[string]int) {
	state[name] = 1
	def := d.defs[name]
	if d.circular(def.schema, state) {
		d.repair(def.at, "it is any value", "the schema is made of itself")
		def.schema = &schema{at: def.at}
	}
	state[name] = 2
}

// circular reports whether a schema is a reference to a definition that it is
// a part of. Parts and alternatives that are, are left out.
func (d *document) circular(s *schema, state map[string]int) bool {
	switch s.kind {
	case refKind:
		if d.defs[s.ref] == nil {
			return true
		}
		if state[s.ref] == 0 {
			d.cutDefinition(s.ref, state)
		}
		return state[s.ref] == 1
	case allKind, unionKind:
		var kept []*schema
		for _, a := range s.alts {
			if d.circular(a, state) {
				d.repair(a.at, "this part is left out", "the schema is made of itself")
				continue
			}
			kept = append(kept, a)
		}
		s.alts = kept
		if len(kept) == 0 {
			return true
		}
	}
	return false
}
