package runtime

import (
	"context"
	"crypto/rand"
	"errors"
	"time"
)

const (
	// leaseTime is how long a refresh may take, from its lease to the new token
	// in the store. It is longer than an endpoint may take, so that one that is
	// slow is not asked a second time meanwhile.
	leaseTime = time.Minute

	// leaseGrace is the shortest lease at a provider where a refresh token that
	// was used still works for a while.
	leaseGrace = 10 * time.Second

	// leasePoll is the longest pause before a lease of somebody else is looked at again.
	leasePoll = time.Second
)

// lease is the sole right to refresh a token.
type lease struct {
	holder string
	until  time.Time // By the app's clock, taken before the store was asked: never later than the store's.
	stale  time.Duration
}

// leaseTime is how long a lease is: short enough that whoever takes over from
// a holder that died is in time to send the same refresh token again, where
// the provider allows that.
func (o *OAuth2) leaseTime() time.Duration {
	if !o.Rotates || o.Grace == 0 {
		return leaseTime
	}
	return min(max(o.Grace/2, leaseGrace), leaseTime)
}

// leaseToken waits for the right to replace a token, and returns what is stored
// of it now. It returns no lease with a token of a newer answer, when somebody
// else was first. Nobody waits for that while the token still works.
func (c *connection) leaseToken(ctx context.Context, used heldToken) (heldToken, *lease, error) {
	a, key := c.app, c.key
	end := a.cfg.clock.Now().Add(leaseTime + storeTimeout) // Somebody else may take over first, too.
	for pause := leasePoll / 16; ; {
		old, err := c.tokenToReplace(ctx)
		if err != nil || old.version != 0 && !old.sameAnswer(used.Token) {
			return old, nil, err
		}
		if err := c.rested(old); err != nil {
			return heldToken{}, nil, err
		}
		l, err := c.tryLease(ctx, old)
		switch {
		case err == nil && c.risky(old, l):
			if err := c.inherit(ctx, old, l); err != nil {
				return heldToken{}, nil, err
			}
			continue
		case err == nil:
			return old, l, nil
		case !errors.Is(err, ErrLeased) && !errors.Is(err, ErrVersionConflict):
			return heldToken{}, nil, a.storeError("refresh", err)
		}
		now := a.cfg.clock.Now()
		if errors.Is(err, ErrLeased) && a.tokens.works(key, old, now) || !now.Before(end) {
			a.tokens.rest(key, now)
			return heldToken{}, nil, a.oauthError("refresh", ClassUnavailable, err)
		}
		if err := a.cfg.clock.Sleep(ctx, pause); err != nil {
			return heldToken{}, nil, a.gaveUp(err)
		}
		pause = min(2*pause, leasePoll)
	}
}

// tokenToReplace is the newest token, or none where the first can be asked for.
func (c *connection) tokenToReplace(ctx context.Context) (heldToken, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	old, err := c.app.loadToken(ctx, c.key)
	switch {
	case errors.Is(err, ErrNoToken) && c.from.unattended():
		return heldToken{}, nil
	case err == nil && old.Dead != "":
		return old, c.app.disconnected(old.Dead)
	}
	return old, err
}

// tryLease asks the store for a lease on a token.
func (c *connection) tryLease(ctx context.Context, old heldToken) (*lease, error) {
	a, key, d := c.app, c.key, c.from.leaseTime()
	l := &lease{holder: rand.Text(), until: a.cfg.clock.Now().Add(d)}
	asked, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	var err error
	l.stale, err = a.store().Lease(asked, key.account, key.name, old.base, l.holder, d)
	if err != nil && !errors.Is(err, ErrLeased) && !errors.Is(err, ErrVersionConflict) {
		a.release(ctx, key, l) // It may have been given before the answer was lost.
	}
	return l, err
}

// release lets others refresh the token at once. When the store does not hear
// of it, they wait until the lease is over.
func (a *App) release(ctx context.Context, key tokenKey, l *lease) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	_ = a.store().Release(ctx, key.account, key.name, l.holder)
}

// risky reports whether somebody else may have sent the refresh token, at a
// provider where that can kill it, and nobody knows yet. When there is a newer
// token in memory, which the store did not take, it was this process.
func (c *connection) risky(old heldToken, l *lease) bool {
	return l.stale > 0 && old.version > 0 && c.from.Rotates && !c.from.unattended() && old.Lost.IsZero()
}

// inherit notes a refresh that somebody else began and did not end. It is
// stored before anything else, so that it is known whatever happens to this
// process; that ends the lease.
func (c *connection) inherit(ctx context.Context, old heldToken, l *lease) error {
	lost := old.Token
	lost.Lost = c.app.cfg.clock.Now().Add(-l.stale)
	if _, err := c.app.saveToken(ctx, c.key, heldToken{Token: lost, base: old.base, before: old.before}); err != nil && !errors.Is(err, ErrVersionConflict) {
		return c.app.storeError("refresh", err) // The lease goes on, and is inherited in turn.
	}
	return nil
}
