package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"net"
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

func TestConflictWithAnotherReplica(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := rt.NewMemoryStore()
		s := &tokenServer{}
		s.answer = func(n int, form url.Values) (*http.Response, error) {
			newer := *hourToken()
			newer.Access = rt.NewSecret("theirs")
			if _, err := store.Save(context.Background(), "T1", "bot", newer, 1); err != nil {
				return nil, err
			}
			return fresh(n, form)
		}
		c := oauthApp(t, slackish(), s, store, hourToken()).Connection("T1", "bot")
		time.Sleep(2 * time.Hour)
		if v := wantAuth(t, c, "theirs"); v != 2 {
			t.Errorf("version %d", v)
		}
		if token, _ := stored(t, store); token.Access.Reveal() != "theirs" {
			t.Errorf("stored %s", token.Access.Reveal())
		}
	})
}

// TestNoteOfAnotherReplica has a replica that used the same refresh token at
// the same moment, and notes what became of it before ours can store its own.
func TestNoteOfAnotherReplica(t *testing.T) {
	for name, note := range map[string]func(*rt.Token){
		"dead": func(t *rt.Token) { t.Dead = "invalid_grant" },
		"lost": func(t *rt.Token) { t.Lost = time.Now() },
	} {
		for _, failing := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				store := &failingStore{MemoryStore: rt.NewMemoryStore()}
				s := &tokenServer{answer: func(n int, form url.Values) (*http.Response, error) {
					noted, version, err := store.Load(context.Background(), "T1", "bot")
					if err != nil {
						return nil, err
					}
					note(&noted)
					if _, err := store.MemoryStore.Save(context.Background(), "T1", "bot", noted, version); err != nil {
						return nil, err
					}
					if failing { // Ours is kept in memory, and stored at a later use.
						store.saves, store.fail = 0, 3
					}
					return fresh(n, form)
				}}
				c := oauthApp(t, slackish(), s, store, hourToken()).Connection("T1", "bot")
				time.Sleep(2 * time.Hour)
				wantAuth(t, c, "access-1")
				wantAuth(t, c, "access-1")
				if token, _ := stored(t, store); token.Access.Reveal() != "access-1" || token.Dead != "" || !token.Lost.IsZero() {
					t.Errorf("%s, failing %v: stored %s, dead %q, lost %v", name, failing, token.Access.Reveal(), token.Dead, token.Lost)
				}
			})
		}
	}
}

// TestReplicasWithoutALease has four of them refresh at one moment, at a
// provider that takes each refresh token once.
func TestReplicasWithoutALease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, valid := rt.NewMemoryStore(), "refresh-0"
		s := &tokenServer{}
		s.answer = func(n int, form url.Values) (*http.Response, error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			if form.Get("refresh_token") != valid {
				return reply(200, `{"ok":false,"error":"invalid_refresh_token"}`), nil
			}
			valid = fmt.Sprint("refresh-", n)
			s.mu.Unlock()
			time.Sleep(300 * time.Millisecond) // The losers hear of it first.
			s.mu.Lock()
			return fresh(n, form)
		}
		var replicas []rt.Credential
		for n := range 4 {
			token := hourToken()
			if n > 0 {
				token = nil // It is stored.
			}
			replicas = append(replicas, oauthApp(t, slackish(), s, store, token).Connection("T1", "bot"))
		}
		for range 5 {
			time.Sleep(24 * time.Hour)
			var wg sync.WaitGroup
			for _, c := range replicas {
				wg.Go(func() {
					if _, _, err := authorize(t.Context(), c); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		}
	})
}

func TestAnotherReplicaWasFirst(t *testing.T) {
	inBubble(t, slackish(), fresh, func(t *testing.T, s *tokenServer, store *rt.MemoryStore, c rt.Credential) {
		version := wantAuth(t, c, "access-0")
		newer := *hourToken()
		newer.Access = rt.NewSecret("theirs")
		if _, err := store.Save(t.Context(), "T1", "bot", newer, version); err != nil {
			t.Fatal(err)
		}
		if ok, err := c.Renew(t.Context(), version); !ok || err != nil || s.posts() != 0 {
			t.Errorf("Renew: %v, %v, %d requests", ok, err, s.posts())
		}
		wantAuth(t, c, "theirs")
	})
}

func TestStoreFailsAfterRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &failingStore{MemoryStore: rt.NewMemoryStore()}
		s := &tokenServer{answer: fresh}
		var failures int
		app := oauthApp(t, slackish(), s, store, hourToken(), rt.WithObserver(rt.ObserverFunc(func(e rt.Event) {
			if r, ok := e.(rt.RefreshEvent); ok && r.Err != nil && r.Account == "T1" && r.Token == "bot" {
				failures++
			}
		})))
		c := app.Connection("T1", "bot")
		time.Sleep(2 * time.Hour)
		store.saves, store.fail = 0, 4 // All of the refresh, and the next use's.
		if v := wantAuth(t, c, "access-1"); v >= 0 || failures != 3 {
			t.Errorf("version %d, %d failures reported", v, failures)
		}
		wantAuth(t, c, "access-1")
		if token, _ := stored(t, store); token.Access.Reveal() != "access-0" {
			t.Errorf("stored %s", token.Access.Reveal())
		}
		if v := wantAuth(t, c, "access-1"); v != 2 || s.posts() != 1 {
			t.Errorf("version %d after %d requests", v, s.posts())
		}
		if token, _ := stored(t, store); token.Access.Reveal() != "access-1" {
			t.Errorf("stored %s", token.Access.Reveal())
		}
		saves := store.saves
		if wantAuth(t, c, "access-1"); store.saves != saves {
			t.Error("a token that is stored is stored again")
		}
	})
}

func TestUnsavedTokenIsRefreshed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &failingStore{MemoryStore: rt.NewMemoryStore()}
		s := &tokenServer{answer: fresh}
		c := oauthApp(t, slackish(), s, store, hourToken()).Connection("T1", "bot")
		time.Sleep(2 * time.Hour)
		store.fail = 1 << 30
		first := wantAuth(t, c, "access-1")
		if ok, err := c.Renew(t.Context(), first); !ok || err != nil {
			t.Fatalf("Renew: %v, %v", ok, err)
		}
		if v := wantAuth(t, c, "access-2"); v == first {
			t.Error("two tokens have one version")
		}
		store.fail = 0
		if v := wantAuth(t, c, "access-2"); v != 2 {
			t.Errorf("version %d", v)
		}
	})
}

func TestLostRefreshAnswer(t *testing.T) {
	answers := []func(int, url.Values) (*http.Response, error){
		func(int, url.Values) (*http.Response, error) { return nil, errors.New("connection reset") },
		func(int, url.Values) (*http.Response, error) { return nil, errHang },
		fresh,
	}
	answer := func(n int, form url.Values) (*http.Response, error) { return answers[n-1](n, form) }
	inBubble(t, slackish(), answer, func(t *testing.T, s *tokenServer, store *rt.MemoryStore, c rt.Credential) {
		time.Sleep(55 * time.Minute)
		wantAuth(t, c, "access-0") // Refused nothing: the token still works.
		time.Sleep(time.Minute)
		wantAuth(t, c, "access-0")
		if s.posts() != 1 {
			t.Fatalf("%d requests while the token works", s.posts())
		}
		if token, _ := stored(t, store); token.Lost.IsZero() || token.Refresh.Reveal() != "refresh-0" {
			t.Error("the loss is not stored")
		}
		time.Sleep(10 * time.Minute) // Expired: nothing is left to lose.
		if _, _, err := authorize(t.Context(), c); !errors.Is(err, rt.ErrRefreshLost) || !errors.Is(err, rt.ErrTimeout) || errors.Is(err, rt.ErrOutcomeUnknown) {
			t.Errorf("a second loss: %v", err)
		}
		_, _, err := authorize(t.Context(), c)
		var e *rt.APIError
		if !errors.As(err, &e) || !errors.Is(err, rt.ErrRefreshLost) || e.RetryAfter != time.Minute || s.posts() != 2 {
			t.Errorf("within the pause: %v, %d requests", err, s.posts())
		}
		time.Sleep(time.Minute)
		wantAuth(t, c, "access-3")
		if token, _ := stored(t, store); !token.Lost.IsZero() {
			t.Error("the loss is not forgotten")
		}
	})
}

