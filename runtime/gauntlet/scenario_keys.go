package gauntlet

import (
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/porin-dev/porin/compiler/ir"
)

// keyScenarios have an application send a write again that it knows no outcome of, with
// the idempotency key that it chose before it crashed.
func keyScenarios() []*Scenario {
	return []*Scenario{
		{
			ID:      "status/key-after-crash",
			Title:   "a write takes effect, and the application crashes before it is told",
			Right:   "Sent again by the next one with the key that its caller chose, it takes effect once, and gives the first result.",
			Roles:   []Role{RoleKeyed},
			Faults:  []Arm{{Fault: "status/committed-then-lost", On: RoleKeyed}},
			Run:     sendAfterCrash(false),
			Oracles: []string{"once", "lost", "recovers", "lossless", "bounded"},
		},
		{
			ID:    "status/key-reused",
			Title: "after a crash, the key of a write is sent with another one",
			Right: "The provider refuses it, and the caller is told: neither is that a success, nor does another key make it one.",
			Roles: []Role{RoleKeyed},
			Needs: func(p *Plan) string {
				return unless(p.other() != nil, "no other parameters of the write can be made up")
			},
			Faults:  []Arm{{Fault: "status/committed-then-lost", On: RoleKeyed}},
			Run:     sendAfterCrash(true),
			Oracles: []string{"once", "lost", "typed", "secret", "bounded"},
		},
	}
}

// aKey is an idempotency key of an application's own choosing: a UUID, which every
// provider takes, in a spelling that shows whether it is sent as it is.
const aKey = "0b5E7f2a-93C4-4d1b-8e6F-2a7c91D03b58"

// rankKeyed prefers writes that the twin keeps the objects of.
func (p *Plan) rankKeyed(a *ir.Action) int {
	if a.Effect != ir.Keyed || a.Key == nil || a.Key.To == nil || a.Batch != nil || p.mixed(a) || !p.usable(a) {
		return 0
	}
	if _, use := p.use(a, "create"); use != nil {
		return 3
	}
	return 1 + when(adds(a), 1)
}

// other are parameters of the keyed write besides those of its example, or nil.
func (p *Plan) other() JSON {
	t := p.probe()
	return JSON(t.OtherExample(t.Accounts()[0].ID, p.Keyed.Path))
}

// sendAfterCrash makes a workload that sends a write with a key, crashes, and sends it
// again, or another one, with the same key.
func sendAfterCrash(another bool) func(*Env) error {
	return func(e *Env) error {
		if e.lacks(Keys) {
			return fmt.Errorf("%w: the library takes no idempotency key from its caller", ErrNotOffered)
		}
		a := e.Plan.Keyed
		c, err := e.Open(1)
		if err != nil {
			return err
		}
		params := c.params(a)
		c.CallKeyed(a, params, aKey).Crashed = true
		if err := e.crash(); err != nil {
			return err
		}
		if c, err = e.Open(1); err != nil {
			return err
		}
		if another {
			params = JSON(e.Twin.OtherExample(c.id, a.Path))
		}
		c.CallKeyed(a, params, aKey)
		return nil
	}
}

// CallKeyed makes one call with an idempotency key of its caller's.
func (c *Conn) CallKeyed(a *ir.Action, params JSON, key string) *Record {
	r := c.env.record(a, c.id, false, patience)
	r.Key = key
	c.call(r, withMember(params, fieldAt(a, a.Key.To), key))
	return r
}

// withMember is an object with a text for one of its members, where that has a name.
func withMember(params JSON, name, text string) JSON {
	members := map[string]JSON{}
	if name == "" || json.Unmarshal(params, &members) != nil {
		return params
	}
	members[name], _ = json.Marshal(text) // A string that is UTF-8.
	out, err := json.Marshal(members, json.Deterministic(true))
	if err != nil {
		return params
	}
	return out
}

// crash has the faults end with the application, which tells its callers nothing more, and
// starts another over the same store. Connections are to be opened anew.
func (e *Env) crash() error {
	for _, a := range e.armed {
		a.Disarm()
	}
	e.end()
	app, err := e.setUp()
	if err != nil {
		return fmt.Errorf("the driver opens no app after a crash: %w", err)
	}
	e.mu.Lock()
	e.app = app
	e.mu.Unlock()
	return nil
}
