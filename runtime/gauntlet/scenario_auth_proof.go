package gauntlet

import (
	"fmt"
	"time"

	"github.com/porin-dev/porin/runtime/twin"
)

// proofScenarios have tokens that are bound to a key (RFC 9449).
func proofScenarios() []*Scenario {
	return []*Scenario{
		{
			ID:      "auth/proof-nonce",
			Title:   "the provider begins to want a nonce in proofs, where tokens are given and where they are used, and changes it",
			Right:   "What is refused for that is sent once more with the nonce, and every call is served; no token is renewed for it.",
			Roles:   []Role{RoleRead, RoleOAuth},
			Needs:   proves,
			MaxWait: time.Hour,
			Faults:  []Arm{{Fault: "auth/proof-nonce", On: RoleRead, Nth: 1}, {Fault: "auth/proof-nonce", Action: "@" + twin.RouteToken, Nth: 1}, {Fault: "auth/proof-nonce", On: RoleRead, Nth: 5}},
			Run:     proveWithNonces,
			Oracles: []string{"recovers", "dead"},
		},
		{
			ID:      "auth/proof-renonce",
			Title:   "an answer of success has the nonce that proofs have to have from then on",
			Right:   "The next request has it already: nothing is refused.",
			Roles:   []Role{RoleRead, RoleOAuth},
			Needs:   proves,
			MaxWait: time.Hour,
			Faults:  []Arm{{Fault: "auth/proof-renonce", On: RoleRead, Times: 2}},
			Run:     proveWithNews,
			Oracles: []string{"recovers", "dead", "bounded"},
		},
		{
			ID:    "auth/proof-kept",
			Title: "a user connects an account, the application starts anew, and the token comes to its end",
			Right: "The key is kept with the token, so that it is renewed and used by who did not make it.",
			Roles: []Role{RoleRead, RoleOAuth},
			Needs: func(p *Plan) string {
				if why := proves(p); why != "" {
					return why
				}
				return connects(p)
			},
			MaxWait: time.Hour,
			Run:     proveAfterRestart,
			Oracles: []string{"recovers", "dead", "bounded"},
		},
	}
}

func proves(p *Plan) string {
	return unless(p.OAuth.OAuth2.Proof != "", "no token is bound to a key")
}

// proveWithNonces calls, lets the token come to its end, and calls again.
func proveWithNonces(e *Env) error {
	c, err := e.Renewing(1)
	if err != nil {
		return err
	}
	c.Call(e.Plan.Read)
	c.Call(e.Plan.Read)
	if n := e.tokenRequests(); n > 0 {
		return fmt.Errorf("a nonce was wanted, and the token endpoint was asked %d times", n)
	}
	e.Twin.Expire(c.id)
	c.Call(e.Plan.Read)
	c.Call(e.Plan.Read)
	if n := e.tokenRequests(); n > 2 {
		return fmt.Errorf("one token came to its end, at an endpoint that wants a nonce, and the endpoint was asked %d times", n)
	}
	return nil
}

// proveWithNews calls, and looks at what was refused.
func proveWithNews(e *Env) error {
	c, err := e.Renewing(1)
	if err != nil {
		return err
	}
	for range 3 {
		c.Call(e.Plan.Read)
	}
	for _, entry := range e.Twin.Journal().Entries() {
		if entry.Status >= 400 {
			return fmt.Errorf("request %d was refused: %s", entry.Seq, entry.Why)
		}
	}
	return nil
}

// proveAfterRestart calls with an app that did not connect the account.
func proveAfterRestart(e *Env) error {
	if err := connect(e); err != nil {
		return err
	}
	if err := e.crash(); err != nil {
		return err
	}
	account := e.Twin.Accounts()[0].ID
	c, err := e.open(Account{ID: account, Method: e.Plan.OAuth.Name, Stored: e.Plan.Token})
	if err != nil {
		return err
	}
	c.Call(e.Plan.Read)
	e.Twin.Expire(account)
	c.Call(e.Plan.Read)
	return nil
}