func TestLostRefreshAnswerWithGrace(t *testing.T) {
	o := slackish()
	o.Grace = time.Minute
	answer := func(n int, form url.Values) (*http.Response, error) {
		if n == 1 {
			return nil, errors.New("connection reset")
		}
		return fresh(n, form)
	}
	inBubble(t, o, answer, func(t *testing.T, s *tokenServer, _ *rt.MemoryStore, c rt.Credential) {
		time.Sleep(2 * time.Hour)
		if _, _, err := authorize(t.Context(), c); !errors.Is(err, rt.ErrRefreshLost) {
			t.Errorf("the first: %v", err)
		}
		wantAuth(t, c, "access-2") // At once.
		if a, b := s.forms[0].Get("refresh_token"), s.forms[1].Get("refresh_token"); a != b {
			t.Errorf("sent %s, then %s", a, b)
		}
	})
}

func TestGraceEnds(t *testing.T) {
	o := slackish()
	o.Grace = 10 * time.Second
	answer := func(int, url.Values) (*http.Response, error) { return nil, errors.New("connection reset") }
	inBubble(t, o, answer, func(t *testing.T, s *tokenServer, _ *rt.MemoryStore, c rt.Credential) {
		time.Sleep(2 * time.Hour)
		for range 40 { // In 40 s: one, and those whose last loss is within the grace.
			_, _, _ = authorize(t.Context(), c)
			time.Sleep(time.Second)
		}
		if s.posts() != 10 {
			t.Errorf("%d requests", s.posts())
		}
	})
}

func TestRefreshThatNeverLeft(t *testing.T) {
	answer := func(n int, form url.Values) (*http.Response, error) {
		if n == 1 {
			return nil, &net.OpError{Op: "dial", Err: errors.New("refused")}
		}
		return fresh(n, form)
	}
	inBubble(t, slackish(), answer, func(t *testing.T, _ *tokenServer, store *rt.MemoryStore, c rt.Credential) {
		time.Sleep(2 * time.Hour)
		if _, _, err := authorize(t.Context(), c); !errors.Is(err, rt.ErrUnavailable) || errors.Is(err, rt.ErrRefreshLost) {
			t.Errorf("%v", err)
		}
		if token, _ := stored(t, store); !token.Lost.IsZero() {
			t.Error("it counts as lost")
		}
		wantAuth(t, c, "access-2")
	})
}

func TestFailingTokenEndpoint(t *testing.T) {
	for name, body := range map[string]string{"json": `{"error":"server_error"}`, "html": "<html>"} {
		answer := func(n int, form url.Values) (*http.Response, error) {
			if n < 4 {
				return reply(503, body), nil
			}
			return fresh(n, form)
		}
		inBubble(t, slackish(), answer, func(t *testing.T, s *tokenServer, _ *rt.MemoryStore, c rt.Credential) {
			time.Sleep(55 * time.Minute)
			for range 20 { // In 8 s: not every call asks again.
				wantAuth(t, c, "access-0")
				time.Sleep(400 * time.Millisecond)
			}
			if s.posts() != 2 {
				t.Errorf("%s: %d requests", name, s.posts())
			}
			time.Sleep(10 * time.Minute)
			if _, _, err := authorize(t.Context(), c); !errors.Is(err, rt.ErrUnavailable) || errors.Is(err, rt.ErrRefreshLost) {
				t.Errorf("%s: %v", name, err)
			}
			wantAuth(t, c, "access-4")
		})
	}
}

