package runtime_test

import (
	"errors"
	"net/http"
	"testing"

	rt "github.com/porin-dev/porin/runtime"
)

// authorized is a request that carries the credential.
func authorized(t *testing.T, c rt.Credential, target string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Authorize(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	return req
}

func TestBearer(t *testing.T) {
	req := authorized(t, rt.Bearer(rt.NewSecret("test-token")), "https://x.test/")
	if got := req.Header.Get("Authorization"); got != "Bearer test-token" {
		t.Errorf("Authorization: %s", got)
	}
	if again, err := rt.Bearer(rt.NewSecret("x")).Renew(t.Context(), 0); again || err != nil {
		t.Errorf("Renew: %v, %v", again, err)
	}
}

func TestBasic(t *testing.T) { // The example of RFC 7617, 2.
	req := authorized(t, rt.Basic(rt.NewSecret("Aladdin"), rt.NewSecret("open sesame")), "https://x.test/")
	if got := req.Header.Get("Authorization"); got != "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==" {
		t.Errorf("Authorization: %s", got)
	}
	req = authorized(t, rt.Basic(rt.NewSecret("key"), rt.Secret{}), "https://x.test/")
	if user, pass, _ := req.BasicAuth(); user != "key" || pass != "" {
		t.Errorf("a key alone gives %q and %q", user, pass)
	}
}

func TestKeyPlaces(t *testing.T) {
	secrets := map[string]rt.Secret{"key": rt.NewSecret("k&1"), "app": rt.NewSecret("a 2")}
	c := rt.Key(secrets,
		rt.Place{In: rt.InHeader, Name: "X-Key", Value: []rt.PlacePart{{Text: "key="}, {Secret: "key"}, {Text: ";app="}, {Secret: "app"}}},
		rt.Place{In: rt.InQuery, Name: "api key", Value: []rt.PlacePart{{Secret: "key"}}},
		rt.Place{In: rt.InCookie, Name: "sid", Value: []rt.PlacePart{{Secret: "app"}}},
	)
	req := authorized(t, c, "https://x.test/p?z=1&api+key=forged&api%20key=forged&a=%2F")
	if got, want := req.URL.RawQuery, "z=1&a=%2F&api+key=k%261"; got != want {
		t.Errorf("query %s, want %s", got, want)
	}
	if got := req.Header.Get("X-Key"); got != "key=k&1;app=a 2" {
		t.Errorf("X-Key: %s", got)
	}
	if got := req.Header.Get("Cookie"); got != "sid=a 2" {
		t.Errorf("Cookie: %s", got)
	}
}

func TestCredentialThatCannotBeSent(t *testing.T) {
	place := rt.Place{In: rt.InHeader, Name: "X", Value: []rt.PlacePart{{Secret: "missing"}}}
	for name, c := range map[string]rt.Credential{
		"empty token":   rt.Bearer(rt.Secret{}),
		"line break":    rt.Bearer(rt.NewSecret(canary + "\n")),
		"empty basic":   rt.Basic(rt.Secret{}, rt.Secret{}),
		"colon":         rt.Basic(rt.NewSecret(canary+":x"), rt.Secret{}),
		"missing named": rt.Key(nil, place),
		"cookie":        rt.Key(map[string]rt.Secret{"k": rt.NewSecret(canary + ";admin=1")}, rt.Place{In: rt.InCookie, Name: "sid", Value: []rt.PlacePart{{Secret: "k"}}}),
	} {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://x.test/", nil)
		_, err := c.Authorize(t.Context(), req)
		if !errors.Is(err, rt.ErrCredential) {
			t.Errorf("%s: %v", name, err)
		}
		noCanary(t, name, err)
		if len(req.Header) != 0 {
			t.Errorf("%s: sends %v", name, req.Header)
		}
	}
}

func TestNoCredentialStaysNone(t *testing.T) {
	api := &rt.API{Name: "t", Servers: []rt.Server{{Name: "api", URL: "https://api.test/"}}}
	if _, err := rt.NewClient(api, rt.ForAccount("a", nil)); err == nil {
		t.Error("a client without credential")
	}
}

func TestAccounts(t *testing.T) {
	a, b := rt.Bearer(rt.NewSecret("one")), rt.Bearer(rt.NewSecret("two"))
	if a.Account() == "" || a.Account() == b.Account() {
		t.Errorf("two tokens have the accounts %q and %q", a.Account(), b.Account())
	}
	if got := rt.Bearer(rt.NewSecret("one")).Account(); got != a.Account() {
		t.Errorf("one token has the accounts %q and %q", got, a.Account())
	}
	if got := rt.ForAccount("T1", a).Account(); got != "T1" {
		t.Errorf("account %q, want T1", got)
	}
	x := rt.Basic(rt.NewSecret("user"), rt.NewSecret("guess")).Account()
	if y := rt.Basic(rt.NewSecret("user"), rt.NewSecret("other")).Account(); x != y {
		t.Error("the account tells something of the password")
	}
}

// noCanary fails when an error shows a secret in any way of printing it.
func noCanary(t *testing.T, what string, err error) {
	t.Helper()
	for e := err; e != nil; e = errors.Unwrap(e) {
		for _, text := range printed(e) {
			if containsCanary(text) {
				t.Errorf("%s: a secret is in %s", what, text)
			}
		}
	}
}
