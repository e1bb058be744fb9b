package runtime

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// farStore is a store behind a network, which may be down, or hang.
type farStore struct {
	LimitStore
	mu    sync.Mutex
	trip  func() time.Duration
	down  bool
	hangs bool
	asked int
	notes []LimitNote
}

func (f *farStore) travel(ctx context.Context) error {
	f.mu.Lock()
	d, down, hangs := time.Duration(0), f.down, f.hangs
	if f.trip != nil {
		d = f.trip()
	}
	f.mu.Unlock()
	switch {
	case hangs:
		<-ctx.Done()
		return ctx.Err()
	case down:
		return errors.New("connection refused")
	}
	return systemClock{}.Sleep(ctx, d)
}

func (f *farStore) Reserve(ctx context.Context, draws []LimitDraw, longest time.Duration) (LimitTicket, error) {
	f.mu.Lock()
	f.asked++
	f.mu.Unlock()
	if err := f.travel(ctx); err != nil {
		return LimitTicket{}, err
	}
	t, err := f.LimitStore.Reserve(ctx, draws, longest)
	if err := f.travel(ctx); err != nil {
		return LimitTicket{}, err
	}
	return t, err
}

func (f *farStore) Note(ctx context.Context, notes []LimitNote) error {
	if err := f.travel(ctx); err != nil {
		return err
	}
	f.mu.Lock()
	f.notes = append(f.notes, notes...)
	f.mu.Unlock()
	return f.LimitStore.Note(ctx, notes)
}

func (f *farStore) questions() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.asked
}

func (f *farStore) set(down, hangs bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.down, f.hangs = down, hangs
}

// skewed is a clock that goes wrong by a constant.
type skewed struct{ by time.Duration }

func (s skewed) Now() time.Time                                 { return time.Now().Add(s.by) }
func (skewed) Sleep(ctx context.Context, d time.Duration) error { return systemClock{}.Sleep(ctx, d) }

// pressedBy has workers of processes make calls until all have made theirs.
func pressedBy(t *testing.T, op *Op, clients []*Client, workers, each int) {
	t.Helper()
	var wg sync.WaitGroup
	for _, c := range clients {
		for range workers {
			wg.Go(func() {
				for range each {
					if e := doOnce(t.Context(), c, op); e != nil {
						t.Error(e)
						return
					}
				}
			})
		}
	}
	wg.Wait()
}

// apart are processes that share a store.
func apart(t *testing.T, n int, api *API, s http.RoundTripper, store LimitStore, processes int, opts ...Option) []*Client {
	t.Helper()
	var clients []*Client
	for i := range n {
		all := append([]Option{WithTransport(s), WithMaxWait(100 * time.Hour), WithSharedLimits(store, processes), WithClock(skewed{time.Duration(i) * time.Hour}), WithRandom(seeded(uint64(i)))}, opts...)
		c, err := NewClient(api, Bearer(NewSecret("test-token")), all...)
		if err != nil {
			t.Fatal(err)
		}
		clients = append(clients, c)
	}
	return clients
}

// TestProcessesShareALimit has four processes, whose clocks differ, press one limit through a
// store that takes a while to answer.
func TestProcessesShareALimit(t *testing.T) {
	for _, limit := range shapes {
		if limit.Calls > *virtualCalls/1000 {
			continue // The burst would be most of it.
		}
		synctest.Test(t, func(t *testing.T) {
			api, op := limitedOp(limit)
			s := &server{answers: []answer{fine}}
			random := seeded(5)
			far := &farStore{LimitStore: NewMemoryLimits(), trip: func() time.Duration { return time.Duration(random() * float64(2*time.Millisecond)) }}
			pressedBy(t, op, apart(t, 4, api, s, far, 0), 8, *virtualCalls/100/32)
			length, at := limit.Per, s.times()
			if limit.Shape == LimitGap {
				length--
			}
			n := inWindows(at, length)
			if n > limit.Calls {
				t.Errorf("%s: %d calls in a window", limit.Name, n)
			}
			used := float64(len(at)) * float64(limit.Per) / float64(limit.Calls) / float64(at[len(at)-1])
			t.Logf("%s: %.1f%% used by 4 processes, a window holds %d of %d, %.2f questions a call", limit.Name, 100*used, n, limit.Calls, float64(far.questions())/float64(len(at)))
			if used < 0.95 {
				t.Errorf("%s: %.1f%% used", limit.Name, 100*used)
			}
		})
	}
}

// TestAProcessThatStoodStill has all slots of a process pass while it sleeps: its calls
// take others.
func TestAProcessThatStoodStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, op := limitedOp(Limit{Calls: 10, Per: 10 * time.Second})
		s := &server{answers: []answer{fine}}
		store := NewMemoryLimits()
		clients := append(apart(t, 1, api, s, store, 0, WithClock(stalling{time.Now().Add(40 * time.Second)})), apart(t, 1, api, s, store, 0)...)
		pressedBy(t, op, clients, 6, 10)
		if n := inWindows(s.times(), 10*time.Second); n > 10 {
			t.Errorf("%d calls in a window", n)
		}
	})
}

