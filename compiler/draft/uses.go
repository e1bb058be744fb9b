package draft

import "slices"

// countUses counts the places that refer to each definition, finds those that
// reach themselves, and fills the lists of what is used.
func (d *drafter) countUses() (uses map[string]int, recursive map[string]bool) {
	uses, recursive = map[string]int{}, map[string]bool{}
	var open []string
	d.roots(func(s *schema, _ bool, _ string) *schema {
		d.walkRefs(s, func(name string) bool {
			uses[name]++
			if slices.Contains(open, name) {
				recursive[name] = true
			}
			if uses[name] > 1 {
				return false
			}
			d.types.used = append(d.types.used, name)
			open = append(open, name)
			return true
		}, func() { open = open[:len(open)-1] })
		return s
	})
	d.roots(func(s *schema, input bool, _ string) *schema {
		if input {
			d.walkRefs(s, func(name string) bool {
				again := d.types.inputs[name]
				d.types.inputs[name] = true
				return !again
			}, func() {})
		}
		return s
	})
	return uses, recursive
}

// walkRefs visits references. enter says whether to go on into the
// definition; leave is called after that.
func (d *drafter) walkRefs(s *schema, enter func(name string) bool, leave func()) {
	if s.kind != refKind {
		children(s, "", func(c *schema, _ string) *schema {
			d.walkRefs(c, enter, leave)
			return c
		})
		return
	}
	if def := d.doc.defs[s.ref]; enter(s.ref) {
		if def != nil && !d.owned(s.ref) {
			d.walkRefs(def.schema, enter, leave)
		}
		leave()
	}
}
