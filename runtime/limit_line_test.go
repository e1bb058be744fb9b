package runtime

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// lineBench has two accounts of one app, which share a limit of one call a second.
func lineBench(t *testing.T, opts ...Option) (op *Op, clients [2]*Client) {
	t.Helper()
	api, op := limitedOp(Limit{Calls: 1, Per: time.Second, Burst: 1, By: []string{"app"}})
	s := &server{answers: []answer{fine}}
	app, err := NewApp(api, append(opts, WithTransport(s), WithRandom(still), WithMaxWait(time.Hour))...)
	if err != nil {
		t.Fatal(err)
	}
	for i, secret := range []string{"one", "two"} {
		if clients[i], err = app.Client(Bearer(NewSecret(secret))); err != nil {
			t.Fatal(err)
		}
	}
	return op, clients
}

// press starts calls at once, and returns how long each took, the shortest first.
func press(t *testing.T, c *Client, op *Op, n int, opts ...CallOption) (took func() []time.Duration) {
	t.Helper()
	start := time.Now()
	var mu sync.Mutex
	var all []time.Duration
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if err := c.Do(t.Context(), op, nil, nil, opts); err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, time.Since(start))
		})
	}
	return func() []time.Duration {
		wg.Wait()
		slices.Sort(all)
		return all
	}
}

func TestAccountsTakeTurns(t *testing.T) {
	for _, fair := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			var opts []Option
			if fair {
				opts = append(opts, WithFairLimits())
			}
			op, clients := lineBench(t, opts...)
			storm := press(t, clients[0], op, 100)
			synctest.Wait()
			time.Sleep(500 * time.Millisecond)
			others := press(t, clients[1], op, 3)()
			all := storm()
			if took := others[2]; fair != (took < 7*time.Second) {
				t.Errorf("fair %v: three calls beside a hundred took %v", fair, others)
			}
			if last := all[len(all)-1]; last > 104*time.Second {
				t.Errorf("fair %v: 103 calls took %v", fair, last)
			}
		})
	}
}

func TestBackgroundGivesWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		op, clients := lineBench(t)
		backfill := press(t, clients[0], op, 60, Background())
		other := press(t, clients[1], op, 20, Background())
		synctest.Wait()
		for range 20 {
			time.Sleep(2500 * time.Millisecond)
			if took := press(t, clients[0], op, 1)()[0]; took > 1100*time.Millisecond {
				t.Errorf("a call took %v beside a backfill", took)
			}
		}
		// The accounts take turns, and nothing of the limit is lost.
		if last := other()[19]; last > 75*time.Second {
			t.Errorf("20 calls beside 60 took %v", last)
		}
		if last := backfill()[59]; last > 101*time.Second {
			t.Errorf("80 calls in the background and 20 others took %v", last)
		}
	})
}

// TestBackgroundIsNotStarved: beside calls that take all there is, one in ten seconds goes.
func TestBackgroundIsNotStarved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		op, clients := lineBench(t)
		busy := []func() []time.Duration{press(t, clients[0], op, 5)}
		synctest.Wait()
		backfill := press(t, clients[1], op, 3, Background())
		for range 60 {
			time.Sleep(time.Second)
			busy = append(busy, press(t, clients[0], op, 1))
		}
		took := backfill()
		for i, d := range took {
			if n := time.Duration(i + 1); d < n*backgroundPatience || d > n*(backgroundPatience+10*time.Second) {
				t.Errorf("the calls in the background took %v", took)
			}
		}
		for _, wait := range busy {
			wait()
		}
	})
}

func TestLineTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		op, clients := lineBench(t, WithFairLimits())
		storm := press(t, clients[0], op, 100)
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		start := time.Now()
		e := doOnce(ctx, clients[0], op)
		if !errors.Is(e, ErrRateLimited) || time.Since(start) > 0 || e.RetryAfter < 90*time.Second {
			t.Errorf("after %v: %v, to come again after %v", time.Since(start), e, e.RetryAfter)
		}
		if e := doOnce(ctx, clients[1], op); e != nil {
			t.Errorf("the other account: %v", e)
		}
		storm()
	})
}

// TestLineIsLeft: who gives up in a line does not hold up those behind.
func TestLineIsLeft(t *testing.T) {
	for name, opts := range map[string][]CallOption{"line": nil, "background": {Background()}} {
		synctest.Test(t, func(t *testing.T) {
			op, clients := lineBench(t, WithFairLimits())
			ctx, cancel := context.WithCancel(t.Context())
			var wg sync.WaitGroup
			for range 50 {
				wg.Go(func() {
					if err := clients[0].Do(ctx, op, nil, nil, opts); err != nil && !errors.Is(err, context.Canceled) {
						t.Error(err)
					}
				})
			}
			synctest.Wait()
			time.Sleep(2500 * time.Millisecond)
			cancel()
			synctest.Wait()
			if took := press(t, clients[0], op, 3, opts...)(); took[2] > 4*time.Second {
				t.Errorf("%s: three calls after those that gave up took %v", name, took)
			}
			wg.Wait()
			app := clients[0].app
			app.limits.mu.Lock()
			defer app.limits.mu.Unlock()
			for key, b := range app.limits.buckets {
				if b.inUse != 0 || len(b.queue) != 0 {
					t.Errorf("%s: bucket %q has %d in use and %d waiting", name, key, b.inUse, len(b.queue))
				}
			}
		})
	}
}

// TestBackgroundUsesTheLimit: calls that give way lose nothing of a limit that nobody else uses.
func TestBackgroundUsesTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limit := Limit{Calls: 20, Per: time.Second}
		api, op := limitedOp(limit)
		s := &server{answers: []answer{fine}}
		c := newTestClient(t, api, s, WithMaxWait(time.Hour))
		took := press(t, c, op, 2000, Background())()
		used := 2000 / (20 * took[1999].Seconds())
		if n := inWindows(s.times(), time.Second); used < 0.98 || n > 20 {
			t.Errorf("%.1f%% used, %d calls in a window", 100*used, n)
		}
	})
}
