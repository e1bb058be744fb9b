package runtime

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// inWindows returns the most requests in any window of that length, its ends included.
func inWindows(at []time.Duration, length time.Duration) int {
	slices.Sort(at)
	most, first := 0, 0
	for i := range at {
		for at[i]-at[first] > length {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

// limitedOp is a read with one limit.
func limitedOp(limit Limit) (*API, *Op) {
	api := testAPI()
	limit.Name = "l"
	api.Limits = []Limit{limit}
	op := testOp(api)
	op.Limits = []LimitUse{{Limit: 0}}
	return api, op
}

// stalling is a clock of a process that stands still until an instant: whoever waits
// for one before it wakes up then.
type stalling struct{ until time.Time }

func (stalling) Now() time.Time { return time.Now() }

func (s stalling) Sleep(ctx context.Context, d time.Duration) error {
	return systemClock{}.Sleep(ctx, max(d, time.Until(s.until)))
}

// TestRateAfterAStall: calls that wake up together do not go together.
func TestRateAfterAStall(t *testing.T) {
	for _, limit := range []Limit{
		{Shape: LimitGap, Per: time.Second},
		{Calls: 7, Per: time.Second, Burst: 1},
		{Calls: 20, Per: time.Minute, Burst: 5},
	} {
		synctest.Test(t, func(t *testing.T) {
			api, op := limitedOp(limit)
			s := &server{answers: []answer{fine}}
			stall := stalling{time.Now().Add(40 * time.Second)}
			c := newTestClient(t, api, s, WithMaxWait(100*time.Hour), WithClock(stall))
			var wg sync.WaitGroup
			for range 60 {
				wg.Go(func() {
					if e := doOnce(t.Context(), c, op); e != nil {
						t.Error(e)
					}
				})
			}
			wg.Wait()
			length := limit.Per
			if limit.Shape == LimitGap {
				length--
			}
			if n := inWindows(s.times(), length); n > max(limit.Calls, 1) {
				t.Errorf("%+v: %d calls in a window", limit, n)
			}
		})
	}
}

// TestQueueAfterAStall: who waited through a stall is not overtaken by those who come
// later, and nobody waits longer than the client does.
func TestQueueAfterAStall(t *testing.T) {
	const stood, waiters = 30 * time.Second, 20
	for _, most := range []time.Duration{25 * time.Second, 2 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			api, op := limitedOp(Limit{Shape: LimitGap, Per: time.Second})
			s := &server{answers: []answer{fine}}
			c := newTestClient(t, api, s, WithMaxWait(most), WithClock(stalling{time.Now().Add(stood)}))
			var wg sync.WaitGroup
			call := func(longest time.Duration) {
				came := time.Now()
				wg.Go(func() {
					e := doOnce(t.Context(), c, op)
					if took := time.Since(came); took > longest {
						t.Errorf("%s: %s after it came: %v", most, took, e)
					}
					if e != nil && (most > time.Minute || e.RetryAt.IsZero()) {
						t.Errorf("%s: %v", most, e)
					}
				})
			}
			for range waiters {
				call(stood + waiters*time.Second)
			}
			time.Sleep(stood + time.Millisecond)
			for range 200 {
				call(most)
				time.Sleep(1250 * time.Millisecond)
			}
			wg.Wait()
			if n := inWindows(s.times(), time.Second-1); n > 1 {
				t.Errorf("%s: %d calls in a window", most, n)
			}
		})
	}
}

// TestRateInAnyWindow lets callers come as they like and counts at the server.
func TestRateInAnyWindow(t *testing.T) {
	for _, limit := range []Limit{
		{Calls: 20, Per: time.Minute},
		{Calls: 20, Per: time.Minute, Burst: 20},
		{Calls: 7, Per: time.Second, Burst: 1},
		{Calls: 1, Per: time.Second},
		{Calls: 3, Per: 7 * time.Nanosecond},
		{Calls: 50, Per: time.Minute, Burst: 99},
		{Shape: LimitGap, Per: time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			api, op := limitedOp(limit)
			s := &server{answers: []answer{fine}}
			c := newTestClient(t, api, s, WithMaxWait(100*time.Hour))
			random := rand.New(rand.NewPCG(1, 2))
			var wg sync.WaitGroup
			for range 120 {
				wg.Go(func() {
					if e := doOnce(t.Context(), c, op); e != nil {
						t.Error(e)
					}
				})
				if random.IntN(3) == 0 {
					time.Sleep(time.Duration(random.Int64N(int64(limit.Per))))
				}
			}
			wg.Wait()
			most := max(limit.Calls, 1)
			length := limit.Per
			if limit.Shape == LimitGap {
				length--
			}
			if n := inWindows(s.times(), length); n > most {
				t.Errorf("%+v: %d calls in a window", limit, n)
			}
			if len(s.requests()) != 120 {
				t.Errorf("%+v: %d requests", limit, len(s.requests()))
			}
		})
	}
}

