package draft

import (
	"slices"
	"strings"
)

// envelope is where the body of a failure has the provider's code, the text
// for people, and how long to wait. A path may be empty.
type envelope struct{ code, message string }

// codeNames are what providers call the code of a failure, in small letters
// without signs: those that say nothing else, and those that may.
var (
	codeNames     = strings.Fields(`errorcode code errcode faultcode`)
	weakCodeNames = strings.Fields(`reason category errortype errorname type name error status`)
	messageNames  = strings.Fields(`message errormessage detail errordescription description msg title errormsg details summary reason error`)
)

// setErrors writes rules for the failures that the document describes: the
// classes are those of the statuses, and the paths of code and text are where
// most descriptions have them.
func (d *drafter) setErrors() {
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
		return
	}
	most := order[0]
	for _, e := range order {
		if counts[e] > counts[most] {
			most = e
		}
	}
	if counts[most]*2 < described {
		d.note(place{pointer: "/paths"}, "failures have bodies of several shapes, none of which most operations share; the status alone decides")
		return
	}
	rules := list()
	for _, r := range statusRules {
		rules.items = append(rules.items, d.errorRule(r, most))
	}
	d.head.set("errors", rules)
}

// statusRules are the classes that statuses have where nothing else is known.
var statusRules = []struct{ status, class string }{
	{"[400, 422]", "invalid"},
	{"401", "auth_expired"},
	{"[403, 451]", "forbidden"},
	{"[404, 410]", "not_found"},
	{"[408, 504]", "timeout"},
	{"[409, 412, 423]", "conflict"},
	{"[413, 414, 431]", "too_large"},
	{"429", "rate_limited"},
	{`[421, 425, "5xx"]`, "unavailable"},
	{`"4xx"`, "rejected"},
}

func (d *drafter) errorRule(r struct{ status, class string }, e envelope) *value {
	rule := structure(&field{label: "when", value: structure(&field{label: "status", value: text(r.status)})})
	if e.code != "" {
		rule.set("code", quoted(e.code))
	}
	if e.message != "" {
		rule.set("message", quoted(e.message))
	}
	if r.class == "rate_limited" {
		if path := d.waitPath(); path != "" {
			rule.set("wait", structure(&field{label: "body", value: quoted(path)}, &field{label: "as", value: quoted("seconds")}))
		}
	}
	var marks []attr
	if r.status == statusRules[0].status {
		marks = append(marks, d.assume("where most descriptions of failures have code and text; classes by status"))
	}
	rule.set("class", quoted(r.class), marks...)
	return rule
}

// waitPath is where a reply of status 429 says how many seconds to wait.
func (d *drafter) waitPath() string {
	for _, op := range d.doc.ops {
		for _, a := range op.answers {
			if a.code != "429" || a.schema == nil {
				continue
			}
			for _, m := range d.plainly(a.schema).fields {
				if nameKey(m.name) == "retryafter" && countKind(d.plainly(m.schema)) {
					return pathOf(m.name)
				}
			}
		}
	}
	return ""
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
