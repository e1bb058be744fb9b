package ir_test

import (
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
)

// TestTag tells variants apart by a constant that no other variant can have.
func TestTag(t *testing.T) {
	is := func(name string, values ...any) *ir.Field {
		return &ir.Field{Name: name, Required: true, Type: &ir.Type{Kind: ir.Enum, Enum: values}}
	}
	object := func(fields ...*ir.Field) *ir.Type { return &ir.Type{Kind: ir.Object, Fields: fields} }
	text := &ir.Field{Name: "kind", Type: &ir.Type{Kind: ir.String}}
	for _, test := range []struct {
		name   string
		of     *ir.Type
		others []*ir.Type
		want   string
	}{
		{"another constant", object(is("kind", "a")), []*ir.Type{object(is("kind", "b"))}, "kind"},
		{"one of the values of another", object(is("via", "x"), is("kind", "a")), []*ir.Type{object(is("via", "x", "y"), is("kind", "b"))}, "kind"},
		{"text in another", object(is("kind", "a"), is("via", "x")), []*ir.Type{object(text, is("via", "y"))}, "via"},
		{"only one has it", object(is("kind", "a")), []*ir.Type{object(is("via", "y"))}, "kind"},
		{"the same", object(is("kind", "a")), []*ir.Type{object(is("kind", "a"))}, ""},
		{"none", object(text), []*ir.Type{object(is("kind", "a"))}, ""},
	} {
		union := &ir.Type{Kind: ir.Union, Variants: append(test.others, test.of)}
		got := ""
		if f := new(ir.Connector).Tag(union, test.of); f != nil {
			got = f.Name
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
