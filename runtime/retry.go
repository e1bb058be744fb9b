package runtime

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// The waits between attempts. A server that is overloaded needs longer than
// one that stumbled.
const (
	transientBase = 50 * time.Millisecond
	throttleBase  = time.Second
	backoffCap    = 20 * time.Second
	maxJitter     = 2 * time.Second
)

// MaxThrottled is how many refusals of a rate limit a call puts up with. They do
// not count against its attempts: nothing was executed. Those that do not say how
// long to wait do where attempts are set; else the waits double, so that they
// outlast a window of seconds that nobody tells of.
const MaxThrottled = 5

// again decides whether a failed call is tried again, and waits until then. If
// not, it returns the error that the caller gets.
func (k *call) again(ctx context.Context, e *APIError) (bool, *APIError) {
	now := k.app.cfg.clock.Now()
	if e.Class == ClassRateLimited && e.StatusCode != 0 {
		k.app.limits.refused(k.draws, k.went, max(0, e.RetryAt.Sub(now)), now)
	}
	if e.RetryAt.After(now) && e.StatusCode != 0 && e.Class.concernsAll() {
		k.hold(e.RetryAt, now, e.Class)
	}
	if e.Class == ClassAuthExpired && e.StatusCode != 0 && !k.renewed {
		return k.renew(ctx, e)
	}
	if d, ok := k.client.cred.(disconnecter); ok && e.Class == ClassDisconnected && e.StatusCode != 0 {
		d.Disconnected(ctx, k.version, e.Code)
	}
	if e.final || !k.repeatable(e) || k.usedUp(e) {
		return false, e
	}
	pause := k.pause(e, now)
	wait, ok := k.fits(ctx, e.RetryAt.Sub(now), pause)
	if !ok {
		return false, e
	}
	if !k.afford(e, now) {
		return false, e
	}
	if e.Class == ClassRateLimited && e.RetryAt.IsZero() {
		k.hold(now.Add(wait), now, e.Class)
	}
	reason := WaitRetry
	if e.Class == ClassRateLimited {
		reason = WaitThrottle
	}
	k.waits(reason, "", wait)
	if err := k.app.cfg.clock.Sleep(ctx, wait); err != nil {
		e.cause = err
		return false, e
	}
	return true, nil
}

// hold keeps calls from the buckets of this one until an instant.
func (k *call) hold(until, now time.Time, class Class) {
	k.app.limits.block(k.draws, until, class, now)
	if s := k.app.cfg.sharer; s != nil {
		s.hold(k, until, now, class)
	}
}

// renew replaces a credential that the provider calls expired, once a call.
// The provider refused the request, so any operation may be sent again.
func (k *call) renew(ctx context.Context, e *APIError) (bool, *APIError) {
	k.renewed = true
	ok, err := k.client.cred.Renew(ctx, k.version)
	if err != nil {
		failed := k.unauthorized(ctx, err)
		failed.StatusCode, failed.RequestID = e.StatusCode, e.RequestID
		return false, failed
	}
	return ok, e
}

// repeatable reports whether the operation may be sent again after e: when it
// was not executed, or when executing it twice does no harm.
func (k *call) repeatable(e *APIError) bool {
	if len(k.op.RetryOn) > 0 && !slices.Contains(k.op.RetryOn, e.Class) {
		return false
	}
	switch e.Class {
	case ClassRateLimited:
		return true
	case ClassUnavailable, ClassTimeout, ClassDecode:
		switch k.op.Effect {
		case EffectRead, EffectIdempotent, EffectKeyed:
			return true
		}
		return e.unsent
	}
	return false
}

// usedUp counts the failure and reports whether it was the last the call may have.
func (k *call) usedUp(e *APIError) bool {
	most := k.maxAttempts()
	if e.Class == ClassRateLimited && (!e.RetryAt.IsZero() || k.client.cfg.maxAttempts+k.op.Attempts == 0) {
		k.throttled++
		return most == 1 || k.throttled > MaxThrottled
	}
	k.tries++
	return k.tries >= most
}

// maxAttempts is how many attempts the call has: both the operation and the
// client can lower it.
func (k *call) maxAttempts() int {
	ofClient, ofOp := k.client.cfg.maxAttempts, k.op.Attempts
	switch {
	case ofClient > 0 && ofOp > 0:
		return min(ofClient, ofOp)
	case ofClient > 0:
		return ofClient
	case ofOp > 0:
		return ofOp
	}
	return DefaultMaxAttempts
}

// pause is the wait before the next attempt: full jitter, so that clients that
// failed together do not come back together, but never less than the provider
// asks for. What is added to that floor comes after it.
func (k *call) pause(e *APIError, now time.Time) time.Duration {
	base, n := transientBase, k.tries-1
	if e.Class == ClassRateLimited {
		base, n = throttleBase, k.tries+k.throttled-1
	}
	backoff := k.jitter(min(backoffCap, base<<min(max(n, 0), 16)))
	floor := e.RetryAt.Sub(now)
	if e.RetryAt.IsZero() || floor <= 0 {
		return backoff
	}
	return max(floor, backoff) + k.jitter(min(maxJitter, floor/10))
}

// jitter is a random part of d.
func (k *call) jitter(d time.Duration) time.Duration {
	return time.Duration(k.app.cfg.random() * float64(d))
}

// fits shortens a pause to what the call may wait and has left, but not below
// the floor. It reports false when the floor itself does not fit.
func (k *call) fits(ctx context.Context, floor, pause time.Duration) (time.Duration, bool) {
	if floor > k.client.cfg.maxWait {
		return 0, false
	}
	pause = min(pause, k.client.cfg.maxWait)
	deadline, ok := ctx.Deadline()
	if !ok {
		return pause, true
	}
	left := time.Until(deadline)
	switch {
	case pause < left:
		return pause, true
	case floor > 0 && floor < left:
		return floor, true
	}
	return 0, false
}

// afford takes the retry from the account's budget.
func (k *call) afford(e *APIError, now time.Time) bool {
	cost := transientCost
	if e.Class == ClassRateLimited {
		cost = throttleCost
	}
	if k.app.budgets.take(k.client.cred.Account(), cost, now) {
		k.spent = cost
		return true
	}
	if e.cause == nil {
		e.cause = ErrNoRetryLeft
	} else {
		e.cause = fmt.Errorf("%w: %w", ErrNoRetryLeft, e.cause)
	}
	return false
}

// waits reports a wait.
func (k *call) waits(reason WaitReason, limit string, d time.Duration) {
	if w := k.app.cfg.watch; w != nil {
		w.wait(k, reason, limit, d)
	}
}
