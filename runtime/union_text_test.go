package runtime

import "testing"

func TestUnionText(t *testing.T) {
	for _, c := range []struct {
		json string
		path []string
		want string
	}{
		{`{"id":"a1"}`, []string{"id"}, "a1"},
		{`{"id":18446744073709551615}`, []string{"id"}, "18446744073709551615"},
		{`{"user":{"id":7}}`, []string{"user", "id"}, "7"},
		{`{"id":null}`, []string{"id"}, ""},
		{`{"id":{"of":1}}`, []string{"id"}, ""},
		{`{}`, []string{"user", "id"}, ""},
		{`"a1"`, nil, "a1"},
		{`"a1"`, []string{"id"}, ""},
	} {
		var u Union
		if err := UnmarshalRaw(Raw(c.json), &u); err != nil {
			t.Fatal(err)
		}
		if got := u.Text(c.path...); got != c.want {
			t.Errorf("%s at %v: got %q, want %q", c.json, c.path, got, c.want)
		}
	}
	if got := (Union{}).Text("id"); got != "" {
		t.Errorf("an absent union has the text %q", got)
	}
	if got := UnionOf(map[string]any{"id": "made"}).Text("id"); got != "made" {
		t.Errorf("a union that was made has the text %q", got)
	}
}
