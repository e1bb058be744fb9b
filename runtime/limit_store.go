package runtime

import (
	"context"
	"errors"
	"time"
)

// LimitStore counts the calls of limits that several processes share, so that all of
// them together keep to what the connector declares. It is safe for concurrent use.
//
// Its own clock is the only one: a process is told how long to wait, and clocks that
// differ do no harm. Where it is set back, what is owed is owed no longer than before.
// What a process books and does not use, since it died, is lost until
// it would have passed, and no longer.
//
// A method returns when its context ends. A call does not wait for one that does not, but a
// goroutine goes on in it.
//
// [MemoryLimits] is one, and its source is the arithmetic that all have to agree on.
// Those that processes can share are in the packages sqllimits and redislimits; the
// package limittest tells whether one of your own is right.
type LimitStore interface {
	// Reserve books the earliest instant at which all buckets let the call go, in all
	// of them or in none: it books nothing when that is more than longest from now, or
	// when a draw was figured for a number of calls that the bucket does not allow now.
	// Draws are in the order of their keys, each of which is there once.
	Reserve(ctx context.Context, draws []LimitDraw, longest time.Duration) (LimitTicket, error)

	// Cancel gives a booked ticket back, where nothing was booked after it.
	Cancel(ctx context.Context, t LimitTicket) error

	// Note keeps what the provider said of buckets.
	Note(ctx context.Context, notes []LimitNote) error
}

// LimitDraw is what a call takes from one bucket.
type LimitDraw struct {
	Key      string // Names the bucket, by connector and limit, and holds no secret.
	Cost     int
	Declared int // Calls that the spec allows.
	Calls    int // Calls that the figures below are for: as declared, or fewer as the provider said.

	// Burst calls go at once, and one each Interval from then on. Once all calls of a
	// Window were Steady apart, that is enough where it is not 0. An Interval of 0 lets
	// all go but for what the provider says.
	Burst                    int
	Interval, Steady, Window time.Duration

	Spent bool // Assume that the burst was used up: for some time nobody counted.
}

// Figures are the draw in numbers, with times in microseconds, which are rounded up, and
// no longer than a century: Cost, which is 1 at least, Declared, Calls, Burst, Interval, Steady,
// Window, and 1 where Spent is set.
func (d LimitDraw) Figures() [8]int64 {
	spent := int64(0)
	if d.Spent {
		spent = 1
	}
	return [8]int64{int64(d.cost()), int64(d.Declared), int64(d.Calls), int64(d.Burst), micros(d.Interval), micros(d.Steady), micros(d.Window), spent}
}

// micros is a time in microseconds, rounded up. What is longer than a century is cut off, so
// that instants after it are still numbers.
func micros(d time.Duration) int64 {
	d = min(d, century)
	n := int64(d / time.Microsecond)
	if d%time.Microsecond > 0 {
		n++
	}
	return n
}

// LimitTicket is what came of [LimitStore.Reserve].
type LimitTicket struct {
	Booked  bool
	Wait    time.Duration // From when the store was asked.
	At      time.Time     // The same as an instant of the store's clock.
	Late    int           // The draw that made it so late; -1 is none.
	Class   Class         // Of the refusal that did, or [ClassRateLimited].
	Buckets []LimitState  // After the call, in the order of the draws.
	Undo    []LimitUndo   // For Cancel; empty when nothing is booked.
}

// LimitState is what a store knows of a bucket from the provider.
type LimitState struct {
	Calls int           // That it allows now.
	Left  int           // Until Reset.
	Reset time.Duration // From now; 0: nothing is known of what is left.
}

// LimitUndo is what [LimitStore.Cancel] needs to give a call back: instants of the
// bucket before and after it, in the store's own count.
type LimitUndo struct {
	Key           string
	Cost          int
	Resets        int64 // 0: no count was lowered.
	Before, After [3]int64
}

// LimitNote is what a provider said of a bucket. What it did not say is 0.
type LimitNote struct {
	LimitDraw               // Its Cost says nothing.
	Allows    int           // Calls that the limit allows: more than declared are as declared.
	Left      int           // Calls that are left until Reset.
	Reset     time.Duration // From now.
	Hold      time.Duration // No call may go so long.
	Class     Class         // Of the refusal that Hold is for.
}

// Figures are the note in numbers: those of its draw, and then Allows, Left, Reset and Hold,
// in microseconds, and Class.
func (n LimitNote) Figures() [13]int64 {
	d := n.LimitDraw.Figures()
	return [13]int64{
		d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7],
		int64(n.Allows), int64(n.Left), micros(n.Reset), micros(n.Hold), int64(n.Class),
	}
}

// ErrLimitStore says that the [LimitStore] did not answer and that the call did not go.
var ErrLimitStore = errors.New("the store of shared limits does not answer")

// WithSharedLimits counts the calls of declared limits in store, together with other
// processes. Refusals, and a pace that is learnt from them, hold in each process, too;
// calls in flight are counted by each process alone.
//
// When the store fails or does not answer in two seconds, calls fail with
// [ErrLimitStore] and are tried again as any that did not go. With processes, the
// greatest number of them that share the store, each goes on alone instead, without
// a burst and with such a part of a limit that they keep to it together, but for a call each around
// a change, and for a second in which some ask the store again and others do not yet; to a limit with fewer calls than processes they keep on average. Limits of
// calls in flight are always divided by it.
func WithSharedLimits(store LimitStore, processes int) Option {
	return shared("WithSharedLimits", func(c *config) error {
		if store == nil || processes < 0 {
			return errors.New("WithSharedLimits needs a store, and 0 processes or more")
		}
		c.sharer = &sharedLimits{store: store, processes: processes}
		return nil
	})
}
