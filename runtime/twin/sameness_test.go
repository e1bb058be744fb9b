package twin

import (
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
)

// TestSameType says when a parameter may stand in the place of a result.
func TestSameType(t *testing.T) {
	x := &index{types: map[string]*ir.Type{"Card": named("Card", objectOf(must("id", str)))}}
	wide, narrow := enumOf("a", "b"), enumOf("a")
	for _, test := range []struct {
		name string
		a, b *ir.Type
		want bool
	}{
		{"text", str, &ir.Type{Kind: ir.String}, true},
		{"a named object", ref("Card"), ref("Card"), true},
		{"lists of named objects", listOf(ref("Card")), listOf(ref("Card")), true},
		{"two objects without a name", objectOf(must("id", str)), objectOf(must("id", str), must("n", num)), false},
		{"one of the known values", narrow, wide, true},
		{"one that is not known", wide, narrow, false},
		{"null", &ir.Type{Kind: ir.String, Nullable: true}, str, false},
		{"a text for a number", str, num, false},
	} {
		if got := x.sameType(test.a, test.b); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

// TestLowest prefers the alternative that ends.
func TestLowest(t *testing.T) {
	x := &index{types: map[string]*ir.Type{}}
	all := &ir.Type{Kind: ir.Union, Variants: []*ir.Type{objectOf(must("not", ref("Filter"))), objectOf(must("field", str))}}
	x.types["Filter"] = all
	if got := x.lowest(all.Variants); got != all.Variants[1] {
		t.Errorf("%v", got.Fields[0].Name)
	}
}
