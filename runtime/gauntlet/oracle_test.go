package gauntlet

import (
	"slices"
	"strings"
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/twin"
)

// wrong is every way to be wrong that the battery must catch: what the client
// does, where it shows, and the oracle that has to say so.
var wrong = []struct{ sin, scenario, oracle string }{
	{"", "limits/tier-respected", "limit"},
	{"ignores the wait", "limits/429-seconds", "early"},
	{"retries writes", "status/committed-then-lost", "once"},
	{"forgets what is unknown", "status/committed-then-lost", "lost"},
	{"believes every 200", "status/200-unconfirmed", "lost"},
	{"plain errors", "status/200-unconfirmed", "typed"},
	{"gives up", "status/503-then-ok", "recovers"},
	{"", "status/outage", "amplify"},
	{"refreshes in every goroutine", "auth/expiry-mid-list", "refresh"},
	{"uses before it saves", "auth/expiry", "refresh"},
	{"does not believe it", "auth/revoked", "dead"},
	{"keeps its own copy", "auth/rotation", "recovers"},
	{"keeps its own copy", "auth/rotation-grace", "recovers"},
	{"follows redirects with the token", "transport/redirect-foreign", "origin"},
	{"stops at an empty page", "paging/empty-with-next", "complete"},
	{"gives what it gave", "paging/duplicate-item", "complete"},
	{"gives what it gave", "paging/item-inserted", "complete"},
	{"waits for the total", "paging/item-deleted", "ends"},
	{"takes a refusal for the end", "paging/past-cap", "complete"},
	{"goes around", "paging/next-equals-current", "ends"},
	{"reads numbers as floats", "data/big-int", "lossless"},
	{"drops what it does not know", "data/unknown-member", "lossless"},
	{"plain errors", "status/200-html", "typed"},
	{"prints the body", "status/200-html", "typed"},
	{"refuses what has no tag", "data/untagged-variant", "recovers"},
	{"ignores the deadline", "limits/deadline-while-waiting", "deadline"},
	{"hangs for ever", "transport/hang-before-headers", "deadline"},
	{"sends for ever", "status/200-html", "bounded"},
	{"leaves bodies open", "status/503-then-ok", "bounded"},
	{"leaves a goroutine", "status/503-then-ok", "bounded"},
	{"reads everything", "transport/gzip-bomb", "bounded"},
	{"one queue for all", "limits/one-account-refused", "isolate"},
	{"trusts everybody", "webhooks/tampered", "forged"},
	{"trusts everybody", "webhooks/wrong-key", "forged"},
	{"trusts nobody", "webhooks/genuine", "forged"},
	{"ignores the age", "webhooks/stale", "forged"},
	{"handles duplicates", "webhooks/duplicate", "forged"},
	{"prints the token", "status/200-html", "secret"},
	{"logs the token", "status/200-html", "secret"},
	{"", "data/number-as-string", "drift"},
	{"reports drift twice", "data/number-as-string", "drift"},
	{"quotes in drift", "data/number-as-string", "drift"},
}

func TestOraclesCatchWrongClients(t *testing.T) {
	for _, w := range wrong {
		t.Run(w.oracle+"/"+w.sin, func(t *testing.T) {
			t.Parallel()
			s := scenarioOf(t, w.scenario)
			plan := planFor(s)
			if !slices.Contains(s.Oracles, w.oracle) {
				t.Fatalf("%s does not ask %s", s.ID, w.oracle)
			}
			if v := verdictOf(t, Try(t, plan, naive{w.sin}, s, 1), w.oracle); v.Outcome != Fail {
				t.Errorf("a client that is wrong passes %s: %s %s", s.ID, v.Outcome, v.Why)
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

func TestEveryOracleIsTried(t *testing.T) {
	for _, o := range Oracles() {
		if !slices.ContainsFunc(wrong, func(w struct{ sin, scenario, oracle string }) bool { return w.oracle == o.ID }) {
			t.Errorf("no wrong client tries the oracle %s", o.ID)
		}
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
