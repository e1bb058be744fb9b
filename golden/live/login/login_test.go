// Package login_test connects accounts at panva's oidc-provider with the generated client.
package login_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/porin-dev/porin/golden/live/login"
	"github.com/porin-dev/porin/golden/live/oidc"
	rt "github.com/porin-dev/porin/runtime"
)

// setup starts the provider, and an app of one of its clients whose clock is late ahead.
func setup(t *testing.T, id string, late *time.Duration) (*oidc.Server, *login.App, login.Settings, rt.TokenStore) {
	t.Helper()
	provider, err := oidc.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(provider.Close)
	store := rt.NewMemoryStore()
	app, err := login.NewApp(login.AppConfig{ClientID: id, ClientSecret: login.NewSecret("test-secret"), Store: store}, rt.WithClock(&clock{late}))
	if err != nil {
		t.Fatal(err)
	}
	return provider, app, login.Settings{Issuer: provider.URL}, store
}

// clock is a clock that is ahead of the system's.
type clock struct{ by *time.Duration }

func (c *clock) Now() time.Time { return time.Now().Add(*c.by) }

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// connect has a user agree in a browser's way.
func connect(t *testing.T, app *login.App, issuer, name string) {
	t.Helper()
	settings := map[string]string{"issuer": issuer}
	attempt, err := app.AuthCodeURL(rt.AuthRequest{RedirectURL: callback, Settings: settings})
	if err != nil {
		t.Fatal(err)
	}
	back, err := newUser(t, name).agree(attempt.URL)
	if err != nil || back.Get("code") == "" || back.Get("state") != attempt.State {
		t.Fatalf("the callback has %v: %v", back, err)
	}
	grant := rt.CodeGrant{Account: name, Code: back.Get("code"), Verifier: login.NewSecret("another verifier, which is long enough for anybody"), RedirectURL: callback, Settings: settings}
	if _, err := app.Exchange(t.Context(), grant); err == nil {
		t.Error("a code is exchanged with another verifier")
	}
	// Who fails the proof may have spent the code: the user agrees again.
	attempt, err = app.AuthCodeURL(rt.AuthRequest{RedirectURL: callback, Settings: settings})
	if err != nil {
		t.Fatal(err)
	}
	back, err = newUser(t, name).agree(attempt.URL)
	if err != nil {
		t.Fatal(err)
	}
	grant.Code, grant.Verifier = back.Get("code"), attempt.Verifier
	if _, err := app.Exchange(t.Context(), grant); err != nil {
		t.Fatal(err)
	}
}

func signedIn(t *testing.T, client *login.Client, want string) {
	t.Helper()
	got, err := client.User.Get(t.Context())
	if err != nil || got.Sub != want {
		t.Errorf("%+v: %v", got, err)
	}
}

// TestBrowser connects an account with a code and its proof (RFC 7636), and refreshes
// its token over and over: each refresh spends the refresh token before.
func TestBrowser(t *testing.T) {
	var late time.Duration
	provider, app, settings, store := setup(t, "porin", &late)
	connect(t, app, provider.URL, "alice")
	client, err := app.Client("alice", settings)
	if err != nil {
		t.Fatal(err)
	}
	signedIn(t, client, "alice")
	before, err := provider.Posts()
	if err != nil {
		t.Fatal(err)
	}
	const refreshes = 5
	var spent rt.Token
	for range refreshes {
		if spent, _, err = store.Load(t.Context(), "alice", "user"); err != nil {
			t.Fatal(err)
		}
		late += time.Hour
		signedIn(t, client, "alice")
	}
	if after, err := provider.Posts(); err != nil || after-before != refreshes {
		t.Errorf("%d requests for tokens, want %d: %v", after-before, refreshes, err)
	}
	// Somebody else has the refresh token that was spent last: the provider ends the grant.
	resp, err := http.PostForm(provider.URL+"/token", url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {spent.Refresh.Reveal()}, "client_id": {"porin"}, "client_secret": {"test-secret"},
	})
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusBadRequest {
		t.Fatalf("a spent token is answered %s", resp.Status)
	}
	if _, err := client.User.Get(t.Context()); !errors.Is(err, login.ErrDisconnected) {
		t.Errorf("after the grant ended: %v", err)
	}
}

// TestDevice connects an account whose user agrees elsewhere (RFC 8628).
func TestDevice(t *testing.T) {
	var late time.Duration
	provider, app, settings, _ := setup(t, "porin", &late)
	attempt, err := app.Tv().Start(t.Context(), rt.DeviceRequest{Settings: map[string]string{"issuer": provider.URL}})
	if err != nil {
		t.Fatal(err)
	}
	agreed := make(chan error, 1)
	go func() {
		_, err := newUser(t, "bob").agree(attempt.Complete)
		agreed <- err
	}()
	_, err = app.Tv().Wait(t.Context(), attempt, "bob")
	if err := <-agreed; err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	client, err := app.ScreenClient("bob", settings)
	if err != nil {
		t.Fatal(err)
	}
	signedIn(t, client, "bob")
	late += time.Hour
	signedIn(t, client, "bob")
}

