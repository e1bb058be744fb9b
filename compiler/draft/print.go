package draft

import (
	"fmt"
	"strings"

	"cuelang.org/go/cue/format"
)

// width is the length of line that structs and lists are broken at.
const width = 100

// printer writes values as CUE. What it writes is formatted once more by
// cue/format, which aligns columns and keeps line breaks.
type printer struct {
	b strings.Builder
}

// file formats the text of a file.
func (p *printer) file() ([]byte, error) {
	out, err := format.Source([]byte(p.b.String()))
	if err != nil {
		return nil, fmt.Errorf("the drafted text is not CUE: %w", err)
	}
	return out, nil
}

// fields writes members one below the other.
func (p *printer) fields(fields []*field, depth int) {
	for _, f := range fields {
		p.indent(depth)
		p.field(f, depth)
		p.b.WriteByte('\n')
	}
}

func (p *printer) indent(depth int) { p.b.WriteString(strings.Repeat("\t", depth)) }

func (p *printer) field(f *field, depth int) {
	for _, line := range f.doc {
		p.b.WriteString("// " + line + "\n")
		p.indent(depth)
	}
	if f.label == "" {
		p.b.WriteString(f.value.text)
		return
	}
	p.b.WriteString(f.label + f.mark + ": ")
	inner := chained(f)
	if inner != nil {
		p.field(inner, depth)
		return
	}
	line, ok := inline(f.value)
	used := len(f.label) + len(line)
	if ok && fits(f.value, depth, used) {
		p.b.WriteString(line)
	} else {
		p.value(f.value, depth)
		used = 1
	}
	p.attrs(f.attrs, depth, used)
}

// chained returns the only member of a struct that is written in line with
// the field that holds it: a: b: 1.
func chained(f *field) *field {
	v := f.value
	if !v.isStruct || len(v.fields) != 1 || v.with != "" || v.braced || v.nullable || len(f.attrs) > 0 {
		return nil
	}
	inner := v.fields[0]
	if inner.label == "" || len(inner.doc) > 0 || strings.HasPrefix(inner.label, "[") || longTail(inner) {
		return nil
	}
	return inner
}

// longTail reports whether a chain ends in attributes that take lines of
// their own. The chain is then written with braces, as cue/format would.
func longTail(f *field) bool {
	for len(f.attrs) == 0 && f.value.isStruct && len(f.value.fields) == 1 {
		f = f.value.fields[0]
	}
	return len(attrText(f.attrs)) > shortAttr
}

// shortAttr is how long attributes may be that stay on the line.
const shortAttr = 90

// attrs writes attributes behind a value: on the line when they fit, else
// with an argument a line.
func (p *printer) attrs(attrs []attr, depth, used int) {
	if len(attrs) == 0 {
		return
	}
	tail := attrText(attrs)
	if len(tail) <= shortAttr && used+len(tail)+8*depth <= width+20 {
		p.b.WriteString(tail)
		return
	}
	for _, a := range attrs {
		if short := a.String(); len(short) < 40 {
			p.b.WriteString(" " + short)
			continue
		}
		p.b.WriteString(" @" + a.name + "(\n")
		for i, arg := range a.args {
			p.indent(depth + 1)
			p.b.WriteString(arg)
			if i < len(a.args)-1 {
				p.b.WriteByte(',')
			}
			p.b.WriteByte('\n')
		}
		p.indent(depth)
		p.b.WriteByte(')')
	}
}

func attrText(attrs []attr) string {
	var b strings.Builder
	for _, a := range attrs {
		b.WriteString(" " + a.String())
	}
	return b.String()
}

// fits reports whether a value is written on one line. A struct is when it is
// short, whatever room there is: a long row of members is hard to read.
func fits(v *value, depth, used int) bool {
	if v.isStruct && (len(v.fields) > 4 || v.tall && len(v.fields) > 1) {
		return false
	}
	return used+8*depth <= width
}

func (p *printer) value(v *value, depth int) {
	switch {
	case v.isStruct:
		p.b.WriteString(v.with)
		p.b.WriteString("{\n")
		p.fields(v.fields, depth+1)
		p.indent(depth)
		p.b.WriteByte('}')
	case v.isList:
		p.list(v, depth)
	case v.elem != nil:
		p.b.WriteString("[...")
		p.operand(v.elem, depth)
		p.b.WriteByte(']')
	case len(v.alts) > 0:
		p.union(v, depth)
	case v.paragraph != "":
		p.b.WriteString(folded(v.paragraph, depth+1))
	default:
		p.b.WriteString(v.text)
	}
	if v.nullable {
		p.b.WriteString(" | null")
	}
}

