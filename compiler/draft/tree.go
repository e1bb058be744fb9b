package draft

import (
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
)

// value is an expression of a drafted spec. Exactly one of the forms is used.
type value struct {
	text      string   // Anything that is neither a struct nor a list of values.
	paragraph string   // A text that is folded over several lines, and read as one.
	fields    []*field // With isStruct.
	items     []*value // With isList.
	elem      *value   // [...elem]
	alts      []*value // a | b

	isStruct, isList bool

	with     string // Before a struct: "_cursor & ".
	braced   bool   // A struct that keeps its braces when it has one field.
	tall     bool   // A struct that has a line for each field.
	nullable bool   // After anything: " | null".
}

// field is a member of a struct.
type field struct {
	label string // As written, with quotes where they are needed; "" embeds the value.
	mark  string // "", "?" or "!"
	value *value
	attrs []attr
	doc   []string // Lines of the comment above it.
}

// attr is an attribute: @name(args).
type attr struct {
	name string
	args []string
}

func text(s string) *value              { return &value{text: s} }
func quoted(s string) *value            { return text(quote(s)) }
func list(items ...*value) *value       { return &value{isList: true, items: items} }
func structure(fields ...*field) *value { return &value{isStruct: true, fields: fields} }

func quotedList(list []string) *value {
	v := &value{isList: true}
	for _, s := range list {
		v.items = append(v.items, quoted(s))
	}
	return v
}

func quote(s string) string { return literal.String.Quote(s) }

// labelOf writes a name as a label.
func labelOf(name string) string {
	if ast.StringLabelNeedsQuoting(name) || contains(typeNames, name) {
		return quote(name)
	}
	return name
}

// typeNames are the types that a draft names. A label without quotes would take
// the name: below {string?: string}, a string is no string any more.
var typeNames = []string{"bool", "bytes", "int", "number", "string", "uint64"}

// set adds a field, or replaces the value of the one with the label.
func (v *value) set(label string, x *value, attrs ...attr) *field {
	if f := v.field(label); f != nil {
		f.value, f.attrs = x, attrs
		return f
	}
	f := &field{label: label, value: x, attrs: attrs}
	v.fields = append(v.fields, f)
	return f
}

func (v *value) field(label string) *field {
	for _, f := range v.fields {
		if f.label == label {
			return f
		}
	}
	return nil
}

// at returns the value under the labels, or nil.
func (v *value) at(labels ...string) *value {
	for _, l := range labels {
		f := v.field(l)
		if f == nil {
			return nil
		}
		v = f.value
	}
	return v
}

// merge adds the fields of other to v: structs into structs, lists behind
// lists. Of two values for one field the one of v stays.
func (v *value) merge(other *value) {
	for _, f := range other.fields {
		mine := v.field(f.label)
		switch {
		case mine == nil || f.label == "":
			v.fields = append(v.fields, f)
		case mine.value.isStruct && f.value.isStruct:
			mine.value.merge(f.value)
			mine.attrs = append(mine.attrs, f.attrs...)
		case mine.value.isList && f.value.isList:
			mine.value.items = append(mine.value.items, f.value.items...)
		}
	}
}

// evidence puts an attribute on the fields that are depth levels below v, or
// where a branch ends before that. The first has it in full, the others have
// the reason and the id.
func (v *value) evidence(a attr, depth int) {
	for i, f := range v.fields {
		if i == 1 && len(a.args) > 2 {
			a.args = []string{a.args[0], a.args[len(a.args)-1]}
		}
		if depth > 1 && f.value.isStruct && len(f.value.fields) > 0 {
			f.value.evidence(a, depth-1)
			continue
		}
		f.attrs = append(f.attrs, a)
	}
}

func (a attr) String() string { return "@" + a.name + "(" + strings.Join(a.args, ", ") + ")" }

func assumed(why string) attr { return attr{"assumed", []string{quote(why)}} }
