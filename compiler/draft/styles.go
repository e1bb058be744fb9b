package draft

import (
	"slices"
	"strings"

	v2 "github.com/pb33f/libopenapi/datamodel/high/v2"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
)

// How a parameter is written, in the words of @style. What the document says
// is kept whatever the type of the parameter; [drafter.styleOf] fits it to the
// type once that is known.

// styleV2 reads a collection format. Tabs are of no style, and are the caller's.
func styleV2(p *v2.Parameter) string {
	switch p.CollectionFormat {
	case "multi":
		return "repeat"
	case "ssv":
		return "space"
	case "pipes":
		return "pipe"
	}
	return "comma"
}

func styleV3(p *v3.Parameter) string {
	if p.In == "path" && (p.Style == "label" || p.Style == "matrix") {
		return p.Style
	}
	return styleOf(p.Style, p.Explode, p.In, p.Name)
}

// styleOf reads a style of OpenAPI 3, where form is the usual one of queries,
// cookies and form bodies, and repeats unless it says otherwise.
func styleOf(style string, explode *bool, in, name string) string {
	form := in == "query" || in == "cookie"
	exploded := explode != nil && *explode || explode == nil && form && (style == "" || style == "form")
	switch {
	case style == "deepObject":
		return "deep"
	case strings.HasSuffix(name, "[]"), exploded && in == "query":
		return "repeat"
	case style == "spaceDelimited":
		return "space"
	case style == "pipeDelimited":
		return "pipe"
	}
	return "comma"
}

// stylesOf are the styles of the members of a form that the document names.
func stylesOf(x *v3.MediaType) map[string]string {
	styles := map[string]string{}
	if x.Encoding == nil {
		return styles
	}
	for name, e := range x.Encoding.FromOldest() {
		if e != nil && (e.Style != "" || e.Explode != nil) {
			styles[name] = styleOf(e.Style, e.Explode, "query", name)
		}
	}
	return styles
}

// pathPrefix is what stands before a parameter in a path besides its value:
// the dot of a label, or the name in a matrix.
func (op *operation) pathPrefix(name string) string {
	for _, p := range op.params {
		switch {
		case p.in != "path" || p.name != name:
		case p.style == "label":
			return "."
		case p.style == "matrix":
			return ";" + p.name + "="
		}
	}
	return ""
}

// fitStyle says how a value of the type is written in a style of the document,
// or "" where the type has but one form.
func (d *drafter) fitStyle(s *schema, in, style string) string {
	list, object := d.structured(s, style == "deep")
	switch {
	case !list && !object, style == "label", style == "matrix":
		return ""
	case !object && in != "query" && in != "form":
		return "" // There, a list has commas whatever the style.
	case style == "deep" && !object:
		return "brackets"
	case style == "repeat" && object:
		return "spread"
	}
	return style
}

// structured reports whether a value may be a list, and whether it may be an
// object. Of any value, vague is the answer to the second.
func (d *drafter) structured(s *schema, vague bool) (list, object bool) {
	s = d.follow(s)
	switch s.kind {
	case listKind:
		return true, false
	case objectKind, mapKind, allKind:
		return false, true
	case anyKind:
		return false, vague && s.fixed == nil
	case unionKind:
		for _, a := range s.alts {
			l, o := d.structured(a, vague)
			list, object = list || l, object || o
		}
	}
	return list, object
}

// settleStyles writes out what styles are about. The members of an object that
// is spread over the query are parameters, and a form whose members have styles
// is written in place, for there they are said.
func (d *drafter) settleStyles() {
	for _, op := range d.ops {
		var params []*param
		for _, p := range op.params {
			if p.in == "query" && p.style == "repeat" && d.follow(p.schema).kind != unionKind {
				if members := d.membersOf(p.schema); len(members) > 0 {
					d.spread(op, p, members)
					continue
				}
			}
			params = append(params, p)
		}
		op.params = append(params, op.spread...)
		if b := op.body; b != nil && len(b.styles) > 0 && b.schema != nil {
			if members := d.membersOf(b.schema); len(members) > 0 {
				b.schema = clone(&schema{at: b.schema.at, kind: objectKind, fields: members, choices: d.choicesOf(b.schema)})
			}
		}
	}
}

// spread makes a parameter of each member that can be sent.
func (d *drafter) spread(op *operation, p *param, members []*member) {
	for _, m := range members {
		named := func(q *param) bool { return q.name == m.name && q.in == "query" }
		switch {
		case m.schema.readonly:
		case slices.ContainsFunc(op.params, named) || slices.ContainsFunc(op.spread, named):
			d.note(p.at, "the member %s of the parameter %s has the name of another parameter, which is taken", m.name, p.name)
		default:
			op.spread = append(op.spread, &param{
				name: m.name, in: "query", at: p.at, required: p.required && m.required, doc: m.schema.doc,
				style: "repeat", schema: clone(m.schema), deprecated: p.deprecated,
			})
		}
	}
}
