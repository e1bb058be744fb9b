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
	if s, ok := as[section](list[0].Union, isSection); !ok || s.Text != "a" {
		t.Errorf("section: %+v, %v", s, ok)
	}
	if _, ok := as[divider](list[0].Union, isDivider); ok {
		t.Error("a section is read as a divider")
	}
	for i := 2; i < 5; i++ {
		if _, ok := as[section](list[i].Union, isSection); ok {
			t.Errorf("element %d is read as a section", i)
		}
	}
	if n, ok := as[int](list[3].Union, Variant{Kind: KindNumber}); !ok || n != 7 {
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
	if s, ok := as[section](b.Union, isSection); !ok || s.Text != "hi" {
		t.Errorf("As: %+v, %v", s, ok)
	}
	if _, ok := as[divider](b.Union, isDivider); ok {
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
		if _, ok := as[section](b.Union, has); ok != want {
			t.Errorf("%s: %v", in, ok)
		}
	}
	if got := string(block{}.Raw()); strings.TrimSpace(got) != "" {
		t.Errorf("the zero union is %q", got)
	}
}

// as reads a union as generated accessors do.
func as[T any](u Union, v Variant) (out T, ok bool) {
	ok = As(u, v, &out)
	return out, ok
}

func TestUnionThatIsAnother(t *testing.T) {
	out := section{Type: "before", Text: "before"}
	for name, u := range map[string]Union{
		"received":   {raw: Raw(`{"type":"section","text":7}`)},
		"made":       UnionOf(divider{Type: "divider"}),
		"not at all": {},
	} {
		if As(u, Variant{Kind: KindObject, Tag: "type", Value: `"section"`}, &out) || out.Type+out.Text != "" {
			t.Errorf("%s: read as %+v", name, out)
		}
	}
}

func TestValue(t *testing.T) {
	if got := Value[divider](nil); got != (divider{}) {
		t.Errorf("nothing is %+v", got)
	}
	if got := Value(&section{Text: "hi"}); got.Text != "hi" {
		t.Errorf("something is %+v", got)
	}
}
