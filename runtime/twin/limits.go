package twin

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// limiter enforces the declared limits with a log of the calls in each window.
// It is exact where the client's algorithm is not, costs memory for every call
// in a window, and shares nothing with it.
type limiter struct {
	declared map[string]*ir.Limit
	most     map[string]int // Lowered; absent is as declared.
	logs     map[string]*window
	until    int // Logs until the idle ones are looked for.
}

// window is the log of what shares one limit.
type window struct {
	limit  *ir.Limit
	calls  []drawn // In order of time.
	total  int     // Cost of the calls.
	flying int     // concurrency
	points float64 // bucket: what is left at the time below,
	full   float64 // and the most that there can be.
	at     time.Time
}

type drawn struct {
	at   time.Time
	cost int
}

func newLimiter(c *ir.Connector) *limiter {
	l := &limiter{declared: map[string]*ir.Limit{}, most: map[string]int{}, logs: map[string]*window{}}
	for _, d := range c.Limits {
		l.declared[d.Name] = d
	}
	return l
}

// Lower changes how many calls a limit allows from now on; what was drawn
// already still counts. A number below zero restores what is declared.
func (t *Twin) Lower(limit string, calls int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if calls < 0 {
		delete(t.limits.most, limit)
		return
	}
	t.limits.most[limit] = calls
}

// max returns how many calls a limit allows on a plan.
func (l *limiter) max(d *ir.Limit, plan string) int {
	if n, ok := l.most[d.Name]; ok {
		return n
	}
	if n, ok := d.Tiers[plan]; ok {
		return n
	}
	if d.Shape == "gap" {
		return 1
	}
	return d.Calls
}

// draw is one limit that a request draws from.
type draw struct {
	limit *ir.Limit
	most  int
	cost  int
	key   string
	log   *window
	used  int
	wait  time.Duration // 0: allowed.
}

// check looks at every limit of a call without drawing, and returns the longest
// wait: 0 allows the call.
func (l *limiter) check(uses []*ir.LimitUse, plan string, key func(by string) string, now time.Time) ([]draw, time.Duration) {
	var draws []draw
	var longest time.Duration
	for _, u := range uses {
		d := l.declared[u.Limit]
		if d == nil {
			continue
		}
		name := make([]string, 0, len(d.By))
		for _, by := range d.By {
			name = append(name, by+"="+key(by))
		}
		k := draw{limit: d, most: l.max(d, plan), cost: max(1, u.Cost), key: strings.Join(name, "\x00")}
		k.log = l.logs[d.Name+"\x00"+k.key]
		if k.log == nil {
			l.sweep(now)
			k.log = &window{limit: d, points: float64(k.most), full: float64(k.most), at: now}
			l.logs[d.Name+"\x00"+k.key] = k.log
		}
		k.used, k.wait = l.look(d, k.log, k.most, k.cost, now)
		longest = max(longest, k.wait)
		draws = append(draws, k)
	}
	return draws, longest
}

// look returns what is used of a limit, and how long a call has to wait.
func (l *limiter) look(d *ir.Limit, w *window, most, cost int, now time.Time) (used int, wait time.Duration) {
	switch d.Shape {
	case "rate", "window", "gap":
		return w.look(w.per(), most, cost, now)
	case "concurrency":
		if w.flying+cost > most {
			wait = time.Second
		}
		return w.flying, wait
	case "bucket":
		w.fill(d, most, now)
		if lack := float64(cost) - w.points; lack > 0 && d.Refill > 0 {
			wait = time.Duration(math.Ceil(lack / d.Refill * float64(time.Second)))
		}
		return most - int(w.points), wait
	}
	// A learnt limit has a size only once one is set, and counts from the start.
	used, wait = w.look(w.per(), most, cost, now)
	if _, ok := l.most[d.Name]; !ok {
		wait = 0
	}
	return used, wait
}

// look forgets the calls that left the window and counts the rest. A call is in
// the window until exactly the period after it.
func (w *window) look(per time.Duration, most, cost int, now time.Time) (int, time.Duration) {
	start := now.Add(-per)
	for len(w.calls) > 0 && !w.calls[0].at.After(start) {
		w.total -= w.calls[0].cost
		w.calls = w.calls[1:]
	}
	if w.total+cost <= most {
		return w.total, 0
	}
	left := w.total
	for _, c := range w.calls { // Until enough of the oldest are gone.
		left -= c.cost
		if left+cost <= most {
			return w.total, c.at.Add(per).Sub(now)
		}
	}
	return w.total, per
}

func (w *window) fill(d *ir.Limit, most int, now time.Time) {
	w.full = float64(most)
	w.points = min(w.full, w.points+d.Refill*now.Sub(w.at).Seconds())
	w.at = now
}

// take draws a call that check allowed.
func (l *limiter) take(draws []draw, now time.Time) {
	for i := range draws {
		d := &draws[i]
		d.used += d.cost
		switch d.limit.Shape {
		case "concurrency":
			d.log.flying += d.cost
		case "bucket":
			d.log.points -= float64(d.cost)
		default:
			d.log.add(now, d.cost)
		}
	}
}

func (w *window) add(at time.Time, cost int) {
	w.calls = append(w.calls, drawn{at, cost})
	w.total += cost
}

// release ends a call's share of the limits on concurrency.
func (t *Twin) release(draws []draw) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, d := range draws {
		if d.limit.Shape == "concurrency" {
			d.log.flying -= d.cost
		}
	}
}

// states describes the limits for the journal.
func (l *limiter) states(draws []draw) []LimitState {
	var out []LimitState
	for _, d := range draws {
		out = append(out, LimitState{
			Limit: d.limit.Name,
			Key:   hexOf(digest(0, d.key)),
			Used:  d.used,
			Max:   d.most,
			Over:  d.wait > 0,
		})
	}
	return out
}

// report writes the declared headers and members that tell of a limit.
func (l *limiter) report(a *answer, draws []draw, now time.Time) {
	for _, d := range draws {
		o := d.limit.Observe
		if o == nil {
			continue
		}
		most := d.most
		for _, v := range []struct {
			to *ir.Source
			n  int
		}{{o.Limit, most}, {o.Left, max(0, most-d.used)}, {o.Used, d.used}} {
			if v.to != nil {
				writeSource(a, v.to, strconv.Itoa(v.n), true)
			}
		}
		if o.Reset != nil {
			writeSource(a, o.Reset, formatWait(d.reset(now), now, o.Reset.As), isNumber(o.Reset.As))
		}
	}
}

// reset returns when a limit is whole again.
func (d *draw) reset(now time.Time) time.Duration {
	if d.limit.Shape == "bucket" && d.limit.Refill > 0 {
		return time.Duration(math.Ceil((float64(d.limit.Calls)-d.log.points)/d.limit.Refill)) * time.Second
	}
	if n := len(d.log.calls); n > 0 {
		return d.log.calls[n-1].at.Add(duration(d.limit.Per)).Sub(now)
	}
	return max(d.wait, 0)
}
