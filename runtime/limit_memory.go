package runtime

import (
	"context"
	"sync"
	"time"
)

// MemoryLimits is a [LimitStore] in memory, for tests and for apps of one process that
// share a limit. The zero value is ready to use. It counts in microseconds, as stores do
// whose numbers are no longer.
type MemoryLimits struct {
	// Clock replaces the system's, for tests.
	Clock func() time.Time

	mu      sync.Mutex
	start   time.Time // When it was first asked.
	buckets map[string]*storedBucket
	sweepAt int
}

// storedBucket is the state of one limit for one key. Instants are microseconds since
// 1970, whatever their type says.
type storedBucket struct {
	flow
	blocked time.Duration
	class   Class
	lowered int // Calls that the provider allows, fewer than declared; 0 is as declared.
	left    int
	resets  time.Duration
	used    time.Duration // When it changed last.
}

// NewMemoryLimits returns an empty store.
func NewMemoryLimits() *MemoryLimits { return &MemoryLimits{} }

// now goes on as time does, also when the system's clock is set.
func (m *MemoryLimits) now() time.Duration {
	if m.Clock != nil {
		return time.Duration(m.Clock().UnixMicro())
	}
	if m.start.IsZero() {
		m.start = time.Now()
	}
	return time.Duration(m.start.Add(time.Since(m.start)).UnixMicro())
}

// cost is what a draw takes.
func (d *LimitDraw) cost() int { return max(d.Cost, 1) }

func (d *LimitDraw) pacing() *pacing {
	f := d.Figures()
	return &pacing{d.Burst, time.Duration(f[4]), time.Duration(f[5]), time.Duration(f[6])}
}

// allows is how many calls a bucket of a draw allows.
func (b *storedBucket) allows(declared int) int {
	if b.lowered > 0 && b.lowered < declared {
		return b.lowered
	}
	return declared
}

// Reserve implements [LimitStore].
func (m *MemoryLimits) Reserve(_ context.Context, draws []LimitDraw, longest time.Duration) (LimitTicket, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	m.sweep(now)
	at := now
	t := LimitTicket{Booked: true, Late: -1, Class: ClassRateLimited}
	buckets := make([]*storedBucket, len(draws))
	for i := range draws {
		d := &draws[i]
		b := m.bucket(d.Key, now)
		buckets[i] = b
		if b.allows(d.Declared) != d.Calls {
			t.Booked = false
		}
		f := b.flow
		if d.Spent {
			f.spent(d.pacing(), now)
		}
		held := max(at, b.blocked)
		free := held
		if b.left < d.cost() {
			free = max(free, b.resets)
		}
		if d.Interval > 0 {
			free = max(free, f.free(d.pacing(), d.cost(), 0, 0))
		}
		if free > at {
			at, t.Late, t.Class = free, i, ClassRateLimited
			if free == held {
				t.Class = b.class
			}
		}
	}
	t.Wait, t.At = (at-now)*time.Microsecond, time.UnixMicro(int64(at))
	t.Booked = t.Booked && t.Wait <= longest
	for i, b := range buckets {
		if t.Booked {
			t.Undo = append(t.Undo, b.take(&draws[i], now, at))
		}
		s := LimitState{Calls: b.allows(draws[i].Declared)}
		if b.resets > now {
			s.Left, s.Reset = b.left, (b.resets-now)*time.Microsecond
		}
		t.Buckets = append(t.Buckets, s)
	}
	return t, nil
}

// take books a call.
func (b *storedBucket) take(d *LimitDraw, now, at time.Duration) LimitUndo {
	if d.Spent {
		b.spent(d.pacing(), now)
	}
	b.used = now
	u := LimitUndo{Key: d.Key, Cost: d.cost(), Before: b.instants()}
	if b.resets > at {
		b.left -= d.cost()
		u.Resets = int64(b.resets)
	}
	if d.Interval > 0 {
		b.went(d.pacing(), d.cost(), at)
	}
	u.After = b.instants()
	return u
}

func (b *storedBucket) instants() [3]int64 {
	return [3]int64{int64(b.tat), int64(b.next), int64(b.calm)}
}

// Cancel implements [LimitStore].
func (m *MemoryLimits) Cancel(_ context.Context, t LimitTicket) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	for _, u := range t.Undo {
		b := m.bucket(u.Key, now)
		b.used = now
		if b.instants() == u.After {
			b.flow = flow{time.Duration(u.Before[0]), time.Duration(u.Before[1]), time.Duration(u.Before[2])}
		}
		if u.Resets != 0 && int64(b.resets) == u.Resets {
			b.left += u.Cost
		}
	}
	return nil
}

// Note implements [LimitStore].
func (m *MemoryLimits) Note(_ context.Context, notes []LimitNote) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	for i := range notes {
		n := &notes[i]
		f := n.Figures()
		reset, hold := time.Duration(f[10]), time.Duration(f[11])
		b := m.bucket(n.Key, now)
		b.used = now
		if n.Allows > 0 {
			b.lowered = 0
			if n.Allows < n.Declared {
				b.lowered = n.Allows
			}
		}
		switch {
		case reset <= 0:
		case now+reset-b.resets > sameWindow/time.Microsecond:
			b.left, b.resets = n.Left, now+reset
		default:
			b.left = min(b.left, n.Left)
		}
		if until := now + hold; hold > 0 && until > b.blocked {
			b.blocked, b.class = until, n.Class
			b.spent(n.pacing(), until)
		}
	}
	return nil
}

// bucket is the bucket of a key, which it makes when there is none.
func (m *MemoryLimits) bucket(key string, now time.Duration) *storedBucket {
	b := m.buckets[key]
	if b == nil {
		if m.buckets == nil {
			m.buckets = map[string]*storedBucket{}
		}
		b = &storedBucket{}
		m.buckets[key] = b
	}
	b.setBack(now)
	return b
}

// setBack moves all instants along with a clock that was set back, as if no time had
// passed since the bucket changed: else its calls would wait until the clock is there again.
func (b *storedBucket) setBack(now time.Duration) {
	if by := b.used - now; by > 0 {
		b.tat, b.next, b.calm, b.blocked, b.resets, b.used = b.tat-by, b.next-by, b.calm-by, b.blocked-by, b.resets-by, now
	}
}

// sweep drops the buckets that hold nothing, when there are many.
func (m *MemoryLimits) sweep(now time.Duration) {
	if len(m.buckets) < max(m.sweepAt, 1024) {
		return
	}
	for k, b := range m.buckets {
		if b.idle(now) && b.lowered == 0 && max(b.resets, b.blocked) <= now {
			delete(m.buckets, k)
		}
	}
	m.sweepAt = 2 * len(m.buckets)
}
