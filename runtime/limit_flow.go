package runtime

import (
	"math"
	"time"
)

// pacing is how calls of a limit are spread. The zero value lets all go.
//
// Calls go at once as far as burst allows, and one each interval from then on: the
// generic cell rate algorithm, by which a window holds burst + window/interval of
// them. That leaves room in every window that begins later, which steady uses: who
// kept that distance for a whole window may go on with it.
type pacing struct {
	burst    int
	interval time.Duration
	steady   time.Duration // Where it is shorter than interval, and else 0.
	window   time.Duration // In which the limit allows its calls.
}

// spread is the pacing of a limit that allows so many calls in a time. The interval
// is a little too long rather than too short, so that windows that include both
// their ends hold no more than calls either. Calls at the steady distance are in every
// window of the provider's, so slack, which is added to the window, is for those that
// travel longer than others. A burst travels longest, since there is no connection yet:
// those after it leave a 16th of the window more.
func (l *Limit) spread(calls int, per, slack time.Duration) pacing {
	switch l.Shape {
	case LimitGap:
		return pacing{burst: 1, interval: per}
	case LimitBucket:
		every := min(math.Ceil(float64(time.Second)/l.Refill), float64(century)/float64(calls))
		return pacing{burst: calls, interval: time.Duration(every) + 1}
	case LimitRate:
		p := pacing{burst: l.Burst, window: per}
		if p.burst <= 0 {
			p.burst = calls / 2
		}
		p.burst = min(max(p.burst, 1), calls)
		if p.interval = ceil(per, calls); p.burst > 1 {
			p.interval = ceil(per+per/16, calls-p.burst+1)
		}
		if p.steady = ceil(per+slack, calls); p.steady >= p.interval {
			p.steady = 0
		}
		return p
	}
	return pacing{burst: 1}
}

// ceil is the least duration of which fewer than n fit into d.
func ceil(d time.Duration, n int) time.Duration {
	return (d+time.Duration(n)-1)/time.Duration(n) + 1
}

// pacing is that of an app that has the limit to itself.
func (l *Limit) pacing(calls int) pacing { return l.spread(calls, l.Per, l.Per/64) }

// early is from the instant at which its bucket is empty of debt to the first at which
// a call of a cost may go: below 0 as far as a burst allows.
func (p *pacing) early(cost int) time.Duration { return time.Duration(cost-p.burst) * p.interval }

// flow is what a bucket knows of calls: those that are booked, or those that went.
//
// With burst B and interval T a call of cost c may go at tat+(c-B)T at the earliest,
// and moves tat by cT. Once all calls of a window kept the steady distance, that
// distance is enough. What a window around such a change holds is no more than either
// allows: TestFlowInEveryWindow tries to find one that holds more.
//
// Instants are counted from one that whoever has the flow knows, and the zero flow is
// that of a bucket without a call before it.
type flow struct {
	tat  time.Duration // When the bucket is empty of debt.
	next time.Duration // A steady distance after the last call.
	calm time.Duration // From when the steady distance is enough.
}

// free is the earliest instant for a call when others of a cost, which the flow does
// not hold yet, go before it. It is not inlined, since it would
// be most of reserve.
//
//go:noinline
func (f *flow) free(p *pacing, cost, others int, slack time.Duration) time.Duration {
	at := f.tat + time.Duration(others)*p.interval + p.early(cost)
	if p.steady == 0 {
		return at
	}
	return min(at, max(f.calm, f.next+time.Duration(others+cost-1)*p.steady-slack))
}

// went adds a call.
func (f *flow) went(p *pacing, cost int, at time.Duration) {
	f.tat = max(f.tat, at) + time.Duration(cost)*p.interval
	if p.steady == 0 {
		return
	}
	if at < f.next+time.Duration(cost-1)*p.steady-p.slack() {
		f.calm = max(f.calm, at+p.window+1)
	}
	// The debt of calls at the steady distance is that of a burst that is used up.
	f.tat = min(f.tat, max(at, f.next)+time.Duration(p.burst)*p.interval)
	f.next = max(f.next, at+time.Duration(cost)*p.steady)
}

// spent takes the burst of calls from an instant on: what went before is not known.
func (f *flow) spent(p *pacing, at time.Duration) {
	f.tat = max(f.tat, at+time.Duration(p.burst-1)*p.interval)
	f.calm = max(f.calm, at+p.window+1)
}

// idle reports whether the flow is as one without a call.
func (f *flow) idle(now time.Duration) bool { return max(f.tat, f.calm) <= now }

// step is the distance of calls after an instant.
func (f *flow) step(p *pacing, at time.Duration) time.Duration {
	if p.steady > 0 && at >= f.calm {
		return p.steady
	}
	return p.interval
}

// slack is how much shorter than booked the steady distance may become by waking up
// late, so that lateness is made up for.
func (p *pacing) slack() time.Duration { return p.steady / 66 }

// closest is the distance between calls that go on and on.
func (p *pacing) closest() time.Duration {
	if p.steady > 0 {
		return p.steady
	}
	return p.interval
}
