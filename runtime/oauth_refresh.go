package runtime

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"runtime/debug"
	"time"
)

const (
	// postTimeout is how long the token endpoint may take.
	postTimeout = 30 * time.Second

	// lostPause is how long a refresh token rests after its answer was lost.
	// The provider may still be at work on it.
	lostPause = time.Minute

	// refusedPause is how long a credential that was refused is not tried again.
	refusedPause = time.Minute
)

// ErrRefreshLost says that a refresh was sent and its answer did not come, came
// from a gateway, or could not be read. The provider may have given out a new
// token that nobody has. It says nothing of the call itself, which was not sent.
var ErrRefreshLost = errors.New("the answer of a token refresh was lost")

// flight is a refresh under way. Its result may be read when done is closed.
type flight struct {
	used  int64 // The version it replaces.
	done  chan struct{}
	token heldToken
	err   error
	panic error // What panicked, with its stack.
}

// refreshToken returns a token of another version than used. All callers of
// one token share one refresh; it goes on when they give up.
func (c *connection) refreshToken(ctx context.Context, used heldToken) (heldToken, error) {
	for {
		f := c.joinFlight(ctx, used)
		select {
		case <-f.done:
		case <-ctx.Done():
			return heldToken{}, c.app.gaveUp(ctx.Err())
		}
		if f.panic != nil {
			panic(f.panic)
		}
		// A flight that began for an older version may end at the one that was used.
		if f.err != nil || f.token.version != used.version || f.used == used.version {
			return f.token, f.err
		}
	}
}

// joinFlight returns the refresh under way, or starts one. It has a context of
// its own: a caller who gives up would else drop a rotation half-way.
func (c *connection) joinFlight(ctx context.Context, used heldToken) *flight {
	a, key := c.app, c.key
	a.tokens.mu.Lock()
	defer a.tokens.mu.Unlock()
	if f, ok := a.tokens.flights[key]; ok {
		return f
	}
	f := &flight{used: used.version, done: make(chan struct{}), err: a.oauthError("refresh", ClassUnavailable, ErrRefreshLost)}
	if a.tokens.flights == nil {
		a.tokens.flights = map[tokenKey]*flight{}
	}
	a.tokens.flights[key] = f
	go func() {
		defer a.tokens.land(key, f)
		f.token, f.err = c.fly(context.WithValue(context.WithoutCancel(ctx), flightKey{}, f), used)
	}()
	return f
}

// land ends a refresh however it went, also by a panic or by [runtime.Goexit]. The calls
// that wait for it panic in its place, in their own goroutines, where their callers can
// recover. A lease stays then: it says that nobody knows what became of the refresh token.
func (k *tokenKeeper) land(key tokenKey, f *flight) {
	f.panicked(recover())
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.flights, key)
	close(f.done)
}

// flightKey is what the context of a refresh has its flight under.
type flightKey struct{}

// carry is deferred around what tells an observer. A refresh goes on after a panic, so that
// neither its token nor its lease is lost by an observer's mistake, and who waits for it
// panics when it is done.
func carry(ctx context.Context) {
	if f, ok := ctx.Value(flightKey{}).(*flight); ok {
		f.panicked(recover())
	}
}

// panicked notes the first panic of a flight.
func (f *flight) panicked(p any) {
	if p != nil && f.panic == nil {
		f.panic = fmt.Errorf("a token refresh panicked: %v\n\n%s", p, debug.Stack())
	}
}

// fly replaces a token, unless somebody else did. Each step has a time of its
// own, so that one that takes long does not leave the next with too little: a
// request that is given up is a refresh token at risk.
//
// The lease stays when what became of the refresh token is known to this
// process alone: whoever has it next has to know that it was sent.
func (c *connection) fly(ctx context.Context, used heldToken) (heldToken, error) {
	old, l, err := c.leaseToken(ctx, used)
	if err != nil || l == nil {
		return old, err
	}
	fresh, err := c.replaceToken(ctx, old, l)
	if err != nil && !c.app.tokens.holdsUnsaved(c.key) {
		c.app.release(ctx, c.key, l)
	}
	return fresh, err
}

// rested refuses a refresh that comes too soon after one that failed. After one
// whose answer was lost it also comes too soon while the token still works.
func (c *connection) rested(old heldToken) error {
	a, now := c.app, c.app.cfg.clock.Now()
	if p := a.tokens.troubleOf(c.key); now.Before(p.hard) {
		again := *p.err
		again.RetryAfter = p.hard.Sub(now)
		return &again
	}
	if old.Lost.IsZero() || c.from.inGrace(old.Token, now) {
		return nil
	}
	until := old.Lost.Add(lostPause)
	if a.tokens.works(c.key, old, now) && old.Expiry.After(until) {
		until = old.Expiry
	}
	if !now.Before(until) {
		return nil
	}
	e := a.oauthError("refresh", ClassUnavailable, ErrRefreshLost)
	e.RetryAt, e.RetryAfter = until, until.Sub(now)
	return e
}

