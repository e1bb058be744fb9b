package draft

import "strings"

// statedRule reads the rule that a vendor extension states. It reports whether
// an extension speaks of paging at all: x-ms-pageable without a link says that
// the list comes whole.
func (d *drafter) statedRule(l *listing) (*pageRule, bool) {
	for _, e := range []struct {
		name string
		read func(*drafter, *listing, *ordered) *pageRule
	}{
		{"x-ms-pageable", (*drafter).msPageable},
		{"x-speakeasy-pagination", (*drafter).speakeasyPages},
		{"x-fern-pagination", (*drafter).fernPages},
	} {
		o, ok := l.op.extensions[e.name].(*ordered)
		if !ok {
			continue
		}
		r := e.read(d, l, o)
		if r != nil {
			r.by = e.name
			d.addSize(r, l)
		}
		return r, true
	}
	return nil, false
}

func textAt(o *ordered, name string) string {
	s, _ := o.values[name].(string)
	return s
}

// msPageable: {nextLinkName: "nextLink", itemName: "value"}
func (d *drafter) msPageable(l *listing, o *ordered) *pageRule {
	next := textAt(o, "nextLinkName")
	items := first(textAt(o, "itemName"), "value")
	if next == "" {
		return nil
	}
	return d.stated(l, &pageRule{kind: "link", items: strings.Split(items, "."), from: []string{next}, end: "no_cursor"})
}

// speakeasyPages: {type: cursor, inputs: [{name, in, type}], outputs: {results, nextCursor}}
func (d *drafter) speakeasyPages(l *listing, o *ordered) *pageRule {
	outputs, _ := o.values["outputs"].(*ordered)
	inputs, _ := o.values["inputs"].([]any)
	if outputs == nil {
		return nil
	}
	r := &pageRule{items: jsonPath(textAt(outputs, "results")), end: "empty"}
	if textAt(outputs, "results") == "" {
		r.items = l.items
	}
	for _, in := range inputs {
		if in, ok := in.(*ordered); ok {
			d.speakeasyInput(l, in, r)
		}
	}
	if next := textAt(outputs, "nextCursor"); next != "" {
		r.kind, r.from, r.end = "cursor", jsonPath(next), "no_cursor"
	}
	if next := textAt(outputs, "nextUrl"); next != "" {
		r.kind, r.from, r.end = "link", jsonPath(next), "no_cursor"
	}
	if pages := textAt(outputs, "numPages"); pages != "" && r.kind == "number" {
		r.end, r.at = "pages", jsonPath(pages)
	}
	return d.stated(l, r)
}

func (d *drafter) speakeasyInput(l *listing, in *ordered, r *pageRule) {
	kind, role := "", noRole
	switch textAt(in, "type") {
	case "page":
		kind, role = "number", numberRole
	case "offset":
		kind, role = "offset", offsetRole
	case "cursor":
		kind, role = "cursor", cursorRole
	default:
		return
	}
	r.kind = kind
	r.to = d.parameter(l.op, textAt(in, "name"), role)
	if kind == "number" {
		r.start = 1
		if start, ok := r.to.startOr(); ok {
			r.start = start
		}
	}
}

// fernPages: {cursor: $request.cursor, next_cursor: $response.next, results: $response.data}
func (d *drafter) fernPages(l *listing, o *ordered) *pageRule {
	r := &pageRule{items: jsonPath(textAt(o, "results")), end: "empty"}
	switch {
	case textAt(o, "cursor") != "":
		r.kind, r.from, r.end = "cursor", jsonPath(textAt(o, "next_cursor")), "no_cursor"
		r.to = d.parameter(l.op, strings.Join(jsonPath(textAt(o, "cursor")), "."), cursorRole)
	case textAt(o, "next_uri") != "":
		r.kind, r.from, r.end = "link", jsonPath(textAt(o, "next_uri")), "no_cursor"
	case textAt(o, "offset") != "":
		name := strings.Join(jsonPath(textAt(o, "offset")), ".")
		r.kind, r.to = "offset", d.parameter(l.op, name, offsetRole)
		for _, t := range rolesOf(name, sentNames) {
			if t.role == numberRole {
				r.kind, r.start = "number", 1
			}
		}
		if start, ok := r.to.startOr(); ok && r.kind == "number" {
			r.start = start
		}
		if more := textAt(o, "has-next-page"); more != "" {
			r.end, r.at = "more", jsonPath(more)
		}
	}
	return d.stated(l, r)
}

// stated returns a rule that is whole, and whose list is one.
func (d *drafter) stated(l *listing, r *pageRule) *pageRule {
	needsTo := r.kind == "cursor" || r.kind == "offset" || r.kind == "number"
	needsFrom := r.kind == "cursor" || r.kind == "link"
	items := d.shapeAt(d.replyOf(l.op), r.items)
	if r.kind == "" || needsTo && r.to == nil || needsFrom && len(r.from) == 0 || items == nil || items.kind != listKind {
		d.note(l.op.at, "what the document's extension says of paging does not fit the operation; it has no page rule")
		return nil
	}
	return r
}

// shapeAt returns what is at a path of names, or nil.
func (d *drafter) shapeAt(s *schema, path []string) *schema {
	for _, name := range path {
		m := s.member(name)
		if m == nil {
			return nil
		}
		s = d.plainly(m.schema)
	}
	return s
}

// parameter finds a parameter, or a member of the body, by its name.
func (d *drafter) parameter(op *operation, name string, role role) *sent {
	path := strings.Split(name, ".")
	for _, p := range op.params {
		if p.name == name && (p.in == "query" || p.in == "header" || p.in == "form") {
			return &sent{telling: telling{role, 3}, in: p.in, path: []string{name}, s: d.plainly(p.schema), doc: p.doc, preset: p.schema.preset}
		}
	}
	if op.body != nil && op.body.schema != nil {
		if s := d.shapeAt(d.plainly(op.body.schema), path); s != nil {
			return &sent{telling: telling{role, 3}, in: "body", path: path, s: s, doc: s.doc, preset: s.preset}
		}
	}
	return nil
}

// startOr is startOf for a parameter that may be missing.
func (s *sent) startOr() (int, bool) {
	if s == nil {
		return 0, false
	}
	return startOf(s)
}

// jsonPath reads $.data.items, $response.data and $request.cursor.
func jsonPath(s string) []string {
	s = strings.TrimPrefix(s, "$")
	for _, scope := range []string{"response", "request", "body"} {
		s = strings.TrimPrefix(s, scope)
	}
	return splitPath(strings.Trim(s, "."))
}
