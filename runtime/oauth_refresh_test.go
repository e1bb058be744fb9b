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

// inBubble runs f under virtual time with a connection of account T1, whose
// token is fresh and lives an hour.
func inBubble(t *testing.T, o *rt.OAuth2, answer func(int, url.Values) (*http.Response, error), f func(t *testing.T, s *tokenServer, store *rt.MemoryStore, c rt.Credential)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s, store := &tokenServer{answer: answer}, rt.NewMemoryStore()
		app := oauthApp(t, o, s, store, hourToken())
		f(t, s, store, app.Connection("T1", "bot"))
	})
}

func TestRefreshBeforeExpiry(t *testing.T) {
	inBubble(t, slackish(), fresh, func(t *testing.T, s *tokenServer, store *rt.MemoryStore, c rt.Credential) {
		time.Sleep(54 * time.Minute) // A tenth of the hour is left.
		if v := wantAuth(t, c, "access-0"); v != 1 || s.posts() != 0 {
			t.Fatalf("version %d, %d requests", v, s.posts())
		}
		time.Sleep(time.Second)
		if v := wantAuth(t, c, "access-1"); v != 2 || s.posts() != 1 {
			t.Fatalf("version %d, %d requests", v, s.posts())
		}
		want := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"refresh-0"}, "client_id": {"id-1"}, "client_secret": {"test-secret"}}
		if got := s.forms[0].Encode(); got != want.Encode() {
			t.Errorf("posted %s, want %s", got, want.Encode())
		}
		token, version := stored(t, store)
		if version != 2 || token.Access.Reveal() != "access-1" || token.Refresh.Reveal() != "refresh-1" || !token.Expiry.Equal(time.Now().Add(12*time.Hour)) {
			t.Errorf("stored version %d: %s until %v", version, token.Access.Reveal(), token.Expiry)
		}
		wantAuth(t, c, "access-1")
		if s.posts() != 1 {
			t.Errorf("%d requests", s.posts())
		}
	})
}

func TestRefreshMargin(t *testing.T) {
	for name, tc := range map[string]struct {
		life, margin, last time.Duration // last is the age at which the token is still used.
	}{
		"declared":      {time.Hour, 5 * time.Minute, 55 * time.Minute},
		"a tenth":       {10 * time.Hour, 0, 9 * time.Hour},
		"at least 30 s": {2 * time.Minute, 0, 90 * time.Second},
		"at most half":  {10 * time.Second, 0, 5 * time.Second},
	} {
		o := slackish()
		o.Margin = tc.margin
		synctest.Test(t, func(t *testing.T) {
			s, store := &tokenServer{answer: fresh}, rt.NewMemoryStore()
			token := hourToken()
			token.Expiry = token.Issued.Add(tc.life)
			c := oauthApp(t, o, s, store, token).Connection("T1", "bot")
			time.Sleep(tc.last)
			if got, _, _ := authorize(t.Context(), c); got != "access-0" {
				t.Errorf("%s: refreshed too early", name)
			}
			time.Sleep(time.Millisecond)
			if got, _, _ := authorize(t.Context(), c); got != "access-1" {
				t.Errorf("%s: refreshed too late", name)
			}
		})
	}
}

func TestRefreshRace(t *testing.T) {
	slow := func(n int, form url.Values) (*http.Response, error) {
		time.Sleep(3 * time.Second)
		return fresh(n, form)
	}
	inBubble(t, slackish(), slow, func(t *testing.T, s *tokenServer, _ *rt.MemoryStore, c rt.Credential) {
		time.Sleep(2 * time.Hour)
		var wg sync.WaitGroup
		for i := range 50 {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * 100 * time.Millisecond) // Some arrive after it is done.
				if got, _, err := authorize(t.Context(), c); err != nil || got != "access-1" {
					t.Errorf("caller %d: %q, %v", i, got, err)
				}
			})
		}
		wg.Wait()
		if s.posts() != 1 {
			t.Errorf("%d refreshes", s.posts())
		}
	})
}