// TestAnswerThatIsNone has answers after which the refresh token may be spent.
func TestAnswerThatIsNone(t *testing.T) {
	for name, answer := range map[string]*http.Response{
		"success that cannot be read": reply(200, "<html>"),
		"success without a token":     reply(200, `{"ok":true}`),
		"gateway":                     reply(502, "<html>"),
		"gateway that waited":         reply(504, ""),
		"broken server":               reply(500, `{"message":"oops"}`),
	} {
		inBubble(t, slackish(), func(int, url.Values) (*http.Response, error) { return answer, nil }, func(t *testing.T, s *tokenServer, store *rt.MemoryStore, c rt.Credential) {
			time.Sleep(2 * time.Hour)
			for range 2 {
				if _, _, err := authorize(t.Context(), c); !errors.Is(err, rt.ErrRefreshLost) {
					t.Errorf("%s: %v", name, err)
				}
			}
			if token, _ := stored(t, store); s.posts() != 1 || token.Lost.IsZero() {
				t.Errorf("%s: %d requests, lost at %v", name, s.posts(), token.Lost)
			}
		})
	}
	broke := func(int, url.Values) (*http.Response, error) { return reply(500, `{"error":"server_error"}`), nil }
	inBubble(t, slackish(), broke, func(t *testing.T, _ *tokenServer, store *rt.MemoryStore, c rt.Credential) {
		time.Sleep(2 * time.Hour)
		if _, _, err := authorize(t.Context(), c); errors.Is(err, rt.ErrRefreshLost) || !errors.Is(err, rt.ErrUnavailable) {
			t.Errorf("the endpoint's own word: %v", err)
		}
	})
}

func TestThrottledTokenEndpoint(t *testing.T) {
	answer := func(n int, form url.Values) (*http.Response, error) {
		if n == 1 {
			return reply(429, `{}`, "Retry-After", "90"), nil
		}
		return fresh(n, form)
	}
	inBubble(t, slackish(), answer, func(t *testing.T, s *tokenServer, _ *rt.MemoryStore, c rt.Credential) {
		time.Sleep(2 * time.Hour)
		for _, want := range []time.Duration{90 * time.Second, 50 * time.Second} {
			_, _, err := authorize(t.Context(), c)
			var e *rt.APIError
			if !errors.Is(err, rt.ErrRateLimited) || !errors.As(err, &e) || e.RetryAfter != want || s.posts() != 1 {
				t.Errorf("%v, %d requests, want a wait of %v", err, s.posts(), want)
			}
			time.Sleep(40 * time.Second)
		}
		time.Sleep(10 * time.Second)
		wantAuth(t, c, "access-2")
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

// forgetfulStore loses its tokens after the next load.
type forgetfulStore struct {
	*rt.MemoryStore
	forget bool
}

func (f *forgetfulStore) Load(ctx context.Context, account, name string) (rt.Token, int64, error) {
	t, v, err := f.MemoryStore.Load(ctx, account, name)
	if f.forget {
		f.MemoryStore, f.forget = rt.NewMemoryStore(), false
	}
	return t, v, err
}

func TestAccountWithoutToken(t *testing.T) {
	c := oauthApp(t, slackish(), &tokenServer{}, rt.NewMemoryStore(), nil).Connection("T1", "bot")
	_, _, err := authorize(t.Context(), c)
	if !errors.Is(err, rt.ErrNoToken) || !errors.Is(err, rt.ErrDisconnected) {
		t.Errorf("%v", err)
	}
}

// lockingStore is a store with a lease.
type lockingStore struct {
	*rt.MemoryStore
	lease chan struct{}
	used  int
	err   error
}

func (l *lockingStore) Lock(context.Context, string, string) (func(), error) {
	if l.err != nil {
		return nil, l.err
	}
	l.lease <- struct{}{}
	l.used++
	return func() { <-l.lease }, nil
}

func TestReplicasWithALease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &lockingStore{MemoryStore: rt.NewMemoryStore(), lease: make(chan struct{}, 1)}
		s := &tokenServer{answer: func(n int, form url.Values) (*http.Response, error) {
			time.Sleep(3 * time.Second)
			return fresh(n, form)
		}}
		apps := []*rt.App{oauthApp(t, slackish(), s, store, hourToken())}
		for range 4 {
			apps = append(apps, oauthApp(t, slackish(), s, store, nil))
		}
		time.Sleep(2 * time.Hour)
		var wg sync.WaitGroup
		for _, app := range apps {
			wg.Go(func() {
				if got, _, err := authorize(t.Context(), app.Connection("T1", "bot")); err != nil || got != "access-1" {
					t.Errorf("%q, %v", got, err)
				}
			})
		}
		wg.Wait()
		if s.posts() != 1 || store.used != 5 {
			t.Errorf("%d refreshes under %d leases", s.posts(), store.used)
		}
		store.err = errors.New("no database")
		if ok, err := apps[0].Connection("T1", "bot").Renew(t.Context(), 2); ok || !errors.Is(err, rt.ErrUnavailable) || s.posts() != 1 {
			t.Errorf("without a lease: %v, %v, %d refreshes", ok, err, s.posts())
		}
	})
}