// replaceToken gets a new token for old and stores it before anybody has it.
func (c *connection) replaceToken(ctx context.Context, old heldToken, l *lease) (heldToken, error) {
	a, key := c.app, c.key
	sent := a.cfg.clock.Now()
	from := old.Token
	if p := c.from.prover(); p != nil && from.Also[ProofKey].IsZero() {
		from.keep(p.bind(nil)) // The first token, or one that was bound to nothing.
	}
	answer, err := c.postRefresh(ctx, from, l)
	if c.from.Grant == GrantExchange && c.from.asking(from) == "refresh" && errors.Is(err, ErrDisconnected) {
		from = Token{Settings: from.Settings} // It cannot be renewed any more; the secrets may yield another.
		answer, err = c.postRefresh(ctx, from, l)
	}
	var next Token
	if err == nil {
		next, err = a.refreshedToken(c.from.asking(from), c.from, key.name, answer, from)
	}
	if err == nil {
		held, _, err := a.keepToken(ctx, key, next, old)
		if err == nil && held.Dead != "" { // Another replica's last word.
			err = a.disconnected(held.Dead)
		}
		a.tokens.recover(key)
		a.observeRefresh(ctx, key, err)
		return held, err
	}
	a.observeRefresh(ctx, key, err)
	if errors.Is(err, ErrDisconnected) && !c.from.unattended() {
		return a.buryToken(ctx, key, old, err)
	}
	return heldToken{}, c.refreshFailed(ctx, old, sent, err)
}

// inGrace reports whether a refresh whose answer was lost may be sent again
// without harm.
func (o *OAuth2) inGrace(t Token, now time.Time) bool {
	return !t.Lost.IsZero() && now.Sub(t.Lost) < o.Grace
}

// postRefresh asks for a new token, once, within the lease. Whether and when it
// is asked for again is up to the calls that want one, see [connection.rested].
func (c *connection) postRefresh(ctx context.Context, old Token, l *lease) (*tokenAnswer, error) {
	a, o := c.app, c.from
	left := l.until.Sub(a.cfg.clock.Now())
	ctx, cancel := context.WithTimeout(ctx, min(postTimeout, cmp.Or(a.cfg.attemptTimeout, DefaultAttemptTimeout), left))
	defer cancel()
	if ctx.Err() != nil { // Somebody else may be at it by now.
		e := a.oauthError(o.asking(old), ClassUnavailable, ErrLeased)
		e.unsent = true
		return nil, e
	}
	if steps := o.renewal(old); len(steps) > 0 {
		return a.runSteps(ctx, o.asking(old), o, steps, &authScope{cred: c.credential, settings: with(c.settings, old.Settings), token: old,
			oauth: map[string]string{"scopes": o.joinScopes(nil)}})
	}
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {old.Refresh.Reveal()}}
	if o.Grant == GrantClient {
		form = url.Values{"grant_type": {"client_credentials"}}
		setUnlessEmpty(form, "scope", o.joinScopes(nil))
		for _, p := range o.Params {
			form.Set(p.Name, p.Value)
		}
	}
	return a.postToken(ctx, tokenRequest{"refresh", o, old.Settings, form, old.Also[ProofKey]})
}

// buryToken marks a grant as gone, unless somebody else has a newer token.
func (a *App) buryToken(ctx context.Context, key tokenKey, old heldToken, cause error) (heldToken, error) {
	for {
		dead := old.Token
		dead.Dead = deadCode(cause)
		held, err := a.keepDead(ctx, key, dead, old)
		if err != nil || held.Dead != "" {
			a.tokens.recover(key)
			return heldToken{}, cause
		}
		if !held.sameAnswer(old.Token) {
			return held, nil
		}
		old = held // Somebody else noted that an answer was lost.
	}
}

// deadCode is what is stored of why a grant is gone; never empty.
func deadCode(cause error) string {
	if e, ok := errors.AsType[*APIError](cause); ok && e.Code != "" {
		return e.Code
	}
	return ClassDisconnected.String()
}

// refreshFailed remembers a failure, of a request at that time, that may pass.
func (c *connection) refreshFailed(ctx context.Context, old heldToken, sent time.Time, cause error) error {
	a, key := c.app, c.key
	e, ok := errors.AsType[*APIError](cause)
	if !ok {
		return cause
	}
	o, now := c.from, a.cfg.clock.Now()
	if o.Grant == GrantExchange && errors.Is(e, ErrDisconnected) && e.RetryAt.IsZero() {
		e.RetryAt = now.Add(refusedPause) // Providers lock out who goes on.
	}
	if e.OutcomeUnknown {
		e.OutcomeUnknown = false // Of the refresh, not of the call that waits for it.
		if e.cause == nil {
			e.cause = ErrRefreshLost
		} else {
			e.cause = fmt.Errorf("%w: %w", ErrRefreshLost, e.cause)
		}
		// Grace counts from the first request, the only one that can have rotated.
		if o.Rotates && !o.unattended() && !o.inGrace(old.Token, now) {
			lost := old.Token
			lost.Lost = sent
			if a.tokens.troubleOf(key).refused == old.version {
				lost.Expiry = now
			}
			// Kept even by a store that fails; a newer token needs no such note.
			_, _, _ = a.keepToken(ctx, key, lost, old)
		}
	}
	a.tokens.fail(key, e, now)
	return e
}

// gaveUp is the error of a caller whose context is done.
func (a *App) gaveUp(err error) *APIError {
	class := ClassUnknown
	if errors.Is(err, context.DeadlineExceeded) {
		class = ClassTimeout
	}
	return a.oauthError("token", class, err)
}

// disconnected is the error of a grant that is known to be gone.
func (a *App) disconnected(reason string) *APIError {
	e := a.oauthError("token", ClassDisconnected, nil)
	e.Code = reason
	return e
}
