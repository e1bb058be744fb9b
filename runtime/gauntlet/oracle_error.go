package gauntlet

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/twin"
)

// judgeTyped compares each error with the last answer that its call got.
func judgeTyped(ev *Evidence) Verdict {
	seen, foreign := false, false
	for _, r := range ev.Calls {
		if r.Err == nil && ev.Scenario.Declared {
			if sent := ev.of(r); len(sent) > 0 && sent[len(sent)-1].Class != "" {
				return failed(append(ev.lines(sent...), ev.ended(r)), "%s was refused, and the caller was told that it succeeded", r.name())
			}
		}
		if r.Err == nil || errors.Is(r.Err, ErrGaveUp) {
			continue
		}
		if !r.Failure.Typed && ev.Lacks(Typed) {
			foreign = true
			continue
		}
		seen = true
		if why := ev.untold(r); why != "" {
			return failed(append(ev.lines(ev.of(r)...), ev.ended(r)), "the error of %s %s", r.name(), why)
		}
	}
	if !seen && foreign {
		return unoffered("the library hands on errors of other packages")
	}
	if !seen {
		return idle("no call failed")
	}
	return passed()
}

// untold returns what an error fails to tell, or tells too much of.
func (ev *Evidence) untold(r *Record) string {
	f := r.Failure
	sent := ev.of(r)
	switch {
	case !f.Typed:
		return "is not of the client's error type"
	case f.Class == "" && !ev.Lacks(Classes):
		return "has no class"
	case leaks(f.Text, ev.Secrets):
		return "prints a secret"
	case len(sent) == 0:
		return ""
	}
	if text := ev.printedBody(r); text != "" && !ev.Lacks(Reticence) {
		return fmt.Sprintf("prints text of the answer's body: %q", text)
	}
	return ev.misread(r, sent[len(sent)-1])
}

// misread returns what an error says otherwise than the answer that it is about.
func (ev *Evidence) misread(r *Record, last twin.Entry) string {
	f := r.Failure
	classed := !ev.Lacks(Classes)
	switch {
	case !r.End.Before(r.Until):
		return "" // The deadline decides, whatever was answered before.
	case last.Route != twin.RouteAction, ev.renews(last):
		return "" // The error is that of the renewal, which may have ended without a request.
	case last.Status == 0 || last.Lost:
		if gone := []string{string(ir.Unavailable), string(ir.Timeout), string(ir.Decode)}; classed && !slices.Contains(gone, f.Class) {
			return fmt.Sprintf("has class %s, and no answer arrived", f.Class)
		}
	case last.Class == "":
		return "" // The provider said nothing that went wrong; the client did.
	case classed && f.Class != last.Class:
		return fmt.Sprintf("has class %s for an answer of class %s", f.Class, last.Class)
	case last.Code != "" && f.Code != last.Code && !ev.Lacks(Codes):
		return fmt.Sprintf("does not have the code %s", last.Code)
	default:
		if id := ev.requestID(r); id != "" && f.RequestID != id && !ev.Lacks(RequestIDs) {
			return "does not have the request id"
		}
	}
	return ""
}

// renews reports whether an answer made the client renew its token.
func (ev *Evidence) renews(e twin.Entry) bool {
	return ev.Plan.OAuth != nil && e.Auth == ev.Plan.OAuth.Name && e.Class == string(ir.AuthExpired)
}

// printedBody returns the text of the body of an answer that an error prints; ""
// when there is none. The code is meant to be there, and the class is the client's own
// word.
func (ev *Evidence) printedBody(r *Record) string {
	const short = 12
	for _, s := range ev.Sends {
		if s.Call != r || len(s.Body) < short {
			continue
		}
		if start := strings.TrimSpace(string(s.Body[:min(len(s.Body), 40)])); len(start) >= short && strings.Contains(r.Failure.Text, start) {
			return start
		}
		for text := range leaves(parse(s.Body)) {
			f := r.Failure
			if len(text) >= short && text != f.Code && text != f.RequestID && text != f.Class && strings.Contains(r.Failure.Text, text) {
				return text
			}
		}
	}
	return ""
}

