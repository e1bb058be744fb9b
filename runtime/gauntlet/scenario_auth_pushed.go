package gauntlet

import (
	"context"
	"errors"
	"fmt"

	"github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/twin"
)

// pushedScenarios push what a user is asked for before they are sent (RFC 9126).
func pushedScenarios() []*Scenario {
	return []*Scenario{
		{
			ID:      "auth/pushed-refused",
			Title:   "the provider refuses what a user should be asked for, and takes it later",
			Right:   "A typed error with the provider's code, and no address to send anybody to; the next one is good.",
			Roles:   []Role{RoleOAuth},
			Needs:   pushes,
			Faults:  []Arm{{Fault: "auth/pushed-refused", Times: 1}},
			Run:     pushRefused,
			Oracles: []string{"bounded"},
		},
		{
			ID:      "auth/pushed-expired",
			Title:   "a user comes so late that what was pushed for them has ended, and is sent again",
			Right:   "It is pushed anew for each address, and the user connects at the second one.",
			Roles:   []Role{RoleOAuth},
			Needs:   pushes,
			Faults:  []Arm{{Fault: "auth/pushed-expired", Times: 1}},
			Run:     pushLate,
			Oracles: []string{"bounded"},
		},
	}
}

// Pushing connects accounts by a method whose authorization requests are pushed, as the
// apps of generated packages do.
type Pushing interface {
	AuthCodeURL(context.Context, runtime.AuthRequest) (*runtime.AuthAttempt, error)
	Exchange(context.Context, runtime.CodeGrant) (*runtime.Connected, error)
}

// Pushes is how accounts are connected by what pushes its requests.
func Pushes(by Pushing) Connecting { return pushing{by} }

type pushing struct{ Pushing }

func (p pushing) AuthCodeURL(r runtime.AuthRequest) (*runtime.AuthAttempt, error) {
	return p.Pushing.AuthCodeURL(context.Background(), r)
}

func pushes(p *Plan) string {
	if why := connects(p); why != "" {
		return why
	}
	return unless(!p.OAuth.OAuth2.Pushed.IsZero(), "no authorization request is pushed")
}

// pushRefused asks for an address in vain, and again.
func pushRefused(e *Env) error {
	app := e.connecting()
	if app == nil {
		return ErrNotOffered
	}
	attempt, err := app.AuthCodeURL(runtime.AuthRequest{RedirectURL: callback, Settings: e.Twin.Settings()})
	if err == nil {
		return fmt.Errorf("what was pushed is refused, and the app sends the user to %s", attempt.URL)
	}
	code, n := "", 0
	for _, entry := range e.Twin.Journal().Entries() {
		if entry.Route == twin.RoutePushed {
			code = entry.Code
			n++
		}
	}
	switch f := e.app.Explain(err); {
	case !f.Typed:
		return fmt.Errorf("what was pushed is refused, and the error is not of the client's type: %w", err)
	case f.Code != code:
		return fmt.Errorf("what was pushed is refused with %s, and the error has the code %q", code, f.Code)
	case f.OutcomeUnknown:
		return errors.New("what was pushed is refused, and the error leaves open whether it was")
	case n > 1:
		return fmt.Errorf("what was pushed is refused, and was pushed %d times", n)
	}
	return connect(e)
}

// pushLate sends a user who comes late, and again.
func pushLate(e *Env) error {
	app := e.connecting()
	if app == nil {
		return ErrNotOffered
	}
	attempt, err := app.AuthCodeURL(runtime.AuthRequest{RedirectURL: callback, Settings: e.Twin.Settings()})
	if err != nil {
		return fmt.Errorf("the app names no address to send a user to: %w", err)
	}
	if _, err := e.visit(attempt); err == nil {
		return errors.New("the twin takes what has ended")
	}
	return connect(e)
}