func (p *printer) operand(v *value, depth int) {
	line, ok := inline(v)
	if ok && len(line)+8*depth <= width && (!v.isStruct || len(v.fields) <= 4) {
		p.b.WriteString(grouped(v, line))
		return
	}
	if len(v.alts) > 0 || v.nullable {
		p.b.WriteByte('(')
		p.value(v, depth)
		p.b.WriteByte(')')
		return
	}
	p.value(v, depth)
}

func (p *printer) union(v *value, depth int) {
	used := 0
	for i, a := range v.alts {
		line, ok := inline(a)
		if !ok || a.isStruct && len(line)+8*depth > width {
			if i > 0 {
				p.b.WriteString(" | ")
			}
			p.value(a, depth)
			continue
		}
		if i > 0 {
			p.b.WriteString(" |")
			if used+len(line)+8*(depth+1) > width {
				p.b.WriteByte('\n')
				p.indent(depth + 1)
				used = 0
			} else {
				p.b.WriteByte(' ')
			}
		}
		used += len(line) + 3
		p.b.WriteString(line)
	}
}

// list writes items over as many lines as they need; structs have a line each.
func (p *printer) list(v *value, depth int) {
	p.b.WriteString("[\n")
	used := 0
	for _, item := range v.items {
		line, ok := inline(item)
		if !ok || item.isStruct && (len(item.fields) > 3 || len(line)+8*(depth+1) > width) {
			p.indent(depth + 1)
			p.value(item, depth+1)
			p.b.WriteString(",\n")
			continue
		}
		if used > 0 && used+len(line)+8*(depth+1) > width || item.isStruct && used > 0 {
			p.b.WriteByte('\n')
			used = 0
		}
		if used == 0 {
			p.indent(depth + 1)
		} else {
			p.b.WriteByte(' ')
		}
		p.b.WriteString(line + ",")
		used += len(line) + 2
	}
	if used > 0 {
		p.b.WriteByte('\n')
	}
	p.indent(depth)
	p.b.WriteByte(']')
}

// inline returns a value on one line, and whether it can be.
func inline(v *value) (string, bool) {
	s, ok := bareInline(v)
	if v.nullable {
		s += " | null"
	}
	return s, ok
}

func bareInline(v *value) (string, bool) {
	switch {
	case v.isStruct:
		var parts []string
		for _, f := range v.fields {
			line, ok := inline(f.value)
			if !ok || len(f.doc) > 0 {
				return "", false
			}
			if f.label == "" {
				parts = append(parts, line)
				continue
			}
			if f.value.isStruct && len(f.value.fields) == 1 && f.value.fields[0].label != "" && f.value.with == "" && !f.value.braced && !f.value.nullable && len(f.attrs) == 0 &&
				!strings.HasPrefix(f.value.fields[0].label, "[") {
				line = strings.TrimSuffix(strings.TrimPrefix(line, "{"), "}")
			}
			tail := attrText(f.attrs)
			if len(tail) > 40 {
				return "", false
			}
			parts = append(parts, f.label+f.mark+": "+line+tail)
		}
		return v.with + "{" + strings.Join(parts, ", ") + "}", true
	case v.isList:
		var parts []string
		for _, item := range v.items {
			line, ok := inline(item)
			if !ok {
				return "", false
			}
			parts = append(parts, line)
		}
		return "[" + strings.Join(parts, ", ") + "]", true
	case v.elem != nil:
		line, ok := inline(v.elem)
		return "[..." + grouped(v.elem, line) + "]", ok
	case len(v.alts) > 0:
		var parts []string
		for _, a := range v.alts {
			line, ok := inline(a)
			if !ok {
				return "", false
			}
			parts = append(parts, line)
		}
		return strings.Join(parts, " | "), true
	case len(v.paragraph) > width:
		return "", false
	case v.paragraph != "":
		return quote(v.paragraph), true
	}
	return v.text, !strings.Contains(v.text, "\n")
}

// grouped puts parentheses around a union that stands as an operand.
func grouped(v *value, line string) string {
	if len(v.alts) > 1 || v.nullable {
		return "(" + line + ")"
	}
	return line
}
