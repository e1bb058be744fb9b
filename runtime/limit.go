package runtime

import (
	"cmp"
	"context"
	"strings"
	"time"
)

// pass is a call's admission. The zero value admits and holds nothing.
type pass struct {
	limiter *limiter
	permits []*bucket
	booked  []draw   // What the call waits for,
	by      *limiter // and who has it in its books.
	waited  bool
}

// release gives back the permits, and what the call did not wait for to the end.
func (p *pass) release() {
	for _, b := range p.permits {
		p.limiter.leave(b)
	}
	if p.booked != nil {
		p.by.cancel(p.booked)
	}
}

// admit waits until every limit of the operation allows the call. It fails at
// once, with the instant at which the call could go, when that is after the
// deadline or further off than the client waits.
//
// A permit is held while the call waits for its rate: taken after that wait, a
// late permit would bunch calls that the rate had spread. It is given back
// before any other wait.
func (k *call) admit(ctx context.Context, p *pass) *APIError {
	s := k.app.cfg.sharer
	if k.draws == nil {
		k.draws = k.drawn()
		if s != nil {
			s.claim(k.draws)
		}
	}
	p.limiter = &k.app.limits
	if line := cmp.Or(k.liner, k.app.cfg.liner); line != nil {
		place := pass{limiter: p.limiter}
		defer place.release()
		if e := line.stand(ctx, k, &place); e != nil {
			return e
		}
		p.waited = place.waited
	}
	for i := range k.draws {
		if e := k.enter(ctx, p, &k.draws[i]); e != nil {
			return e
		}
	}
	e := k.queue(ctx, p.limiter, k.draws, p)
	if e == nil && s != nil {
		e = s.admit(ctx, k, p)
	}
	return e
}

// sharer has the limits that other processes count, too.
type sharer interface {
	// claim takes what is shared out of the draws, which the app's own limiter keeps.
	claim(draws []draw)
	admit(ctx context.Context, k *call, p *pass) *APIError
	hold(k *call, until, now time.Time, class Class)
	note(k *call, d *draw, most, left int, reset time.Duration)
}

// queue waits until a limiter allows a call.
func (k *call) queue(ctx context.Context, l *limiter, draws []draw, p *pass) *APIError {
	var t ticket
	var latest time.Duration
	for {
		now := l.since(k.app.cfg.clock.Now())
		if p.booked == nil {
			latest = now + k.longest(ctx)
			t = l.reserve(draws, now, latest)
		} else if !l.depart(draws, &t, now) {
			p.booked = nil
			continue
		}
		k.went = t.at
		switch {
		case t.at > latest:
			return k.full(t, now)
		case t.at <= now:
			p.booked = nil
			return nil
		}
		p.waited, p.booked, p.by = true, draws, l
		k.waits(WaitLimit, t.limit, t.at-now)
		if err := k.app.cfg.clock.Sleep(ctx, t.at-now); err != nil {
			return k.stopped(err)
		}
	}
}

// longest is how long the call may wait for its limits.
func (k *call) longest(ctx context.Context) time.Duration {
	longest := k.client.cfg.maxWait
	if deadline, ok := ctx.Deadline(); ok {
		longest = min(longest, time.Until(deadline)-1)
	}
	return longest
}

// full returns the error of a call that would have to wait too long.
func (k *call) full(t ticket, now time.Duration) *APIError {
	e := k.failed(t.class, nil)
	e.RetryAt, e.RetryAfter, e.final = k.app.limits.start.Add(t.at), t.at-now, true
	return e
}

// enter takes a permit, where the limit is one of calls in flight.
func (k *call) enter(ctx context.Context, p *pass, d *draw) *APIError {
	if d.limit == nil || d.limit.Shape != LimitConcurrency {
		return nil
	}
	bound, cancel := context.WithTimeout(ctx, k.client.cfg.maxWait)
	defer cancel()
	b, waited, err := k.app.limits.enter(bound, d.key, d.calls, k.app.cfg.clock.Now())
	switch {
	case err == nil:
		p.permits = append(p.permits, b)
		p.waited = p.waited || waited
		return nil
	case ctx.Err() != nil:
		return k.stopped(ctx.Err())
	}
	e := k.failed(ClassRateLimited, nil)
	e.final = true
	return e
}

// drawn names the buckets of the call. An operation without limits has one of
// its own for each account, so that a refusal holds back its other callers.
func (k *call) drawn() []draw {
	account := k.client.cred.Account()
	if len(k.plan.uses) == 0 {
		return []draw{{key: bucketKey{k.op.Name, account}, cost: 1}}
	}
	draws := make([]draw, 0, len(k.plan.uses))
	for _, use := range k.plan.uses {
		calls := use.calls(k.client.cfg.plan)
		draws = append(draws, draw{
			key:   bucketKey{"limit " + use.Name, k.bucketBy(use.By, account)},
			limit: use.Limit, cost: use.cost, calls: calls, pacing: use.pacing(calls),
		})
	}
	return draws
}

// bucketBy joins what a limit is kept by. The app is the same for all calls,
// and a workspace, a connection and a user are all the credential's account.
func (k *call) bucketBy(by []string, account string) string {
	joined, named := "", false
	for _, what := range by {
		part := ""
		switch name, isInput := strings.CutPrefix(what, "in."); {
		case isInput:
			part = k.req.inputs[name]
		case what == "action":
			part = k.op.Name
		case what != "app" && !named:
			part, named = account, true
		default:
			continue
		}
		if joined == "" { // Most limits have one part, which is then not copied.
			joined = part
			continue
		}
		joined += "\x00" + part
	}
	return joined
}
