package limittest

import (
	"testing"
	"time"

	"github.com/porin-dev/porin/runtime"
)

// clockSetBack has the store's clock go back an hour: what is owed then is what was owed
// before, and not an hour more.
func clockSetBack(t *testing.T, open Open) {
	b := newBench(t, open)
	d, g := rate(key("a"), 10), gap(key("b"))
	for range 8 {
		b.reserve(forever, d)
	}
	b.wants(0, g)
	b.note(runtime.LimitNote{LimitDraw: rate(key("c"), 10), Left: 0, Reset: 10 * time.Second})
	b.note(runtime.LimitNote{LimitDraw: gap(key("d")), Hold: 10 * time.Second, Class: runtime.ClassQuotaSpent})
	owed := b.reserve(0, d).Wait
	b.now = b.now.Add(-time.Hour)
	if got := b.reserve(0, d); got.Booked || got.Wait != owed {
		t.Errorf("a wait of %v, and of %v when the clock was set back", owed, got.Wait)
	}
	b.now = b.now.Add(owed) // What is refused does not put it off.
	b.wants(0, d)
	b.now = b.now.Add(-owed)
	b.wants(time.Second, g)
	b.wants(2*time.Second, g)
	b.wants(10*time.Second, rate(key("c"), 10))
	b.wants(10*time.Second, gap(key("d")))
}

// costsOneAtLeast has draws that say no cost, or one that would give calls back.
func costsOneAtLeast(t *testing.T, open Open) {
	b := newBench(t, open)
	d := gap(key("a"))
	for n, cost := range []int{0, -5, 1} {
		d.Cost = cost
		b.wants(time.Duration(n)*time.Second, d)
	}
}

// veryLong has times that are as long as there are: they are cut off, and do not begin anew.
func veryLong(t *testing.T, open Open) {
	const longest = time.Duration(1<<63 - 1)
	b := newBench(t, open)
	b.note(runtime.LimitNote{LimitDraw: gap(key("a")), Hold: longest, Class: runtime.ClassQuotaSpent})
	d := gap(key("b"))
	d.Interval = longest
	b.wants(0, d)
	for _, d := range []runtime.LimitDraw{gap(key("a")), d} {
		if got := b.reserve(forever, d); got.Booked || got.Wait < forever {
			t.Errorf("%s: %+v", d.Key, got)
		}
	}
}
