package runtime

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	limitStoreTimeout = 2 * time.Second        // For an answer that a call waits for.
	limitNoteTimeout  = 250 * time.Millisecond // For one that nobody needs.
	limitStoreRest    = time.Second            // Between two questions while it does not answer.
	leastLate         = 5 * time.Millisecond   // Slots of very short windows are good that long.
	limitQuestions    = 3                      // At once for one call, as notes of others change what is allowed.
)

// sharedLimits keeps limits together with other processes. A store is asked once for
// each call: see "A shared limit is asked for once a call" in docs/design.md.
type sharedLimits struct {
	store     LimitStore
	processes int
	lowered   sync.Map // Calls that a bucket allows by its key, where these are fewer than declared.

	mu    sync.Mutex
	alone *limiter      // While the store does not answer; nil when it does.
	ask   time.Duration // When to ask it again.
	back  time.Duration // When it answered again, after it had not.
	tail  time.Duration // The last slot that is booked.
}

// claim implements sharer. Refusals and a pace stay with the app's own limiter.
func (s *sharedLimits) claim(draws []draw) {
	for i := range draws {
		d := &draws[i]
		switch {
		case d.limit == nil:
		case d.limit.Shape != LimitConcurrency:
			d.pacing = pacing{}
		case s.processes > 0:
			d.calls = max(d.calls/s.processes, 1)
		}
	}
}

// pacingTogether is the pacing of a limit that processes share: their calls do not
// travel alike, and may leave a 64th of the window after their slot.
func (l *Limit) pacingTogether(calls int) pacing { return l.spread(calls, l.Per+l.Per/32, 0) }

// late is how long after its slot a call may go.
func (l *Limit) late() time.Duration { return max(l.Per/64, leastLate) }

// claims are the draws of a call from shared buckets, and which of the call's they are.
func (s *sharedLimits) claims(k *call, now time.Duration) (claims []LimitDraw, of []*draw) {
	s.mu.Lock()
	back := s.back
	s.mu.Unlock()
	for i := range k.draws {
		d := &k.draws[i]
		if d.limit == nil || d.limit.Shape == LimitConcurrency {
			continue
		}
		key := k.app.api.Name + "/" + strings.TrimPrefix(d.key.limit, "limit ") + "/" + hidden(d.key.by)
		calls := d.calls
		if n, ok := s.lowered.Load(key); ok {
			calls = min(calls, n.(int))
		}
		p := d.limit.pacingTogether(calls)
		c := LimitDraw{Key: key, Cost: d.cost, Declared: d.calls, Calls: calls, Burst: p.burst, Interval: p.interval, Steady: p.steady, Window: p.window}
		c.Spent = back > 0 && now-back < max(p.window, p.interval)
		at, _ := slices.BinarySearchFunc(claims, key, func(c LimitDraw, key string) int { return strings.Compare(c.Key, key) })
		claims, of = slices.Insert(claims, at, c), slices.Insert(of, at, d)
	}
	return claims, of
}

// hidden names what a limit is kept by, which may be a person's address, as a digest.
func hidden(by string) string {
	if by == "" {
		return "all"
	}
	sum := sha256.Sum256([]byte(by))
	return base64.RawURLEncoding.EncodeToString(sum[:18])
}

// admit implements sharer. A call that wakes up too late for its slot takes another:
// it could else go together with those of later slots.
func (s *sharedLimits) admit(ctx context.Context, k *call, p *pass) *APIError {
	l, clock := &k.app.limits, k.app.cfg.clock
	first := l.since(clock.Now())
	if claims, _ := s.claims(k, first); len(claims) == 0 {
		return nil
	}
	latest := first + k.longest(ctx)
	for admitted := (*limiter)(nil); ; {
		if alone := s.resting(l.since(clock.Now())); alone != nil {
			if admitted == alone {
				return nil
			}
			if e := s.queue(ctx, k, p, alone); e != nil {
				return e
			}
			admitted = alone // Unless the store is there again.
			continue
		}
		t, of, sent, err := s.question(ctx, k, latest)
		now := l.since(clock.Now())
		switch {
		case err != nil && ctx.Err() != nil:
			return k.stopped(ctx.Err())
		case err != nil && s.processes == 0:
			return k.failed(ClassUnavailable, fmt.Errorf("%w: %w", ErrLimitStore, err))
		case err != nil:
			s.rest(k, now)
			continue
		}
		admitted = nil
		s.answered(now, t)
		if !t.Booked {
			return k.full(ticket{at: now + max(t.Wait, 0), class: t.Class}, now)
		}
		good := t.Wait + of[0].limit.late()
		for _, d := range of[1:] {
			good = min(good, t.Wait+d.limit.late())
		}
		if t.Wait > 0 {
			p.waited = true
			limit := ""
			if t.Late >= 0 && t.Late < len(of) {
				limit = of[t.Late].key.limit
			}
			k.waits(WaitLimit, limit, t.Wait)
			if err := clock.Sleep(ctx, t.Wait); err != nil {
				s.cancel(ctx, t)
				return k.stopped(err)
			}
			now = l.since(clock.Now())
		}
		switch {
		case l.held(k.draws, now):
			s.cancel(ctx, t)
			if e := k.queue(ctx, l, k.draws, p); e != nil {
				return e
			}
		case now-sent <= good:
			k.went = now
			return nil
		}
		if now > latest {
			return k.full(ticket{at: now, class: ClassRateLimited}, now)
		}
	}
}

