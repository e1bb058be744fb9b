package twin

import (
	"net/url"
	"strconv"
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
)

// plays is a connector of lists whose position is a number: in the address of the next
// page, and as one that counts from 1.
func plays() *ir.Connector {
	c := connector()
	c.Types = append(c.Types, named("Play", objectOf(must("id", str))))
	next := objectOf(must("items", listOf(ref("Play"))), may("next", str), may("totalResults", num))
	c.Groups[0].Actions = append(c.Groups[0].Actions,
		action(&ir.Action{Path: "plays.list", URL: text("plays"), Params: objectOf(may("after", num), may("limit", num)), Returns: next, Page: &ir.Page{
			Items: path("items"), Item: ref("Play"), Style: "link", End: []string{"no_cursor"}, From: &ir.Source{Body: path("next")}, Size: &ir.PageSize{To: &ir.Slot{Query: "limit"}, Default: 10},
		}}),
		action(&ir.Action{Path: "groups.list", URL: text("groups"), Params: objectOf(may("startIndex", num), may("count", num)), Returns: next, Page: &ir.Page{
			Items: path("items"), Item: ref("Play"), Style: "offset", By: "items", Start: 1, End: []string{"total"}, To: &ir.Slot{Query: "startIndex"}, Total: &ir.Source{Body: path("totalResults")}, Size: &ir.PageSize{To: &ir.Slot{Query: "count"}, Default: 10},
		}}),
	)
	return c
}

// TestCursorsThatAreNumbers follows addresses whose position the action takes as a number.
func TestCursorsThatAreNumbers(t *testing.T) {
	tw := New(plays(), Options{})
	one := clientOf(t, tw)
	arm(t, tw, Fault{ID: "paging/empty-with-next", Scope: Scope{Action: "plays.list", Nth: 2}})
	seen, pages := map[string]bool{}, 0
	for address := api + "plays"; address != ""; pages++ {
		g := one.get(address)
		equal(t, "status", g.status, 200)
		for _, item := range g.list(t, "items") {
			seen[textOf(mustAt(t, item, "id"))] = true
		}
		last := address
		address = ""
		if g.has("next") {
			address = textOf(g.at(t, "next"))
			n, err := strconv.ParseInt(parseURL(address).Query().Get("after"), 10, 64)
			equal(t, "a number that a float64 holds", err == nil && n > 0 && n < 1<<53, true)
		}
		equal(t, "goes on", address == last, false)
	}
	equal(t, "items", len(seen), defaultVolume)
	equal(t, "pages", pages, 4)
	for _, bad := range []string{"1", "20", "123456789"} {
		equal(t, "a number that the twin did not give", one.get(api+"plays?after="+bad).at(t, "ok"), any(false))
	}
}

// TestOffsetsFromOne counts items from 1.
func TestOffsetsFromOne(t *testing.T) {
	tw := New(plays(), Options{})
	one := clientOf(t, tw)
	all := one.get(api+"groups?count=25").list(t, "items")
	for from, want := range map[int]int{1: 0, 2: 1, 21: 20} {
		g := one.get(api + "groups?" + url.Values{"count": {"5"}, "startIndex": {strconv.Itoa(from)}}.Encode())
		equal(t, "the item at "+strconv.Itoa(from), textOf(mustAt(t, g.list(t, "items")[0], "id")), textOf(mustAt(t, all[want], "id")))
	}
	equal(t, "before the first", one.get(api+"groups?startIndex=0").at(t, "ok"), any(false))
}

// TestPagesOfChosenItems reads a list of some objects: the journal counts those alone.
func TestPagesOfChosenItems(t *testing.T) {
	c := connector()
	c.Resources[0].Uses[0].Filters = []*ir.Filter{{Param: "kind", By: "is", At: path("kind")}}
	one := clientOf(t, New(c, Options{}))
	before, next := 0, ""
	for {
		g := one.get(api + "channels.list?kind=public&limit=4&cursor=" + next)
		equal(t, "from", one.last().Page.From, before)
		before += len(g.list(t, "channels"))
		if !g.has("meta.next_cursor") || textOf(g.at(t, "meta.next_cursor")) == "" {
			break
		}
		next = textOf(g.at(t, "meta.next_cursor"))
	}
	equal(t, "some", before > 4 && before < defaultVolume, true)
}
