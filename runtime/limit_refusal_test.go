package runtime

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestRefusalHoldsBackTheBucket wants no request of the account sooner than the
// provider said, whoever makes it, and another account not slowed.
func TestRefusalHoldsBackTheBucket(t *testing.T) {
	for name, limit := range map[string]*Limit{"declared": {Calls: 100, Per: time.Second, By: []string{"workspace"}}, "unknown": {Shape: LimitUnknown, By: []string{"workspace"}}, "none": nil} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				api := testAPI()
				op := testOp(api)
				if limit != nil {
					api, op = limitedOp(*limit)
				}
				s := &server{handle: func(n int, _ *http.Request) answer {
					if n == 1 {
						return answer{status: 429, header: "Retry-After: 10"}
					}
					return fine
				}}
				app, err := NewApp(api, WithTransport(s), WithRandom(still))
				if err != nil {
					t.Fatal(err)
				}
				client := func(account string) *Client {
					c, err := app.Client(ForAccount(account, Bearer(NewSecret("test-token"))))
					if err != nil {
						t.Fatal(err)
					}
					return c
				}
				a, b := client("a"), client("b")
				var wg sync.WaitGroup
				wg.Go(func() { _ = doOnce(t.Context(), a, op) })
				synctest.Wait()
				for range 5 {
					wg.Go(func() {
						if e := doOnce(t.Context(), a, op); e != nil {
							t.Error(e)
						}
					})
				}
				if e := doOnce(t.Context(), b, op); e != nil || time.Since(s.requests()[0].at) != 0 {
					t.Errorf("the other account: %v", e)
				}
				short, cancel := context.WithTimeout(t.Context(), 3*time.Second)
				defer cancel()
				if e := doOnce(short, a, op); !errors.Is(e, ErrRateLimited) || e.RetryAfter < 10*time.Second || e.RetryAfter > 11*time.Second || e.Attempts != 0 {
					t.Errorf("a call that cannot wait: %v", e)
				}
				wg.Wait()
				at := s.times()
				if len(at) != 8 || at[1] != 0 || at[2] < 10*time.Second {
					t.Errorf("requests at %v", at)
				}
				if limit != nil && limit.Calls > 0 && inWindows(at[2:], 15*time.Millisecond) > 1 {
					t.Errorf("a burst after the refusal: %v", at)
				}
			})
		})
	}
}

// TestWaitOfOneRequest has a wait that comes with the absence of one thing.
func TestWaitOfOneRequest(t *testing.T) {
	s := &server{answers: []answer{{status: 404, header: "Retry-After: 7200"}, fine}}
	c := newTestClient(t, testAPI(), s)
	if e := doOnce(t.Context(), c, testOp(testAPI())); !errors.Is(e, ErrNotFound) || e.RetryAfter != 2*time.Hour {
		t.Errorf("the first: %v", e)
	}
	if e := doOnce(t.Context(), c, testOp(testAPI())); e != nil {
		t.Errorf("another: %v", e)
	}
}

// TestPermitsAreTakenInOneOrder has two operations that name two limits in
// different orders: each would else wait for what the other holds.
func TestPermitsAreTakenInOneOrder(t *testing.T) {
	api := testAPI()
	api.Limits = []Limit{{Name: "x", Shape: LimitConcurrency, Calls: 1}, {Name: "y", Shape: LimitConcurrency, Calls: 1}}
	for _, limits := range [][]LimitUse{{{Limit: 0}, {Limit: 1}}, {{Limit: 1}, {Limit: 0}}} {
		p, err := newPlan(api, &Op{Limits: limits})
		if err != nil || p.uses[0].Name != "x" || p.uses[1].Name != "y" {
			t.Errorf("uses %v: %v", p.uses, err)
		}
	}
}

// TestWaitersObserveALaterRefusal has callers asleep for their rate when the
// refusal comes in.
func TestWaitersObserveALaterRefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, op := limitedOp(Limit{Calls: 2, Per: 2 * time.Second, Burst: 1})
		s := &server{handle: func(n int, _ *http.Request) answer {
			if n == 2 {
				return answer{status: 429, header: "Retry-After: 20"}
			}
			return fine
		}}
		c := newTestClient(t, api, s)
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() { _ = doOnce(t.Context(), c, op) })
		}
		wg.Wait()
		at := s.times()
		if len(at) < 6 || at[2] < at[1]+20*time.Second {
			t.Errorf("requests at %v", at)
		}
		if n := inWindows(at[2:], 2*time.Second); n > 2 {
			t.Errorf("%d calls in a window after the refusal: %v", n, at)
		}
	})
}
