// Package limittest tells whether a [runtime.LimitStore] is right.
package limittest

import (
	"fmt"
	"testing"
	"time"

	"github.com/porin-dev/porin/runtime"
)

// Open makes an empty store and returns a function that opens it once more, as
// another process would. Where clock is not nil, it is the store's.
type Open func(t *testing.T, clock func() time.Time) (again func() runtime.LimitStore)

// Run tests stores that open makes, each in a subtest of its own, in which a store is asked
// for calls at most. Tests that look at waits do so by the clock that they give, so that
// nothing is waited for.
func Run(t *testing.T, open Open, calls int) {
	for name, check := range map[string]func(*testing.T, Open){
		"AllOrNone":          allOrNone,
		"BooksAhead":         booksAhead,
		"CancelGivesBack":    cancelGivesBack,
		"CancelTooLate":      cancelTooLate,
		"KeysAreApart":       keysAreApart,
		"Hold":               hold,
		"Left":               left,
		"Lowered":            lowered,
		"Spent":              spent,
		"Forgotten":          forgotten,
		"ClockSetBack":       clockSetBack,
		"CostsOneAtLeast":    costsOneAtLeast,
		"VeryLong":           veryLong,
		"GivenUp":            givenUp,
		"OwnClock":           ownClock,
		"Together":           together,
		"AsMemory":           func(t *testing.T, open Open) { asMemory(t, open, calls) },
		"NeverMoreAtAnyTime": func(t *testing.T, open Open) { neverMore(t, open, calls) },
	} {
		t.Run(name, func(t *testing.T) { check(t, open) })
	}
}

// bench is a store with a clock that the test moves.
type bench struct {
	*testing.T
	now   time.Time
	again func() runtime.LimitStore
}

func newBench(t *testing.T, open Open) *bench {
	b := &bench{T: t, now: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)}
	b.again = open(t, func() time.Time { return b.now })
	return b
}

// reserve asks a replica for a call.
func (b *bench) reserve(longest time.Duration, draws ...runtime.LimitDraw) runtime.LimitTicket {
	b.Helper()
	t, err := b.again().Reserve(b.Context(), draws, longest)
	if err != nil {
		b.Fatalf("Reserve: %v", err)
	}
	if len(t.Buckets) != len(draws) {
		b.Fatalf("Reserve: %d buckets of %d draws", len(t.Buckets), len(draws))
	}
	if wait := t.At.Sub(b.now); wait != t.Wait {
		b.Errorf("Reserve: a wait of %v until in %v", t.Wait, wait)
	}
	return t
}

// wants asks for a call that has to be booked after a wait.
func (b *bench) wants(wait time.Duration, draws ...runtime.LimitDraw) runtime.LimitTicket {
	b.Helper()
	t := b.reserve(forever, draws...)
	if !t.Booked || t.Wait != wait {
		b.Errorf("Reserve of %s: booked %v after %v, want %v", draws[0].Key, t.Booked, t.Wait, wait)
	}
	return t
}

func (b *bench) note(n runtime.LimitNote) {
	b.Helper()
	if err := b.again().Note(b.Context(), []runtime.LimitNote{n}); err != nil {
		b.Fatalf("Note: %v", err)
	}
}

const forever = 365 * 24 * time.Hour

// gap is a limit of one call a second.
func gap(key string) runtime.LimitDraw {
	return runtime.LimitDraw{Key: key, Cost: 1, Declared: 1, Calls: 1, Burst: 1, Interval: time.Second}
}

// rate is a limit of calls in a second, half of them at once.
func rate(key string, calls int) runtime.LimitDraw {
	burst := max(calls/2, 1)
	return runtime.LimitDraw{
		Key: key, Cost: 1, Declared: calls, Calls: calls, Burst: burst,
		Interval: (time.Second / time.Duration(calls-burst+1)).Truncate(time.Microsecond) + time.Microsecond,
		Steady:   (time.Second / time.Duration(calls)).Truncate(time.Microsecond) + 2*time.Microsecond, Window: time.Second,
	}
}

// count keeps the most that was in a window, its ends included.
type count struct {
	at   []time.Time
	cost []int
	sum  int
	most int
}

// add counts a call that is not before those that were added.
func (c *count) add(at time.Time, cost int, length time.Duration) {
	c.at, c.cost, c.sum = append(c.at, at), append(c.cost, cost), c.sum+cost
	for at.Sub(c.at[0]) > length {
		c.sum -= c.cost[0]
		c.at, c.cost = c.at[1:], c.cost[1:]
	}
	c.most = max(c.most, c.sum)
}

func key(parts ...any) string { return "limittest/" + fmt.Sprint(parts...) }
