package gauntlet

import (
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/twin"
)

// TestExpectedOfChosen asks what a list has to give that cannot be asked for without
// choosing some of its objects: those that have what an example asks for.
func TestExpectedOfChosen(t *testing.T) {
	c := shelf()
	list := c.Groups[0].Actions[0]
	state := &ir.Field{Name: "state", Go: "state", Type: &ir.Type{Kind: ir.Enum, Enum: []any{"read"}}, Required: true}
	list.Params.Fields = append(list.Params.Fields, state)
	list.Places = append(list.Places, &ir.Place{Field: "state", In: "query", Name: "state"})
	c.Resources[0].Uses[0].Filters = []*ir.Filter{{Param: "state", By: "is", At: names("state")}}
	e := &Env{Plan: NewPlan(c), Twin: twin.New(c, twin.Options{})}
	account := e.Twin.Accounts()[0].ID
	got := e.expected(account, list)
	if all := e.expected(account, c.Groups[0].Actions[3]); len(got) == 0 || len(got) >= len(all) {
		t.Fatalf("%d of %d books are read", len(got), len(all))
	}
	for _, id := range got {
		book, _ := e.Twin.Object(account, "book", "", id)
		if state, _ := at(parse(book), names("state")); state != "read" {
			t.Errorf("%s", book)
		}
	}
}

// TestQuotes reports drift at members whose names say what an answer has as a value, too.
func TestQuotes(t *testing.T) {
	c := shelf()
	c.Types[0].Fields = append(c.Types[0].Fields, &ir.Field{Name: "owned_by_neighbours_since", Type: &ir.Type{Kind: ir.String}})
	ev := &Evidence{Plan: NewPlan(c), Sends: []*Sent{{Body: []byte(`{"of":"owned_by_neighbours","title":"a title of a book"}`)}}}
	for d, want := range map[Drift]bool{
		{"books.get", "owned_by_neighbours_since", "string"}: false,
		{"books.get", "a title of a book", "string"}:         true,
		{"books.get", "title", "not a title of a book"}:      true,
		{"books.get", "title", "owned_by_neighbours"}:        true,
	} {
		if got := ev.quotes(d); got != want {
			t.Errorf("%v: %t", d, got)
		}
	}
}