func TestLostRefreshOfARefusedToken(t *testing.T) {
	answer := func(int, url.Values) (*http.Response, error) { return nil, errors.New("reset") }
	inBubble(t, slackish(), answer, func(t *testing.T, s *tokenServer, _ *rt.MemoryStore, c rt.Credential) {
		version := wantAuth(t, c, "access-0")
		if ok, err := c.Renew(t.Context(), version); ok || !errors.Is(err, rt.ErrRefreshLost) {
			t.Errorf("Renew: %v, %v", ok, err)
		}
		for range 3 { // It is known to be refused, so it is not sent although its life is not over.
			if sent, _, err := authorize(t.Context(), c); sent != "" || !errors.Is(err, rt.ErrRefreshLost) {
				t.Errorf("sends %q, %v", sent, err)
			}
		}
		if s.posts() != 1 {
			t.Errorf("%d requests", s.posts())
		}
	})
}

func TestRenewedElsewhereWithoutRefreshToken(t *testing.T) {
	inBubble(t, slackish(), fresh, func(t *testing.T, s *tokenServer, store *rt.MemoryStore, c rt.Credential) {
		if _, err := store.Save(t.Context(), "T1", "bot", rt.Token{Access: rt.NewSecret("theirs")}, 1); err != nil {
			t.Fatal(err)
		}
		if ok, err := c.Renew(t.Context(), 1); !ok || err != nil {
			t.Errorf("Renew: %v, %v", ok, err)
		}
	})
}

func TestLateNewsOfADisconnection(t *testing.T) {
	inBubble(t, slackish(), fresh, func(t *testing.T, _ *tokenServer, store *rt.MemoryStore, c rt.Credential) {
		if _, err := store.Save(t.Context(), "T1", "bot", *hourToken(), 1); err != nil {
			t.Fatal(err)
		}
		told := c.(interface {
			Disconnected(ctx context.Context, version int64, code string)
		})
		told.Disconnected(t.Context(), 1, "token_revoked") // Of the connection before.
		wantAuth(t, c, "access-0")
		told.Disconnected(t.Context(), 2, "")
		if _, _, err := authorize(t.Context(), c); !errors.Is(err, rt.ErrDisconnected) {
			t.Errorf("%v", err)
		}
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

// stuckStore does not count versions up.
type stuckStore struct{ *rt.MemoryStore }

func (s stuckStore) Save(ctx context.Context, account, name string, t rt.Token, v int64) (int64, error) {
	_, err := s.MemoryStore.Save(ctx, account, name, t, v)
	return max(v, 1), err
}

func TestStoreThatDoesNotCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &tokenServer{answer: fresh}
		c := oauthApp(t, slackish(), s, stuckStore{rt.NewMemoryStore()}, hourToken()).Connection("T1", "bot")
		time.Sleep(2 * time.Hour)
		if wantAuth(t, c, "access-1"); s.posts() != 1 {
			t.Errorf("%d requests", s.posts())
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
				rt.WithObserver(rt.ObserverFunc(func(e rt.Event) { fmt.Fprintf(&events, "%+v %#v", e, e) })))
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
