package runtime_test

import (
	"errors"
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	rt "github.com/porin-dev/porin/runtime"
)

// pushing is a method whose requests are pushed, with a name of the vendor's.
func pushing() *rt.OAuth2 {
	o := slackish()
	o.Pushed, o.Rename = "https://idp.test/{tenant}/par", map[string]string{"scope": "scopes"}
	o.Failed = nil
	return o
}

func TestPushed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &tokenServer{answer: func(int, url.Values) (*http.Response, error) {
			return reply(http.StatusCreated, `{"request_uri":"urn:a/b&c","expires_in":90}`), nil
		}}
		app := oauthApp(t, pushing(), s, rt.NewMemoryStore(), nil)
		ask := rt.AuthRequest{RedirectURL: "https://app.test/back", Params: map[string]string{"user_scope": "x"}, Settings: map[string]string{"tenant": "t1"}}
		attempt, err := app.Pushed(nil).AuthCodeURL(t.Context(), ask)
		if err != nil {
			t.Fatal(err)
		}
		if want := "https://idp.test/authorize?client_id=id-1&request_uri=urn%3Aa%2Fb%26c&team=1"; attempt.URL != want {
			t.Errorf("the user is sent to %s, want %s", attempt.URL, want)
		}
		if life := time.Until(attempt.Expiry); life != 90*time.Second {
			t.Errorf("the address lives %s", life)
		}
		form := s.forms[0]
		challenge := form.Get("code_challenge")
		for name, want := range map[string]string{
			"client_id": "id-1", "client_secret": "test-secret", "response_type": "code", "redirect_uri": "https://app.test/back", "state": attempt.State,
			"scopes": "chat:write,channels:read", "user_scope": "x", "code_challenge_method": "S256", "scope": "", "request_uri": "",
		} {
			if got := form.Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		if challenge == "" || attempt.Verifier.IsZero() {
			t.Error("nothing proves who redeems the code")
		}
		if _, err := app.AuthCodeURL(ask); !errors.Is(err, rt.ErrInvalidParams) {
			t.Errorf("without a push: %v", err)
		}
		if s.posts() != 1 {
			t.Errorf("%d requests", s.posts())
		}
	})
}

// TestPushedInVain: what goes wrong is told, asked for once, and leaves nothing open.
func TestPushedInVain(t *testing.T) {
	for name, tc := range map[string]struct {
		answer func(int, url.Values) (*http.Response, error)
		code   string
		class  rt.Class
	}{
		"refused":      {func(int, url.Values) (*http.Response, error) { return reply(400, `{"error":"invalid_scope"}`), nil }, "invalid_scope", rt.ClassRejected},
		"no reference": {func(int, url.Values) (*http.Response, error) { return reply(201, `{"expires_in":90}`), nil }, "", rt.ClassDecode},
		"a page":       {func(int, url.Values) (*http.Response, error) { return reply(200, `<p>hello`), nil }, "", rt.ClassDecode},
		"no answer":    {func(int, url.Values) (*http.Response, error) { return nil, errors.New("reset") }, "", rt.ClassUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			s := &tokenServer{answer: tc.answer}
			attempt, err := oauthApp(t, pushing(), s, rt.NewMemoryStore(), nil).Pushed(nil).AuthCodeURL(t.Context(), rt.AuthRequest{Settings: map[string]string{"tenant": "t1"}})
			e, ok := errors.AsType[*rt.APIError](err)
			if !ok || attempt != nil {
				t.Fatalf("%v, %v", attempt, err)
			}
			if e.Code != tc.code || e.Class != tc.class || errors.Is(err, rt.ErrOutcomeUnknown) || s.posts() != 1 {
				t.Errorf("%q of class %s after %d requests: %v", e.Code, e.Class, s.posts(), err)
			}
		})
	}
}
