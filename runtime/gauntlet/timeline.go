package gauntlet

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Moment is something that happened in a scenario, for a timeline. Times are in
// milliseconds of the run, whose time is virtual unless the report says that it is real.
type Moment struct {
	At   int64  `json:"at_ms"`
	Took int64  `json:"took_ms"`
	Kind string `json:"kind"` // call, request or delivery
	Text string `json:"text"`
	Bad  bool   `json:"bad,omitempty"` // It failed.
}

func (ev *Evidence) ms(t time.Time) int64 { return t.Sub(ev.Start).Milliseconds() }

// mostMoments is how much of a run a timeline shows: the first ones, and the last.
const mostMoments = 60

// timeline lists what callers asked for, what the provider was sent, and what it
// delivered, in the order of their beginnings. It holds no secret.
func (ev *Evidence) timeline() []Moment {
	var all []Moment
	for _, r := range ev.Calls {
		all = append(all, Moment{ev.ms(r.Start), r.End.Sub(r.Start).Milliseconds(), "call", r.name() + " " + r.outcome(), r.Err != nil})
	}
	for _, e := range ev.Entries {
		all = append(all, Moment{ev.ms(e.Time), e.Duration.Milliseconds(), "request", e.Line(ev.Start), e.Class != "" || e.Lost || e.Status >= 400})
	}
	for _, d := range ev.Events {
		all = append(all, Moment{ev.ms(d.Time), 0, "delivery", fmt.Sprintf("%s %s -> %d", d.kind(), d.ID, d.Status), d.Status < 200 || d.Status > 299})
	}
	slices.SortStableFunc(all, func(a, b Moment) int { return cmp.Compare(a.At, b.At) })
	if len(all) > mostMoments {
		all = slices.Concat(all[:mostMoments-10], all[len(all)-10:])
	}
	for i := range all {
		all[i].Text = scrubbed(all[i].Text, ev.Secrets)
	}
	return all
}
