package limittest

import (
	"context"
	"testing"
	"time"

	"github.com/porin-dev/porin/runtime"
)

func allOrNone(t *testing.T, open Open) {
	b := newBench(t, open)
	one, two, three := gap(key("a")), gap(key("b")), gap(key("c"))
	b.wants(0, two)
	if got := b.reserve(500*time.Millisecond, one, two, three); got.Booked || got.Wait != time.Second || got.Late != 1 || got.Class != runtime.ClassRateLimited {
		t.Errorf("one of three buckets is full: %+v", got)
	}
	b.wants(0, one)
	b.wants(0, three)
	b.wants(time.Second, one, two, three)
	for _, d := range []runtime.LimitDraw{one, two, three} {
		b.wants(2*time.Second, d)
	}
}

func booksAhead(t *testing.T, open Open) {
	b := newBench(t, open)
	d := gap(key("a"))
	for n := range 5 {
		b.wants(time.Duration(n)*time.Second, d)
	}
	if got := b.reserve(5*time.Second-1, d); got.Booked || got.Wait != 5*time.Second {
		t.Errorf("further off than is waited: %+v", got)
	}
	b.now = b.now.Add(3 * time.Second)
	b.wants(2*time.Second, d)
	b.now = b.now.Add(time.Hour)
	b.wants(0, d)
}

func cancelGivesBack(t *testing.T, open Open) {
	b := newBench(t, open)
	d, e := gap(key("a")), rate(key("b"), 4)
	b.wants(0, d, e)
	last := b.wants(time.Second, d, e)
	if err := b.again().Cancel(t.Context(), last); err != nil {
		t.Fatal(err)
	}
	b.wants(time.Second, d, e)
	if err := b.again().Cancel(t.Context(), runtime.LimitTicket{}); err != nil {
		t.Errorf("Cancel of what is not booked: %v", err)
	}
}

// cancelTooLate cancels a call that others were booked after.
func cancelTooLate(t *testing.T, open Open) {
	b := newBench(t, open)
	d := gap(key("a"))
	b.wants(0, d)
	first := b.wants(time.Second, d)
	b.wants(2*time.Second, d)
	if err := b.again().Cancel(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	b.wants(3*time.Second, d)
}

func keysAreApart(t *testing.T, open Open) {
	b := newBench(t, open)
	for _, name := range []string{"a", "A", "a/b", "a b", "a:b", "a'b", "a%", "", "ä"} {
		b.wants(0, gap(key(name)))
	}
	b.wants(time.Second, gap(key("a")))
}

// givenUp has callers who are gone before the store begins. What they asked for may be
// booked or not, but not by halves, and it is not to hang.
func givenUp(t *testing.T, open Open) {
	b := newBench(t, open)
	one, two := gap(key("a")), gap(key("b"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	wait := time.Second
	if got, err := b.again().Reserve(ctx, []runtime.LimitDraw{one, two}, forever); err != nil || !got.Booked {
		wait = 0
	}
	b.wants(wait, one)
	b.wants(wait, two)
}

// ownClock asks a store whose clock is its own.
func ownClock(t *testing.T, open Open) {
	again := open(t, nil)
	d := gap(key("a"))
	d.Interval = time.Hour
	var before time.Time
	for n := range 3 {
		got, err := again().Reserve(t.Context(), []runtime.LimitDraw{d}, forever)
		if err != nil || !got.Booked {
			t.Fatalf("booked %v, %v", got.Booked, err)
		}
		if n > 0 && !got.At.Equal(before.Add(time.Hour)) {
			t.Errorf("%v after %v", got.At, before)
		}
		if now := got.At.Add(-got.Wait); n > 0 && (now.Before(before.Add(-time.Duration(n)*time.Hour)) || now.After(before.Add(time.Minute))) {
			t.Errorf("asked at %v", now)
		}
		before = got.At
	}
}
