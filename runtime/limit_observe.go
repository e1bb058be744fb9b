package runtime

import (
	"strconv"
	"time"
)

// sameWindow is how far two instants may lie apart at which one window is said to
// end: providers round, and count seconds from when they answer.
const sameWindow = 2 * time.Second

// noteLimits takes what the last response says of the limits that the call drew
// from. A provider that counts more than we do, since others use the limit too, is
// believed; one that allows more than the spec is not.
func (k *call) noteLimits() {
	for i := range k.draws {
		d := &k.draws[i]
		if d.limit == nil || d.limit.Observe == nil || k.last.status == 0 {
			continue
		}
		now := k.app.cfg.clock.Now()
		o := d.limit.Observe
		most, hasMost := k.told(o.Limit)
		left, hasLeft := k.told(o.Left)
		if used, ok := k.told(o.Used); ok && hasMost && !hasLeft {
			left, hasLeft = max(most-used, 0), true
		}
		var reset time.Duration
		if o.Reset != nil {
			if wait, ok := parseWait(k.toldText(o.Reset), o.Reset.As, providerTime(k.last.header, now)); ok {
				reset = min(wait, maxBlock)
			}
		}
		if !hasMost {
			most = 0
		}
		if !hasLeft {
			reset = 0
		}
		if s := k.app.cfg.sharer; s != nil {
			s.note(k, d, most, left, reset)
			continue
		}
		k.app.limits.note(d, most, left, reset, now)
	}
}

// told reads a count of calls.
func (k *call) told(from *Source) (int, bool) {
	n, err := strconv.Atoi(k.toldText(from))
	return n, err == nil && n >= 0
}

func (k *call) toldText(from *Source) string {
	switch {
	case from == nil:
		return ""
	case from.Header != "":
		return k.last.header.Get(from.Header)
	}
	return textAt(k.last.body, from.Body)
}

// note keeps what the provider says: how many calls a limit allows, where most is
// not 0, and how many are left until a time from now, where there is one. Answers come
// in any order, so that of one window the lowest count holds.
func (l *limiter) note(d *draw, most, left int, reset time.Duration, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := l.since(now)
	b := l.get(d.key, at)
	if most > 0 {
		b.most = 0
		if most < d.calls {
			b.most = most
		}
		b.adapt(d)
	}
	switch {
	case reset <= 0:
	case at+reset-b.resets > sameWindow:
		b.left, b.resets = left, at+reset
	default:
		b.left = min(b.left, left)
	}
}

// adapt makes a draw go by what the provider allows.
func (b *bucket) adapt(d *draw) {
	if b.most > 0 && d.limit != nil {
		d.pacing = d.limit.pacing(b.most)
	}
}
