package gauntlet

import (
	"math"
	"slices"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/twin"
)

// draw is one request that drew from a limit.
type draw struct {
	entry twin.Entry
	cost  int
}

// judgeLimit counts requests as the provider saw them. It does not ask the
// twin's own counters: a window is worked out anew from the times. A client that
// leaves a 16th of a window has reached the limit, too.
func judgeLimit(ev *Evidence) Verdict {
	pressed := false
	for key, draws := range ev.draws() {
		limit := limitOf(ev.Plan.Spec, key.limit)
		var most []draw
		var used, allowed int
		switch {
		case limit == nil:
			continue
		case (limit.Shape == "rate" || limit.Shape == "window") && limit.Calls > 0:
			most, used = busiest(draws, span(limit.Per)-ev.jitter(limit))
			allowed = limit.Calls
		case limit.Shape == "bucket" && limit.Refill > 0:
			most, used = emptiest(draws, limit)
			allowed = limit.Calls
		case limit.Shape == "gap":
			most, used = busiest(draws, span(limit.Per)-ev.jitter(limit))
			allowed = 1
		case limit.Shape == "concurrency":
			most = atOnce(draws)
			used, allowed = len(most), limit.Calls
		default:
			continue
		}
		if used > allowed {
			return failed(ev.drawLines(most), "limit %s allows %d, and %d were sent", limit.Name, allowed, used)
		}
		pressed = pressed || len(draws) > allowed && used >= allowed-allowed/16
	}
	if !pressed {
		return idle("no limit was reached")
	}
	return passed()
}

// bucket names what a limit counts.
type bucket struct{ limit, key string }

func (ev *Evidence) draws() map[bucket][]draw {
	all := map[bucket][]draw{}
	for _, e := range ev.Entries {
		for _, l := range e.Limits {
			b := bucket{l.Limit, l.Key}
			all[b] = append(all[b], draw{e, costOf(ev.Plan.Spec, e.Action, l.Limit)})
		}
	}
	return all
}

func (ev *Evidence) drawLines(draws []draw) []string {
	var out []string
	for _, d := range draws {
		out = append(out, d.entry.Line(ev.Start))
	}
	return out
}

// busiest returns the draws of the window with the most, and their cost. A
// window is open at its start: what was sent exactly one period ago is outside.
func busiest(draws []draw, per time.Duration) (most []draw, cost int) {
	first, sum := 0, 0
	for i, d := range draws {
		sum += d.cost
		for !draws[first].entry.Time.After(d.entry.Time.Add(-per)) {
			sum -= draws[first].cost
			first++
		}
		if sum > cost {
			most, cost = draws[first:i+1], sum
		}
	}
	return most, cost
}

// jitter is how much closer two requests may arrive than they were sent. From outside
// there is a network between, and a machine that does other things: of a distance
// a quarter has to be left.
func (ev *Evidence) jitter(l *ir.Limit) time.Duration {
	switch {
	case !ev.Outside:
		return 0
	case l.Shape == "gap":
		return span(l.Per) * 3 / 4
	}
	return 50 * time.Millisecond
}

// emptiest returns the draws up to the one at which the bucket held least, and how
// many points it lacked then, rounded up.
func emptiest(draws []draw, limit *ir.Limit) (most []draw, used int) {
	spent := 0.0
	for i, d := range draws {
		if i > 0 {
			spent = max(0, spent-limit.Refill*d.entry.Time.Sub(draws[i-1].entry.Time).Seconds())
		}
		spent += float64(d.cost)
		if n := int(math.Ceil(spent - 1e-6)); n > used { // What the sum of fractions is off by is no point.
			most, used = draws[:i+1], n
		}
	}
	return most, used
}

// atOnce returns the largest set of requests in flight together.
func atOnce(draws []draw) []draw {
	var most, flying []draw
	for _, d := range draws {
		flying = slices.DeleteFunc(slices.Clone(flying), func(f draw) bool {
			return !f.entry.Time.Add(f.entry.Duration).After(d.entry.Time)
		})
		if flying = append(flying, d); len(flying) > len(most) {
			most = slices.Clone(flying)
		}
	}
	return most
}

