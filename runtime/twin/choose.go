package twin

import (
	"mime"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// choose returns the action that a request is for: the first one of a method
// or, of several with its address, the one whose marks the request has. It is
// nil when none has the method.
func choose(q *request, ops []*op, method string) *op {
	var best *op
	most := 0
	for _, o := range ops {
		if o.Method != method || best != nil && best.Address() != o.Address() {
			continue
		}
		if n := likeness(q, o); best == nil || n > most {
			best, most = o, n
		}
	}
	return best
}

// likeness says how much a request looks like one of the action: what it lacks
// counts most, then that it is meant for the action, then what it has.
func likeness(q *request, o *op) int {
	const lacking, meant = -10_000, 1_000
	n := 0
	for _, m := range o.marks {
		switch {
		case q.has(m):
			n++
			if m.Value != nil {
				n++
			}
		case m.In == "media": // Clients are free to say less.
			n--
		default:
			n += lacking
		}
	}
	if q.meant == o.Path {
		n += meant
	}
	return n
}

// has reports whether a request has what every request of an action has.
func (q *request) has(m ir.Mark) bool {
	v, ok := q.marked(m)
	return ok && (m.Value == nil || v == textOf(valueOf(m.Value)))
}

// marked is the text at the place of a mark; lists and objects have none.
func (q *request) marked(m ir.Mark) (string, bool) {
	switch m.In {
	case "media":
		media, _, _ := mime.ParseMediaType(q.header.Get("Content-Type"))
		return "", strings.EqualFold(media, m.Name)
	case "header":
		return q.slot(&ir.Slot{Header: m.Name})
	case "cookie":
		return q.slot(&ir.Slot{Cookie: m.Name})
	case "body":
		if m.Name == "" {
			return "", len(q.body) > 0
		}
		if doc, ok := q.json.(*object); ok {
			v, ok := doc.get(m.Name)
			return textOf(v), ok
		}
	}
	for _, values := range []map[string][]string{q.query, q.form} {
		if v, ok := (&formReader{values: values}).read(nil, m.Name, ""); ok {
			return textOf(v), true
		}
	}
	return "", false
}
