package gauntlet

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// ReportVersion is the version of a report's JSON form. It changes when a
// reader of the previous form would misread the new one.
const ReportVersion = 1

// Report is what a run came to. Its JSON form is stable:
//
//	{"version": 1, "connector": "slack", "driver": "porin", "seed": 1,
//	 "score": {"passed": 23, "exercised": 24, "not_exercised": 5},
//	 "scenarios": [{
//	   "id": "paging/foreign-next", "group": "paging", "title": "...", "right": "...",
//	   "faults": ["paging/foreign-next"],
//	   "outcome": "pass" | "fail" | "not exercised" | "not offered", "why": "...",
//	   "verdicts": [{"oracle": "origin", "rule": "...", "outcome": "...", "why": "...", "journal": ["..."]}]}]}
type Report struct {
	Version   int    `json:"version"`
	Connector string `json:"connector"`
	Driver    string `json:"driver"`
	Library   string `json:"library_version,omitempty"` // Version of the library, where the driver says it.
	Seed      uint64 `json:"seed"`
	Command   string `json:"command,omitempty"` // Runs it again.
	Score     Score  `json:"score"`
	RealTime  bool   `json:"real_time,omitempty"` // Times are those of a clock: the client is a process of its own.

	// Interrupted says that the run was ended before every scenario was judged: the
	// report has those that were.
	Interrupted bool `json:"interrupted,omitempty"`

	Scenarios []Result `json:"scenarios"`
}

// Score counts scenarios.
type Score struct {
	Passed       int `json:"passed"`
	Exercised    int `json:"exercised"`
	NotExercised int `json:"not_exercised"`
	NotOffered   int `json:"not_offered,omitempty"` // By the library: neither passed nor failed.
}

// String returns "23/24, 5 not exercised".
func (s Score) String() string {
	text := fmt.Sprintf("%d/%d", s.Passed, s.Exercised)
	if s.NotExercised > 0 {
		text += fmt.Sprintf(", %d not exercised", s.NotExercised)
	}
	if s.NotOffered > 0 {
		text += fmt.Sprintf(", %d not offered", s.NotOffered)
	}
	return text
}

// Result is what one scenario came to.
type Result struct {
	ID       string    `json:"id"`
	Group    string    `json:"group"`
	Title    string    `json:"title"`
	Right    string    `json:"right,omitempty"` // What a client does that is right.
	Faults   []string  `json:"faults,omitempty"`
	Outcome  Outcome   `json:"outcome"`
	Why      string    `json:"why,omitempty"`
	Note     string    `json:"note,omitempty"` // Of a failure: which of the faults never took effect, and why not.
	Verdicts []Verdict `json:"verdicts,omitempty"`
	Smallest string    `json:"smallest,omitempty"` // The smallest [Size] that still fails, where that was looked for.
	Timeline []Moment  `json:"timeline,omitempty"` // Of what was exercised, where it was asked for.
}

// late reports whether nothing but the clock says that a scenario failed.
func (r Result) late() bool {
	return r.Outcome == Fail && !slices.ContainsFunc(r.Verdicts, func(v Verdict) bool { return v.Outcome == Fail && !v.late })
}

// dropLate takes what the clock alone says out of a failure that has another cause, too:
// it is not tried again, so nobody knows whether the client is late by itself.
func (r *Result) dropLate() {
	if r.Outcome != Fail || r.late() {
		return
	}
	r.Why = ""
	for i := range r.Verdicts {
		switch v := &r.Verdicts[i]; {
		case v.Outcome == Fail && v.late:
			*v = Verdict{Oracle: v.Oracle, Rule: v.Rule, Outcome: NotExercised, Why: "it was late, which is not tried again beside another failure"}
		case v.Outcome == Fail && r.Why == "":
			r.Why = v.Why
		}
	}
}

// Text explains a failure: each rule that was broken, how, and the lines of the
// journal that prove it.
func (r Result) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", r.ID, r.Title)
	broken := 0
	for _, v := range r.Verdicts {
		if v.Outcome != Fail {
			continue
		}
		broken++
		if o := oracle(v.Oracle); o != nil {
			fmt.Fprintf(&b, "  oracle %s: %s\n", v.Oracle, o.Rule)
		}
		fmt.Fprintf(&b, "    %s\n", v.Why)
		for _, line := range v.Journal {
			fmt.Fprintf(&b, "      %s\n", line)
		}
	}
	if broken == 0 && r.Why != "" {
		fmt.Fprintf(&b, "  %s\n", r.Why)
	}
	if r.Note != "" {
		fmt.Fprintf(&b, "  %s\n", r.Note)
	}
	return b.String()
}

// scrub takes secrets out of what a verdict says, so that a report can be
// published whatever a client printed.
func (v *Verdict) scrub(secrets []string) {
	v.Why = scrubbed(v.Why, secrets)
	for i := range v.Journal {
		v.Journal[i] = scrubbed(v.Journal[i], secrets)
	}
}

