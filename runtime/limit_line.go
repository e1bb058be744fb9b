package runtime

import (
	"context"
	"strings"
	"time"
)

// liner has calls stand in a line before they ask for their limits. Who is first asks,
// and gives up the place when the limits have let it go. It is an interface so that
// programs without lines do not have it.
type liner interface {
	stand(ctx context.Context, k *call, place *pass) *APIError
}

// WithFairLimits has the calls of each account stand in a line of their own, from which
// one at a time is booked for its limits. Where accounts share a limit they then take
// turns; without it, calls go in the order in which they were made, and one account's
// thousand calls go before another's one.
//
// A call whose line alone takes longer than the call may wait fails at once. How long
// others take in between is known only as they come, so that such a call may also fail
// later, with [ErrRateLimited].
func WithFairLimits() Option {
	return shared("WithFairLimits", func(c *config) error {
		c.liner = accountLines{}
		return nil
	})
}

// Background makes a call one that others go before: it uses what they leave of its
// limits, in turns with the background calls of other accounts. Nothing is booked for it
// ahead, so that a call which somebody waits for takes the next place, however many
// background calls are waiting. One that was first among them for 10 s goes as any other,
// so that a backfill goes on, slowly, while the others need all there is. How long a
// background call waits at most is [WithMaxWait], and the deadline of its context.
//
// What processes share by [WithSharedLimits] is booked ahead for one background call a
// process.
func Background() CallOption { return func(k *call) { k.liner = backgroundLines{} } }

const (
	// backgroundPatience is how long the first of the background calls lets others go before it.
	backgroundPatience = 10 * time.Second
	// backgroundLead is how early it is booked, so that it is not late.
	backgroundLead = 5 * time.Millisecond
)

// accountLines are lines of calls that draw from the same buckets, one for each account.
type accountLines struct{}

func (accountLines) stand(ctx context.Context, k *call, place *pass) *APIError {
	return k.line(ctx, place, "line "+k.bucketNames(), k.client.cred.Account())
}

// backgroundLines have the first calls of the accounts' lines stand in one more, in which
// they take turns. The first of that waits until there is room.
type backgroundLines struct{}

func (backgroundLines) stand(ctx context.Context, k *call, place *pass) *APIError {
	names := k.bucketNames()
	if e := k.line(ctx, place, "background "+names, k.client.cred.Account()); e != nil {
		return e
	}
	if e := k.line(ctx, place, "background of all "+names, ""); e != nil {
		return e
	}
	return k.room(ctx, place)
}

// bucketNames joins the names of the buckets that the call draws from.
func (k *call) bucketNames() string {
	var b strings.Builder
	for i := range k.draws {
		key := &k.draws[i].key
		b.WriteString(key.limit + "\x00" + key.by + "\x00")
	}
	return b.String()
}

// line waits until the call is the first of a line.
func (k *call) line(ctx context.Context, place *pass, limit, by string) *APIError {
	d := draw{key: bucketKey{limit, by}, limit: &Limit{Shape: LimitConcurrency}, calls: 1}
	now := place.limiter.since(k.app.cfg.clock.Now())
	at := now + time.Duration(place.limiter.inLine(d.key))*k.slowest()
	if at-now > k.longest(ctx) {
		return k.full(ticket{at: at, class: ClassRateLimited}, now)
	}
	return k.enter(ctx, place, &d)
}

// slowest is the longest distance that a limit of the call keeps between calls.
func (k *call) slowest() (distance time.Duration) {
	for i := range k.draws {
		distance = max(distance, k.draws[i].closest())
	}
	return distance
}

// inLine is how many calls wait for a permit.
func (l *limiter) inLine(key bucketKey) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b := l.buckets[key]; b != nil {
		return len(b.queue)
	}
	return 0
}

// room waits until the limits allow the call now, and books nothing.
func (k *call) room(ctx context.Context, place *pass) *APIError {
	l, clock := place.limiter, k.app.cfg.clock
	begun := l.since(clock.Now())
	latest := begun + k.longest(ctx)
	for {
		now := l.since(clock.Now())
		t := l.reserve(k.draws, now, now-1)
		patience := begun + backgroundPatience - now
		wait := min(t.at-now-backgroundLead, patience)
		switch {
		case wait <= 0:
			return nil
		case t.at > latest:
			return k.full(t, now)
		}
		place.waited = true
		k.waits(WaitLimit, t.limit, wait)
		if err := clock.Sleep(ctx, wait); err != nil {
			return k.stopped(err)
		}
	}
}
