package twin

import (
	"fmt"
	"testing"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// Windows of a list are cut by a member that its type lets an item lack, or have as null,
// or have in an object that it may lack: each item that the twin makes has it.
func TestWindowsByAMemberThatMayBeAbsent(t *testing.T) {
	maybe := *stamp
	maybe.Nullable = true
	for name, item := range map[string]*ir.Type{
		"at":      objectOf(must("id", str), may("at", stamp)),
		"null":    objectOf(must("id", str), must("null", &maybe)),
		"meta.at": objectOf(must("id", str), may("meta", objectOf(may("by", str), may("at", ref("Stamp"))))),
	} {
		c := connector()
		c.Types = append(c.Types, named("Stamp", &ir.Type{Kind: ir.Int, Wire: stamp.Wire, Nullable: true}), named("Visit", item))
		c.Groups[0].Actions = append(c.Groups[0].Actions, action(&ir.Action{
			Path: "visits.list", URL: text("visits"), Params: objectOf(must("since", stamp), may("until", stamp)), Returns: objectOf(must("visits", listOf(ref("Visit")))),
			Page: &ir.Page{Items: path("visits"), Item: ref("Visit"), Style: "window", Field: path(name), To: &ir.Slot{Query: "since"}, Until: &ir.Slot{Query: "until"}, Span: "30m"},
		}))
		tw := New(c, Options{Seed: 3, Volume: map[string]int{"visits.list": 200}})
		caller := clientOf(t, tw)
		var got []string
		for from, end := epoch, epoch.Add(200*stride); from.Before(end); from = from.Add(7 * stride) {
			page := caller.get(fmt.Sprintf("%svisits?since=%d&until=%d", api, from.Unix(), from.Add(7*stride).Unix()))
			for _, v := range page.list(t, "visits") {
				at := time.Unix(mustInt(t, mustAt(t, v, name)), 0)
				if at.Before(from) || !at.Before(from.Add(7*stride)) {
					t.Errorf("%s: %s is not within 7 strides from %s", name, at, from)
				}
				got = append(got, textOf(mustAt(t, v, "id")))
			}
		}
		sameIDs(t, got, tw.IDs("", "visits.list", ""))
	}
}

func mustInt(t *testing.T, v any) (n int64) {
	t.Helper()
	if _, err := fmt.Sscan(textOf(v), &n); err != nil {
		t.Fatalf("%v: %v", v, err)
	}
	return n
}
