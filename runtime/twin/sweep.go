package twin

import (
	"maps"
	"time"
)

// What a request leaves behind is forgotten when its time is over: idempotency keys after
// their life, what shares a limit once none of its calls count. It is looked for when as
// much has come as was left the last time, so that a request pays for it a bounded share.
const sweepFrom = 1024

// sweepKeys forgets the idempotency keys that have expired. The caller holds the lock.
func (t *Twin) sweepKeys(now time.Time) {
	if len(t.keys) < t.keysUntil {
		return
	}
	maps.DeleteFunc(t.keys, func(_ string, k *keyed) bool { return !now.Before(k.until) })
	t.keysUntil = max(sweepFrom, 2*len(t.keys))
}

// sweep forgets the logs that are as new ones would be.
func (l *limiter) sweep(now time.Time) {
	if len(l.logs) < l.until {
		return
	}
	maps.DeleteFunc(l.logs, func(_ string, w *window) bool { return w.idle(now) })
	l.until = max(sweepFrom, 2*len(l.logs))
}

// idle reports whether nothing that was drawn counts any more.
func (w *window) idle(now time.Time) bool {
	d := w.limit
	switch d.Shape {
	case "concurrency":
		return w.flying == 0
	case "bucket":
		return w.points+d.Refill*now.Sub(w.at).Seconds() >= w.full
	}
	n := len(w.calls)
	return n == 0 || !w.calls[n-1].at.After(now.Add(-w.per()))
}

// per is how long a call counts. A limit that is learnt counts over a minute.
func (w *window) per() time.Duration {
	switch w.limit.Shape {
	case "rate", "window", "gap":
		return duration(w.limit.Per)
	}
	return time.Minute
}
