package draft

import (
	"slices"
	"strings"
)

// envelope is where the body of a failure has the provider's code, the text
// for people, and the id of the request. A path may be empty.
type envelope struct{ code, message, request string }

// codeNames are what providers call the code of a failure, in small letters
// without signs: those that say nothing else, and those that may.
var (
	codeNames     = strings.Fields(`errorcode code errcode faultcode`)
	weakCodeNames = strings.Fields(`reason category errortype errorname type name error status`)
	messageNames  = strings.Fields(`message errormessage detail errordescription description msg title errormsg details summary reason error`)
)

// commonEnvelope is the shape that most descriptions of failures have.
func (d *drafter) commonEnvelope() (e envelope, known bool) {
	counts := map[envelope]int{}
	var order []envelope
	described := 0
	for _, op := range d.doc.ops {
		seen := map[envelope]bool{}
		for _, f := range op.failures {
			e := d.envelopeOf(f)
			if e == (envelope{}) || seen[e] {
				continue
			}
			seen[e] = true
			if counts[e] == 0 {
				order = append(order, e)
			}
			counts[e]++
		}
		if len(seen) > 0 {
			described++
		}
	}
	if described == 0 {
		return e, false
	}
	most := order[0]
	for _, e := range order {
		if counts[e] > counts[most] {
			most = e
		}
	}
	if counts[most]*2 < described {
		d.note(place{pointer: "/paths"}, "failures have bodies of several shapes, none of which most operations share; the status alone decides")
		return e, false
	}
	return most, true
}

// envelopeOf finds code and text in the description of a failure: below error,
// at its top, or in the first of a list of errors.
func (d *drafter) envelopeOf(s *schema) envelope {
	whole := d.plainly(s)
	if whole.kind != objectKind {
		return envelope{}
	}
	for _, m := range whole.fields {
		inner := d.plainly(m.schema)
		if key := nameKey(m.name); inner.kind == objectKind && (key == "error" || key == "fault") {
			if e := d.namesIn(inner, pathOf(m.name)); e != (envelope{}) {
				return e
			}
		}
	}
	top := d.namesIn(whole, "")
	if top.message != "" {
		return top
	}
	for _, m := range whole.fields {
		inner := d.plainly(m.schema)
		if inner.kind != listKind || !contains([]string{"errors", "errormessages", "messages"}, nameKey(m.name)) {
			continue
		}
		first := pathOf(m.name) + "[0]"
		switch one := d.plainly(inner.elem); one.kind {
		case stringKind:
			return envelope{message: first}
		case objectKind:
			if e := d.namesIn(one, first); e != (envelope{}) {
				return e
			}
		}
	}
	return top
}

// namesIn finds the members of an object that are a code and a text.
func (d *drafter) namesIn(s *schema, at string) envelope {
	text := func(x *schema) bool { return x.kind == stringKind || x.kind == enumKind }
	number := func(x *schema) bool { return text(x) || countKind(x) }
	code := d.firstOf(s, codeNames, text)
	message := d.firstOf(s, messageNames, text)
	if code == nil {
		code = d.firstOf(s, weakCodeNames, func(x *schema) bool { return text(x) && !(x.kind == enumKind && len(x.enum) == 1) })
		if code != nil && (code == message || nameKey(code.name) == "status" || nameKey(code.name) == "name") {
			code = nil
		}
	}
	if code == nil {
		code = d.firstOf(s, codeNames, number)
	}
	if code == nil && message != nil {
		code = d.firstOf(s, []string{"status", "statuscode"}, countKind)
	}
	var e envelope
	if code != nil {
		e.code = below(at, code.name)
	}
	if message != nil && message != code {
		e.message = below(at, message.name)
	}
	return e
}

// firstOf returns the member with the first of the names that has one.
func (d *drafter) firstOf(s *schema, names []string, fits func(*schema) bool) *member {
	for _, name := range names {
		i := slices.IndexFunc(s.fields, func(m *member) bool { return nameKey(m.name) == name && fits(d.plainly(m.schema)) })
		if i >= 0 {
			return s.fields[i]
		}
	}
	return nil
}

func below(at, name string) string {
	name = pathOf(name)
	if at == "" || strings.HasPrefix(name, "[") {
		return at + name
	}
	return at + "." + name
}