// TestPushed connects an account with a reference to what was pushed (RFC 9126), at a
// client that the provider takes nothing else from.
func TestPushed(t *testing.T) {
	var late time.Duration
	provider, app, settings, _ := setup(t, "pushing", &late)
	ask := rt.AuthRequest{RedirectURL: callback, Settings: map[string]string{"issuer": provider.URL}}
	plain, err := app.AuthCodeURL(ask)
	if err != nil {
		t.Fatal(err)
	}
	if back, err := newUser(t, "carol").agree(plain.URL); err == nil && back.Get("error") == "" {
		t.Errorf("without a push the user comes back with %v", back)
	}
	attempt, err := app.Pushed().AuthCodeURL(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	if left := time.Until(attempt.Expiry); left <= 0 || left > time.Minute {
		t.Errorf("the address lives %s", left)
	}
	back, err := newUser(t, "carol").agree(attempt.URL)
	if err != nil || back.Get("code") == "" || back.Get("state") != attempt.State {
		t.Fatalf("the callback has %v: %v", back, err)
	}
	if back, err := newUser(t, "mallory").agree(attempt.URL); err == nil && back.Get("code") != "" {
		t.Error("the address was good for two")
	}
	grant := rt.CodeGrant{Account: "carol", Code: back.Get("code"), Verifier: attempt.Verifier, RedirectURL: callback, Settings: ask.Settings}
	if _, err := app.Pushed().Exchange(t.Context(), grant); err != nil {
		t.Fatal(err)
	}
	client, err := app.PushedClient("carol", settings)
	if err != nil {
		t.Fatal(err)
	}
	signedIn(t, client, "carol")
	late += time.Hour
	signedIn(t, client, "carol")
}

// TestBound connects an account whose tokens are bound to a key (RFC 9449), at a client
// without a secret and a provider that wants nonces. Another app over the same store goes
// on with the key, and a refresh token is of no use without it.
func TestBound(t *testing.T) {
	var late time.Duration
	provider, app, settings, store := setup(t, "proving", &late)
	ask := rt.AuthRequest{RedirectURL: callback, Settings: map[string]string{"issuer": provider.URL}}
	attempt, err := app.Bound().AuthCodeURL(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	back, err := newUser(t, "dave").agree(attempt.URL)
	if err != nil || back.Get("code") == "" {
		t.Fatalf("the callback has %v: %v", back, err)
	}
	grant := rt.CodeGrant{Account: "dave", Code: back.Get("code"), Verifier: attempt.Verifier, Key: attempt.Key, RedirectURL: callback, Settings: ask.Settings}
	if _, err := app.Bound().Exchange(t.Context(), grant); err != nil {
		t.Fatal(err)
	}
	client, err := app.BoundClient("dave", settings)
	if err != nil {
		t.Fatal(err)
	}
	signedIn(t, client, "dave")
	token, _, err := store.Load(t.Context(), "dave", "bound")
	if err != nil {
		t.Fatal(err)
	}
	given, err := login.New(login.BoundToken(token.Access.Reveal(), token.Also[rt.ProofKey].Reveal()), settings)
	if err != nil {
		t.Fatal(err)
	}
	signedIn(t, given, "dave")
	if plain, err := login.New(login.UserToken(token.Access.Reveal()), settings); err != nil {
		t.Fatal(err)
	} else if _, err := plain.User.Get(t.Context()); err == nil {
		t.Error("the token is of use without its key")
	}

	again, err := login.NewApp(login.AppConfig{ClientID: "proving", Store: store}, rt.WithClock(&clock{&late}))
	if err != nil {
		t.Fatal(err)
	}
	client, err = again.BoundClient("dave", settings)
	if err != nil {
		t.Fatal(err)
	}
	signedIn(t, client, "dave")
	before, err := provider.Posts()
	if err != nil {
		t.Fatal(err)
	}
	ended, version, err := store.Load(t.Context(), "dave", "bound")
	if err != nil {
		t.Fatal(err)
	}
	ended.Expiry = time.Now()
	if _, err := store.Save(t.Context(), "dave", "bound", ended, version); err != nil {
		t.Fatal(err)
	}
	signedIn(t, client, "dave")
	if after, err := provider.Posts(); err != nil || after-before != 1 {
		t.Errorf("%d requests for tokens, want 1: %v", after-before, err)
	}

	stolen, version, err := store.Load(t.Context(), "dave", "bound")
	if err != nil {
		t.Fatal(err)
	}
	other, err := app.Bound().AuthCodeURL(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	stolen.Also[rt.ProofKey], stolen.Expiry = other.Key, time.Now()
	if _, err := store.Save(t.Context(), "dave", "bound", stolen, version); err != nil {
		t.Fatal(err)
	}
	if _, err := client.User.Get(t.Context()); !errors.Is(err, login.ErrDisconnected) {
		t.Errorf("with another key: %v", err)
	}
}
