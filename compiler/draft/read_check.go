package draft

// check notes what a document gets wrong as a whole, and that does no harm.
func (d *document) check() {
	d.checkHeaders()
	ids := map[string]*operation{}
	for _, op := range d.ops {
		if op.id == "" {
			continue
		}
		if other := ids[op.id]; other != nil {
			d.repair(op.at.below("operationId"), "the two get different names",
				"the operation id %q is that of %s %s too", op.id, other.method, other.path)
			continue
		}
		ids[op.id] = op
	}
}
