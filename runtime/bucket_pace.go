package runtime

import "time"

// maxGap bounds the pace that is learnt, so that a call that works shows soon that
// there is more.
const maxGap = time.Minute

// pace is what a bucket learns of a limit that is not known, or is shared with
// strangers: a distance between calls, which grows when the provider refuses and
// shrinks while it serves. The zero value is no distance.
type pace struct {
	gap   time.Duration
	last  time.Duration // When the last call went.
	since time.Duration // When the calls below began to be counted: after the last refusal.
	count int
	cut   time.Duration // When the gap grew last.

	// Of refusals that did not say how long they last: the calls before the first, when
	// they began, and the last refusal. What is served next says how long it lasted.
	tried int
	began time.Duration
	full  time.Duration
}

// free is the earliest instant for the next call.
func (p *pace) free() time.Duration { return p.last + p.gap }

// learntKept is how long what was learnt of a limit is remembered without a call.
const learntKept = time.Hour

// fewCalls is how many calls tell nothing of a rate.
const fewCalls = 8

// went counts a call that goes at an instant. After a pause the count begins anew.
func (p *pace) went(at time.Duration) {
	if at-p.last > maxGap {
		p.count, p.tried = 0, 0
	}
	if p.count == 0 {
		p.since = at
	}
	p.count++
	p.last = at
}

// refused makes the gap larger. The calls since the last refusal, in the time until
// the provider serves again, are what it allows. Refusals of calls that went before
// the gap grew say nothing new, nor do those of a window that is known to be full.
func (p *pace) refused(declared, sent, wait, now time.Duration) {
	if sent < p.cut {
		return
	}
	if p.tried > 0 && wait <= 0 {
		p.full = now
		return
	}
	gap := max(p.gap+p.gap/4, declared+declared/2)
	switch {
	case p.count < fewCalls:
		gap = p.gap + p.gap/4
	case wait > 0:
		gap = max(gap, (now+wait-p.since)/time.Duration(p.count))
	default:
		gap += p.gap / 4
		p.tried, p.began, p.full = p.count, p.since, now
	}
	p.gap, p.cut, p.count = min(gap, maxGap), now, 0
}

// served makes the gap smaller, until what the spec declares is as slow.
func (p *pace) served(declared, sent, now time.Duration) {
	if p.tried > 0 && sent >= p.cut {
		// Who did not try does not know when it ended: twice what is known at most.
		lasted := min(now-p.began, 2*(p.full-p.began))
		p.gap, p.tried = min(max(p.gap, lasted/time.Duration(p.tried)), maxGap), 0
	}
	p.gap -= p.gap / 180
	if p.gap <= max(declared, time.Millisecond) {
		p.gap = 0
	}
}

// refused tells the buckets of a call that the provider refused it.
func (l *limiter) refused(draws []draw, sent, wait time.Duration, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.paced.Store(true)
	at := l.since(now)
	for i := range draws {
		if d := &draws[i]; d.limit == nil || d.limit.Shape != LimitConcurrency {
			l.get(d.key, at).pace.refused(d.closest(), sent, wait, at)
		}
	}
}

// served tells the buckets of a call that it was served.
func (l *limiter) served(draws []draw, sent time.Duration, now time.Time) {
	if !l.paced.Load() {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range draws {
		if b := l.buckets[draws[i].key]; b != nil && (b.pace.gap > 0 || b.pace.tried > 0) {
			b.pace.served(draws[i].closest(), sent, l.since(now))
		}
	}
}
