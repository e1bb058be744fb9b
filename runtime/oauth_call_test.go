package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	rt "github.com/porin-dev/porin/runtime"
)

// provider is an API with rotating tokens, as a transport: it knows one access
// and one refresh token, and dies of a refresh token that is used twice.
type provider struct {
	mu        sync.Mutex
	store     rt.TokenStore
	n         int  // Of the tokens that are valid; -1 is none.
	brokenFor int  // Refreshes that fail from now on.
	unsaved   bool // A token was used that the store did not have.
	calls     []string
	refreshes int
}

func (p *provider) RoundTrip(r *http.Request) (*http.Response, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.URL.Host == "idp.test" {
		if err := r.ParseForm(); err != nil {
			return nil, err
		}
		p.refreshes++
		switch {
		case p.brokenFor > 0:
			p.brokenFor--
			return reply(503, ""), nil
		case r.PostForm.Get("refresh_token") != fmt.Sprintf("refresh-%d", p.n):
			p.n = -1
			return reply(200, `{"ok":false,"error":"invalid_refresh_token"}`), nil
		}
		p.n++
		return fresh(p.n, nil)
	}
	sent := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	p.calls = append(p.calls, sent)
	valid := sent == fmt.Sprintf("access-%d", p.n)
	if token, _, err := p.store.Load(r.Context(), "T1", "bot"); err != nil || valid && token.Access.Reveal() != sent {
		p.unsaved = true // A stale one may still be on its way when the store has the next.
	}
	switch {
	case p.n < 0:
		return reply(200, `{"ok":false,"error":"token_revoked"}`), nil
	case !valid:
		return reply(200, `{"ok":false,"error":"token_expired"}`), nil
	}
	return reply(200, `{"ok":true}`), nil
}

func (p *provider) set(n, brokenFor int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n, p.brokenFor = n, brokenFor
}

// connected is a client of an account whose tokens the provider knows.
func connected(t *testing.T) (*provider, func(context.Context) error) {
	t.Helper()
	code := func(class rt.Class, value string) rt.ErrorRule {
		when := rt.When{Body: []rt.Match{{At: rt.Path{"error"}, Values: []string{value}}}}
		return rt.ErrorRule{When: when, Class: class, Code: &rt.Source{Body: rt.Path{"error"}}}
	}
	store := rt.NewMemoryStore()
	if _, err := store.Save(t.Context(), "T1", "bot", *hourToken(), 0); err != nil {
		t.Fatal(err)
	}
	p := &provider{store: store}
	api := &rt.API{Name: "acme", Servers: []rt.Server{{Name: "api", URL: "https://api.test/"}}, OAuth: slackish()}
	app, err := rt.NewApp(api, rt.WithTransport(p), rt.WithTokenStore(store), rt.WithOAuthClient("id", rt.NewSecret("test-secret")))
	if err != nil {
		t.Fatal(err)
	}
	client, err := app.Client(rt.ForAccount("workspace", app.Connection("T1", "bot")))
	if err != nil {
		t.Fatal(err)
	}
	op := &rt.Op{API: api, Name: "post", Method: http.MethodPost, Path: "post", Errors: []rt.ErrorRule{
		code(rt.ClassAuthExpired, `"token_expired"`), code(rt.ClassDisconnected, `"token_revoked"`),
	}}
	return p, func(ctx context.Context) error { return client.Do(ctx, op, nil, nil, nil) }
}

func TestCallsShareARefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, call := connected(t)
		for hour := range 40 { // Three lives of a token.
			var wg sync.WaitGroup
			for range 20 {
				wg.Go(func() {
					if err := call(t.Context()); err != nil {
						t.Errorf("hour %d: %v", hour, err)
					}
				})
			}
			wg.Wait()
			time.Sleep(time.Hour)
		}
		if p.refreshes != 4 || p.unsaved {
			t.Errorf("%d refreshes, unsaved %v", p.refreshes, p.unsaved)
		}
	})
}

func TestCallsAfterAnEarlyExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, call := connected(t)
		if err := call(t.Context()); err != nil {
			t.Fatal(err)
		}
		token, version := stored(t, p.store)
		token.Access = rt.NewSecret("stale") // The provider does not know it any more.
		if _, err := p.store.Save(t.Context(), "T1", "bot", token, version); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if err := call(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if p.refreshes != 1 || p.unsaved {
			t.Errorf("%d refreshes, unsaved %v", p.refreshes, p.unsaved)
		}
	})
}

func TestRefusedTokenIsNotSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, call := connected(t)
		token, version := stored(t, p.store)
		token.Access = rt.NewSecret("stale")
		if _, err := p.store.Save(t.Context(), "T1", "bot", token, version); err != nil {
			t.Fatal(err)
		}
		p.set(0, 1)
		if err := call(t.Context()); !errors.Is(err, rt.ErrUnavailable) || errors.Is(err, rt.ErrOutcomeUnknown) {
			t.Errorf("while the token endpoint fails: %v", err)
		}
		if err := call(t.Context()); err != nil {
			t.Error(err)
		}
		if got := strings.Join(p.calls, " "); got != "stale access-1" {
			t.Errorf("sent %s", got)
		}
	})
}

func TestDisconnectedAccountIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, call := connected(t)
		if err := call(t.Context()); err != nil {
			t.Fatal(err)
		}
		p.set(-1, 0)
		for range 5 {
			err := call(t.Context())
			var e *rt.APIError
			if !errors.Is(err, rt.ErrDisconnected) || !errors.As(err, &e) || e.Code != "token_revoked" {
				t.Errorf("%v", err)
			}
			if text := err.Error(); strings.Count(text, "token_revoked") != 1 || strings.Count(text, rt.ErrDisconnected.Error()) != 1 {
				t.Errorf("it is said twice, or not: %s", text)
			}
			time.Sleep(time.Hour)
		}
		if len(p.calls) != 2 || p.refreshes != 0 {
			t.Errorf("%d calls and %d refreshes", len(p.calls), p.refreshes)
		}
		if token, _ := stored(t, p.store); token.Dead != "token_revoked" {
			t.Errorf("stored as %q", token.Dead)
		}
		// Connected anew, by whatever replica.
		p.set(0, 0)
		_, version := stored(t, p.store)
		if _, err := p.store.Save(t.Context(), "T1", "bot", *hourToken(), version); err != nil {
			t.Fatal(err)
		}
		if err := call(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestMissingLifeIsADrift(t *testing.T) {
	for _, optional := range []bool{false, true} {
		o := slackish()
		o.ExpiryOptional = optional
		var drifts []rt.DriftEvent
		s := &tokenServer{answer: func(int, url.Values) (*http.Response, error) {
			return reply(200, `{"ok":true,"access_token":"forever"}`), nil
		}}
		app := oauthApp(t, o, s, rt.NewMemoryStore(), nil, rt.WithObserver(rt.ObserverFunc(func(_ context.Context, e rt.Event) {
			if d, ok := e.(rt.DriftEvent); ok {
				drifts = append(drifts, d)
			}
		})))
		for range 2 {
			if _, err := app.Exchange(t.Context(), rt.CodeGrant{Account: "T1", Code: "c"}); err != nil {
				t.Fatal(err)
			}
		}
		if optional != (len(drifts) == 0) || len(drifts) > 1 {
			t.Errorf("optional %v: %v", optional, drifts)
		}
		wantAuth(t, app.Connection("T1", "bot"), "forever")
	}
}
