package gauntlet

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/twin"
)

// Conn is an open connection of an account.
type Conn struct {
	env     *Env
	id      string
	method  string // Of its credential; empty where the connector has none.
	session Session

	mu     sync.Mutex
	beside map[string]Session // By the name of the method, for actions that do not take the connection's own.
}

// patience is the deadline of a call that names none: long enough for every
// wait that a scenario asks for.
const patience = 15 * time.Minute

// Call makes one call within the default deadline.
func (c *Conn) Call(a *ir.Action) *Record {
	return c.CallWith(a, c.params(a), patience)
}

// CallWithin makes one call that has to end within d.
func (c *Conn) CallWithin(a *ir.Action, d time.Duration) *Record {
	return c.CallWith(a, c.params(a), d)
}

// CallWith makes one call with the params.
func (c *Conn) CallWith(a *ir.Action, params JSON, d time.Duration) *Record {
	r := c.env.record(a, c.id, false, d)
	c.call(r, params)
	return r
}

// call makes the call of a record.
func (c *Conn) call(r *Record, params JSON) {
	ctx, cancel := r.context()
	defer cancel()
	var result JSON
	session, err := c.through(r.Action)
	if err == nil {
		result, err = session.Call(ctx, r.Action.Path, params)
	}
	c.env.finish(r, func() { r.Result, r.Err = result, err })
}

// Beside makes one call, or reads one list, that no limit is in the way of, so
// that it has to be served at once.
func (c *Conn) Beside(a *ir.Action) *Record {
	r := c.ask(a, patience)
	r.Beside = true
	return r
}

// ask calls an action, or reads the list that it is.
func (c *Conn) ask(a *ir.Action, d time.Duration) *Record {
	if a.Page != nil {
		return c.ListWithin(a, d)
	}
	return c.CallWithin(a, d)
}

// List reads a whole list within the default deadline.
func (c *Conn) List(a *ir.Action) *Record { return c.ListWithin(a, patience) }

// ListWithin reads a whole list, which has to end within d.
func (c *Conn) ListWithin(a *ir.Action, d time.Duration) *Record {
	return c.ListWith(a, c.params(a), d)
}

// ListWith reads a whole list with the params.
func (c *Conn) ListWith(a *ir.Action, params JSON, d time.Duration) *Record {
	r := c.env.record(a, c.id, true, d)
	ctx, cancel := r.context()
	defer cancel()
	var items []JSON
	size := 0
	session, failure := c.through(a)
	if failure == nil {
		for item, err := range session.List(ctx, a.Path, params) {
			if failure = err; err != nil {
				break
			}
			if size += len(item); len(items) >= maxItems || size > maxListed {
				failure = errEndless
				break
			}
			items = append(items, item)
		}
	}
	c.env.finish(r, func() { r.Items, r.Err = items, failure })
	return r
}

// through is the session that an action is called through: that of the connection, or
// one of the same account with a credential that the action takes.
func (c *Conn) through(a *ir.Action) (Session, error) {
	m := c.env.Plan.methodFor(a, c.method)
	if m == nil || m.Name == c.method {
		return c.session, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if s, ok := c.beside[m.Name]; ok {
		return s, nil
	}
	other, err := c.env.openBy(c.env.nth(c.id), m)
	if err != nil {
		return nil, err
	}
	if c.beside == nil {
		c.beside = map[string]Session{}
	}
	c.beside[m.Name] = other.session
	return other.session, nil
}

// maxItems and maxListed, in bytes, end a list that yields without end. The longest one
// has 10,000 items.
const maxItems, maxListed = 25_000, 64 << 20

// errEndless is why a caller left a list.
var errEndless = fmt.Errorf("its caller left the list, which had not ended after %d items or %d MiB", maxItems, maxListed>>20)

// params makes up what a valid call of the action needs. Where the scenario
// counts pages, the list is asked for in small ones.
func (c *Conn) params(a *ir.Action) JSON {
	if c.env.scenario.Pages > 0 && (a == c.env.Plan.List || c.env.scenario.Every != nil) {
		return c.sized(a)
	}
	return JSON(c.env.Twin.Example(c.id, a.Path))
}

// sized asks for small pages, where a list takes a size.
func (c *Conn) sized(a *ir.Action) JSON {
	example := JSON(c.env.Twin.Example(c.id, a.Path))
	field, size := c.env.Plan.pageSize(a)
	if field == "" {
		return example
	}
	var members map[string]JSON
	if err := json.Unmarshal(example, &members); err != nil {
		return example
	}
	members[field] = c.env.Plan.numeral(a, field, size)
	sized, err := json.Marshal(members, json.Deterministic(true))
	if err != nil {
		return example
	}
	return sized
}

// context is what the call is made under.
func (r *Record) context() (context.Context, context.CancelFunc) {
	return context.WithDeadline(WithKey(twin.Meant(withCall(context.Background(), r), r.Action.Path), r.Key), r.Until)
}

// Workload names what a session is asked for under ctx: "list" for all items of a
// list, "batch" for many items, "wait" for a job until it is done, "read", "create" or "write" for one call.
func Workload(ctx context.Context) string {
	switch r := callOf(ctx); {
	case r == nil:
		return ""
	case r.Lists:
		return "list"
	case len(r.Sent) > 0:
		return "batch"
	case r.Waits:
		return "wait"
	case r.Action.Effect == ir.Read:
		return "read"
	case r.Action.Effect == ir.Create:
		return "create"
	}
	return "write"
}
