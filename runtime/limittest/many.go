package limittest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/porin-dev/porin/runtime"
)

// together has four processes with four callers each book as fast as they can: calls of
// one bucket, all of which are used, and calls of which some need another, too. What is used
// is looked at while the store's clock stands still: a caller who is slow leaves slots to nobody.
func together(t *testing.T, open Open) {
	own, other, slow := rate(key("b"), 20), rate(key("c"), 20), gap(key("a"))
	slow.Interval = 2 * own.Interval
	alone := func(int) []runtime.LimitDraw { return []runtime.LimitDraw{own} }
	if used := booked(t, newBench(t, open).again, own.Window, own.Declared, alone); used < 0.95 {
		t.Errorf("%.1f%% of the limit is used", 100*used)
	}
	again := open(t, nil)
	booked(t, again, own.Window, own.Declared, alone)
	booked(t, again, other.Window, other.Declared, func(n int) []runtime.LimitDraw {
		if n%5 == 0 {
			return []runtime.LimitDraw{slow, other}
		}
		return []runtime.LimitDraw{other}
	})
}

// booked has callers book, looks at every window, and returns what part is used.
func booked(t *testing.T, again func() runtime.LimitStore, length time.Duration, allowed int, draws func(n int) []runtime.LimitDraw) (used float64) {
	const processes, callers, each = 4, 4, 25
	var mu sync.Mutex
	var at []time.Time
	var wg sync.WaitGroup
	for range processes {
		s := again()
		for range callers {
			wg.Go(func() {
				for n := range each {
					got, err := s.Reserve(t.Context(), draws(n), forever)
					if err != nil || !got.Booked {
						t.Errorf("booked %v, %v", got.Booked, err)
						return
					}
					mu.Lock()
					at = append(at, got.At)
					mu.Unlock()
				}
			})
		}
	}
	wg.Wait()
	if len(at) == 0 {
		t.Fatal("nothing is booked")
	}
	slices.SortFunc(at, time.Time.Compare)
	var seen count
	for _, a := range at {
		seen.add(a, 1, length)
	}
	if seen.most > allowed {
		t.Errorf("a window holds %d of %d", seen.most, allowed)
	}
	return float64(len(at)) * float64(length) / float64(allowed) / float64(at[len(at)-1].Sub(at[0]))
}

// neverMore has calls come in pauses, in rushes and all the time, of different costs, and
// looks at every window.
func neverMore(t *testing.T, open Open, calls int) {
	b := newBench(t, open)
	limits := []runtime.LimitDraw{rate(key("a"), 1), rate(key("b"), 2), rate(key("c"), 20), rate(key("d"), 1000)}
	all := rate(key("d"), 20)
	all.Key, all.Burst, all.Interval = key("e"), 20, time.Second
	limits = append(limits, all)
	for _, d := range limits {
		random := rand.New(rand.NewPCG(7, uint64(d.Declared)))
		var seen count
		stretch, pause := 0, time.Duration(0)
		for range calls / len(limits) {
			if stretch--; stretch < 0 {
				stretch = random.IntN(6 * d.Declared)
				pause = [...]time.Duration{0, 0, 0, 3 * d.Interval, d.Window}[random.IntN(5)]
			}
			b.now = b.now.Add(time.Duration(random.Int64N(int64(pause) + 1)).Truncate(time.Microsecond))
			d.Cost = 1
			if d.Burst > 3 && pause > 0 {
				d.Cost += random.IntN(3)
			}
			got := b.reserve(forever, d)
			if !got.Booked {
				t.Fatalf("not booked: %+v", got)
			}
			seen.add(got.At, d.Cost, d.Window)
			b.now = got.At
		}
		if seen.most > d.Declared {
			t.Errorf("%d a second: a window holds %d", d.Declared, seen.most)
		}
		t.Logf("%d a second, %d at once: a window holds %d at most", d.Declared, d.Burst, seen.most)
	}
}

// asMemory plays the same to the store and to [runtime.MemoryLimits], and wants the same
// answers to the microsecond.
func asMemory(t *testing.T, open Open, calls int) {
	b := newBench(t, open)
	m := &runtime.MemoryLimits{Clock: func() time.Time { return b.now }}
	random := rand.New(rand.NewPCG(11, 13))
	limits := []runtime.LimitDraw{gap(key("a")), rate(key("b"), 2), rate(key("c"), 7), rate(key("d"), 30)}
	unknown := gap(key("e"))
	unknown.Interval = 0
	limits = append(limits, unknown)
	var last [2]runtime.LimitTicket
	for n := range calls {
		b.now = b.now.Add([...]time.Duration{0, 0, time.Microsecond, 40 * time.Millisecond, 3 * time.Second}[random.IntN(5)] / time.Duration(1+random.IntN(3))).Truncate(time.Microsecond)
		switch random.IntN(20) {
		case 0:
			d := limits[random.IntN(len(limits))]
			note := runtime.LimitNote{LimitDraw: d, Allows: random.IntN(12), Class: runtime.ClassQuotaSpent}
			if random.IntN(2) == 0 {
				note.Left, note.Reset = random.IntN(5), time.Duration(random.IntN(5000))*time.Millisecond
			}
			if random.IntN(4) == 0 {
				note.Hold = time.Duration(random.IntN(4000)) * time.Millisecond
			}
			b.note(note)
			_ = m.Note(t.Context(), []runtime.LimitNote{note})
		case 1:
			if err := b.again().Cancel(t.Context(), last[0]); err != nil {
				t.Fatal(err)
			}
			_ = m.Cancel(t.Context(), last[1])
			last = [2]runtime.LimitTicket{}
		default:
			var draws []runtime.LimitDraw
			for _, d := range limits {
				if random.IntN(3) == 0 {
					if d.Burst > 1 {
						d.Cost += random.IntN(2)
					}
					d.Spent = random.IntN(50) == 0
					draws = append(draws, d)
				}
			}
			if len(draws) == 0 {
				continue
			}
			longest := [...]time.Duration{0, time.Second, forever}[random.IntN(3)]
			want, _ := m.Reserve(t.Context(), draws, -1)
			for i, s := range want.Buckets { // As a client does that is told of another number.
				draws[i].Calls = s.Calls
			}
			want, _ = m.Reserve(t.Context(), draws, longest)
			got := b.reserve(longest, draws...)
			if a, b := answer(got), answer(want); a != b {
				t.Fatalf("question %d, %+v: %s, as memory %s", n, draws, a, b)
			}
			last = [2]runtime.LimitTicket{got, want}
		}
	}
}

func answer(t runtime.LimitTicket) string {
	return fmt.Sprintf("booked %v, wait %v, draw %d, class %v, buckets %v", t.Booked, t.Wait, t.Late, t.Class, t.Buckets)
}
