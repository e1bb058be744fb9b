package gauntlet

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/twin"
)

// given lists the auth methods whose credential the caller gives.
func (p *Plan) given() []*ir.Auth {
	var out []*ir.Auth
	for _, a := range p.Spec.Auth {
		if slices.Contains([]string{"bearer", "key", "basic"}, a.Kind) {
			out = append(out, a)
		}
	}
	return out
}

// calledWith is an action that a method authenticates.
func (p *Plan) calledWith(method string) *ir.Action {
	all := p.every(func(a *ir.Action) bool {
		return a.Page == nil && (slices.Contains(a.Auth, method) || len(a.Auth) == 0)
	})
	slices.SortStableFunc(all, func(a, b *ir.Action) int { return readsFirst(a) - readsFirst(b) })
	if len(all) == 0 {
		return nil
	}
	return all[0]
}

// useEveryCredential makes a call with each kind of credential.
func useEveryCredential(e *Env) error {
	for _, m := range e.Plan.given() {
		c, err := e.static(1, m)
		if err != nil {
			return err
		}
		if a := e.Plan.calledWith(m.Name); a != nil {
			c.Call(a)
		}
	}
	return nil
}

// renewEvery renews each token of the OAuth 2.0 method, and calls with it.
func renewEvery(e *Env) error {
	for _, t := range e.Plan.OAuth.OAuth2.Tokens {
		c, err := e.renewing(1, e.Plan.OAuth, t.Name)
		if errors.Is(err, errNoToken) {
			continue
		}
		if err != nil {
			return err
		}
		c.Call(e.Plan.Read)
		e.Twin.Expire(c.id)
		c.Call(e.Plan.Read)
		time.Sleep(2 * time.Hour) // The announced life is over.
		c.Call(e.Plan.Read)
	}
	return nil
}

// Connecting connects accounts by the authorization code flow, as the apps of
// generated packages do.
type Connecting interface {
	AuthCodeURL(runtime.AuthRequest) (*runtime.AuthAttempt, error)
	Exchange(context.Context, runtime.CodeGrant) (*runtime.Connected, error)
}

// connects says why no account can be connected.
func connects(p *Plan) string {
	return unless(p.OAuth.OAuth2.Grant == "code", "no user is asked")
}

const callback = "https://app.example/callback"

// connecting is how the app connects accounts by the method that the scenario works with.
func (e *Env) connecting() Connecting {
	switch app := e.app.(type) {
	case interface{ Connecting(string) Connecting }:
		return app.Connecting(e.Plan.OAuth.Name)
	case Connecting:
		return app
	}
	return nil
}

// connect sends a user to the provider, redeems the code that comes back, and calls.
func connect(e *Env) error {
	app := e.connecting()
	if app == nil {
		return ErrNotOffered
	}
	o := e.Plan.OAuth.OAuth2
	scopes := []string{"first:read", "second:write"}
	attempt, err := app.AuthCodeURL(runtime.AuthRequest{RedirectURL: callback, Scopes: scopes, Settings: e.Twin.Settings()})
	if err != nil {
		return fmt.Errorf("the app names no address to send a user to: %w", err)
	}
	q, err := e.asked(attempt)
	if err != nil {
		return err
	}
	for _, p := range o.Params {
		if !q.Has(p.Name) {
			return fmt.Errorf("the user is sent without the parameter %s", p.Name)
		}
	}
	if got := q.Get("scope"); got != strings.Join(scopes, o.ScopeSep) {
		return fmt.Errorf("scopes are asked for as %q, and separated by %q", got, o.ScopeSep)
	}
	if (q.Get("code_challenge") != "") != (o.PKCE == "S256" || o.PKCE == "plain") || q.Has("code_challenge") && q.Get("code_challenge_method") != o.PKCE {
		return fmt.Errorf("the code is bound to a challenge of method %q, and %s is declared", q.Get("code_challenge_method"), o.PKCE)
	}
	got, err := e.visit(attempt)
	if err != nil {
		return err
	}
	account := e.Twin.Accounts()[0].ID
	connected, err := app.Exchange(context.Background(), runtime.CodeGrant{
		Account: account, Code: got.Get("code"), Verifier: attempt.Verifier, Key: attempt.Key, State: attempt.State, RedirectURL: callback, Settings: e.Twin.Settings(),
	})
	if err != nil {
		return fmt.Errorf("the code is not redeemed: %w", err)
	}
	return e.checkStored(account, connected.Tokens)
}

