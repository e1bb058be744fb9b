package runtime

import (
	"context"
	"time"
)

// resting is the limiter of a process that goes on alone, while the store is not to be
// asked; nil is that it is. One caller a rest asks.
func (s *sharedLimits) resting(now time.Duration) *limiter {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.alone == nil || now >= s.ask {
		s.ask = now + limitStoreRest
		return nil
	}
	return s.alone
}

// down reports whether the store did not answer last.
func (s *sharedLimits) down() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.alone != nil
}

// rest leaves the store alone for a while.
func (s *sharedLimits) rest(k *call, now time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.alone == nil {
		s.alone = &limiter{start: k.app.limits.start}
	}
	s.ask = now + limitStoreRest
}

// answered notes that the store is there.
func (s *sharedLimits) answered(now time.Duration, t LimitTicket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.Booked {
		s.tail = max(s.tail, now+t.Wait)
	}
	if s.alone != nil {
		s.alone, s.back = nil, now
	}
}

// queue waits for the part of the limits that this process has while nobody counts for
// all. Slots that are booked are still used, what others have booked is not known, and
// all processes lose the store at once: after the last slot the first call of each bucket
// waits as long as the next ones, and some of that again.
func (s *sharedLimits) queue(ctx context.Context, k *call, p *pass, alone *limiter) *APIError {
	var draws []draw
	now := alone.since(k.app.cfg.clock.Now())
	s.mu.Lock()
	from := max(now, s.tail)
	s.mu.Unlock()
	for i := range k.draws {
		d := k.draws[i]
		if d.limit == nil || d.limit.Shape == LimitConcurrency {
			continue
		}
		if d.pacing = d.limit.pacingTogether(d.calls).divided(s.processes); d.interval > 0 {
			alone.begin(d.key, from+d.interval+time.Duration(k.app.cfg.random()*float64(d.interval)))
		}
		draws = append(draws, d)
	}
	return k.queue(ctx, alone, draws, p)
}

// divided is the pacing of one of several processes: the calls that are left of a
// window beside a burst are divided.
func (p pacing) divided(processes int) pacing {
	every := min(p.interval, century/time.Duration(processes)) * time.Duration(processes)
	if p.window > 0 {
		if n := int(p.window/p.interval) / processes; n > 0 {
			every = ceil(p.window, n)
		}
	}
	return pacing{burst: 1, interval: every}
}

// begin makes a bucket whose first call is not before an instant.
func (l *limiter) begin(key bucketKey, at time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.buckets[key] == nil {
		l.get(key, 0).booked.tat = at
	}
}
