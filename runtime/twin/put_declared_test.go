package twin

import (
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
)

// TestNextInOptionalObject lists pages whose next one is named in an object that may be
// left out, and has a member that may not: where there is one, it is whole.
func TestNextInOptionalObject(t *testing.T) {
	for seed := range uint64(8) {
		c := connector()
		links := objectOf(must("self", str), may("next", str))
		c.Groups[0].Actions = append(c.Groups[0].Actions, action(&ir.Action{
			Path: "notes.listed", URL: text("notes.listed"), Params: objectOf(may("cursor", str)),
			Returns: objectOf(must("notes", listOf(ref("Note"))), may("links", links)),
			Page: &ir.Page{Items: path("notes"), Item: ref("Note"), Style: "cursor", End: []string{"no_cursor"},
				From: &ir.Source{Body: path("links.next")}, To: &ir.Slot{Query: "cursor"}},
		}))
		tw := New(c, Options{Seed: seed, Volume: map[string]int{"*": 500}})
		one := clientOf(t, tw)
		first := one.get(api + "notes.listed")
		if !first.has("links.next") {
			t.Fatalf("one page holds all: %s", first.raw)
		}
		if !first.has("links.self") {
			t.Errorf("seed %d: links without a member that they always have", seed)
		}
	}
}