// TestAProcessThatDied leaves what it booked; the others have it back when it would
// have passed.
func TestAProcessThatDied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, op := limitedOp(Limit{Shape: LimitGap, Calls: 1, Per: time.Second})
		s := &server{answers: []answer{fine}}
		store := NewMemoryLimits()
		live := apart(t, 1, api, s, store, 0)[0]
		if e := doOnce(t.Context(), live, op); e != nil {
			t.Fatal(e)
		}
		key := LimitDraw{Key: "test/l/all", Cost: 1, Declared: 1, Calls: 1, Burst: 1, Interval: time.Second + time.Second/32}
		for range 3 {
			if got, err := store.Reserve(t.Context(), []LimitDraw{key}, time.Hour); err != nil || !got.Booked {
				t.Fatal(got, err)
			}
		}
		for range 2 {
			if e := doOnce(t.Context(), live, op); e != nil {
				t.Fatal(e)
			}
		}
		at := s.times()
		if at[1] < 4*time.Second || at[1] > 5*time.Second || at[2]-at[1] > 1100*time.Millisecond {
			t.Errorf("requests at %v", at)
		}
	})
}

// TestStoreIsDown wants calls to fail in a bounded time, and to be tried again first.
func TestStoreIsDown(t *testing.T) {
	for name, hangs := range map[string]bool{"refuses": false, "hangs": true} {
		synctest.Test(t, func(t *testing.T) {
			api, op := limitedOp(Limit{Calls: 10, Per: time.Second})
			s := &server{answers: []answer{fine}}
			far := &farStore{LimitStore: NewMemoryLimits()}
			c := apart(t, 1, api, s, far, 0, WithRandom(func() float64 { return 0.9 }))[0]
			far.set(!hangs, hangs)
			start := time.Now()
			e := doOnce(t.Context(), c, op)
			if !errors.Is(e, ErrLimitStore) || !errors.Is(e, ErrUnavailable) || e.OutcomeUnknown || e.Attempts != 0 || time.Since(start) > 3*limitStoreTimeout+time.Second {
				t.Errorf("%s: %v after %v", name, e, time.Since(start))
			}
			if n := far.questions(); n != DefaultMaxAttempts {
				t.Errorf("%s: asked %d times", name, n)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			start = time.Now()
			if e := doOnce(ctx, c, op); e == nil || time.Since(start) > time.Second {
				t.Errorf("%s: %v after %v", name, e, time.Since(start))
			}
			time.AfterFunc(70*time.Millisecond, func() { far.set(false, false) })
			if e := doOnce(t.Context(), c, op); e != nil {
				t.Errorf("%s: when it is back: %v", name, e)
			}
		})
	}
}

// TestStoreIsDownForAll has four processes lose the store while they press a limit, and
// have it back, over and over: they go on, and each change adds no more than a call of
// each process to a window, of which there may be three, and what the others make until they
// ask the store again.
func TestStoreIsDownForAll(t *testing.T) {
	for _, limit := range []Limit{
		{Name: "half at once", Calls: 20, Per: time.Minute},
		{Name: "one at a time", Calls: 40, Per: time.Minute, Burst: 4},
		{Name: "many", Calls: 1000, Per: 10 * time.Second},
	} {
		for seed := range uint64(6) {
			synctest.Test(t, func(t *testing.T) {
				api, op := limitedOp(limit)
				s := &server{answers: []answer{fine}}
				far := &farStore{LimitStore: NewMemoryLimits()}
				clients := apart(t, 4, api, s, far, 4)
				random := rand.New(rand.NewPCG(seed, 1))
				done := make(chan struct{})
				var wg sync.WaitGroup
				wg.Go(func() {
					for down := true; ; down = !down {
						select {
						case <-time.After(time.Duration(random.Int64N(int64(4 * limit.Per)))):
							far.set(down, false)
						case <-done:
							return
						}
					}
				})
				each := 15 * limit.Calls / 16
				pressedBy(t, op, clients, 4, each)
				close(done)
				wg.Wait()
				at := s.times()
				if n := inWindows(at, limit.Per); n > limit.Calls+3*len(clients)+limit.Calls*int(limitStoreRest)/int(limit.Per) {
					t.Errorf("%s, seed %d: %d calls in a window of %d", limit.Name, seed, n, limit.Calls)
				}
				used := float64(len(at)) * float64(limit.Per) / float64(limit.Calls) / float64(at[len(at)-1])
				if used < 0.2 {
					t.Errorf("%s, seed %d: %.1f%% used", limit.Name, seed, 100*used)
				}
			})
		}
	}
}

// TestProcessesBeginApart has two processes lose the store at the same instant: their first
// calls are spread over a distance, not at one instant.
func TestProcessesBeginApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, op := limitedOp(Limit{Shape: LimitGap, Calls: 1, Per: time.Second})
		s := &server{answers: []answer{fine}}
		far := &farStore{LimitStore: NewMemoryLimits(), down: true}
		early := apart(t, 1, api, s, far, 2, WithRandom(func() float64 { return 0 }))[0]
		late := apart(t, 1, api, s, far, 2, WithRandom(func() float64 { return 0.5 }))[0]
		pressedBy(t, op, []*Client{early, late}, 1, 1)
		every := 2 * (time.Second + time.Second/32)
		if at := s.times(); len(at) != 2 || at[1]-at[0] != every/2 {
			t.Errorf("requests at %v, where each is %v apart", at, every)
		}
	})
}

