package gauntlet

import (
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/internal/streamtext"
)

// judgeLossless compares what callers got with the bytes that were on the wire.
func judgeLossless(ev *Evidence) Verdict {
	if ev.Lacks(Lossless) {
		return unoffered("the library hands on the members that it knows")
	}
	compared := false
	var verdict Verdict
	for _, r := range ev.Calls {
		if r.Err != nil {
			continue
		}
		var wire, got any
		if r.Lists {
			wire, got = ev.listed(r), parsed(r.Items)
		} else {
			s := ev.answer(r)
			if s == nil || len(r.Result) == 0 {
				continue
			}
			body := s.Body
			if r.Action.Stream != nil {
				body = streamtext.Array(r.Action.Stream.As, r.Action.Stream.End, r.Action.Stream.Cell, body)
			}
			wire, got = parse(body), parse(r.Result)
		}
		compared = true
		if where, why := lost(wire, got, ""); why != "" {
			verdict.also(r, where, failed(append(ev.lines(ev.of(r)...), ev.ended(r)), "%s: %s %s in the result", r.name(), where, why))
		}
		for _, where := range ev.mistimed(r, wire) {
			verdict.also(r, where, failed(append(ev.lines(ev.of(r)...), ev.ended(r)), "%s: %s is another time in the result", r.name(), where))
		}
	}
	if verdict.Outcome == Fail {
		return verdict
	}
	for _, d := range ev.Events {
		if !ev.Scenario.Declared || d.Event == nil || !d.Genuine {
			continue
		}
		compared = true
		if where, why := ev.eventLost(d); why != "" {
			return failed([]string{ev.delivered(d)}, "the event: %s %s", where, why)
		}
	}
	if !compared {
		return idle("no result can be compared with its answer")
	}
	return passed()
}

// eventLost compares what was handled of a delivery with its body, where that
// is JSON.
func (ev *Evidence) eventLost(d *Delivered) (where, why string) {
	for _, w := range ev.Plan.Spec.Webhooks {
		if data, ok := at(parse(d.Sent), w.In(0, w.Data)); ok && w.Name == d.Webhook && !w.Form {
			return lost(data, parse(d.Event), "")
		}
	}
	return "", ""
}

// answer returns the request of a call that was answered last, and served.
func (ev *Evidence) answer(r *Record) *Sent {
	for i := len(ev.Sends) - 1; i >= 0; i-- {
		if s := ev.Sends[i]; s.Call == r && s.Status >= 200 && s.Status < 300 {
			return s
		}
	}
	return nil
}

// listed returns the items of a list as the wire had them. A page that was sent
// again because its answer broke counts once, by its last answer.
func (ev *Evidence) listed(r *Record) []any {
	var order []int
	pages := map[int][]any{}
	for _, s := range ev.Sends {
		e := ev.entry(s)
		if s.Call != r || e == nil || e.Page == nil || e.Lost || e.Class != "" {
			continue
		}
		v, _ := at(parse(s.Body), r.Action.Page.Items)
		items, _ := v.([]any)
		if _, ok := pages[e.Page.From]; !ok {
			order = append(order, e.Page.From)
		}
		pages[e.Page.From] = items
	}
	all := []any{}
	for _, from := range order {
		all = append(all, pages[from]...)
	}
	return all
}

func parsed(items []JSON) []any {
	out := make([]any, len(items))
	for i, item := range items {
		out[i] = parse(item)
	}
	return out
}

// judgeDrift compares the reports with the faults that broke the contract.
func judgeDrift(ev *Evidence) Verdict {
	if !ev.Drifting {
		return idle("the driver's library reports no drift")
	}
	broken := 0
	for id, n := range ev.Fired {
		if id != "auth/no-expires-in" || !ev.endless() {
			broken += n
		}
	}
	switch {
	case len(ev.Scenario.Faults) == 0, broken == 0 && len(ev.Drifts) > 0:
		return ev.undisturbed()
	case broken == 0:
		return idle("no answer departed from the contract")
	}
	if len(ev.Drifts) == 0 {
		return failed(ev.lines(ev.Entries...), "%d answers departed from the contract, and nothing was reported", broken)
	}
	seen := map[Drift]bool{}
	for _, d := range ev.Drifts {
		line := []string{ev.event(ev.Start, "drift of %s at %s: %s", d.Action, d.Path, d.Kind)}
		switch {
		case d.Path == "" || d.Kind == "":
			return failed(line, "a report has no path or no kind")
		case seen[d]:
			return failed(line, "one departure was reported twice")
		case ev.quotes(d):
			return failed(line, "a report tells the value that was sent")
		}
		seen[d] = true
	}
	return passed()
}

// endless reports whether the spec says that a token may come without an end.
func (ev *Evidence) endless() bool {
	m := ev.Plan.OAuth
	return m != nil && m.OAuth2 != nil && m.OAuth2.ExpiryOptional
}

// undisturbed judges reports where the provider kept the contract: each is false.
func (ev *Evidence) undisturbed() Verdict {
	if len(ev.Sends) == 0 {
		return idle("no request was sent")
	}
	if len(ev.Drifts) == 0 {
		return passed()
	}
	var lines []string
	var places []Place
	for _, d := range ev.Drifts {
		lines = append(lines, ev.event(ev.Start, "drift of %s at %s: %s", d.Action, d.Path, d.Kind))
		places = append(places, Place{d.Action, d.Path})
	}
	v := failed(lines, "%d departures were reported, and every answer kept the contract", len(ev.Drifts))
	v.Places = places
	return v
}

// quotes reports whether a drift report holds text of an answer. Short strings
// may be names of kinds.
func (ev *Evidence) quotes(d Drift) bool {
	const short = 12
	for _, s := range ev.Sends {
		for text := range leaves(parse(s.Body)) {
			if len(text) >= short && (strings.Contains(d.Path, text) && !ev.declares(text) || strings.Contains(d.Kind, text)) {
				return true
			}
		}
	}
	return false
}

// declares reports whether a text is within the name of a member that the spec declares,
// so that a path with it need not tell a value.
func (ev *Evidence) declares(text string) bool {
	for _, t := range ev.Plan.Spec.Types {
		if slices.ContainsFunc(t.Fields, func(f *ir.Field) bool { return strings.Contains(f.Name, text) }) {
			return true
		}
	}
	return false
}
