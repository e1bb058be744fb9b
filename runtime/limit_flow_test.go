package runtime

import (
	"flag"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// virtualCalls is what CI has; docs/reliability.md has what was measured.
var virtualCalls = flag.Int("virtual-calls", 100_000, "how many calls a test of limits in virtual time makes")

// shapes are limits that differ in what a window may hold and in how it may begin.
var shapes = []Limit{
	{Name: "half at once", Calls: 20, Per: time.Minute},
	{Name: "all at once", Calls: 20, Per: time.Minute, Burst: 20},
	{Name: "few at once", Calls: 20, Per: time.Minute, Burst: 2},
	{Name: "one at a time", Calls: 7, Per: time.Second, Burst: 1},
	{Name: "one", Calls: 1, Per: time.Second},
	{Name: "two", Calls: 2, Per: time.Second},
	{Name: "many", Calls: 5000, Per: time.Hour},
	{Name: "gap", Shape: LimitGap, Calls: 1, Per: time.Second},
}

// window counts what went in the last window, its ends included.
type window struct {
	at   []time.Duration
	cost []int
	sum  int
	most int
}

func (w *window) add(at time.Duration, cost int, length time.Duration) {
	w.at, w.cost, w.sum = append(w.at, at), append(w.cost, cost), w.sum+cost
	for at-w.at[0] > length {
		w.sum -= w.cost[0]
		w.at, w.cost = w.at[1:], w.cost[1:]
	}
	w.most = max(w.most, w.sum)
}

// TestFlowInEveryWindow has calls come in pauses, in rushes and all the time, of
// different costs, and looks at every window.
func TestFlowInEveryWindow(t *testing.T) {
	for _, limit := range shapes {
		for _, most := range []int{1, 3} {
			p := limit.pacing(limit.Calls)
			length, allowed := limit.Per, limit.Calls
			if limit.Shape == LimitGap {
				length--
			}
			if most > p.burst { // A call that costs more than a burst waits for itself.
				continue
			}
			random := rand.New(rand.NewPCG(3, uint64(most)))
			var f flow
			var seen window
			now, stretch, pause := time.Duration(0), 0, time.Duration(0)
			for range *virtualCalls {
				if stretch--; stretch < 0 {
					stretch = random.IntN(4 * limit.Calls)
					pause = [...]time.Duration{0, 0, 3 * p.interval, limit.Per}[random.IntN(4)]
				}
				now += time.Duration(random.Int64N(int64(pause) + 1))
				cost := 1 + random.IntN(most)
				now = max(now, f.free(&p, cost, 0, 0))
				f.went(&p, cost, now)
				seen.add(now, cost, length)
			}
			if seen.most > allowed {
				t.Errorf("%s, costs up to %d: a window holds %d of %d", limit.Name, most, seen.most, allowed)
			}
		}
	}
}

// TestFlowIsUsed presses limits all the time.
func TestFlowIsUsed(t *testing.T) {
	for _, limit := range shapes {
		p := limit.pacing(limit.Calls)
		var f flow
		var seen window
		now := time.Duration(0)
		length := limit.Per
		if limit.Shape == LimitGap {
			length--
		}
		for range *virtualCalls {
			now = max(now, f.free(&p, 1, 0, 0))
			f.went(&p, 1, now)
			seen.add(now, 1, length)
		}
		used := float64(*virtualCalls) * float64(limit.Per) / float64(limit.Calls) / float64(now)
		t.Logf("%s: %.1f%% used", limit.Name, 100*used)
		if used < 0.98 || seen.most > limit.Calls {
			t.Errorf("%s: %.1f%% used, a window holds %d of %d", limit.Name, 100*used, seen.most, limit.Calls)
		}
	}
}

// TestLimitIsUsed has eight callers press a limit through a client: it is used, and
// never more than it.
func TestLimitIsUsed(t *testing.T) {
	for _, limit := range shapes {
		if limit.Calls > *virtualCalls/1000 {
			continue // The burst would be most of it.
		}
		synctest.Test(t, func(t *testing.T) {
			api, op := limitedOp(limit)
			s := &server{answers: []answer{fine}}
			c := newTestClient(t, api, s, WithMaxWait(100*time.Hour))
			const workers = 8
			each := *virtualCalls / 100 / workers
			var wg sync.WaitGroup
			for range workers {
				wg.Go(func() {
					for range each {
						if e := doOnce(t.Context(), c, op); e != nil {
							t.Error(e)
						}
					}
				})
			}
			wg.Wait()
			length, at := limit.Per, s.times()
			if limit.Shape == LimitGap {
				length--
			}
			if n := inWindows(at, length); n > limit.Calls {
				t.Errorf("%s: %d calls in a window", limit.Name, n)
			}
			used := float64(len(at)) * float64(limit.Per) / float64(limit.Calls) / float64(max(at[len(at)-1], limit.Per))
			t.Logf("%s: %.1f%% used by %d workers", limit.Name, 100*used, workers)
			if used < 0.98 {
				t.Errorf("%s: %.1f%% used", limit.Name, 100*used)
			}
		})
	}
}
