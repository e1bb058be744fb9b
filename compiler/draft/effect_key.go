package draft

// idempotencyKeys are names of the parameter that makes two calls one.
var idempotencyKeys = pattern(`(?i)^(x-)?idempoten(cy|t)[-_]?(key|id|token)$|^idempotency$`)

// idempotencyKey returns the place and the name of the parameter for an
// idempotency key. A header for it is from then on the client's affair.
func (d *drafter) idempotencyKey(op *operation) (in, name string) {
	for _, p := range op.params {
		if p.in == "header" && idempotencyKeys().MatchString(p.name) {
			op.key = p
			return p.in, p.name
		}
	}
	if op.body == nil || op.body.schema == nil {
		return "", ""
	}
	for _, m := range d.plainly(op.body.schema).fields {
		if idempotencyKeys().MatchString(m.name) && d.plainly(m.schema).kind == stringKind {
			return "body", m.name
		}
	}
	return "", ""
}
