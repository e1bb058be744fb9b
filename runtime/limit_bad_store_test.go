package runtime

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// badStore answers as a test says.
type badStore struct {
	answer func(draws []LimitDraw) LimitTicket
	sleeps time.Duration // In each method, whatever the context says.
	asked  atomic.Int64
}

func (b *badStore) Reserve(_ context.Context, draws []LimitDraw, _ time.Duration) (LimitTicket, error) {
	b.asked.Add(1)
	time.Sleep(b.sleeps)
	return b.answer(draws), nil
}

func (b *badStore) Cancel(context.Context, LimitTicket) error {
	time.Sleep(b.sleeps)
	return nil
}

func (b *badStore) Note(context.Context, []LimitNote) error {
	time.Sleep(b.sleeps)
	return nil
}

// TestStoreThatContradictsItself has stores book nothing and say no reason that holds: a call
// ends after few questions.
func TestStoreThatContradictsItself(t *testing.T) {
	for name, calls := range map[string]func(LimitDraw) int{
		"more than declared":  func(LimitDraw) int { return 99 },
		"as declared":         func(LimitDraw) int { return 10 },
		"none":                func(LimitDraw) int { return 0 },
		"another each time":   func(d LimitDraw) int { return 11 - d.Calls },
		"fewer and fewer yet": func(d LimitDraw) int { return d.Calls - 1 },
	} {
		for _, processes := range []int{0, 2} {
			synctest.Test(t, func(t *testing.T) {
				api, op := limitedOp(Limit{Calls: 10, Per: time.Second})
				store := &badStore{answer: func(draws []LimitDraw) LimitTicket {
					return LimitTicket{Late: -1, Buckets: []LimitState{{Calls: calls(draws[0])}}}
				}}
				c := apart(t, 1, api, &server{answers: []answer{fine}}, store, processes, WithMaxAttempts(1))[0]
				e := doOnce(t.Context(), c, op)
				if alone := processes > 0; alone != (e == nil) || !alone && !errors.Is(e, ErrLimitStore) {
					t.Errorf("%s, %d processes: %v", name, processes, e)
				}
				if store.asked.Load() > limitQuestions {
					t.Errorf("%s, %d processes: asked %d times", name, processes, store.asked.Load())
				}
			})
		}
	}
}

// TestStoreThatIgnoresItsContext has every method take 20 seconds: calls wait for none.
func TestStoreThatIgnoresItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, op := limitedOp(Limit{Calls: 10, Per: time.Second})
		slow := &badStore{sleeps: 20 * time.Second, answer: func([]LimitDraw) LimitTicket { return LimitTicket{} }}
		c := apart(t, 1, api, &server{answers: []answer{fine}}, slow, 0, WithMaxAttempts(1))[0]
		start := time.Now()
		if e := doOnce(t.Context(), c, op); !errors.Is(e, ErrLimitStore) || time.Since(start) != limitStoreTimeout {
			t.Errorf("%v after %v", e, time.Since(start))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start = time.Now()
		if e := doOnce(ctx, c, op); !errors.Is(e, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("with a second: %v after %v", e, time.Since(start))
		}
		time.Sleep(slow.sleeps) // Until the store is done with it.
	})
	synctest.Test(t, func(t *testing.T) {
		slow := &badStore{sleeps: 20 * time.Second}
		s := &sharedLimits{store: slow}
		start := time.Now()
		s.tell([]LimitNote{{}})
		s.cancel(t.Context(), LimitTicket{})
		if d := time.Since(start); d != 2*limitNoteTimeout {
			t.Errorf("notes took %v", d)
		}
		time.Sleep(slow.sleeps)
	})
}