func scrubbed(s string, secrets []string) string {
	for _, secret := range secrets {
		if secret != "" {
			s = strings.ReplaceAll(s, secret, "[secret]")
		}
	}
	return s
}

// NewReport counts results.
func NewReport(connector, driver string, seed uint64, results []Result) *Report {
	r := &Report{Version: ReportVersion, Connector: connector, Driver: driver, Seed: seed, Scenarios: results}
	for _, s := range results {
		switch s.Outcome {
		case Pass:
			r.Score.Passed++
			r.Score.Exercised++
		case Fail:
			r.Score.Exercised++
		case NotExercised:
			r.Score.NotExercised++
		case NotOffered:
			r.Score.NotOffered++
		}
	}
	return r
}

// Unfinished says that a run was interrupted; "" is one that was not.
func (r *Report) Unfinished() string {
	if !r.Interrupted {
		return ""
	}
	return "interrupted before the others were judged"
}

// Failed returns the scenarios that failed.
func (r *Report) Failed() []Result {
	var out []Result
	for _, s := range r.Scenarios {
		if s.Outcome == Fail {
			out = append(out, s)
		}
	}
	return out
}

// JSON returns the report in its stable form.
func (r *Report) JSON() ([]byte, error) {
	b, err := json.Marshal(r, jsontext.Multiline(true), json.Deterministic(true))
	return append(b, '\n'), err
}

// WriteFile writes the JSON form to a file.
func (r *Report) WriteFile(name string) error {
	b, err := r.JSON()
	if err != nil {
		return err
	}
	return os.WriteFile(name, b, 0o644)
}

// ReadReport reads the JSON form.
func ReadReport(b []byte) (*Report, error) {
	var r Report
	if err := json.Unmarshal(b, &r); err != nil {
		return nil, fmt.Errorf("the report cannot be read: %w", err)
	}
	if r.Version != ReportVersion {
		return nil, fmt.Errorf("the report has version %d, and this program reads %d", r.Version, ReportVersion)
	}
	return &r, nil
}

// The colours of a table.
const (
	green  = "\x1b[32m"
	red    = "\x1b[31m"
	dim    = "\x1b[2m"
	normal = "\x1b[0m"
)

// WriteTable prints the report as a table by group, then each failure with its
// lines, then the score. A group of which nothing was played for one reason is one
// row. Columns are aligned with spaces; colour adds escape sequences for terminals.
func (r *Report) WriteTable(w io.Writer, colour bool) error {
	var b strings.Builder
	width := 0
	for _, s := range r.Scenarios {
		width = max(width, len(s.name()))
	}
	for rest := r.Scenarios; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].Group == rest[0].Group {
			n++
		}
		group := rest[:n]
		rest = rest[n:]
		fmt.Fprintf(&b, "\n%s\n", group[0].Group)
		rows := group
		if n > 1 && alike(group) {
			rows = group[:1]
		}
		for _, s := range rows {
			mark, tint, note := s.row()
			name := s.name()
			if len(rows) < n {
				name = fmt.Sprintf("all %d", n)
			}
			row := fmt.Sprintf("  %-4s  %-*s  %s", mark, width, name, printable(note))
			if colour && tint != "" {
				row = tint + row + normal
			}
			b.WriteString(strings.TrimRight(row, " ") + "\n")
		}
	}
	for _, s := range r.Failed() {
		b.WriteString("\n" + printable(s.Text()))
	}
	ended := r.Unfinished()
	if ended != "" {
		ended = "; " + ended
	}
	fmt.Fprintf(&b, "\n%s with %s, seed %d: %s%s\n", r.Connector, r.Driver, r.Seed, r.Score, ended)
	_, err := io.WriteString(w, b.String()[1:])
	return err
}

// alike reports whether nothing of a group was played, and for one reason.
func alike(group []Result) bool {
	first := group[0]
	return (first.Outcome == NotExercised || first.Outcome == NotOffered) && !slices.ContainsFunc(group, func(s Result) bool {
		return s.Outcome != first.Outcome || s.Why != first.Why
	})
}

// printable takes out of a text what a terminal acts upon: parts of it are what drivers
// and libraries said.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) {
			return '?'
		}
		return r
	}, s)
}

// name is the id without its group.
func (r Result) name() string { return strings.TrimPrefix(r.ID, r.Group+"/") }

// row returns the first and the last column of a scenario, and its colour.
func (r Result) row() (mark, tint, note string) {
	switch r.Outcome {
	case Pass:
		return "pass", green, r.Title
	case Fail:
		return "FAIL", red, r.Title
	case NotOffered:
		return "-", dim, "not offered: " + r.Why
	}
	return "-", dim, "not exercised: " + r.Why
}
