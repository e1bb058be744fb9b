package draft

import (
	"net/url"
	"strconv"
	"strings"
)

// cutQueries takes queries out of paths that no other operation of the method
// has: there they say nothing, so that names are made without them.
func (d *drafter) cutQueries() {
	sharing := map[string]int{}
	address := func(op *operation) string { return op.method + " " + barePath(op.path) }
	for _, op := range d.doc.ops {
		sharing[address(op)]++
	}
	for _, op := range d.doc.ops {
		if op.shared = sharing[address(op)] > 1; !op.shared && !strings.Contains(op.path, "#") {
			d.cutPath(op)
		}
	}
}

// cutPaths takes all fragments and queries out of paths. Documents write them
// to tell operations of one path apart; a fragment is never sent, and a query is
// a matter of parameters.
func (d *drafter) cutPaths() {
	for _, op := range d.ops {
		d.cutPath(op)
	}
}

func (d *drafter) cutPath(op *operation) {
	path, fragment, hasFragment := strings.Cut(op.path, "#")
	path, query, _ := strings.Cut(path, "?")
	if hasFragment {
		d.doc.repair(op.at, "it is left out", "the path has the fragment %q, which no request carries", fragment)
	}
	op.path = path
	for _, pair := range strings.FieldsFunc(query, func(r rune) bool { return r == '&' }) {
		d.fixQuery(op, pair)
	}
}

// barePath is a path without query and fragment.
func barePath(path string) string {
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		return path[:i]
	}
	return path
}

// fixQuery makes a parameter of a part of a path's query. Its value is fixed
// where it tells operations apart, and else is what is sent unless the caller
// says otherwise.
func (d *drafter) fixQuery(op *operation, pair string) {
	rawName, rawValue, _ := strings.Cut(pair, "=")
	name, err := url.QueryUnescape(rawName)
	value, err2 := url.QueryUnescape(rawValue)
	if err != nil || err2 != nil || name == "" {
		d.doc.repair(op.at, "it is left out", "the path has a query that cannot be read: %q", pair)
		return
	}
	if m := reference().FindStringSubmatch(value); m != nil && m[0] == value {
		d.doc.repair(op.at, "it is a parameter of the query", "the path has a query, with the parameter %q", m[1])
		p := op.named(m[1], "query", "path")
		if p == nil {
			p = &param{schema: &schema{at: op.at, kind: stringKind}, at: op.at}
			op.params = append(op.params, p)
		}
		p.name, p.in, p.required = name, "query", true
		return
	}
	d.doc.repair(op.at, "it is a parameter of the query", "the path has a query, %s", pair)
	p := op.query(name)
	if p == nil {
		p = &param{name: name, in: "query", schema: &schema{at: op.at, kind: stringKind}, at: op.at}
		op.params = append(op.params, p)
	}
	if op.shared {
		p.required = true
		p.schema = &schema{at: p.schema.at, kind: enumKind, enum: []any{value}}
		return
	}
	p.usual = value
}

// named is the parameter with a name, in the first of the places that has it.
func (o *operation) named(name string, places ...string) *param {
	for _, in := range places {
		for _, p := range o.params {
			if p.name == name && p.in == in {
				return p
			}
		}
	}
	return nil
}

// withUsual writes the value that is usual before the type of a parameter.
func withUsual(v *value, p *param) *value {
	switch p.schema.kind {
	case stringKind:
		if p.usual != "" {
			return &value{alts: []*value{text("*" + quote(p.usual)), v}}
		}
	case intKind:
		if _, err := strconv.ParseInt(p.usual, 10, 64); err == nil {
			return &value{alts: []*value{text("*" + p.usual), v}}
		}
	case boolKind:
		if p.usual == "true" || p.usual == "false" {
			return &value{alts: []*value{text("*" + p.usual), v}}
		}
	}
	return v
}