func TestRenewRace(t *testing.T) {
	inBubble(t, slackish(), fresh, func(t *testing.T, s *tokenServer, _ *rt.MemoryStore, c rt.Credential) {
		version := wantAuth(t, c, "access-0") // Not expired, but the provider will say so.
		var wg sync.WaitGroup
		for i := range 50 {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * time.Millisecond)
				if ok, err := c.Renew(t.Context(), version); !ok || err != nil {
					t.Errorf("caller %d: %v, %v", i, ok, err)
				}
			})
		}
		wg.Wait()
		wantAuth(t, c, "access-1")
		if s.posts() != 1 {
			t.Errorf("%d refreshes", s.posts())
		}
		if ok, err := c.Renew(t.Context(), 2); !ok || err != nil || s.posts() != 2 {
			t.Errorf("the next version: %v, %v, %d refreshes", ok, err, s.posts())
		}
	})
}

func TestRefreshOutlivesItsCaller(t *testing.T) {
	slow := func(n int, form url.Values) (*http.Response, error) {
		time.Sleep(5 * time.Second)
		return fresh(n, form)
	}
	inBubble(t, slackish(), slow, func(t *testing.T, s *tokenServer, store *rt.MemoryStore, c rt.Credential) {
		time.Sleep(2 * time.Hour)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		if _, _, err := authorize(ctx, c); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, rt.ErrTimeout) {
			t.Errorf("the caller: %v", err)
		}
		if d := time.Since(start); d != time.Second {
			t.Errorf("the caller waited %v", d)
		}
		wantAuth(t, c, "access-1") // Joins the same refresh.
		if token, _ := stored(t, store); token.Access.Reveal() != "access-1" || s.posts() != 1 {
			t.Errorf("stored %s after %d refreshes", token.Access.Reveal(), s.posts())
		}
	})
}

func TestDeadGrant(t *testing.T) {
	for code, body := range map[string]*http.Response{
		"invalid_grant": reply(400, `{"error":"invalid_grant"}`),
		"token_revoked": reply(200, `{"ok":false,"error":"token_revoked"}`),
	} {
		answer := func(int, url.Values) (*http.Response, error) { return body, nil }
		inBubble(t, slackish(), answer, func(t *testing.T, s *tokenServer, store *rt.MemoryStore, c rt.Credential) {
			time.Sleep(2 * time.Hour)
			for range 3 {
				_, _, err := authorize(t.Context(), c)
				var e *rt.APIError
				if !errors.Is(err, rt.ErrDisconnected) || !errors.As(err, &e) || e.Code != code {
					t.Errorf("%s: %v", code, err)
				}
				if ok, err := c.Renew(t.Context(), 1); ok || !errors.Is(err, rt.ErrDisconnected) {
					t.Errorf("%s: Renew: %v, %v", code, ok, err)
				}
			}
			if token, _ := stored(t, store); token.Dead != code || s.posts() != 1 {
				t.Errorf("%s: stored as dead %q after %d requests", code, token.Dead, s.posts())
			}
		})
	}
}

func TestDeadGrantOfAnOlderToken(t *testing.T) {
	// While we ask with the old refresh token, another replica stores a newer one.
	synctest.Test(t, func(t *testing.T) {
		store := rt.NewMemoryStore()
		s := &tokenServer{}
		s.answer = func(int, url.Values) (*http.Response, error) {
			newer := *hourToken()
			newer.Access = rt.NewSecret("theirs")
			if _, err := store.Save(context.Background(), "T1", "bot", newer, 1); err != nil {
				return nil, err
			}
			return reply(400, `{"error":"invalid_grant"}`), nil
		}
		c := oauthApp(t, slackish(), s, store, hourToken()).Connection("T1", "bot")
		time.Sleep(2 * time.Hour)
		wantAuth(t, c, "theirs")
	})
}

// TestDisconnectIsObservedOnce has two replicas find out that a grant is gone.
func TestDisconnectIsObservedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := rt.NewMemoryStore()
		s := &tokenServer{answer: func(int, url.Values) (*http.Response, error) { return reply(400, `{"error":"invalid_grant"}`), nil }}
		var told []rt.DisconnectEvent
		observer := rt.WithObserver(rt.ObserverFunc(func(_ context.Context, e rt.Event) {
			if d, ok := e.(rt.DisconnectEvent); ok {
				told = append(told, d)
			}
		}))
		one := oauthApp(t, slackish(), s, store, hourToken(), observer)
		other := oauthApp(t, slackish(), s, store, nil, observer)
		time.Sleep(2 * time.Hour)
		for _, app := range []*rt.App{one, other, one} {
			if _, _, err := authorize(t.Context(), app.Connection("T1", "bot")); !errors.Is(err, rt.ErrDisconnected) {
				t.Errorf("authorized: %v", err)
			}
		}
		want := rt.DisconnectEvent{API: "slackish", Account: "T1", Token: "bot", Code: "invalid_grant"}
		if len(told) != 1 || told[0].Account != want.Account || told[0].Token != want.Token || told[0].Code != want.Code {
			t.Errorf("told %+v, want %+v", told, want)
		}
	})
}

