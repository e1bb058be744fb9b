package gauntlet

import (
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
)

// TestEachActionByAMethodThatItTakes gives the methods in both orders: the credential
// of a call follows from its action, not from which method is the plan's.
func TestEachActionByAMethodThatItTakes(t *testing.T) {
	for _, order := range [][2]string{{"reader", "writer"}, {"writer", "reader"}} {
		c := shelf()
		c.Auth = nil
		for _, name := range order {
			c.Auth = append(c.Auth, &ir.Auth{Name: name, Kind: "key", Place: []*ir.AuthPlace{{
				To:    &ir.Slot{Header: "Authorization"},
				Value: ir.Template{Parts: []ir.Part{{Text: "Bearer "}, {Scope: "cred", Path: names("key")}}},
			}}})
		}
		wants := map[string]string{"books.create": "writer", "books.get": "reader", "books.list": "reader", "books.shelved": order[0]}
		for path, method := range wants {
			if path != "books.shelved" { // That one takes any.
				c.Action(path).Auth = []string{method}
			}
		}
		for _, id := range []string{"data/every-call", "paging/every-list", "limits/429-create"} {
			ev, err := play(t, NewPlan(c), clientDriver{}, scenarioOf(t, id), 1)
			if err != nil || len(ev.Entries) == 0 {
				t.Fatalf("%s: %d requests, %v", id, len(ev.Entries), err)
			}
			for _, e := range ev.Entries {
				if e.Auth != wants[e.Action] {
					t.Errorf("%s: %s is called with the credential of %q, not of %q", id, e.Action, e.Auth, wants[e.Action])
				}
			}
			if v := judgeRecovers(ev); v.Outcome == Fail {
				t.Errorf("%s: %s", id, v.Why)
			}
		}
	}
}
