package gauntlet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	// Patience is how long a call from outside may take, where nobody says it.
	Patience = 20 * time.Second

	// settleOutside is how long a handler outside may take to hand on what it accepted.
	settleOutside = 300 * time.Millisecond
)

// outside is how a scenario runs for a client that is a process of its own. The
// twin is served over TCP, and time passes.
type outside struct {
	patience time.Duration // The longest that one call may take.
	front    *front
}

// TryOutside runs one scenario for a client that is a process of its own, and
// judges it by the twin's journal and by what the driver said. The twin is served
// on a port of the loopback interface, and time passes: long waits are made short,
// and scenarios that need minutes are not exercised. A call may take patience; 0 is
// [Patience].
//
// What only the inside of a client shows is not judged: the bodies it closes, its
// goroutines, when it persists a token.
func TryOutside(ctx context.Context, p *Plan, d Driver, s *Scenario, seed uint64, patience time.Duration) Result {
	r := s.result()
	if r.Why = s.Impossible(p); r.Why != "" {
		return r
	}
	if r.Why = s.insideOnly(p); r.Why != "" {
		return r
	}
	s = s.shortened()
	patience = cmp.Or(patience, Patience)
	if slices.Contains(s.Oracles, "deadline") || slices.Contains(s.Oracles, "amplify") { // The caller is to run out of it.
		patience = min(patience, briefly)
	}
	ev, err := playOutside(ctx, p, d, s, seed, patience)
	switch {
	case errors.Is(err, ErrNotOffered):
		_, why, _ := strings.Cut(err.Error(), ErrNotOffered.Error()+": ")
		r.Outcome, r.Why = NotOffered, cmp.Or(strings.TrimSpace(why), nothingFor)
	case err != nil:
		r.Outcome, r.Why = Fail, err.Error()
	}
	if ev == nil {
		return r
	}
	if s.timeline && r.Outcome != NotOffered {
		r.Timeline = ev.timeline()
	}
	if r.Outcome == Fail { // A driver that broke takes what it was asked with it.
		v := failed(ev.lines(ev.Entries...), "%s", r.Why)
		v.Oracle = "driver"
		if errors.Is(err, ErrOverdue) { // It was ended, since the library outlived its deadline.
			v.Oracle, v.Rule, v.Why = "deadline", oracle("deadline").Rule, strings.TrimPrefix(r.Why, ErrBroken.Error()+": ")
		}
		v.scrub(ev.Secrets)
		r.Why, r.Verdicts = v.Why, []Verdict{v}
	} else if r.Outcome != NotOffered {
		r.judge(s, ev)
	}
	return r
}

// playOutside runs a scenario's workload. The error says that the driver does not
// offer it, or that it broke.
func playOutside(ctx context.Context, p *Plan, d Driver, s *Scenario, seed uint64, patience time.Duration) (*Evidence, error) {
	out := &outside{patience: patience}
	env, err := newEnv(p, d, s, seed, out)
	if err != nil {
		if out.front != nil {
			out.front.close()
		}
		return nil, err
	}
	stop := context.AfterFunc(ctx, env.end) // Whatever is asked of it then fails.
	defer stop()
	broken := guard(func() { err = s.Run(env) })
	env.end()
	out.front.close()
	ev := env.evidence(d)
	ev.Stuck = broken
	env.mu.Lock()
	defer env.mu.Unlock()
	return ev, cmp.Or(ctx.Err(), env.contradiction, env.broken, err)
}

// serve puts the twin on a port, and tells the target where it is.
func (o *outside) serve(e *Env, t *Target) error {
	front, err := newFront(e)
	if err != nil {
		return fmt.Errorf("the twin cannot be served: %w", err)
	}
	o.front = front
	ready := e.Twin.Ready(front.base)
	t.Transport, t.Servers, t.Log = http.DefaultTransport, ready.Servers, nil
	if t.ClientID != "" {
		t.Servers["oauth.token"], t.Servers["oauth.authorize"] = ready.OAuth.Token, ready.OAuth.Authorize
		if ready.OAuth.Pushed != "" {
			t.Servers["oauth.pushed"] = ready.OAuth.Pushed
		}
	}
	return nil
}

const (
	// briefly is the patience of callers that are to run out of it.
	briefly = 4 * time.Second

	// shortWait replaces the waits that a provider asks for and a client sits out.
	shortWait = 2 * time.Second

	// shortVolume is the most objects of a list.
	shortVolume = 200
)

// shortened is the scenario for a world in which time passes.
func (s *Scenario) shortened() *Scenario {
	short := *s
	short.Volume = min(s.Volume, shortVolume)
	short.Faults = slices.Clone(s.Faults)
	for i, f := range short.Faults {
		params := map[string]string{}
		for name, v := range f.Params {
			params[name] = v
		}
		wait, err := time.ParseDuration(params["wait"])
		if err == nil && wait > shortWait && !slices.Contains(s.Oracles, "deadline") {
			params["wait"] = shortWait.String()
		}
		if f.Fault == "transport/dribble" {
			params["bytes"], params["every"] = "64", "10ms"
		}
		short.Faults[i].Params = params
	}
	return &short
}

// soon is the longest window of a limit that can be filled from outside.
const soon = 5 * time.Second

// insideOnly says why a scenario is for clients in process alone; "" when it is not.
func (s *Scenario) insideOnly(p *Plan) string {
	if s.Every != nil || s.Declared {
		return "what each action and each declared rule does is tried in one process only"
	}
	if s.Replaced {
		return "no certificate comes over a port without TLS, where the twin is served"
	}
	switch s.ID {
	case "transport/refuse-create":
		return "a server that is there refuses no connection"
	case "auth/denied":
		return "a driver is not asked to connect accounts"
	case "auth/rotation", "auth/rotation-grace":
		return "replicas share a store, and that of a driver is its own"
	case "auth/expiry", "webhooks/replay":
		return "it takes an hour, and from outside time is real"
	case "status/outage":
		return "it takes many minutes, and from outside time is real"
	}
	if m := p.lagging(); s.ID == "data/read-after-create" {
		_, late := m.list(p)
		if d := max(m.lag(), late); d > soon {
			return fmt.Sprintf("reads lag %s behind, and from outside time is real", d)
		}
	}
	if j := p.job(); s.ID == "jobs/slow" || s.ID == "jobs/lost-while-waiting" {
		if d := j.takes(); d > soon {
			return fmt.Sprintf("a job takes %s, and from outside time is real", d)
		}
	}
	if slices.Contains(s.Roles, RoleLimited) && span(p.Limit.Per) > soon {
		return fmt.Sprintf("the limit counts over %s, and from outside time is real", p.Limit.Per)
	}
	return ""
}
