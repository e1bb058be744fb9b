package runtime

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// panicsOn is an observer that panics when it is told of an event of a type.
func panicsOn[E Event]() Observer {
	return ObserverFunc(func(_ context.Context, e Event) {
		if _, ok := e.(E); ok {
			panic("boom")
		}
	})
}

// panicOf is what f panics with.
func panicOf(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}

// TestObserverPanicsWhileACallWaits wants what the call held given back: a permit, and its
// place among those that wait for the rate.
func TestObserverPanicsWhileACallWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, op := limitedOp(Limit{Calls: 1, Per: time.Second})
		op.Limits = append(op.Limits, LimitUse{Limit: 1})
		api.Limits = append(api.Limits, Limit{Name: "one", Shape: LimitConcurrency, Calls: 1})
		c := newTestClient(t, api, &server{answers: []answer{fine}}, WithObserver(panicsOn[WaitEvent]()))
		if e := doOnce(t.Context(), c, op); e != nil {
			t.Fatal(e)
		}
		if got := panicOf(func() { doOnce(t.Context(), c, op) }); got != "boom" {
			t.Fatalf("the call panics with %v", got)
		}
		for key, b := range c.app.limits.buckets {
			if b.inUse != 0 || b.pending != 0 {
				t.Errorf("%v: %d permits, %d pending", key, b.inUse, b.pending)
			}
		}
		time.Sleep(2 * time.Second)
		if e := doOnce(t.Context(), c, op); e != nil {
			t.Errorf("a later call: %v", e)
		}
	})
}

// TestLimitStorePanics wants the panic in the goroutine of the call, whose caller can
// recover.
func TestLimitStorePanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, op := limitedOp(Limit{Calls: 10, Per: time.Second})
		store := &badStore{answer: func([]LimitDraw) LimitTicket { panic("boom") }}
		c := apart(t, 1, api, &server{answers: []answer{fine}}, store, 0)[0]
		if got := panicOf(func() { doOnce(t.Context(), c, op) }); got != "boom" {
			t.Errorf("the call panics with %v", got)
		}
	})
}

// TestNilContext is told as net/http tells it.
func TestNilContext(t *testing.T) {
	c := newTestClient(t, testAPI(), &server{answers: []answer{fine}})
	var none context.Context
	if e := doOnce(none, c, testOp(testAPI())); !errors.Is(e, ErrInvalidParams) {
		t.Errorf("a call: %v", e)
	}
}
