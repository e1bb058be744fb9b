package gauntlet

import (
	"slices"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/twin"
)

// inJournal are the oracles whose evidence is the journal alone.
var inJournal = []string{"limit", "early", "dead", "origin"}

// JudgeJournal lets the oracles judge that need nothing but what the provider
// saw, in the order of [Oracles]: for clients of any make, whose inside is not
// seen. A journal from which entries were dropped tells of the rest.
func JudgeJournal(c *ir.Connector, entries []twin.Entry) []Verdict {
	ev := &Evidence{Plan: NewPlan(c), Scenario: &Scenario{}, Entries: entries, Lacks: func(Feature) bool { return false }}
	if len(entries) > 0 {
		ev.Start = entries[0].Time
	}
	var out []Verdict
	for _, o := range Oracles() {
		if slices.Contains(inJournal, o.ID) {
			out = append(out, o.Judge(ev))
		}
	}
	return out
}
