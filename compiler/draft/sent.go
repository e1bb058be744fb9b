package draft

// findSent notes the definitions that are reached from what actions send.
func (d *drafter) findSent() {
	d.sent = map[string]bool{}
	var reach func(s *schema) *schema
	reach = func(s *schema) *schema {
		if def := d.doc.defs[s.ref]; s.kind == refKind && def != nil && !d.sent[s.ref] {
			d.sent[s.ref] = true
			reach(def.schema)
		}
		children(s, "", func(c *schema, _ string) *schema { return reach(c) })
		return s
	}
	d.roots(func(s *schema, input bool, _ string) *schema {
		if input {
			return reach(s)
		}
		return s
	})
}

// simplifyNamed simplifies a definition, once.
func (d *drafter) simplifyNamed(name string) {
	if def := d.doc.defs[name]; def != nil && !def.simple {
		def.simple = true
		def.schema = d.simplifyFor(def.schema, d.sent[name])
	}
}

// simplifyFor simplifies a schema of what is sent, or of what is only received.
func (d *drafter) simplifyFor(s *schema, sent bool) *schema {
	before := d.sending
	defer func() { d.sending = before }()
	d.sending = sent
	return d.simplify(s)
}
