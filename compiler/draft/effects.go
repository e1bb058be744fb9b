package draft

import "strings"

// setEffect writes the effect where it is not the one of the method. A guess
// is only made towards caution, or where sending twice plainly ends in one
// state: what may make two is never called anything else.
func (d *drafter) setEffect(v *value, op *operation) {
	if r := matching(d.rules.effects, op.known()); r != nil {
		v.set("effect", quoted(r.name), d.why(r.fact))
		return
	}
	if matching(d.rules.methods, op.known()) != nil {
		return
	}
	switch op.method {
	case "GET":
		if verb := writingVerb(op); verb != "" {
			v.set("effect", quoted("create"), d.assume("a GET whose name says that it writes: %s", verb))
		}
	case "PUT":
		d.setPut(v, op)
	case "PATCH":
		d.setPatch(v, op)
	case "POST":
		d.setPost(v, op)
	}
}

// setPut: some providers make things with a PUT to the collection.
func (d *drafter) setPut(v *value, op *operation) {
	verb := makesByName(op)
	if verb == "" || verb == "add" || strings.HasSuffix(op.path, "}") {
		return
	}
	if !d.setKeyed(v, op) {
		v.set("effect", quoted("create"), d.assume("a PUT whose name says that it makes something: %s", verb))
	}
}

// setKeyed writes the effect of an operation that takes an idempotency key.
func (d *drafter) setKeyed(v *value, op *operation) bool {
	in, name := d.idempotencyKey(op)
	if name == "" {
		return false
	}
	v.set("effect", quoted("keyed"), d.assume("the document has the parameter %s", name))
	v.set("key", structure(&field{label: "to", value: structure(&field{label: in, value: quoted(name)})}))
	return true
}

// setPatch: a PATCH sets members to values, unless it is a list of steps.
func (d *drafter) setPatch(v *value, op *operation) {
	if sign := makesByName(op); sign != "" || op.body == nil || d.isSteps(op.body) {
		return
	}
	v.set("effect", quoted("idempotent"), d.assume("a second PATCH sets the same values"))
}

// isSteps reports whether a body is a list of changes (RFC 6902).
func (d *drafter) isSteps(b *body) bool {
	if strings.Contains(b.media, "json-patch") {
		return true
	}
	if b.schema == nil {
		return true
	}
	s := d.plainly(b.schema)
	if s.kind != listKind {
		return s.member("operations") != nil
	}
	item := d.plainly(s.elem)
	return item.member("op") != nil
}

func (d *drafter) setPost(v *value, op *operation) {
	if why := d.readsOnly(op); why != "" {
		v.set("effect", quoted("read"), d.assume("%s", why))
		return
	}
	if d.setKeyed(v, op) {
		return
	}
	if word := d.finalWord(op); word != "" {
		v.set("effect", quoted("irreversible"), d.assume("what has to do with %s cannot be undone", word))
		return
	}
	if why := d.settlesState(op); why != "" {
		v.set("effect", quoted("idempotent"), d.assume("%s", why))
	}
}

// readsOnly says why a POST only reads, or nothing.
func (d *drafter) readsOnly(op *operation) string {
	if readsByName(op) {
		return "its name says that it only looks: " + op.verbWords()[0]
	}
	if d.judged[op] != nil {
		return "it lists page by page"
	}
	if readsBySummary(op) && !changesByName(op) && d.finalWord(op) == "" {
		return "its summary says that it only looks"
	}
	return ""
}