// TestRateIsUsed wants the limit not only kept but reached: after the burst,
// the rest of the calls spread over the period.
func TestRateIsUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, op := limitedOp(Limit{Calls: 10, Per: 6 * time.Second})
		s := &server{answers: []answer{fine}}
		c := newTestClient(t, api, s)
		for range 11 {
			_ = doOnce(t.Context(), c, op)
		}
		at := s.times()
		if at[4] != 0 || at[5] < time.Second || at[5] > time.Second+time.Second/16+10 || at[10] < 6*time.Second || at[10] > 6*time.Second+10 {
			t.Errorf("requests at %v", at)
		}
	})
}

func TestCostOfACall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, op := limitedOp(Limit{Calls: 10, Per: 10 * time.Second, Burst: 4})
		op.Limits[0].Cost = 5
		s := &server{answers: []answer{fine}}
		c := newTestClient(t, api, s)
		for range 6 {
			if e := doOnce(t.Context(), c, op); e != nil {
				t.Fatal(e)
			}
		}
		if n := inWindows(s.times(), 10*time.Second); n > 2 {
			t.Errorf("%d calls of cost 5 in a window of 10: %v", n, s.times())
		}
	})
}

// TestWhatALimitIsKeptBy counts, for calls that differ in one thing each, how
// many have to wait.
func TestWhatALimitIsKeptBy(t *testing.T) {
	type params struct {
		Channel string `json:"channel"`
		Text    string `json:"text"`
	}
	for _, tc := range []struct {
		by    []string
		waits [4]bool // Same, other channel, other operation, other account.
	}{
		{[]string{"app"}, [4]bool{true, true, true, true}},
		{nil, [4]bool{true, true, true, true}},
		{[]string{"app", "workspace"}, [4]bool{true, true, true, false}},
		{[]string{"workspace", "connection", "user"}, [4]bool{true, true, true, false}},
		{[]string{"action"}, [4]bool{true, true, false, true}},
		{[]string{"workspace", "in.channel"}, [4]bool{true, false, true, false}},
	} {
		for i, wantWait := range tc.waits {
			synctest.Test(t, func(t *testing.T) {
				api, op := limitedOp(Limit{Shape: LimitGap, Per: time.Second, By: tc.by})
				op.Body.As = BodyJSON
				s := &server{answers: []answer{fine}}
				app, err := NewApp(api, WithTransport(s))
				if err != nil {
					t.Fatal(err)
				}
				call := func(account, channel string, op *Op) {
					c, err := app.Client(ForAccount(account, Bearer(NewSecret("test-token"))))
					if err != nil {
						t.Fatal(err)
					}
					if err := c.Do(t.Context(), op, params{channel, "x"}, nil, nil); err != nil {
						t.Fatal(err)
					}
				}
				call("a", "1", op)
				other := *op
				other.Name = "other"
				switch i {
				case 0:
					call("a", "1", op)
				case 1:
					call("a", "2", op)
				case 2:
					call("a", "1", &other)
				case 3:
					call("b", "1", op)
				}
				if waited := s.times()[1] > 0; waited != wantWait {
					t.Errorf("by %v, case %d: waited %v", tc.by, i, waited)
				}
			})
		}
	}
}

func TestLimitFailsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, op := limitedOp(Limit{Shape: LimitGap, Per: time.Minute})
		s := &server{answers: []answer{fine}}
		c := newTestClient(t, api, s)
		start := time.Now()
		_ = doOnce(t.Context(), c, op)
		e := doOnce(t.Context(), c, op)
		if !errors.Is(e, ErrRateLimited) || !e.RetryAt.Equal(start.Add(time.Minute)) || e.OutcomeUnknown || time.Since(start) != 0 {
			t.Errorf("beyond MaxWait: %v after %v", e, time.Since(start))
		}
		time.Sleep(50 * time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if e := doOnce(ctx, c, op); !errors.Is(e, ErrRateLimited) || e.RetryAfter != 10*time.Second {
			t.Errorf("beyond the deadline: %v", e)
		}
		time.Sleep(10 * time.Second)
		if e := doOnce(t.Context(), c, op); e != nil {
			t.Errorf("the refused calls took a place: %v", e)
		}
	})
}

