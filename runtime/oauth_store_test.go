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
