package gauntlet

import (
	"fmt"
	"slices"
	"strings"

	"github.com/porin-dev/porin/runtime/twin"
)

// Explain returns the text for the id of a scenario, a fault or an oracle, for
// `porin explain`. A scenario and a fault may have one id; then both are told.
// It reports false for an id that is none of them.
func Explain(id string) (string, bool) {
	var parts []string
	if i := slices.IndexFunc(Scenarios(), func(s *Scenario) bool { return s.ID == id }); i >= 0 {
		parts = append(parts, Scenarios()[i].explain())
	}
	if f, ok := twin.Lookup(id); ok {
		parts = append(parts, explainFault(f))
	}
	if o := oracle(id); o != nil {
		parts = append(parts, o.explain())
	}
	return strings.Join(parts, "\n"), len(parts) > 0
}

// Explainable returns every id that [Explain] knows, sorted.
func Explainable() []string {
	var ids []string
	for _, s := range Scenarios() {
		ids = append(ids, s.ID)
	}
	for _, f := range twin.Catalogue() {
		ids = append(ids, f.ID)
	}
	for _, o := range Oracles() {
		ids = append(ids, o.ID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (s *Scenario) explain() string {
	var b strings.Builder
	fmt.Fprintf(&b, "scenario %s: %s\n\n%s\n", s.ID, s.Title, s.Right)
	if len(s.Faults) > 0 {
		var faults []string
		for _, f := range s.Faults {
			faults = append(faults, f.Fault)
		}
		fmt.Fprintf(&b, "\nfaults: %s\n", strings.Join(faults, ", "))
	}
	b.WriteString("oracles:\n")
	for _, id := range s.Oracles {
		fmt.Fprintf(&b, "  %-9s %s\n", id, oracle(id).Rule)
	}
	return b.String()
}

func explainFault(f twin.FaultKind) string {
	var b strings.Builder
	fmt.Fprintf(&b, "fault %s: %s\n", f.ID, f.Doc)
	for _, p := range f.Params {
		otherwise := ""
		if p.Default != "" {
			otherwise = " (" + p.Default + ")"
		}
		fmt.Fprintf(&b, "  %s: %s%s\n", p.Name, p.Doc, otherwise)
	}
	if used := ScenariosWith(f.ID); len(used) > 0 {
		fmt.Fprintf(&b, "scenarios: %s\n", strings.Join(used, ", "))
	}
	return b.String()
}

// ScenariosWith returns the ids of the scenarios that arm a fault.
func ScenariosWith(fault string) []string {
	var used []string
	for _, s := range Scenarios() {
		if slices.ContainsFunc(s.Faults, func(a Arm) bool { return a.Fault == fault }) {
			used = append(used, s.ID)
		}
	}
	return used
}

func (o *Oracle) explain() string {
	return fmt.Sprintf("oracle %s: %s\n\n%s\n", o.ID, o.Rule, o.How)
}
