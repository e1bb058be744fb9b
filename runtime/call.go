package runtime

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// call is one call of [Client.Do] on its way through the stages.
type call struct {
	client *Client
	app    *App
	op     *Op
	plan   *plan

	ctx      context.Context // Of the caller: what is observed goes with it.
	turner   pageTurner      // Of a call for a page.
	liner    liner           // Of a call that others go before.
	before   int             // Items of the pages before this one, in a walk over a list; 0 when nobody counted.
	at       string          // The options.
	ahead    any             // A pageWalker: named here, programs without lists would have what it is of.
	key      string
	response *Response

	req       encoded
	last      reply // The last answer.
	requestID string
	version   int64         // Of the credential on the last request.
	draws     []draw        // Buckets that the call draws from.
	pass      pass          // Of this attempt.
	went      time.Duration // When they let it go.
	attempts  int           // Requests that were sent.
	tries     int           // Failures that count against the attempts.
	throttled int           // Refusals by a rate limit that do not.
	spent     int           // Retry budget of the last retry.
	renewed   bool          // The credential was renewed.
	doubt     bool          // A request may have been executed whose answer is missing.
}

// run takes the call through its stages until it is done or given up.
func (k *call) run(ctx context.Context, in, out any) *APIError {
	var err error
	if k.ctx = ctx; ctx == nil {
		return k.invalid("", errors.New("nil Context"))
	}
	if k.plan, err = k.app.plan(k.op); err != nil {
		return k.failed(ClassInvalid, err)
	}
	if e := k.encode(in); e != nil {
		return e
	}
	for {
		e := k.try(ctx, out)
		if e == nil {
			k.app.budgets.refund(k.client.cred.Account(), k.spent)
			return nil
		}
		again, e := k.again(ctx, e)
		if !again {
			e.OutcomeUnknown = k.doubt
			return e
		}
	}
}

// try is one request: authorized, admitted by the limits, sent, judged.
//
// The credential comes before the limits. A refresh can take seconds, and
// calls that were admitted one by one would leave it all at once.
func (k *call) try(ctx context.Context, out any) *APIError {
	req, e := k.prepare(ctx)
	if e != nil {
		return e
	}
	k.pass = pass{}        // Part of the call, so that it is no allocation of its own.
	defer k.pass.release() // Also when an observer panics.
	if e := k.admit(ctx, &k.pass); e != nil {
		return e
	}
	if k.pass.waited { // The credential may have been renewed meanwhile.
		if req, e = k.prepare(ctx); e != nil {
			return e
		}
	}
	k.attempts++
	var start time.Time
	if k.app.cfg.watch != nil {
		start = k.app.cfg.clock.Now()
	}
	k.last = k.send(ctx, req)
	k.noteLimits()
	e = k.judge(ctx, out)
	if e == nil {
		k.app.limits.served(k.draws, k.went, k.app.cfg.clock.Now())
	} else {
		k.doubt = k.doubt || k.mayHaveRun(e)
	}
	if w := k.app.cfg.watch; w != nil {
		w.attempt(k, e, start)
	}
	return e
}

// prepare builds the request and puts the credential on it.
func (k *call) prepare(ctx context.Context) (*http.Request, *APIError) {
	if err := ctx.Err(); err != nil {
		return nil, k.stopped(err)
	}
	req := k.request()
	version, err := k.client.cred.Authorize(ctx, req)
	if err != nil {
		return nil, k.unauthorized(ctx, err)
	}
	k.version = version
	return req, nil
}

// failed returns an error of the call that no response gave.
func (k *call) failed(class Class, cause error) *APIError {
	return &APIError{API: k.app.api.Name, Op: k.op.Name, Class: class, Attempts: k.attempts, Page: k.at, unsent: true, cause: cause}
}

// stopped returns the error of a call whose context is done.
func (k *call) stopped(err error) *APIError {
	class := ClassUnknown
	if errors.Is(err, context.DeadlineExceeded) {
		class = ClassTimeout
	}
	e := k.failed(class, err)
	e.final = true
	return e
}

// unauthorized returns the error of a credential that could not be had.
func (k *call) unauthorized(ctx context.Context, err error) *APIError {
	if ctx.Err() != nil {
		return k.stopped(ctx.Err())
	}
	e := k.failed(classOf(err), err)
	if inner, ok := errors.AsType[*APIError](err); ok {
		e.Code, e.code, e.RetryAfter, e.RetryAt, e.final = inner.Code, inner.code, inner.RetryAfter, inner.RetryAt, inner.final
	}
	return e
}

// classOf finds the class in an error's chain.
func classOf(err error) Class {
	for class := range classes {
		if errors.Is(err, classError(class)) {
			return Class(class)
		}
	}
	return ClassUnknown
}

// mayHaveRun reports whether the provider may have executed the failed request.
func (k *call) mayHaveRun(e *APIError) bool {
	if k.op.Effect == EffectRead || e.unsent {
		return false
	}
	switch e.Class {
	case ClassUnavailable, ClassTimeout, ClassDecode, ClassUnknown:
		return true
	}
	return false
}

// report fills the caller's [Response].
func (k *call) report() {
	if k.response != nil {
		*k.response = Response{k.last.status, k.last.header, k.requestID, k.attempts, k.last.body}
	}
}