func TestTokenWithoutExpiry(t *testing.T) {
	inBubble(t, slackish(), fresh, func(t *testing.T, s *tokenServer, store *rt.MemoryStore, _ rt.Credential) {
		app := oauthApp(t, slackish(), s, store, nil)
		for account, refresh := range map[string]string{"T2": "r", "T3": ""} {
			token := rt.Token{Access: rt.NewSecret("forever"), Refresh: rt.NewSecret(refresh)}
			if _, err := store.Save(t.Context(), account, "bot", token, 0); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(1000 * time.Hour)
		with, without := app.Connection("T2", "bot"), app.Connection("T3", "bot")
		v := wantAuth(t, with, "forever")
		if wantAuth(t, without, "forever"); s.posts() != 0 {
			t.Errorf("%d requests", s.posts())
		}
		if ok, err := without.Renew(t.Context(), v); ok || err != nil {
			t.Errorf("Renew without a refresh token: %v, %v", ok, err)
		}
		if ok, err := with.Renew(t.Context(), v); !ok || err != nil {
			t.Errorf("Renew with a refresh token: %v, %v", ok, err)
		}
		wantAuth(t, with, "access-1")
	})
}

func TestExpiredTokenWithoutRefresh(t *testing.T) {
	inBubble(t, slackish(), fresh, func(t *testing.T, s *tokenServer, store *rt.MemoryStore, c rt.Credential) {
		token, version := stored(t, store)
		token.Refresh = rt.Secret{}
		if _, err := store.Save(t.Context(), "T1", "bot", token, version); err != nil {
			t.Fatal(err)
		}
		time.Sleep(59 * time.Minute)
		wantAuth(t, c, "access-0")
		time.Sleep(time.Minute)
		if _, _, err := authorize(t.Context(), c); !errors.Is(err, rt.ErrDisconnected) || s.posts() != 0 {
			t.Errorf("%v, %d requests", err, s.posts())
		}
	})
}

func TestRefreshKeepsWhatTheAnswerLeavesOut(t *testing.T) {
	answer := func(int, url.Values) (*http.Response, error) {
		return reply(200, `{"ok":true,"access_token":"new","expires_in":60}`), nil
	}
	synctest.Test(t, func(t *testing.T) {
		s, store, token := &tokenServer{answer: answer}, rt.NewMemoryStore(), hourToken()
		token.Scopes, token.Settings = []string{"a"}, map[string]string{"tenant": "acme"}
		o := slackish()
		o.Token = "https://{tenant}.idp.test/token"
		c := oauthApp(t, o, s, store, token).Connection("T1", "bot")
		time.Sleep(2 * time.Hour)
		wantAuth(t, c, "new")
		got, _ := stored(t, store)
		if got.Refresh.Reveal() != "refresh-0" || fmt.Sprint(got.Scopes, got.Settings) != "[a] map[tenant:acme]" {
			t.Errorf("stored %s, %v, %v", got.Refresh.Reveal(), got.Scopes, got.Settings)
		}
	})
}

func TestClientCredentials(t *testing.T) {
	o := &rt.OAuth2{Grant: rt.GrantClient, Token: "https://idp.test/token", Scopes: []string{"a", "b"}, Rotates: true}
	synctest.Test(t, func(t *testing.T) {
		s := &tokenServer{answer: func(n int, form url.Values) (*http.Response, error) {
			if n == 3 {
				return nil, errors.New("reset")
			}
			return fresh(n, form)
		}}
		c := oauthApp(t, o, s, rt.NewMemoryStore(), nil).Connection("me", "app")
		wantAuth(t, c, "access-1")
		wantAuth(t, c, "access-1")
		want := url.Values{"grant_type": {"client_credentials"}, "scope": {"a b"}, "client_id": {"id-1"}, "client_secret": {"test-secret"}}
		if got := s.forms[0].Encode(); got != want.Encode() || s.posts() != 1 {
			t.Errorf("posted %s, want %s; %d requests", got, want.Encode(), s.posts())
		}
		time.Sleep(13 * time.Hour)
		v := wantAuth(t, c, "access-2")
		if ok, err := c.Renew(t.Context(), v); ok || !errors.Is(err, rt.ErrRefreshLost) {
			t.Errorf("Renew: %v, %v", ok, err)
		}
		if ok, err := c.Renew(t.Context(), v); !ok || err != nil { // A client may ask as often as it likes.
			t.Errorf("Renew: %v, %v", ok, err)
		}
		wantAuth(t, c, "access-4")
	})
}

func TestClientCredentialsAreNeverDead(t *testing.T) {
	o := &rt.OAuth2{Grant: rt.GrantClient, Token: "https://idp.test/token"}
	synctest.Test(t, func(t *testing.T) {
		store := &forgetfulStore{MemoryStore: rt.NewMemoryStore()}
		s := &tokenServer{answer: func(n int, form url.Values) (*http.Response, error) {
			if n == 2 {
				return reply(400, `{"error":"invalid_grant"}`), nil
			}
			return fresh(n, form)
		}}
		c := oauthApp(t, o, s, store, nil).Connection("me", "app")
		v := wantAuth(t, c, "access-1")
		c.(interface {
			Disconnected(ctx context.Context, version int64, code string)
		}).Disconnected(t.Context(), v, "suspended")
		wantAuth(t, c, "access-1")
		if ok, err := c.Renew(t.Context(), v); ok || !errors.Is(err, rt.ErrDisconnected) {
			t.Errorf("Renew: %v, %v", ok, err)
		}
		wantAuth(t, c, "access-3")
		time.Sleep(13 * time.Hour)
		store.forget = true // Between the call's look at the store and the refresh's.
		wantAuth(t, c, "access-4")
	})
}

func TestRefreshOfASecondToken(t *testing.T) {
	// The answer to a refresh has the standard members, whatever token it is about.
	inBubble(t, slackish(), fresh, func(t *testing.T, s *tokenServer, store *rt.MemoryStore, _ rt.Credential) {
		if _, err := store.Save(t.Context(), "T1", "user", *hourToken(), 0); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Hour)
		wantAuth(t, oauthApp(t, slackish(), s, store, nil).Connection("T1", "user"), "access-1")
		if token, _ := stored(t, store); token.Access.Reveal() != "access-0" {
			t.Error("the other token changed")
		}
	})
}