// asked is what a user is asked for, by the names of RFC 6749.
func (e *Env) asked(attempt *runtime.AuthAttempt) (url.Values, error) {
	o := e.Plan.OAuth.OAuth2
	to, err := url.Parse(attempt.URL)
	if err != nil {
		return nil, err
	}
	q := to.Query()
	for from, to := range o.Rename {
		if q.Has(from) || !q.Has(to) && (o.Pushed.IsZero() || from == "client_id") {
			return nil, fmt.Errorf("the user is sent without the parameter %s, which is the provider's name for %s", to, from)
		}
		q[from] = q[to]
		delete(q, to)
	}
	if o.Pushed.IsZero() {
		return q, nil
	}
	pushed := e.Twin.Pushed(q.Get("request_uri"))
	switch {
	case pushed == nil:
		return nil, errors.New("the user is sent without a reference to what was pushed")
	case len(q) != 2 || !q.Has("client_id"):
		return nil, fmt.Errorf("the user is sent with the parameters %s, and nothing counts but request_uri and client_id", strings.Join(slices.Sorted(maps.Keys(q)), ", "))
	}
	return pushed, nil
}

// visit sends a user to the provider, and returns what the callback has.
func (e *Env) visit(attempt *runtime.AuthAttempt) (url.Values, error) {
	req, err := http.NewRequest(http.MethodGet, attempt.URL, nil)
	if err != nil {
		return nil, err
	}
	resp, err := e.Twin.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	back, err := resp.Location()
	if err != nil {
		return nil, fmt.Errorf("the user was sent to %s, and the provider answers %d", attempt.URL, resp.StatusCode)
	}
	got := back.Query()
	if got.Get("state") != attempt.State {
		return nil, errors.New("the user comes back with another state")
	}
	return got, nil
}

// checkStored compares what the app stored of an account with what the provider gave.
func (e *Env) checkStored(account string, names []string) error {
	i := slices.IndexFunc(e.Twin.Accounts(), func(a twin.Account) bool { return a.ID == account })
	acct := e.Twin.Accounts()[i]
	for _, want := range e.Plan.OAuth.OAuth2.Tokens {
		given, ok := tokenOf(acct, e.Plan.OAuth.Name, want.Name)
		if !ok {
			continue
		}
		if !slices.Contains(names, want.Name) {
			return fmt.Errorf("the token %s was given, and not stored", want.Name)
		}
		got, _, err := e.store.Load(context.Background(), account, want.Name)
		if err != nil {
			return fmt.Errorf("the token %s is not in the store: %w", want.Name, err)
		}
		switch {
		case got.Access.Reveal() != given.Access:
			return fmt.Errorf("the token %s is stored as another one", want.Name)
		case got.Refresh.Reveal() != given.Refresh:
			return fmt.Errorf("the refresh token of %s is stored as another one", want.Name)
		case got.Expiry.IsZero() != given.Expires.IsZero() || got.Expiry.Sub(given.Expires).Abs() > time.Minute:
			return fmt.Errorf("the token %s ends at %s, and is stored as ending at %s", want.Name, given.Expires, got.Expiry)
		case !slices.Equal(slices.Sorted(slices.Values(got.Scopes)), slices.Sorted(slices.Values(given.Scopes))):
			return fmt.Errorf("the token %s has the scopes %v, and is stored with %v", want.Name, given.Scopes, got.Scopes)
		}
	}
	return nil
}
