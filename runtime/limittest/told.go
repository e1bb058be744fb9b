package limittest

import (
	"testing"
	"time"

	"github.com/porin-dev/porin/runtime"
)

func hold(t *testing.T, open Open) {
	b := newBench(t, open)
	d := rate(key("a"), 10)
	b.note(runtime.LimitNote{LimitDraw: d, Hold: 10 * time.Second, Class: runtime.ClassQuotaSpent})
	b.note(runtime.LimitNote{LimitDraw: d, Hold: 3 * time.Second, Class: runtime.ClassRateLimited}) // The longer one counts.
	if got := b.reserve(9*time.Second, d); got.Booked || got.Wait != 10*time.Second || got.Class != runtime.ClassQuotaSpent {
		t.Errorf("held for ten seconds: %+v", got)
	}
	b.wants(0, rate(key("b"), 10))
	b.wants(10*time.Second, d)
	b.wants(10*time.Second+d.Interval, d) // No burst after it.
	b.now = b.now.Add(time.Minute)
	b.wants(0, d)
	b.wants(0, d)
}

func left(t *testing.T, open Open) {
	b := newBench(t, open)
	d := gap(key("a"))
	d.Interval = 0 // Nothing is known of it but what the provider says.
	b.wants(0, d)
	b.note(runtime.LimitNote{LimitDraw: d, Left: 5, Reset: 10 * time.Second})
	b.note(runtime.LimitNote{LimitDraw: d, Left: 2, Reset: 9 * time.Second})
	b.note(runtime.LimitNote{LimitDraw: d, Left: 4, Reset: 11 * time.Second}) // Answers come in any order.
	for n := range 2 {
		got := b.wants(0, d)
		if s := got.Buckets[0]; s.Left != 1-n || s.Reset != 10*time.Second {
			t.Errorf("after %d calls: %+v", n+1, s)
		}
	}
	refused := b.wants(10*time.Second, d)
	if s := refused.Buckets[0]; s.Left != 0 {
		t.Errorf("a call of the next window is taken from this one: %+v", s)
	}
	b.now = b.now.Add(10 * time.Second)
	if s := b.wants(0, d).Buckets[0]; s.Reset != 0 {
		t.Errorf("a window that is over is told of: %+v", s)
	}
	b.note(runtime.LimitNote{LimitDraw: d, Left: 1, Reset: 10 * time.Second})
	taken := b.wants(0, d)
	if err := b.again().Cancel(t.Context(), taken); err != nil {
		t.Fatal(err)
	}
	b.wants(0, d)
	b.wants(10*time.Second, d)
}

func lowered(t *testing.T, open Open) {
	b := newBench(t, open)
	d := rate(key("a"), 10)
	fewer := rate(key("a"), 4)
	fewer.Declared = 10
	b.note(runtime.LimitNote{LimitDraw: d, Allows: 4})
	if got := b.reserve(forever, d); got.Booked || got.Buckets[0].Calls != 4 {
		t.Errorf("figured for ten calls where four are allowed: %+v", got)
	}
	if got := b.reserve(forever, gap(key("0")), d); got.Booked {
		t.Errorf("figured for ten calls where four are allowed: %+v", got)
	}
	b.wants(0, gap(key("0")))
	if got := b.wants(0, fewer); got.Buckets[0].Calls != 4 {
		t.Errorf("figured for four calls: %+v", got)
	}
	b.note(runtime.LimitNote{LimitDraw: fewer, Allows: 99})
	if got := b.reserve(forever, fewer); got.Booked || got.Buckets[0].Calls != 10 {
		t.Errorf("figured for four calls where ten are allowed: %+v", got)
	}
	if got := b.reserve(forever, d); !got.Booked || got.Buckets[0].Calls != 10 {
		t.Errorf("figured for ten calls: %+v", got)
	}
}

func spent(t *testing.T, open Open) {
	b := newBench(t, open)
	d := rate(key("a"), 10)
	d.Spent = true
	b.wants(0, d)
	b.wants(d.Interval, d)
	d.Spent = false
	b.wants(2*d.Interval, d)
	b.now = b.now.Add(time.Hour)
	for range d.Burst {
		b.wants(0, d)
	}
}

// forgotten uses so many buckets that a store has to drop some.
func forgotten(t *testing.T, open Open) {
	b := newBench(t, open)
	busy := gap(key("busy"))
	busy.Interval = 24 * time.Hour
	b.wants(0, busy)
	lower := gap(key("lower"))
	b.note(runtime.LimitNote{LimitDraw: rate(key("lower"), 10), Allows: 4})
	b.wants(0, gap(key("held")))
	b.note(runtime.LimitNote{LimitDraw: gap(key("held")), Hold: 24 * time.Hour})
	for n := range 3000 {
		b.now = b.now.Add(time.Second)
		b.reserve(0, gap(key(n)))
	}
	past := 3000 * time.Second
	b.wants(24*time.Hour-past, busy)
	b.wants(24*time.Hour-past, gap(key("held")))
	lower.Declared, lower.Calls = 10, 10
	if got := b.reserve(0, lower); got.Booked || got.Buckets[0].Calls != 4 {
		t.Errorf("what the provider allows is forgotten: %+v", got)
	}
}
