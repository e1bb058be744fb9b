package runtime

import (
	"context"
	"slices"
	"time"
)

// waiter waits for a permit. Its channel is closed when it has one.
type waiter struct{ ready chan struct{} }

// enter takes a permit of a bucket that gives out most at a time. Callers are
// served in order. It returns the error of ctx when that is done first.
func (l *limiter) enter(ctx context.Context, key bucketKey, most int, now time.Time) (b *bucket, waited bool, err error) {
	l.mu.Lock()
	b = l.get(key, l.since(now))
	if b.inUse < most && len(b.queue) == 0 {
		b.inUse++
		l.mu.Unlock()
		return b, false, nil
	}
	w := &waiter{make(chan struct{})}
	b.queue = append(b.queue, w)
	l.mu.Unlock()
	select {
	case <-w.ready:
		return b, true, nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	i := slices.Index(b.queue, w)
	if i >= 0 {
		b.queue = slices.Delete(b.queue, i, i+1)
	}
	l.mu.Unlock()
	if i < 0 { // The permit came at the same moment.
		l.leave(b)
	}
	return nil, true, ctx.Err()
}

// leave gives a permit to the next in line, or back.
func (l *limiter) leave(b *bucket) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(b.queue) == 0 {
		b.inUse--
		return
	}
	next := b.queue[0]
	b.queue[0], b.queue = nil, b.queue[1:]
	close(next.ready)
}