func limitOf(c *ir.Connector, name string) *ir.Limit {
	for _, l := range c.Limits {
		if l.Name == name {
			return l
		}
	}
	return nil
}

func costOf(c *ir.Connector, action, limit string) int {
	if a := c.Action(action); a != nil {
		for _, u := range a.Limits {
			if u.Limit == limit {
				return max(1, u.Cost)
			}
		}
	}
	return 1
}

// judgeEarly looks for a request that came between an answer that named a wait
// and the end of that wait. The wait binds one account and one action.
func judgeEarly(ev *Evidence) Verdict {
	asked := false
	for i, e := range ev.Entries {
		if e.Wait <= 0 || e.Status == 0 || e.Lost || e.Route != twin.RouteAction {
			continue
		}
		asked = true
		told := e.Time.Add(e.Duration)
		for _, f := range ev.Entries[i+1:] {
			same := f.Route == e.Route && f.Account == e.Account && f.Action == e.Action
			if same && f.Time.After(told) && f.Time.Before(told.Add(e.Wait)) {
				if ev.Lacks(Retries) {
					return unoffered("the library leaves it to its callers to wait")
				}
				return failed(ev.lines(e, f), "the provider asked to wait %s, and the next request came after %s", e.Wait, f.Time.Sub(told))
			}
		}
	}
	if !asked {
		return idle("no answer asked to wait")
	}
	return passed()
}

// judgeAmplify counts attempts per call while nothing works, after the calls
// that a client needs to notice.
func judgeAmplify(ev *Evidence) Verdict {
	attempts, calls := 0, 0
	var last []string
	for i, r := range ev.Calls {
		if late := r.End.Sub(r.Until); late > ev.grace() {
			return overdue(append(ev.lines(ev.of(r)...), ev.ended(r)), "%s outlived its deadline by %s", r.name(), late)
		}
		if i < ev.Scenario.WarmUp {
			continue
		}
		sent := ev.of(r)
		calls++
		attempts += len(sent)
		if len(sent) > 1 {
			last = ev.lines(sent...)
		}
	}
	if calls < leastCalls && !ev.Outside {
		return idle("too few calls after warm-up")
	}
	if ratio := float64(attempts) / float64(calls); ratio > 1.1 {
		return failed(last, "%d calls after warm-up sent %d requests: %.2f attempts per call", calls, attempts, ratio)
	}
	return passed()
}

// leastCalls is how many calls show how often a client tries. From outside, where
// each takes its time, there are fewer.
const leastCalls = 20

// judgeIsolate compares the accounts that no fault is aimed at with a quiet day.
func judgeIsolate(ev *Evidence) Verdict {
	trouble, others := false, 0
	for _, r := range ev.Calls {
		if ev.Scenario.Declared && !r.Beside {
			trouble = true // Limits were used up.
			continue
		}
		if !ev.Scenario.Declared && ev.Scenario.troubles(r.Account, ev) {
			trouble = trouble || r.Err != nil || r.End.Sub(r.Start) > time.Second
			continue
		}
		others++
		if r.Err != nil || r.End.Sub(r.Start) > time.Second {
			v := overdue(append(ev.lines(ev.of(r)...), ev.ended(r)), "%s of an account without trouble took %s and %s", r.name(), r.End.Sub(r.Start), r.outcome())
			v.late = r.Err == nil
			return v
		}
	}
	if !trouble || others == 0 {
		return idle("no account had trouble beside another")
	}
	return passed()
}

// ended is the line that says how a call ended.
func (ev *Evidence) ended(r *Record) string { return ev.event(r.End, "%s %s", r.name(), r.outcome()) }

// span reads a duration of a spec: 200ms, 5s, 1m, 1h, 1d. Anything else is 0.
func span(d ir.Duration) time.Duration {
	v, _ := d.Std()
	return v
}
