package draft

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// render writes a schema. Bounds and patterns are for what is sent; what is
// received is never held against them, so there they would only be noise.
func (d *drafter) render(s *schema, input bool) *value {
	v := d.renderBare(s, input)
	if s.nullable && !(v.text == "_" || v.text == "null") {
		c := *v
		c.nullable = true
		return &c
	}
	return v
}

func (d *drafter) renderBare(s *schema, input bool) *value {
	if s.fixed != nil {
		return s.fixed
	}
	switch s.kind {
	case refKind:
		return d.renderRef(s, input)
	case enumKind:
		return renderEnum(s)
	case listKind:
		return &value{elem: d.render(s.elem, input)}
	case mapKind:
		return structure(&field{label: "[string]", value: d.render(s.elem, input)})
	case objectKind:
		return structure(slices.Concat(renderChoices(s.choices, s.fields, input), d.members(s.fields, input))...)
	case unionKind:
		v := &value{}
		for _, a := range s.alts {
			v.alts = append(v.alts, d.render(a, input))
		}
		return v
	case allKind:
		return d.renderAll(s, input)
	}
	switch name := plainName(s.kind); {
	case s.kind == intKind && readAs(s) == "uint64":
		return text("uint64")
	case name != "":
		return text(name + d.constraint(s, input))
	}
	return text("_")
}

func (d *drafter) renderRef(s *schema, input bool) *value {
	def := d.doc.defs[s.ref]
	if def == nil {
		return text("_")
	}
	if d.types.inline[s.ref] {
		return d.render(def.schema, input)
	}
	return text("#" + d.types.names[s.ref])
}

// renderAll writes a composition as a struct that embeds the named parts:
// {#A, #B, own?: string}. With "&", CUE would hold the own members against
// definitions that do not have them.
func (d *drafter) renderAll(s *schema, input bool) *value {
	out := structure()
	own := structure()
	var choices []choice
	for _, a := range s.alts {
		if a.kind == objectKind {
			choices = append(choices, a.choices...)
			own.merge(structure(d.members(a.fields, input)...))
		} else if v := d.render(a, input); v.isStruct {
			own.merge(v)
		} else {
			out.fields = append(out.fields, &field{value: v})
		}
	}
	out.fields = append(out.fields, renderChoices(choices, d.membersOf(s), input)...)
	out.fields = append(out.fields, own.fields...)
	return out
}

func renderEnum(s *schema) *value {
	v := &value{}
	for _, e := range s.enum {
		switch e := e.(type) {
		case string:
			v.alts = append(v.alts, quoted(e))
		case int64:
			v.alts = append(v.alts, text(strconv.FormatInt(e, 10)))
		}
	}
	if len(v.alts) == 1 {
		return v.alts[0]
	}
	return v
}

// constraint writes bounds and patterns behind a type.
func (d *drafter) constraint(s *schema, input bool) string {
	if !input {
		return ""
	}
	var b strings.Builder
	if s.min != nil {
		b.WriteString(" & " + operator(">", s.min))
	}
	if s.max != nil {
		b.WriteString(" & " + operator("<", s.max))
	}
	if s.kind == stringKind && s.pattern != "" {
		if _, err := regexp.Compile(s.pattern); err != nil {
			d.note(s.at, "the pattern %s is not one of RE2; it is left out", s.pattern)
		} else {
			b.WriteString(" & =~" + quote(s.pattern))
		}
	}
	return b.String()
}

func operator(op string, b *bound) string {
	if !b.exclusive {
		op += "="
	}
	return op + b.value
}

func (d *drafter) members(list []*member, input bool) []*field {
	fields := make([]*field, 0, len(list))
	own := apartMembers(list)
	for _, m := range list {
		f := &field{
			label: labelOf(m.name), mark: "?",
			value: d.render(m.schema, input), attrs: named(attrsOf(m.schema), own[m.name]),
		}
		if m.required {
			f.mark = "!"
		}
		f.doc = d.comment(m.schema.doc)
		fields = append(fields, f)
	}
	return fields
}

// named adds the Go name of a field, if it has one.
func named(attrs []attr, name string) []attr {
	if name == "" {
		return attrs
	}
	return append(attrs, attr{"name", []string{name}})
}

// attrsOf are the details of a type that CUE has no word for.
func attrsOf(s *schema) []attr {
	attrs := append([]attr{}, s.attrs...)
	switch form := readAs(s); {
	case len(s.attrs) > 0 && s.kind != objectKind: // A rule has said how it is read.
	case form == "decimal":
		attrs = append(attrs, attr{"decimal", nil})
	case form != "" && form != "uint64":
		attrs = append(attrs, attr{"time", []string{form}})
	}
	if s.secret {
		attrs = append(attrs, attr{"secret", nil})
	}
	if s.readonly {
		attrs = append(attrs, attr{"readonly", nil})
	}
	if s.writeonly {
		attrs = append(attrs, attr{"writeonly", nil})
	}
	if s.deprecated {
		attrs = append(attrs, attr{"deprecated", []string{quote("the document says so")}})
	}
	return attrs
}

// comment turns a description of the vendor into the lines of a comment.
func (d *drafter) comment(description string) []string {
	if !d.o.Descriptions || description == "" {
		return nil
	}
	var lines []string
	line := ""
	for _, w := range strings.Fields(printable(description)) {
		if line != "" && len(line)+len(w) > 76 {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimSpace(line + " " + w)
	}
	return append(lines, line)
}

// writeTypes writes the definitions with a name that nobody else declares.
func (d *drafter) writeTypes() {
	for _, name := range d.types.used {
		typeName := d.types.names[name]
		if d.types.inline[name] || contains(d.o.Skip, "#"+typeName) {
			continue
		}
		s := d.doc.defs[name].schema
		d.defs = append(d.defs, &field{
			label: "#" + typeName, value: d.render(s, d.types.inputs[name]), doc: d.comment(s.doc),
		})
		d.stats.Types++
	}
	sortFields(d.defs)
}
