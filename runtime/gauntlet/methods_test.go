package gauntlet

import (
	"sync"
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

// opening notes the accounts that sessions are opened for.
type opening struct {
	clientDriver
	mu     *sync.Mutex
	opened *[]Account
}

func (d opening) App(t Target) (App, error) {
	app, err := d.clientDriver.App(t)
	return openingApp{app, d}, err
}

type openingApp struct {
	App
	of opening
}

func (a openingApp) Session(acct Account) (Session, error) {
	a.of.mu.Lock()
	defer a.of.mu.Unlock()
	*a.of.opened = append(*a.of.opened, acct)
	return a.App.Session(acct)
}

// TestTokensOfEachMethodAreRenewed has an action take an exchange beside the method of the
// plan: its session has the secrets that it gets tokens with, and no token that ends.
func TestTokensOfEachMethodAreRenewed(t *testing.T) {
	c := shelf()
	first, second := c.Auth[0], *c.Auth[0]
	grant := *first.OAuth2
	grant.Tokens = []*ir.OAuthToken{{Name: "second", At: names("access_token"), Expires: names("expires_in")}}
	second.Name, second.Kind, second.OAuth2 = "admin", "exchange", &grant
	c.Auth = []*ir.Auth{first, &second}
	c.Action("books.create").Auth = []string{"admin"}
	var opened []Account
	if _, err := play(t, NewPlan(c), opening{mu: new(sync.Mutex), opened: &opened}, scenarioOf(t, "limits/429-create"), 1); err != nil {
		t.Fatal(err)
	}
	if len(opened) != 2 || opened[1].Method != "admin" || opened[1].Token != "" {
		t.Errorf("sessions are opened for %+v", opened)
	}
}