// TestProcessesShareWhatTheProviderSays: a refusal that one process sees holds the
// other back, as do counts and a lower limit.
func TestProcessesShareWhatTheProviderSays(t *testing.T) {
	header := func(name string) *Source { return &Source{Header: name, As: UnitSeconds} }
	for _, tc := range []struct {
		name, first string
		status      int
		second      time.Duration // The first instant at which the other process may go.
		third       time.Duration
	}{
		{"refused", "Retry-After: 20", 429, 20 * time.Second, 20 * time.Second},
		{"spent", "Left: 1\nReset: 30", 200, 0, 30 * time.Second},
		{"lowered", "Limit: 2\nReset: 30", 200, 0, time.Minute},
	} {
		synctest.Test(t, func(t *testing.T) {
			api, op := limitedOp(Limit{Calls: 10, Per: time.Minute, Burst: 10, Observe: &LimitObserve{Limit: header("Limit"), Left: header("Left"), Reset: header("Reset")}})
			s := &server{answers: []answer{{status: tc.status, header: tc.first, body: `{}`}, fine}}
			far := &farStore{LimitStore: NewMemoryLimits()}
			clients := apart(t, 2, api, s, far, 0, WithMaxAttempts(1))
			_ = doOnce(t.Context(), clients[0], op)
			for range 2 {
				if e := doOnce(t.Context(), clients[1], op); e != nil {
					t.Errorf("%s: %v", tc.name, e)
				}
			}
			at := s.times()
			if len(at) != 3 || at[1] < tc.second || at[1] > tc.second+2*time.Second || at[2] < tc.third {
				t.Errorf("%s: requests at %v", tc.name, at)
			}
			if len(far.notes) != 1 {
				t.Errorf("%s: %d notes", tc.name, len(far.notes))
			}
		})
	}
}

// TestSharedLimitFailsAtOnce: what a call cannot wait for is not booked, and a caller
// who leaves gives its place back.
func TestSharedLimitFailsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, op := limitedOp(Limit{Shape: LimitGap, Calls: 1, Per: 32 * time.Second})
		s := &server{answers: []answer{fine}}
		c := apart(t, 1, api, s, NewMemoryLimits(), 0, WithMaxWait(30*time.Second))[0]
		start := time.Now()
		_ = doOnce(t.Context(), c, op)
		if e := doOnce(t.Context(), c, op); !errors.Is(e, ErrRateLimited) || !e.RetryAt.Equal(start.Add(33*time.Second)) || time.Since(start) != 0 {
			t.Errorf("beyond MaxWait: %v after %v", e, time.Since(start))
		}
		time.Sleep(10 * time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if e := doOnce(ctx, c, op); !errors.Is(e, context.Canceled) {
			t.Errorf("cancelled: %v", e)
		}
		if e := doOnce(t.Context(), c, op); e != nil || s.times()[1] != 33*time.Second {
			t.Errorf("error %v, requests at %v", e, s.times())
		}
	})
}

// TestKeysHoldNoSecret looks at what a store is given.
func TestKeysHoldNoSecret(t *testing.T) {
	api, op := limitedOp(Limit{Calls: 10, Per: time.Second, By: []string{"workspace"}})
	s := &server{answers: []answer{fine}}
	store := NewMemoryLimits()
	app, err := NewApp(api, WithTransport(s), WithSharedLimits(store, 0))
	if err != nil {
		t.Fatal(err)
	}
	for _, account := range []string{"jane@example.com", "joe@example.com"} {
		c, err := app.Client(ForAccount(account, Bearer(NewSecret("test-token"))))
		if err != nil {
			t.Fatal(err)
		}
		if e := doOnce(t.Context(), c, op); e != nil {
			t.Fatal(e)
		}
	}
	for key := range store.buckets {
		if !strings.HasPrefix(key, "test/l/") || strings.Contains(key, "example") || strings.Contains(key, "token") {
			t.Errorf("key %q", key)
		}
	}
	if len(store.buckets) != 2 {
		t.Errorf("%d buckets for two accounts", len(store.buckets))
	}
}