// question has the store book the call, and figures the claims anew when the store allows another
// number of calls. It returns whose draws the claims were, and when they were sent.
func (s *sharedLimits) question(ctx context.Context, k *call, latest time.Duration) (t LimitTicket, of []*draw, sent time.Duration, err error) {
	for range limitQuestions {
		sent = k.app.limits.since(k.app.cfg.clock.Now())
		var claims []LimitDraw
		claims, of = s.claims(k, sent)
		longest := max(latest-sent, 0)
		t, err = within(ctx, limitStoreTimeout, func(ctx context.Context) (LimitTicket, error) {
			return s.store.Reserve(ctx, claims, longest)
		})
		switch {
		case err != nil:
			return t, of, sent, err
		case len(t.Buckets) != len(claims):
			return t, of, sent, fmt.Errorf("it answers for %d buckets of %d", len(t.Buckets), len(claims))
		case !s.corrected(claims, of, t):
			if !t.Booked && t.Wait <= longest {
				err = errors.New("it books nothing, and all buckets let the call go")
			}
			return t, of, sent, err
		}
	}
	return t, of, sent, errors.New("it allows another number of calls each time")
}

// within asks a question, and waits for the answer no longer than a time, nor than
// the context lasts, whatever who is asked does; also when that is a panic.
func within[T any](ctx context.Context, longest time.Duration, ask func(context.Context) (T, error)) (T, error) {
	type answer struct {
		T     T
		err   error
		panic any
	}
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	answers := make(chan answer, 1)
	go func() {
		a := answer{err: errors.New("it ended the goroutine that asked it")}
		defer func() {
			a.panic = recover()
			answers <- a
		}()
		a.T, a.err = ask(ctx)
	}()
	select {
	case a := <-answers:
		if a.panic != nil { // The caller's, who may recover; not the program's.
			panic(a.panic)
		}
		return a.T, a.err
	case <-ctx.Done():
		return *new(T), ctx.Err()
	}
}

// corrected takes what the store knows of the buckets, and reports whether the claims
// have to be figured anew.
func (s *sharedLimits) corrected(claims []LimitDraw, of []*draw, t LimitTicket) (again bool) {
	for i, b := range t.Buckets {
		of[i].told = b
		calls := min(b.Calls, claims[i].Declared)
		if calls == claims[i].Calls || calls < 1 || t.Booked {
			continue
		}
		again = true
		if calls < claims[i].Declared {
			s.lowered.Store(claims[i].Key, calls)
		} else {
			s.lowered.Delete(claims[i].Key)
		}
	}
	return again
}

// cancel gives a slot back. The caller may be gone, and nobody waits long for it.
func (s *sharedLimits) cancel(ctx context.Context, t LimitTicket) {
	_, _ = within(context.WithoutCancel(ctx), limitNoteTimeout, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, s.store.Cancel(ctx, t)
	}) // It passes by itself.
}

// hold implements sharer.
func (s *sharedLimits) hold(k *call, until, now time.Time, class Class) {
	claims, _ := s.claims(k, k.app.limits.since(now))
	notes := make([]LimitNote, len(claims))
	for i, c := range claims {
		notes[i] = LimitNote{LimitDraw: c, Hold: min(until.Sub(now), maxBlock), Class: class}
	}
	s.tell(notes)
}

// note implements sharer. The store is told what it does not know: of a window that
// has begun, of calls of strangers, of another number of calls.
func (s *sharedLimits) note(k *call, d *draw, most, left int, reset time.Duration) {
	known := d.told
	fresh := reset > 0 && (known.Reset <= 0 || reset-known.Reset > sameWindow || left < known.Left)
	if allowed := min(most, d.calls); !fresh && (most == 0 || allowed == known.Calls) {
		return
	}
	claims, of := s.claims(k, k.app.limits.since(k.app.cfg.clock.Now()))
	for i, c := range claims {
		if of[i] == d {
			s.tell([]LimitNote{{LimitDraw: c, Allows: most, Left: left, Reset: reset}})
		}
	}
}

// tell sends notes; a call is not ended by a store that does not take them.
func (s *sharedLimits) tell(notes []LimitNote) {
	if len(notes) == 0 || s.down() {
		return
	}
	_, _ = within(context.Background(), limitNoteTimeout, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, s.store.Note(ctx, notes)
	})
}

// held reports whether a refusal came in that forbids the call.
func (l *limiter) held(draws []draw, now time.Duration) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range draws {
		if draws[i].bucket.blocked > now {
			return true
		}
	}
	return false
}