func TestRefreshErrorsHoldNoSecret(t *testing.T) {
	for name, answer := range map[string]func(int, url.Values) (*http.Response, error){
		"refused": func(int, url.Values) (*http.Response, error) {
			return reply(400, `{"error":"x","refresh_token":"`+canary+`"}`), nil
		},
		"dead": func(int, url.Values) (*http.Response, error) {
			return reply(400, `{"error":"invalid_grant","x":"`+canary+`"}`), nil
		},
		"html":     func(int, url.Values) (*http.Response, error) { return reply(200, canary), nil },
		"no token": func(int, url.Values) (*http.Response, error) { return reply(200, `{"ok":true,"x":"`+canary+`"}`), nil },
		"lost":     func(int, url.Values) (*http.Response, error) { return nil, errors.New("reset") },
	} {
		synctest.Test(t, func(t *testing.T) {
			var events strings.Builder
			token := hourToken()
			token.Access, token.Refresh = rt.NewSecret(canary), rt.NewSecret(canary)
			app := oauthApp(t, slackish(), &tokenServer{answer: answer}, rt.NewMemoryStore(), token,
				rt.WithOAuthClient("id", rt.NewSecret(canary)),
				rt.WithObserver(rt.ObserverFunc(func(_ context.Context, e rt.Event) { fmt.Fprintf(&events, "%+v %#v", e, e) })))
			time.Sleep(2 * time.Hour)
			_, _, err := authorize(t.Context(), app.Connection("T1", "bot"))
			if err == nil {
				t.Errorf("%s: no error", name)
			}
			noCanary(t, name, err)
			if containsCanary(events.String()) || events.Len() == 0 {
				t.Errorf("%s: events %s", name, events.String())
			}
		})
	}
}
