package gauntlet

import (
	"fmt"
	"slices"
	"time"

	"github.com/porin-dev/porin/runtime/twin"
)

// Outcome is what an oracle or a scenario came to.
type Outcome string

// The outcomes.
const (
	Pass         Outcome = "pass"
	Fail         Outcome = "fail"
	NotExercised Outcome = "not exercised"
	NotOffered   Outcome = "not offered" // The library does not claim to do it.
)

// Verdict is what one oracle says of one scenario.
type Verdict struct {
	Oracle  string   `json:"oracle"`
	Rule    string   `json:"rule,omitempty"` // What the oracle asks.
	Outcome Outcome  `json:"outcome"`
	Why     string   `json:"why,omitempty"`     // Of a failure or of a verdict not reached.
	Journal []string `json:"journal,omitempty"` // The lines that prove a failure, one request or event a line.
	Places  []Place  `json:"places,omitempty"`  // Where the rule was broken, as far as that is a place; Why and Journal are of the first.

	late bool // It failed by the clock alone.
}

// Place is an action, or a member of what it answers; "*" stands for every
// index.
type Place struct {
	Action string `json:"action"`
	Path   string `json:"path,omitempty"`
}

// also adds a failure of a call to a verdict, which the first one makes.
func (v *Verdict) also(r *Record, path string, why Verdict) {
	if v.Outcome != Fail {
		*v = why
	}
	v.Places = append(v.Places, Place{r.Action.Path, path})
}

func passed() Verdict { return Verdict{Outcome: Pass} }

func idle(format string, args ...any) Verdict {
	return Verdict{Outcome: NotExercised, Why: fmt.Sprintf(format, args...)}
}

func (v Verdict) unoffered() bool { return v.Outcome == NotOffered }

func unoffered(format string, args ...any) Verdict {
	return Verdict{Outcome: NotOffered, Why: fmt.Sprintf(format, args...)}
}

func failed(lines []string, format string, args ...any) Verdict {
	return Verdict{Outcome: Fail, Why: fmt.Sprintf(format, args...), Journal: excerpt(lines)}
}

// overdue is a failure by the clock alone, which may be the machine's.
func overdue(lines []string, format string, args ...any) Verdict {
	v := failed(lines, format, args...)
	v.late = true
	return v
}

// maxLines is how much of a journal a failure shows. What matters is a handful
// of requests; a loop would otherwise fill the screen.
const maxLines = 12

// excerpt keeps the first lines and the last ones.
func excerpt(lines []string) []string {
	if len(lines) <= maxLines {
		return lines
	}
	head, tail := lines[:maxLines-3], lines[len(lines)-2:]
	gap := fmt.Sprintf("... %d more", len(lines)-maxLines+1)
	return slices.Concat(head, []string{gap}, tail)
}

// lines renders journal entries, the times counted from the start of the run.
func (ev *Evidence) lines(entries ...twin.Entry) []string {
	out := make([]string, len(entries))
	for i, e := range entries {
		out[i] = e.Line(ev.Start)
	}
	return out
}

// event renders something a session did, in the style of the journal.
func (ev *Evidence) event(at time.Time, format string, args ...any) string {
	return "* +" + since(ev.Start, at) + " " + fmt.Sprintf(format, args...)
}

// since is a time of the run to the millisecond, so that a line stays short.
func since(start, at time.Time) string {
	return at.Sub(start).Round(time.Millisecond).String()
}
