package gauntlet

import (
	"slices"
	"strings"
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/twin"
)

func TestOraclesCatchWrongClients(t *testing.T) {
	for _, w := range wrong {
		t.Run(w.oracle+"/"+w.sin+"/"+w.scenario, func(t *testing.T) {
			t.Parallel()
			s := scenarioOf(t, w.scenario)
			plan := planFor(s)
			if !slices.Contains(s.Oracles, w.oracle) {
				t.Fatalf("%s does not ask %s", s.ID, w.oracle)
			}
			if v := verdictOf(t, Try(t, plan, naive{w.sin}, s, 1), w.oracle); v.Outcome != Fail || !said(w.says, v.Why) {
				t.Errorf("of a client that is wrong, %s says %s: %s", s.ID, v.Outcome, v.Why)
			}
			if v := verdictOf(t, Try(t, plan, clientDriver{}, s, 1), w.oracle); v.Outcome != Pass {
				t.Errorf("a client that is right fails %s: %s %s", s.ID, v.Outcome, v.Why)
			}
		})
	}
}

// planFor is the plan of a shelf that makes a scenario possible: read by cursor, by
// offset, or by offset up to a cap.
func planFor(s *Scenario) *Plan {
	plan := NewPlan(shelf())
	if s.Impossible(plan) != "" {
		plan.List = plan.Spec.Action("books.shelved")
	}
	if s.Past {
		plan.List.Page.Cap = 60
	}
	return plan
}

func TestEveryOracleIsAsked(t *testing.T) {
	for _, o := range Oracles() {
		if !slices.ContainsFunc(Scenarios(), func(s *Scenario) bool { return slices.Contains(s.Oracles, o.ID) }) {
			t.Errorf("no scenario asks the oracle %s", o.ID)
		}
	}
}

func scenarioOf(t *testing.T, id string) *Scenario {
	t.Helper()
	all := Scenarios()
	i := slices.IndexFunc(all, func(s *Scenario) bool { return s.ID == id })
	if i < 0 {
		t.Fatalf("no scenario %s", id)
	}
	return all[i]
}

func verdictOf(t *testing.T, r Result, oracle string) Verdict {
	t.Helper()
	i := slices.IndexFunc(r.Verdicts, func(v Verdict) bool { return v.Oracle == oracle })
	if i < 0 {
		t.Fatalf("%s has no verdict of %s: %s %s", r.ID, oracle, r.Outcome, r.Why)
	}
	return r.Verdicts[i]
}

// A fault that never took effect is told, also of a failure, with what was wrong with
// the client's own requests.
func TestUnfiredFaultIsTold(t *testing.T) {
	ev := &Evidence{Fired: map[string]int{"status/503": 1}, Entries: []twin.Entry{
		{Seq: 1, Method: "GET", Path: "/v1/members", Action: "members.list", Status: 400, Why: "without channel"},
		{Seq: 2, Method: "GET", Path: "/v1/members", Action: "members.list", Status: 400, Why: "without channel"},
		{Seq: 3, Method: "PATCH", Path: "/v1/users", Status: 405, Why: "the address takes GET, HEAD"},
	}}
	const why = "the fault data/null never took effect, and requests were refused for themselves: GET members.list: without channel; PATCH /v1/users: the address takes GET, HEAD"
	faults := []string{"status/503", "data/null"}
	r := Result{Faults: faults, Outcome: NotExercised, Verdicts: []Verdict{{Oracle: "complete", Outcome: Pass}}}
	r.conclude(ev)
	if r.Outcome != NotExercised || r.Why != why {
		t.Errorf("%s: %s", r.Outcome, r.Why)
	}
	r = Result{Faults: faults, Outcome: NotExercised, Verdicts: []Verdict{{Oracle: "complete", Outcome: Fail, Why: "0 of 30 items"}}}
	r.conclude(ev)
	if r.Outcome != Fail || r.Why != "0 of 30 items" || !strings.Contains(r.Text(), "\n  "+why) {
		t.Errorf("%s: %s\n%s", r.Outcome, r.Why, r.Text())
	}
	r = Result{Faults: faults[:1], Outcome: NotExercised, Verdicts: []Verdict{{Oracle: "complete", Outcome: Fail, Why: "0 of 30 items"}}}
	if r.conclude(ev); r.Note != "" {
		t.Errorf("each took effect: %s", r.Note)
	}
}

// A write that was refused in a way that leaves its outcome open is not to be sent
// again, whatever wait the refusal names; a read is.
func TestNobodyHasToRepeatWhatMayHaveTakenEffect(t *testing.T) {
	for _, c := range []struct {
		action, driver string
		want           Outcome
	}{
		{"books.create", "", NotExercised},
		{"books.get", "", Pass},
		{"books.get", "gives up", Fail},
	} {
		spec := shelf()
		for _, a := range spec.AllActions() {
			a.Errors = slices.Clone(a.Errors)
			for i, r := range a.Errors {
				named := *r
				if named.Wait = nil; a.Path == c.action && r.Class == ir.Unavailable {
					named.Wait = &ir.Source{Header: "Retry-After", As: "seconds"}
				}
				a.Errors[i] = &named
			}
		}
		var d Driver = clientDriver{}
		if c.driver != "" {
			d = naive{c.driver}
		}
		if v := verdictOf(t, Try(t, NewPlan(spec), d, scenarioOf(t, "limits/every-wait"), 1), "recovers"); v.Outcome != c.want {
			t.Errorf("%s by %q: %s, want %s: %s", c.action, c.driver, v.Outcome, c.want, v.Why)
		}
	}
}