// TestCancelledWaitGivesItsPlaceBack cancels a waiter; the next caller does not
// pay for it.
func TestCancelledWaitGivesItsPlaceBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, op := limitedOp(Limit{Shape: LimitGap, Per: 10 * time.Second})
		s := &server{answers: []answer{fine}}
		c := newTestClient(t, api, s)
		_ = doOnce(t.Context(), c, op)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		if e := doOnce(ctx, c, op); !errors.Is(e, context.Canceled) || time.Since(start) != time.Second {
			t.Errorf("cancelled: %v after %v", e, time.Since(start))
		}
		if e := doOnce(t.Context(), c, op); e != nil || s.times()[1] != 10*time.Second {
			t.Errorf("error %v, requests at %v", e, s.times())
		}
	})
}

func TestConcurrency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, op := limitedOp(Limit{Shape: LimitConcurrency, Calls: 2})
		inFlight, most := 0, 0
		var mu sync.Mutex
		s := &server{}
		s.handle = func(n int, _ *http.Request) answer {
			mu.Lock()
			defer mu.Unlock()
			inFlight++
			most = max(most, inFlight)
			time.AfterFunc(time.Second-1, func() { mu.Lock(); inFlight--; mu.Unlock() })
			if n == 1 {
				return answer{status: 503, after: time.Second}
			}
			return answer{body: `{}`, after: time.Second}
		}
		c := newTestClient(t, api, s)
		var wg sync.WaitGroup
		for range 7 {
			wg.Go(func() {
				if e := doOnce(t.Context(), c, op); e != nil {
					t.Error(e)
				}
			})
		}
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		synctest.Wait()
		if e := doOnce(ctx, c, op); !errors.Is(e, ErrTimeout) {
			t.Errorf("a call that gave up in the queue: %v", e)
		}
		wg.Wait()
		if most > 2 || len(s.requests()) != 8 {
			t.Errorf("%d in flight, %d requests", most, len(s.requests()))
		}
		for _, b := range c.app.limits.buckets {
			if b.inUse != 0 || len(b.queue) != 0 {
				t.Errorf("%d permits are missing", b.inUse)
			}
		}
	})
}

// TestPermitBeyondMaxWait does not wait for ever for a permit.
func TestPermitBeyondMaxWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, op := limitedOp(Limit{Shape: LimitConcurrency, Calls: 1})
		s := &server{answers: []answer{{body: `{}`, after: 50 * time.Second}}}
		c := newTestClient(t, api, s)
		var wg sync.WaitGroup
		wg.Go(func() { _ = doOnce(t.Context(), c, op) })
		synctest.Wait()
		if e := doOnce(t.Context(), c, op); !errors.Is(e, ErrRateLimited) {
			t.Errorf("error %v", e)
		}
		wg.Wait()
	})
}

// TestBucketsAreBounded calls for ever new keys.
func TestBucketsAreBounded(t *testing.T) {
	var l limiter
	now := time.Duration(0)
	for i := range 100_000 {
		now += time.Second
		draws := []draw{{key: bucketKey{"l", strconv.Itoa(i)}, cost: 1, pacing: pacing{burst: 1, interval: time.Minute}}}
		if l.reserve(draws, now, now).at > now {
			t.Fatal("refused")
		}
	}
	if n := len(l.buckets); n > 2048 {
		t.Errorf("%d buckets are kept", n)
	}
}

// TestAllBucketsOrNone fails on the second bucket and wants nothing taken from
// the first.
func TestAllBucketsOrNone(t *testing.T) {
	var l limiter
	a := draw{key: bucketKey{"a", ""}, cost: 1, pacing: pacing{burst: 1, interval: time.Second}}
	b := draw{key: bucketKey{"b", ""}, cost: 1, pacing: pacing{burst: 1, interval: time.Hour}}
	l.reserve([]draw{b}, 0, 0)
	if ticket := l.reserve([]draw{a, b}, 0, time.Minute); ticket.at != time.Hour || ticket.limit != "b" {
		t.Errorf("ticket %+v", ticket)
	}
	if ticket := l.reserve([]draw{a}, 0, 0); ticket.at != 0 {
		t.Errorf("the first bucket was charged: %+v", ticket)
	}
}
