package runtime_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	rt "github.com/porin-dev/porin/runtime"
)

// refreshWith has five calls need the refresh of one token, with an observer, and returns
// what each panicked with, and its error.
func refreshWith(t *testing.T, s *tokenServer, store rt.TokenStore, observe func(rt.Event)) (c rt.Credential, panics []any, errs []error) {
	t.Helper()
	app := oauthApp(t, slackish(), s, store, hourToken(), rt.WithObserver(rt.ObserverFunc(func(_ context.Context, e rt.Event) { observe(e) })))
	c = app.Connection("T1", "bot")
	time.Sleep(2 * time.Hour)
	panics, errs = make([]any, 5), make([]error, 5)
	var wg sync.WaitGroup
	for i := range panics {
		wg.Go(func() {
			defer func() { panics[i] = recover() }()
			_, _, errs[i] = authorize(t.Context(), c)
		})
	}
	wg.Wait()
	return c, panics, errs
}

func slowly(answer func(int, url.Values) (*http.Response, error)) func(int, url.Values) (*http.Response, error) {
	return func(n int, form url.Values) (*http.Response, error) {
		time.Sleep(time.Second)
		return answer(n, form)
	}
}

// wantPanics fails unless each call panicked for the reason, with the stack of where.
func wantPanics(t *testing.T, panics []any) {
	t.Helper()
	for i, p := range panics {
		err, ok := p.(error)
		if !ok || !strings.Contains(err.Error(), "boom") || !strings.Contains(err.Error(), "oauth_panic_test.go") {
			t.Errorf("call %d panicked with %v", i, p)
		}
	}
}

// TestObserverPanicsOfARefresh wants the panic in the goroutines of the calls, and the new
// token kept.
func TestObserverPanicsOfARefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, store := &tokenServer{answer: slowly(fresh)}, rt.NewMemoryStore()
		c, panics, _ := refreshWith(t, s, store, func(e rt.Event) {
			if _, ok := e.(rt.RefreshEvent); ok {
				panic("boom")
			}
		})
		wantPanics(t, panics)
		wantAuth(t, c, "access-1")
		if s.posts() != 1 {
			t.Errorf("%d refreshes", s.posts())
		}
	})
}

// TestObserverPanicsBeforeTheTokenIsStored: between the provider's answer and the store
// the token is this process's alone.
func TestObserverPanicsBeforeTheTokenIsStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, store := &tokenServer{answer: slowly(func(int, url.Values) (*http.Response, error) {
			return reply(200, `{"ok":true,"access_token":"access-1","refresh_token":"refresh-1"}`), nil // Drift: it promises an expiry.
		})}, rt.NewMemoryStore()
		c, panics, _ := refreshWith(t, s, store, func(e rt.Event) {
			if _, ok := e.(rt.DriftEvent); ok {
				panic("boom")
			}
		})
		wantPanics(t, panics)
		wantAuth(t, c, "access-1")
	})
}

// TestObserverPanicsOfAFailedRefresh wants the lease given back: nobody waits until it is
// over.
func TestObserverPanicsOfAFailedRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, store := &tokenServer{answer: slowly(func(int, url.Values) (*http.Response, error) {
			return reply(400, `{"error":"invalid_request"}`), nil
		})}, rt.NewMemoryStore()
		_, panics, _ := refreshWith(t, s, store, func(e rt.Event) {
			if _, ok := e.(rt.RefreshEvent); ok {
				panic("boom")
			}
		})
		wantPanics(t, panics)
		_, version := stored(t, store)
		if stale, err := store.Lease(t.Context(), "T1", "bot", version, "another", time.Minute); err != nil || stale != 0 {
			t.Errorf("a lease of another replica: %v, %v", stale, err)
		}
	})
}

// TestTransportPanicsInARefresh leaves the lease: nobody knows what became of the refresh
// token, and the next one has to know that.
func TestTransportPanicsInARefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, store := &tokenServer{answer: slowly(func(int, url.Values) (*http.Response, error) { panic("boom") })}, rt.NewMemoryStore()
		_, panics, _ := refreshWith(t, s, store, func(rt.Event) {})
		wantPanics(t, panics)
		_, version := stored(t, store)
		if _, err := store.Lease(t.Context(), "T1", "bot", version, "another", time.Minute); !errors.Is(err, rt.ErrLeased) {
			t.Errorf("a lease of another replica: %v", err)
		}
	})
}

// TestObserverEndsTheGoroutine, as a test's FailNow does: no call waits for ever.
func TestObserverEndsTheGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, store := &tokenServer{answer: slowly(fresh)}, rt.NewMemoryStore()
		_, panics, errs := refreshWith(t, s, store, func(e rt.Event) {
			if _, ok := e.(rt.RefreshEvent); ok {
				runtime.Goexit()
			}
		})
		for i := range errs {
			if panics[i] != nil || !errors.Is(errs[i], rt.ErrRefreshLost) {
				t.Errorf("call %d: %v, panic %v", i, errs[i], panics[i])
			}
		}
	})
}

// TestNilContextOfAGrant is told before a code is spent.
func TestNilContextOfAGrant(t *testing.T) {
	s := &tokenServer{answer: fresh}
	app := oauthApp(t, slackish(), s, rt.NewMemoryStore(), nil)
	var none context.Context
	if _, err := app.Exchange(none, rt.CodeGrant{Account: "T1", Code: "c"}); !errors.Is(err, rt.ErrInvalidParams) {
		t.Errorf("an exchange: %v", err)
	}
	if _, err := app.Device(nil).Start(none, rt.DeviceRequest{}); !errors.Is(err, rt.ErrInvalidParams) {
		t.Errorf("a device: %v", err)
	}
	if _, err := app.Device(nil).Wait(none, &rt.DeviceAttempt{Code: rt.NewSecret("c")}, "T1"); !errors.Is(err, rt.ErrInvalidParams) {
		t.Errorf("the wait for a device: %v", err)
	}
	if s.posts() != 0 {
		t.Errorf("%d requests", s.posts())
	}
}
