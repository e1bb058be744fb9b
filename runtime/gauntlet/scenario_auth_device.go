package gauntlet

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/twin"
)

// deviceScenarios have a user agree on another device (RFC 8628).
func deviceScenarios() []*Scenario {
	return []*Scenario{
		{
			ID:      "auth/device",
			Title:   "a user takes a while to agree on another device, and the provider wants to be asked less often",
			Right:   "It is asked at its interval, and from then on 5 seconds later each time; every token is stored as it was given.",
			Roles:   []Role{RoleOAuth},
			Needs:   pairs,
			Faults:  []Arm{{Fault: "auth/device-slow-down", Nth: 2, Times: 1}},
			Run:     pair,
			Oracles: []string{"bounded"},
		},
		{
			ID:      "auth/device-denied",
			Title:   "a user who is asked on another device refuses",
			Right:   "A typed error with the provider's code; the provider is not asked again, and nothing is kept.",
			Roles:   []Role{RoleOAuth},
			Needs:   pairs,
			Faults:  []Arm{{Fault: "auth/device-denied", Nth: 2, Times: 1}},
			Run:     pairInVain,
			Oracles: []string{"bounded"},
		},
		{
			ID:      "auth/device-expired",
			Title:   "the code that a user should agree with ends before its time",
			Right:   "A typed error with the provider's code; the provider is not asked again, and nothing is kept.",
			Roles:   []Role{RoleOAuth},
			Needs:   pairs,
			Faults:  []Arm{{Fault: "auth/device-expired", Nth: 2, Times: 1}},
			Run:     pairInVain,
			Oracles: []string{"bounded"},
		},
	}
}

// Pairing connects accounts of users who agree on another device, as the apps of
// generated packages do.
type Pairing interface {
	Start(context.Context, runtime.DeviceRequest) (*runtime.DeviceAttempt, error)
	Wait(ctx context.Context, attempt *runtime.DeviceAttempt, account string) (*runtime.Connected, error)
}

func pairs(p *Plan) string {
	return unless(p.OAuth.OAuth2.Grant == "device", "no user agrees on another device")
}

// startPairing asks for a code; a nil app does not offer that.
func (e *Env) startPairing() (Pairing, *runtime.DeviceAttempt, error) {
	app, ok := e.app.(interface{ Pairing(string) Pairing })
	if !ok {
		return nil, nil, ErrNotOffered
	}
	by := app.Pairing(e.Plan.OAuth.Name)
	if by == nil {
		return nil, nil, ErrNotOffered
	}
	attempt, err := by.Start(context.Background(), runtime.DeviceRequest{Scopes: []string{"first:read", "second:write"}, Settings: e.Twin.Settings()})
	if err != nil {
		return nil, nil, fmt.Errorf("the app gets no code for a user: %w", err)
	}
	return by, attempt, nil
}

// pair has a user agree after a while.
func pair(e *Env) error {
	by, attempt, err := e.startPairing()
	if err != nil {
		return err
	}
	var user sync.WaitGroup
	var visited error
	user.Go(func() {
		time.Sleep(2*twin.DeviceInterval + time.Second)
		visited = e.agree(attempt)
	})
	account := e.Twin.Accounts()[0].ID
	connected, err := by.Wait(context.Background(), attempt, account)
	user.Wait()
	switch {
	case visited != nil:
		return visited
	case err != nil:
		return fmt.Errorf("the user agreed, and the account is not connected: %w", err)
	}
	if err := e.checkPolls(); err != nil {
		return err
	}
	return e.checkStored(account, connected.Tokens)
}

// agree sends a user where the app says, with the code that it says.
func (e *Env) agree(attempt *runtime.DeviceAttempt) error {
	req, err := http.NewRequest(http.MethodGet, attempt.URL+"?"+url.Values{"user_code": {attempt.UserCode}}.Encode(), nil)
	if err != nil {
		return err
	}
	resp, err := e.Twin.RoundTrip(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the user is sent to %s with %s, and the provider answers %d", attempt.URL, attempt.UserCode, resp.StatusCode)
	}
	return nil
}

// pairInVain waits for a user who does not agree.
func pairInVain(e *Env) error {
	by, attempt, err := e.startPairing()
	if err != nil {
		return err
	}
	account := e.Twin.Accounts()[0].ID
	_, err = by.Wait(context.Background(), attempt, account)
	if err == nil {
		return errors.New("the user did not agree, and the app says that the account is connected")
	}
	polls := e.polls()
	code := ""
	for _, p := range polls {
		code = p.Code
	}
	switch f := e.app.Explain(err); {
	case !f.Typed:
		return fmt.Errorf("the user did not agree, and the error is not of the client's type: %w", err)
	case f.Code != code:
		return fmt.Errorf("the user did not agree (%s), and the error has the code %q", code, f.Code)
	case f.OutcomeUnknown:
		return errors.New("the user did not agree, and the error leaves open whether the account is connected")
	}
	for _, t := range e.Plan.OAuth.OAuth2.Tokens {
		if _, _, err := e.store.Load(context.Background(), account, t.Name); !errors.Is(err, runtime.ErrNoToken) {
			return fmt.Errorf("the user did not agree, and the store has a token %s", t.Name)
		}
	}
	return e.checkPolls()
}

// polls are the questions whether the user has agreed, in order.
func (e *Env) polls() []twin.Entry {
	return slices.DeleteFunc(e.Twin.Journal().Entries(), func(entry twin.Entry) bool { return entry.Grant != twin.GrantDevice })
}

// checkPolls says which question came too early, or after the last word.
func (e *Env) checkPolls() error {
	pause := twin.DeviceInterval
	var last twin.Entry
	for i, p := range e.polls() {
		gap := p.Time.Sub(last.Time)
		switch {
		case i > 0 && last.Code != "authorization_pending" && last.Code != "slow_down":
			return fmt.Errorf("the provider said %q, and is asked again", last.Code)
		case i > 0 && gap < pause:
			return fmt.Errorf("the provider is asked again after %s, and its interval is %s", gap, pause)
		}
		if p.Code == "slow_down" {
			pause += twin.DeviceSlower
		}
		last = p
	}
	return nil
}
