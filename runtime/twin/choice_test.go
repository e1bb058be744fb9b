package twin

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
)

// TestChoices refuses requests that leave a choice open, and makes values that
// leave none.
func TestChoices(t *testing.T) {
	card := objectOf(may("note", &ir.Type{Kind: ir.String, Nullable: true}), may("content_id", num), may("content_type", str), may("of", ref("Card")))
	card.Choices = []*ir.Choice{{Sets: [][]string{{"content_id", "content_type"}, {"note"}}}, {Sets: [][]string{{"of"}, {"note"}}}}
	add := &ir.Action{Name: "add", Path: "add", Method: "POST", Server: "api", URL: tmpl("cards"), Params: card, Body: &ir.Body{As: "json"},
		Returns: objectOf(must("cards", listOf(ref("Card"))))}
	for _, f := range card.Fields {
		add.Places = append(add.Places, &ir.Place{Field: f.Name, In: "body", Name: f.Name})
	}
	tw := New(&ir.Connector{
		Servers: []*ir.Server{{Name: "api", URL: text("https://x.test/")}},
		Types:   []*ir.Type{named("Card", &ir.Type{Kind: ir.Object, Fields: card.Fields, Choices: card.Choices})},
		Groups:  []*ir.Group{{Actions: []*ir.Action{add}}},
	}, Options{})
	send := func(body string) got {
		req, err := http.NewRequestWithContext(context.Background(), "POST", "https://x.test/cards", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		answer, err := (&client{t, tw, ""}).try(req)
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	for body, ok := range map[string]bool{
		`{"note":"x"}`:  true,
		`{"note":null}`: true,
		`{"content_id":1,"content_type":"Issue","of":{"note":"x"}}`: true,
		`{"content_id":1,"content_type":"Issue"}`:                   false,
		`{"content_id":1,"of":{"note":"x"}}`:                        false,
		`{}`:                                                        false,
	} {
		if got := send(body); (got.status == http.StatusOK) != ok {
			t.Errorf("%s: %d %s", body, got.status, got.raw)
		}
	}
	example := string(tw.Example("", "add"))
	for _, name := range []string{`"content_id":`, `"content_type":`, `"of":`} {
		if !strings.Contains(example, name) {
			t.Errorf("the example %s has no %s", example, name)
		}
	}
	answer := send(example)
	if answer.status != http.StatusOK {
		t.Fatalf("%s: %d %s", example, answer.status, answer.raw)
	}
	v, err := parseJSON([]byte(answer.raw))
	if err != nil {
		t.Fatal(err)
	}
	cards, _ := at(v, path("cards"))
	checked := 0
	for _, c := range cards.([]any) {
		for next, is := any(c), true; is; checked++ {
			o := next.(*object)
			for _, choice := range card.Choices {
				if !choice.Met(func(name string) bool { return o.find(name) >= 0 }) {
					t.Errorf("%s leaves %v open", appendJSON(nil, o), choice.Sets)
				}
			}
			next, is = o.get("of")
		}
	}
	if checked == 0 {
		t.Error("nothing was made")
	}
}
