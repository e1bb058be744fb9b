package runtime

import (
	"strings"
	"testing"
)

type section struct {
	Type  string `json:"type"`
	Text  string `json:"text"`
	Extra Raw    `json:",embed"`
}

type divider struct {
	Type string `json:"type"`
}

type block struct{ Union }

var isSection = Variant{Kind: KindObject, Tag: "type", Value: `"section"`}
var isDivider = Variant{Kind: KindObject, Tag: "type", Value: `"divider"`}

func TestUnionReadsItsVariant(t *testing.T) {
	var list []block
	in := `[{"type":"section","text":"a","new":1},{"type":"divider"},{"type":"poll","q":2},7,null]`
	if err := UnmarshalRaw(Raw(in), &list); err != nil {
		t.Fatal(err)
	}
	if s, ok := As[section](list[0].Union, isSection); !ok || s.Text != "a" {
		t.Errorf("section: %+v, %v", s, ok)
	}
	if _, ok := As[divider](list[0].Union, isDivider); ok {
		t.Error("a section is read as a divider")
	}
	for i := 2; i < 5; i++ {
		if _, ok := As[section](list[i].Union, isSection); ok {
			t.Errorf("element %d is read as a section", i)
		}
	}
	if n, ok := As[int](list[3].Union, Variant{Kind: KindNumber}); !ok || n != 7 {
		t.Errorf("number: %d, %v", n, ok)
	}
	// What no type knows goes back as it came.
	out, err := MarshalRaw(list)
	if err != nil || string(out) != in {
		t.Errorf("round trip: %s, %v", out, err)
	}
}

func TestUnionThatIsMade(t *testing.T) {
	b := block{UnionOf(section{Type: "section", Text: "hi"})}
	if s, ok := As[section](b.Union, isSection); !ok || s.Text != "hi" {
		t.Errorf("As: %+v, %v", s, ok)
	}
	if _, ok := As[divider](b.Union, isDivider); ok {
		t.Error("a section is read as a divider")
	}
	if got := string(b.Raw()); got != `{"type":"section","text":"hi"}` {
		t.Errorf("Raw: %s", got)
	}
	if (block{}).IsZero() != true || b.IsZero() {
		t.Error("IsZero")
	}
}

func TestUnionByMembers(t *testing.T) {
	has := Variant{Kind: KindObject, Has: []string{"text", "type"}}
	for in, want := range map[string]bool{
		`{"type":"x","text":"a"}`: true,
		`{"type":"x"}`:            false,
		`"text"`:                  false,
		`{"type":1,"text":"a"}`:   false, // A member of another kind cannot be read.
	} {
		var b block
		if err := UnmarshalRaw(Raw(in), &b); err != nil {
			t.Fatal(err)
		}
		if _, ok := As[section](b.Union, has); ok != want {
			t.Errorf("%s: %v", in, ok)
		}
	}
	if got := string(block{}.Raw()); strings.TrimSpace(got) != "" {
		t.Errorf("the zero union is %q", got)
	}
}
