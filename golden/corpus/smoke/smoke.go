// Package smoke calls every action of a generated client once against the twin
// of its spec, and writes down what was sent, answered and decoded. It judges
// nothing: what was sent is held against the OpenAPI document elsewhere.
package smoke

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/gauntlet"
	"github.com/porin-dev/porin/runtime/twin"
)

// Exchange is one call of an action.
type Exchange struct {
	Action string
	Params json.RawMessage // What the method was called with.
	Error  string          `json:",omitempty"` // Of the method.

	Sent     *Request  `json:",omitempty"` // nil: nothing was sent.
	Answered *Response `json:",omitempty"`

	// Paged: the result is a page, {"Items": [...], "Next": "..."}, of the items
	// that the answer has at Items.
	Paged  bool            `json:",omitempty"`
	Items  []string        `json:",omitempty"`
	Result json.RawMessage `json:",omitempty"` // The decoded result, encoded again.
	Reply  string          `json:",omitempty"` // "raw" when the result is bytes.
}

// patience is how long one call may take. Nothing is slow in process; what takes
// longer waits for a limit or hangs.
const patience = 20 * time.Second

// Main runs a driver against the twin of the connector in the file that the
// first argument names, and writes one JSON object an action.
func Main(d gauntlet.Driver) {
	if err := run(d, os.Args[1], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "smoke:", err)
		os.Exit(1)
	}
}

func run(d gauntlet.Driver, file string, w io.Writer) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	c, err := ir.ReadJSON(data)
	if err != nil {
		return err
	}
	s := open(d, c)
	out := json.NewEncoder(w)
	for _, a := range c.AllActions() {
		if err := out.Encode(s.call(a)); err != nil {
			return fmt.Errorf("%s: %w", a.Path, err)
		}
	}
	return nil
}

// session is the twin, and the way to it.
type session struct {
	c      *ir.Connector
	twin   *twin.Twin
	wire   *wire
	driver gauntlet.Driver
}

func open(d gauntlet.Driver, c *ir.Connector) *session {
	t := twin.New(c, twin.Options{Now: clock(), TokenLife: 1000 * time.Hour})
	return &session{c: c, driver: d, twin: t, wire: &wire{next: t}}
}

// clock runs ten seconds ahead at every look, so that no limit of the twin is met.
func clock() func() time.Time {
	now := time.Now()
	return func() time.Time {
		now = now.Add(10 * time.Second)
		return now
	}
}

// connect opens the connection that an action needs, of an application of its
// own, so that no limit of the client is met either.
func (s *session) connect(a *ir.Action) (gauntlet.Session, error) {
	target := gauntlet.Target{
		Transport: s.wire, Servers: s.twin.Servers(), Settings: s.twin.Settings(),
		Store: runtime.NewMemoryStore(), MaxWait: time.Millisecond,
	}
	if slices.ContainsFunc(s.c.Auth, func(m *ir.Auth) bool { return m.OAuth2 != nil }) {
		target.ClientID, target.ClientSecret = s.twin.OAuth().ClientID, s.twin.OAuth().ClientSecret
	}
	app, err := s.driver.App(target)
	if err != nil {
		return nil, err
	}
	acct := s.twin.Accounts()[0]
	account := gauntlet.Account{ID: acct.ID, Cred: acct.Cred}
	if m := s.method(a); m != nil {
		account.Method = m.Name
		for _, t := range acct.Tokens {
			if t.Method == m.Name && account.Token == "" {
				account.Token = t.Access
			}
		}
	}
	return app.Session(account)
}

// built are the kinds of methods that clients have.
var built = []string{"oauth2", "bearer", "basic", "key", "none"}

// method is the first way that the action may be authorised, of those that
// clients have; or else the first that they have, so that the action is sent.
func (s *session) method(a *ir.Action) (found *ir.Auth) {
	for _, m := range s.c.Auth {
		if !slices.Contains(built, m.Kind) {
			continue
		}
		if len(a.Auth) == 0 || slices.Contains(a.Auth, m.Name) {
			return m
		}
		found = cmp.Or(found, m)
	}
	return found
}

func (s *session) call(a *ir.Action) *Exchange {
	e := &Exchange{Action: a.Path, Reply: a.Reply, Params: s.twin.Example("", a.Path)}
	if len(e.Params) == 0 {
		e.Params = nil
	}
	if a.Page != nil {
		e.Paged = true
		for _, step := range a.Page.Items {
			e.Items = append(e.Items, step.Name)
		}
	}
	conn, err := s.connect(a)
	if err != nil {
		e.Error = "no connection: " + err.Error()
		return e
	}
	ctx, cancel := context.WithTimeout(twin.Meant(context.Background(), a.Path), patience)
	defer cancel()
	s.wire.sent, s.wire.answered = nil, nil
	result, err := conn.Call(ctx, a.Path, gauntlet.JSON(e.Params))
	e.Sent, e.Answered = s.wire.sent, s.wire.answered
	if len(result) > 0 && err == nil {
		e.Result = json.RawMessage(result)
	}
	if err != nil {
		e.Error = explain(err)
	}
	return e
}

// explain is an error with its causes, which an APIError does not print.
func explain(err error) string {
	text := err.Error()
	for cause := errors.Unwrap(err); cause != nil; cause = errors.Unwrap(cause) {
		text += ": " + cause.Error()
	}
	return text
}
