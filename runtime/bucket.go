package runtime

import (
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// limiter holds the buckets of an app. The zero value is ready to use.
type limiter struct {
	mu      sync.Mutex
	buckets map[bucketKey]*bucket
	sweepAt int         // Size at which buckets that hold nothing are dropped.
	paced   atomic.Bool // Some bucket learnt a pace.
}

// bucketKey names a bucket: the limit, and what it is kept by.
type bucketKey struct{ limit, by string }

// bucket is the state of one limit for one key.
//
// Rates are kept by the generic cell rate algorithm: one instant, tat, at
// which the bucket would be empty of debt. With burst B and interval T a call
// of cost c may go at tat+(c-B)T at the earliest, and moves tat by cT. At most
// B calls go at once and one each T from then on, so that a window of length
// Per holds at most B + ceil(Per/T) - 1 of them. The limit is kept in any
// window, not only in the provider's, when that is Calls: T = Per/(Calls-B+1).
type bucket struct {
	tat     time.Time
	gone    time.Time // As tat, of calls that went: one that wakes up late may not go together with the next.
	pending int       // Cost of calls that are booked and did not go yet.
	queued  time.Time // When the next call that woke up too late to go may come again.
	blocked time.Time // Until when the provider, or our own backoff, forbids calls.
	most    int       // Calls that the provider says it allows, where that is fewer than declared; 0 is as declared.
	left    int       // What the provider has left until the instant below, less what went since.
	resets  time.Time
	pace    pace
	class   Class     // Of the refusal.
	inUse   int       // Permits given out.
	queue   []*waiter // For a permit, in order.
}

// calls is how many calls, or points, the limit allows on a plan.
func (l *Limit) calls(plan string) int {
	if n, ok := l.Tiers[plan]; ok {
		return max(n, 1)
	}
	return max(l.Calls, 1)
}

// rate is the interval and the burst of a limit that allows so many calls. The
// interval is a little too long rather than too short, so that windows that include
// both their ends hold no more than calls either.
func (l *Limit) rate(calls int) (interval time.Duration, burst int) {
	switch l.Shape {
	case LimitGap:
		return l.Per, 1
	case LimitBucket:
		return time.Duration(math.Ceil(float64(time.Second)/l.Refill)) + 1, calls
	case LimitRate:
		burst = l.Burst
		if burst <= 0 {
			burst = calls / 2
		}
		burst = min(max(burst, 1), calls)
		spread := time.Duration(calls - burst + 1)
		return (l.Per+spread-1)/spread + 1, burst
	}
	return 0, 1
}

// draw is what a call takes from one bucket.
type draw struct {
	key      bucketKey
	limit    *Limit // nil for the bucket of an operation without limits.
	cost     int
	calls    int // That the limit allows, by the spec and the plan.
	interval time.Duration
	burst    int

	bucket        *bucket   // Of the last reservation.
	resets        time.Time // Its window, as the provider told it.
	before, after time.Time // The bucket's tat around it.
}

// ticket is a reservation.
type ticket struct {
	at    time.Time
	limit string // The limit that made it so late.
	class Class  // Of the refusal that did, or rate_limited.
}

// reserve books the earliest instant at which all buckets allow the call, in
// all of them or, when that is after latest, in none.
func (l *limiter) reserve(draws []draw, now, latest time.Time) ticket {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := ticket{at: now, class: ClassRateLimited}
	for i := range draws {
		d := &draws[i]
		b := l.buckets[d.key]
		if b == nil {
			continue
		}
		at, class := later(t.at, b.blocked), b.class
		free := at
		if b.left < d.cost {
			free = later(free, b.resets)
		}
		if b.pace.gap > 0 {
			free = later(free, b.pace.free())
		}
		b.adapt(d)
		if d.interval > 0 {
			free = later(free, later(b.tat, b.gone.Add(time.Duration(b.pending)*d.interval)).Add(d.early()))
		}
		if free != at {
			at, class = free, ClassRateLimited
		}
		if at != t.at {
			t = ticket{at, d.key.limit, class}
		}
	}
	if t.at.After(latest) {
		return t
	}
	for i := range draws {
		d := &draws[i]
		b := l.get(d.key, now)
		d.bucket = b
		if b.resets.After(t.at) {
			b.left -= d.cost
			d.resets = b.resets
		}
		b.pace.went(t.at)
		if t.at.After(now) {
			b.pending += d.cost
		} else {
			b.gone = d.past(b.gone, now)
		}
		if d.interval == 0 {
			continue
		}
		d.before = b.tat
		b.tat = d.past(b.tat, t.at)
		d.after = b.tat
	}
	return t
}

// wakeLate is how late a timer may be without a word.
const wakeLate = 2 * time.Millisecond

// depart lets a call go at the end of its wait. A process that stood still wakes all
// that waited meanwhile; what may not go with those before it is told when to come
// again, one after the other, and what is booked meanwhile comes after them. It
// reports false when a refusal that came in since the reservation voids it.
func (l *limiter) depart(draws []draw, t *ticket, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	var again time.Time
	for i := range draws {
		d := &draws[i]
		if d.bucket.blocked.After(t.at) {
			unbook(draws)
			return false
		}
		if free := d.bucket.gone.Add(d.early()); d.interval > 0 && free.After(now) {
			again = later(again, later(free, d.bucket.queued))
		}
	}
	goes := again.IsZero()
	switch {
	case !goes:
		t.at = again
	case now.Sub(t.at) >= wakeLate:
		t.at = now
	}
	for i := range draws {
		d := &draws[i]
		last := &d.bucket.queued
		if goes {
			d.bucket.pending -= d.cost
			last = &d.bucket.gone
		}
		*last = d.past(*last, t.at)
	}
	return true
}

// unbook takes calls that wait no longer from what is pending.
func unbook(draws []draw) {
	for i := range draws {
		draws[i].bucket.pending -= draws[i].cost
	}
}

// past is what an instant of a bucket is after a call that goes at another.
func (d *draw) past(last, at time.Time) time.Time {
	return later(last, at).Add(time.Duration(d.cost) * d.interval)
}

// early is from the instant at which its bucket is empty of debt to the first at which
// a call may go: below 0 as far as a burst allows.
func (d *draw) early() time.Duration { return time.Duration(d.cost-d.burst) * d.interval }

// later is not inlined: it would be most of reserve.
//
//go:noinline
func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// cancel gives the last reservation back where no later one builds on it.
func (l *limiter) cancel(draws []draw) {
	l.mu.Lock()
	defer l.mu.Unlock()
	unbook(draws)
	for i := range draws {
		d := &draws[i]
		b := d.bucket
		if b.tat.Equal(d.after) {
			b.tat = d.before
		}
		if !d.resets.IsZero() && b.resets.Equal(d.resets) {
			b.left += d.cost
		}
	}
}

// maxBlock bounds how long one refusal holds back all calls of a bucket, in
// case the provider's figure is absurd.
const maxBlock = 24 * time.Hour

// block keeps calls from the buckets until an instant. From then on a rate goes
// on without a burst: the provider's count is fuller than ours.
func (l *limiter) block(draws []draw, until time.Time, class Class, now time.Time) {
	if latest := now.Add(maxBlock); until.After(latest) {
		until = latest
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range draws {
		d := &draws[i]
		b := l.get(d.key, now)
		if !b.blocked.Before(until) {
			continue
		}
		b.blocked, b.class = until, class
		b.tat = later(b.tat, until.Add(time.Duration(d.burst-1)*d.interval))
	}
}

// get returns a bucket, which it makes when there is none.
func (l *limiter) get(key bucketKey, now time.Time) *bucket {
	if b := l.buckets[key]; b != nil {
		return b
	}
	if l.buckets == nil {
		l.buckets = map[bucketKey]*bucket{}
	}
	if len(l.buckets) >= max(l.sweepAt, 1024) {
		for k, b := range l.buckets {
			if !b.tat.After(now) && !b.gone.After(now) && b.pace.gap == 0 && !b.resets.After(now) && !b.blocked.After(now) && b.inUse == 0 && b.pending == 0 && len(b.queue) == 0 {
				delete(l.buckets, k)
			}
		}
		l.sweepAt = 2 * len(l.buckets)
	}
	b := &bucket{}
	l.buckets[key] = b
	return b
}
