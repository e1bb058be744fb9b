package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	rt "github.com/porin-dev/porin/runtime"
)

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
		app := oauthApp(t, slackish(), s, store, hourToken(), rt.WithObserver(rt.ObserverFunc(func(_ context.Context, e rt.Event) {
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

// leasingStore counts leases, and fails them when it is told to.
type leasingStore struct {
	*rt.MemoryStore
	given int
	err   error
}

func (l *leasingStore) Lease(ctx context.Context, account, name string, version int64, holder string, d time.Duration) (time.Duration, error) {
	if l.err != nil {
		return 0, l.err
	}
	stale, err := l.MemoryStore.Lease(ctx, account, name, version, holder, d)
	if err == nil {
		l.given++
	}
	return stale, err
}

func TestReplicasWithALease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &leasingStore{MemoryStore: rt.NewMemoryStore()}
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
		if s.posts() != 1 || store.given != 1 {
			t.Errorf("%d refreshes under %d leases", s.posts(), store.given)
		}
		store.err = errors.New("no database")
		if ok, err := apps[0].Connection("T1", "bot").Renew(t.Context(), 2); ok || !errors.Is(err, rt.ErrUnavailable) || s.posts() != 1 {
			t.Errorf("without a lease: %v, %v, %d refreshes", ok, err, s.posts())
		}
	})
}

// TestNobodyWaitsForAnotherReplica has one refresh a token that still works,
// which the others go on using meanwhile.
func TestNobodyWaitsForAnotherReplica(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := rt.NewMemoryStore()
		s := &tokenServer{answer: func(n int, form url.Values) (*http.Response, error) {
			time.Sleep(3 * time.Second)
			return fresh(n, form)
		}}
		one, other := oauthApp(t, slackish(), s, store, hourToken()).Connection("T1", "bot"), oauthApp(t, slackish(), s, store, nil).Connection("T1", "bot")
		time.Sleep(55 * time.Minute)
		go func() { _, _, _ = authorize(context.Background(), one) }()
		synctest.Wait()
		start := time.Now()
		wantAuth(t, other, "access-0")
		if d := time.Since(start); d != 0 {
			t.Errorf("waited %v", d)
		}
		time.Sleep(5 * time.Second)
		wantAuth(t, other, "access-1")
	})
}

// TestHolderOfALeaseDies has a replica that is gone after it took the lease;
// whether it sent the refresh token is not known.
func TestHolderOfALeaseDies(t *testing.T) {
	for _, grace := range []time.Duration{0, 40 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			o, store, s := slackish(), rt.NewMemoryStore(), &tokenServer{answer: fresh}
			o.Grace = grace
			c := oauthApp(t, o, s, store, hourToken()).Connection("T1", "bot")
			time.Sleep(2 * time.Hour)
			leased := time.Now()
			if _, err := store.Lease(t.Context(), "T1", "bot", 1, "dead", time.Minute); err != nil {
				t.Fatal(err)
			}
			if grace > 0 {
				_ = store.Release(t.Context(), "T1", "bot", "dead")
				if _, err := store.Lease(t.Context(), "T1", "bot", 1, "dead", grace/2); err != nil {
					t.Fatal(err)
				}
				wantAuth(t, c, "access-1") // In time to send it again.
				if d := time.Since(leased); d < grace/2 || d > grace/2+2*time.Second {
					t.Errorf("taken over after %v", d)
				}
				return
			}
			wantAuth(t, c, "access-1") // Nothing is left to lose, once the first request is surely over.
			if d := time.Since(leased); d < time.Minute {
				t.Errorf("taken over after %v", d)
			}
		})
	}
}

// TestHolderOfALeaseDiesEarly is that while the token still works: the refresh
// token rests, and the note says since when.
func TestHolderOfALeaseDiesEarly(t *testing.T) {
	inBubble(t, slackish(), fresh, func(t *testing.T, s *tokenServer, store *rt.MemoryStore, c rt.Credential) {
		time.Sleep(55 * time.Minute)
		leased := time.Now()
		if _, err := store.Lease(t.Context(), "T1", "bot", 1, "dead", time.Minute); err != nil {
			t.Fatal(err)
		}
		for range 4*60 + 59 {
			wantAuth(t, c, "access-0")
			time.Sleep(time.Second)
		}
		if token, _ := stored(t, store); !token.Lost.Equal(leased) || s.posts() != 0 {
			t.Errorf("lost at %v, leased at %v, %d requests", token.Lost, leased, s.posts())
		}
		time.Sleep(time.Second)
		wantAuth(t, c, "access-1")
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
