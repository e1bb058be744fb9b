package twin

import (
	"strings"
	"testing"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// locking is a connector of locks on folders, whose answers have constants that requests
// leave open, and a map of anything.
func locking() *ir.Connector {
	c := connector()
	c.Types = append(c.Types,
		named("Folder", objectOf(must("type", enumOf("folder")), must("id", str), may("name", str))),
		named("Lock", objectOf(must("id", str), may("folder", ref("Folder")), may("kind", enumOf("freeze")), must("extra", &ir.Type{Kind: ir.Map, Elem: &ir.Type{Kind: ir.Any}}))),
	)
	c.Groups[0].Actions = append(c.Groups[0].Actions, action(&ir.Action{
		Path: "locks.create", Method: "POST", URL: text("locks"), Effect: ir.Create, Returns: ref("Lock"),
		Params: objectOf(may("folder", objectOf(must("type", str), must("id", str))), may("kind", str)),
	}))
	c.Resources = append(c.Resources, &ir.Resource{Name: "locks", Of: "Lock", ID: path("id"), Uses: []*ir.ResourceUse{{Do: "create", Action: "locks.create"}}})
	return c
}

// TestConstantsStay sends other values than answers can have: the rest is kept.
func TestConstantsStay(t *testing.T) {
	g := clientOf(t, New(locking(), Options{})).do("POST", api+"locks", `{"folder":{"type":"meadow","id":"f1"},"kind":"melt"}`)
	equal(t, "type", g.at(t, "folder.type"), any("folder"))
	equal(t, "id", g.at(t, "folder.id"), any("f1"))
	equal(t, "kind", g.has("kind") && g.at(t, "kind") != any("freeze"), false)
	g = clientOf(t, New(locking(), Options{})).do("POST", api+"locks", `{"folder":{"type":"folder","id":"f1"},"kind":"freeze"}`)
	equal(t, "kind that may be", g.at(t, "kind"), any("freeze"))
}

// TestMapsOfAnything are empty, but where each member is wanted.
func TestMapsOfAnything(t *testing.T) {
	for _, all := range []bool{false, true} {
		g := clientOf(t, New(locking(), Options{Whole: all})).do("POST", api+"locks", `{}`)
		equal(t, "members", len(g.at(t, "extra").(*object).members) > 0, all)
	}
}

// TestDribbleEnds lets a long answer come a few bytes at a time: it takes no longer than
// that of another may.
func TestDribbleEnds(t *testing.T) {
	inBubble(t, Options{Volume: map[string]int{"users": 50}}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		arm(t, tw, Fault{ID: "transport/dribble", Scope: Scope{Action: "users.list"}, Params: map[string]string{"bytes": "1"}})
		began := time.Now()
		g := c.get(api + "users.list?count=50")
		equal(t, "users", strings.Count(g.raw, `"name":`), 50)
		if took := time.Since(began); took < 20*time.Second || took > 40*time.Second {
			t.Errorf("took %s", took)
		}
	})
}

// TestDeletesSayWhat deletes an object: the answer says which, and that it is deleted.
func TestDeletesSayWhat(t *testing.T) {
	c := connector()
	gone := objectOf(must("id", str), must("deleted", flag), must("undeleted", flag))
	for _, a := range c.Groups[0].Actions {
		if a.Path == "channels.delete" {
			a.Returns = gone
		}
	}
	c.Groups[0].Actions = append(c.Groups[0].Actions, action(&ir.Action{Path: "pins.delete", Method: "DELETE", URL: text("pin"), Effect: ir.Idempotent, Returns: gone}))
	for seed := range uint64(10) {
		one := clientOf(t, New(c, Options{Seed: seed}))
		id := one.channelID()
		g := one.do("DELETE", api+"channels/"+id, nil)
		equal(t, "id", textOf(g.at(t, "id")), id)
		equal(t, "deleted", g.at(t, "deleted"), any(true))
		equal(t, "of no resource", one.do("DELETE", api+"pin", nil).at(t, "deleted"), any(true))
	}
}