// requestID returns the provider's name for the last request, where the rules
// of the action say where it is.
func (ev *Evidence) requestID(r *Record) string {
	i := slices.IndexFunc(r.Action.Errors, func(rule *ir.ErrorRule) bool { return rule.Request != nil })
	if i < 0 {
		return ""
	}
	source := r.Action.Errors[i].Request
	for k := len(ev.Sends) - 1; k >= 0; k-- {
		if s := ev.Sends[k]; s.Call == r && s.Status != 0 {
			if source.Header != "" {
				return s.Header.Get(source.Header)
			}
			v, _ := at(parse(s.Body), source.Body)
			return plain(v)
		}
	}
	return ""
}

// judgeDeadline looks at every call, also those that succeeded.
func judgeDeadline(ev *Evidence) Verdict {
	if ev.Stuck != "" {
		return failed(ev.lines(ev.Entries...), "the workload did not come back: %s", ev.Stuck)
	}
	if ev.Lacks(Deadlines) {
		return unoffered("the library ends no call by a deadline")
	}
	seen := false
	for _, r := range ev.Calls {
		if late := r.End.Sub(r.Until); late > ev.grace() {
			return overdue(append(ev.lines(ev.of(r)...), ev.ended(r)), "%s came back %s after its deadline", r.name(), late)
		}
		seen = seen || r.Err != nil
	}
	if !seen {
		return idle("no call met its deadline")
	}
	return passed()
}

// readCap is the most that a client may read of one answer. It is above the
// cap of every client that has one.
const readCap = 64 << 20

// judgeBounded looks at what a client holds and leaves behind.
func judgeBounded(ev *Evidence) Verdict {
	for _, s := range ev.Sends {
		switch {
		case s.Refused:
			return failed(ev.lines(ev.Entries...), "the client sent more than %d requests", maxSends)
		case s.Read > readCap:
			return failed(ev.sendLines(s), "the client read more than %d MiB of one answer", readCap>>20)
		case s.Opened && !s.Closed && !ev.Outside:
			return failed(ev.sendLines(s), "the body of an answer was not closed")
		}
	}
	if len(ev.Goroutines) > 0 {
		return failed(ev.Goroutines, "%d goroutines are left", len(ev.Goroutines))
	}
	if ev.Stuck != "" {
		return failed(ev.lines(ev.Entries...), "the client is stuck: %s", ev.Stuck)
	}
	if len(ev.Sends) == 0 {
		return idle("no request was sent")
	}
	if ev.Outside {
		return idle("what a client holds is not seen from outside")
	}
	return passed()
}

// sendLines is a request as the provider saw it, and what the client read.
func (ev *Evidence) sendLines(s *Sent) []string {
	lines := []string{ev.event(s.Time, "request to %s: %d bytes of the answer were read", s.Path, s.Read)}
	if e := ev.entry(s); e != nil {
		lines = append(ev.lines(*e), lines...)
	}
	return lines
}

// judgeSecret searches everything that may end in a log.
func judgeSecret(ev *Evidence) Verdict {
	told := false
	for _, r := range ev.Calls {
		if r.Err == nil {
			continue
		}
		told = true
		if leaks(r.Failure.Text, ev.Secrets) {
			return failed([]string{ev.ended(r)}, "the error of %s prints a secret", r.name())
		}
	}
	for _, e := range ev.Entries {
		if leaks(e.Line(ev.Start), ev.Secrets) {
			return failed(nil, "line %d of the journal holds a secret", e.Seq)
		}
	}
	for _, line := range ev.Log {
		told = true
		if leaks(line, ev.Secrets) {
			return failed([]string{line}, "a line of the log, or an event, holds a secret")
		}
	}
	for _, d := range ev.Drifts {
		told = true
		if leaks(d.Path+d.Kind, ev.Secrets) {
			return failed(nil, "a drift report holds a secret")
		}
	}
	for _, d := range ev.Events {
		told = true
		if leaks(d.Answer, ev.Secrets) {
			return failed([]string{ev.delivered(d)}, "the answer to a delivery holds a secret")
		}
	}
	if !told {
		return idle("nothing was said that could hold a secret")
	}
	return passed()
}
