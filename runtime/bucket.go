package runtime

import (
	"sync"
	"sync/atomic"
	"time"
)

// limiter holds the buckets of an app. It counts its instants from start, since sums
// of durations are quick and small.
type limiter struct {
	mu      sync.Mutex
	start   time.Time
	buckets map[bucketKey]*bucket
	most    int         // Buckets that there were at once, since the map was made.
	turn    uint        // Reservations, by which buckets are swept also when no new one comes.
	paced   atomic.Bool // Some bucket learnt a pace.
}

// bucketKey names a bucket: the limit, and what it is kept by.
type bucketKey struct{ limit, by string }

// bucket is the state of one limit for one key.
type bucket struct {
	booked  flow
	gone    flow          // Calls that went: one that wakes up late may not go together with the next.
	pending int           // Cost of calls that are booked and did not go yet.
	queued  time.Duration // When the next call that woke up too late to go may come again.
	blocked time.Duration // Until when the provider, or our own backoff, forbids calls.
	most    int           // Calls that the provider says it allows, where that is fewer than declared; 0 is as declared.
	left    int           // What the provider has left until the instant below, less what went since.
	resets  time.Duration
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

// draw is what a call takes from one bucket.
type draw struct {
	_ uncompared

	pacing
	key   bucketKey
	limit *Limit // nil for the bucket of an operation without limits.
	cost  int
	calls int // That the limit allows, by the spec and the plan.

	told          LimitState    // By the store, where the limit is shared.
	bucket        *bucket       // Of the last reservation.
	resets        time.Duration // Its window, as the provider told it.
	before, after flow          // What the bucket had booked around it.
}

// ticket is a reservation.
type ticket struct {
	at    time.Duration
	limit string // The limit that made it so late.
	class Class  // Of the refusal that did, or rate_limited.
}

// reserve books the earliest instant at which all buckets allow the call, in
// all of them or, when that is after latest, in none.
func (l *limiter) reserve(draws []draw, now, latest time.Duration) ticket {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.turn++; l.turn%sweepTurns == 0 {
		l.sweep(now)
	}
	t := ticket{at: now, class: ClassRateLimited}
	for i := range draws {
		d := &draws[i]
		b := l.buckets[d.key]
		if b == nil {
			continue
		}
		at, class := max(t.at, b.blocked), b.class
		free := at
		if b.left < d.cost {
			free = max(free, b.resets)
		}
		if b.pace.gap > 0 {
			free = max(free, b.pace.free())
		}
		b.adapt(d)
		if d.interval > 0 {
			free = max(free, b.booked.free(&d.pacing, d.cost, 0, 0), b.gone.free(&d.pacing, d.cost, b.pending, d.slack()))
		}
		if free != at {
			at, class = free, ClassRateLimited
		}
		if at != t.at {
			t = ticket{at, d.key.limit, class}
		}
	}
	if t.at > latest {
		return t
	}
	for i := range draws {
		d := &draws[i]
		b := l.get(d.key, now)
		d.bucket = b
		if b.resets > t.at {
			b.left -= d.cost
			d.resets = b.resets
		}
		b.pace.went(t.at)
		if t.at > now {
			b.pending += d.cost
		} else {
			b.gone.went(&d.pacing, d.cost, now)
		}
		if d.interval == 0 {
			continue
		}
		d.before = b.booked
		b.booked.went(&d.pacing, d.cost, t.at)
		d.after = b.booked
	}
	return t
}

// wakeLate is how late a timer may be without a word.
const wakeLate = 2 * time.Millisecond

// depart lets a call go at the end of its wait. A process that stood still wakes all
// that waited meanwhile; what may not go with those before it is told when to come
// again, one after the other, and what is booked meanwhile comes after them. It
// reports false when a refusal that came in since the reservation voids it.
func (l *limiter) depart(draws []draw, t *ticket, now time.Duration) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	var again time.Duration
	for i := range draws {
		d := &draws[i]
		if d.bucket.blocked > t.at {
			unbook(draws)
			return false
		}
		if free := d.bucket.gone.free(&d.pacing, d.cost, 0, d.slack()); d.interval > 0 && free > now {
			again = max(again, free, d.bucket.queued)
		}
	}
	goes := again == 0
	switch {
	case !goes:
		t.at = again
	case now-t.at >= wakeLate:
		t.at = now
	}
	for i := range draws {
		d := &draws[i]
		b := d.bucket
		if goes {
			b.pending -= d.cost
			b.gone.went(&d.pacing, d.cost, t.at)
		} else {
			b.queued = max(b.queued, t.at) + time.Duration(d.cost)*b.gone.step(&d.pacing, t.at)
		}
	}
	return true
}

// unbook takes calls that wait no longer from what is pending.
func unbook(draws []draw) {
	for i := range draws {
		draws[i].bucket.pending -= draws[i].cost
	}
}

// cancel gives the last reservation back where no later one builds on it.
func (l *limiter) cancel(draws []draw) {
	l.mu.Lock()
	defer l.mu.Unlock()
	unbook(draws)
	for i := range draws {
		d := &draws[i]
		b := d.bucket
		if b.booked == d.after {
			b.booked = d.before
		}
		if d.resets != 0 && b.resets == d.resets {
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
	wait := min(until.Sub(now), maxBlock)
	l.mu.Lock()
	defer l.mu.Unlock()
	at := l.since(now)
	for i := range draws {
		d := &draws[i]
		b := l.get(d.key, at)
		if b.blocked >= at+wait {
			continue
		}
		b.blocked, b.class = at+wait, class
		b.booked.spent(&d.pacing, b.blocked)
	}
}

// since is an instant as the limiter counts it.
func (l *limiter) since(at time.Time) time.Duration { return at.Sub(l.start) }

// idle reports whether the bucket is as one that was never used, or one of so long ago
// that nothing of it counts.
func (b *bucket) idle(now time.Duration) bool {
	kept := maxGap // The pace counts calls that long.
	if b.pace.gap > 0 || b.most > 0 {
		kept = learntKept
	}
	return max(b.resets, b.blocked) <= now && b.booked.idle(now) && b.gone.idle(now) && now-b.pace.last > kept && b.inUse == 0 && b.pending == 0 && len(b.queue) == 0
}

// get returns a bucket, which it makes when there is none.
func (l *limiter) get(key bucketKey, now time.Duration) *bucket {
	if b := l.buckets[key]; b != nil {
		return b
	}
	if l.buckets == nil {
		l.buckets = map[bucketKey]*bucket{}
	}
	b := &bucket{}
	l.buckets[key] = b
	l.most = max(l.most, len(l.buckets))
	return b
}

// sweepTurns is how many reservations there are from one sweep to the next.
const sweepTurns = 16

// sweep drops some buckets that are idle, and makes the map anew when few are left of
// many: a map does not become smaller.
func (l *limiter) sweep(now time.Duration) {
	left := 4 * sweepTurns // More than there may be new ones, and so few that nobody waits.
	for key, b := range l.buckets {
		if b.idle(now) {
			delete(l.buckets, key)
		}
		if left--; left == 0 {
			break
		}
	}
	if l.most < 1024 || len(l.buckets) > l.most/32 {
		return
	}
	kept := make(map[bucketKey]*bucket, len(l.buckets))
	for key, b := range l.buckets {
		kept[key] = b
	}
	l.buckets, l.most = kept, len(kept)
}
