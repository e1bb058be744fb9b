package mutation

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/porin-dev/porin/codegen/mutate"
)

// Outcome is what became of a mutant.
type Outcome string

// The outcomes.
const (
	Killed   Outcome = "killed"
	Survived Outcome = "survived"
	Refused  Outcome = "refused" // No client can be built of it.
	Absent   Outcome = "absent"  // The client does not hold the rule.
)

// Result is one mutant and what became of it.
type Result struct {
	ID      int         `json:"id"`
	Kind    mutate.Kind `json:"kind"`
	Pos     string      `json:"pos"` // file:line:col in the spec.
	What    string      `json:"what"`
	Outcome Outcome     `json:"outcome"`
	By      string      `json:"by,omitempty"`  // The scenario that noticed.
	Why     string      `json:"why,omitempty"` // What it said.
}

// Report is what a check came to. Its JSON form is stable.
type Report struct {
	Version   int      `json:"version"`
	Connector string   `json:"connector"`
	Seed      uint64   `json:"seed"`
	Listed    int      `json:"listed"` // Wrong rules that there are; fewer mutants are a sample.
	Killed    int      `json:"killed"`
	Survived  int      `json:"survived"`
	Refused   int      `json:"refused"`
	Absent    int      `json:"absent"`
	Rate      float64  `json:"rate"` // Killed among killed and survived.
	Mutants   []Result `json:"mutants"`
}

func (r *run) add(m *mutate.Mutant, outcome Outcome, by, why string) {
	r.results = append(r.results, Result{m.ID, m.Kind, m.Pos.String(), m.What, outcome, by, why})
}

func (r *run) report() *Report {
	out := &Report{Version: 1, Connector: r.c.Name, Seed: r.Seed, Listed: r.listed, Mutants: r.results}
	slices.SortFunc(out.Mutants, func(a, b Result) int { return cmp.Compare(a.ID, b.ID) })
	for _, m := range out.Mutants {
		switch m.Outcome {
		case Killed:
			out.Killed++
		case Survived:
			out.Survived++
		case Refused:
			out.Refused++
		case Absent:
			out.Absent++
		}
	}
	if n := out.Killed + out.Survived; n > 0 {
		out.Rate = float64(out.Killed) / float64(n)
	}
	return out
}

// Survivors are the mutants that nothing noticed.
func (r *Report) Survivors() []Result {
	var out []Result
	for _, m := range r.Mutants {
		if m.Outcome == Survived {
			out = append(out, m)
		}
	}
	return out
}

// AtLeast is an error when fewer than so many percent were noticed, or when nothing could
// be and any had to.
func (r *Report) AtLeast(percent float64) error {
	switch {
	case percent > 0 && r.Killed+r.Survived == 0:
		return fmt.Errorf("%s has none of these rules, so that none can be noticed", r.Connector)
	case 100*r.Rate < percent:
		return fmt.Errorf("%.1f%% of the wrong rules are noticed, where it has to be %v%%", 100*r.Rate, percent)
	}
	return nil
}

// WriteText prints a table by kind of rule, each survivor with its place in the
// spec, and the rate.
func (r *Report) WriteText(w io.Writer) error {
	var kinds []mutate.Kind
	killed, alive := map[mutate.Kind]int{}, map[mutate.Kind]int{}
	for _, m := range r.Mutants {
		if m.Outcome != Killed && m.Outcome != Survived {
			continue
		}
		if !slices.Contains(kinds, m.Kind) {
			kinds = append(kinds, m.Kind)
		}
		if m.Outcome == Killed {
			killed[m.Kind]++
		} else {
			alive[m.Kind]++
		}
	}
	var b strings.Builder
	for _, k := range kinds {
		fmt.Fprintf(&b, "  %-18s %4d of %4d noticed\n", k, killed[k], killed[k]+alive[k])
	}
	if s := r.Survivors(); len(s) > 0 {
		b.WriteString("\nNothing notices these:\n")
		for _, m := range s {
			fmt.Fprintf(&b, "  %s: %s: %s\n", m.Pos, m.Kind, m.What)
		}
	}
	fmt.Fprintf(&b, "\n%s, seed %d: %d of %d wrong rules noticed, %.1f%%", r.Connector, r.Seed, r.Killed, r.Killed+r.Survived, 100*r.Rate)
	if n := r.Absent + r.Refused; n > 0 {
		fmt.Fprintf(&b, "; %d more change nothing or do not compile", n)
	}
	if n := len(r.Mutants); n < r.Listed {
		fmt.Fprintf(&b, "; a sample of %d of %d", n, r.Listed)
	}
	_, err := io.WriteString(w, b.String()+"\n")
	return err
}
