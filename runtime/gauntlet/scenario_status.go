package gauntlet

import (
	"slices"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

func statusScenarios() []*Scenario {
	return []*Scenario{
		{
			ID:      "status/503-then-ok",
			Title:   "two answers of 503, then a good one",
			Right:   "A read is sent again after a pause that grows.",
			Roles:   []Role{RoleRead},
			Needs:   passes("503"),
			Faults:  []Arm{{Fault: "status/503", On: RoleRead, Times: 2}},
			Run:     readOnce,
			Oracles: []string{"recovers", "bounded"},
		},
		{
			ID:      "status/408-then-ok",
			Title:   "the provider says that the request came too slowly",
			Right:   "408 invites to send again (RFC 9110, 15.5.9): a read is.",
			Roles:   []Role{RoleRead},
			Needs:   passes("408"),
			Faults:  []Arm{{Fault: "status/408", On: RoleRead, Times: 1}},
			Run:     readOnce,
			Oracles: []string{"recovers", "bounded"},
		},
		{
			ID:      "status/504-then-ok",
			Title:   "a proxy gives up on the provider",
			Right:   "A read is sent again.",
			Roles:   []Role{RoleRead},
			Needs:   passes("504"),
			Faults:  []Arm{{Fault: "status/504", On: RoleRead, Times: 1}},
			Run:     readOnce,
			Oracles: []string{"recovers", "bounded"},
		},
		{
			ID:      "status/502-html",
			Title:   "a proxy answers with a page of HTML",
			Right:   "The page is not taken for data: a read is sent again.",
			Roles:   []Role{RoleRead},
			Needs:   passes("502"),
			Faults:  []Arm{{Fault: "status/502-html", On: RoleRead, Times: 1}},
			Run:     readOnce,
			Oracles: []string{"recovers", "bounded"},
		},
		{
			ID:      "status/200-html",
			Title:   "every answer is a page of HTML with status 200",
			Right:   "The call fails with a typed error that quotes nothing of the page.",
			Roles:   []Role{RoleRead},
			Faults:  []Arm{{Fault: "status/200-html", On: RoleRead}},
			Run:     readOnce,
			Oracles: []string{"typed", "secret", "deadline", "bounded"},
		},
		{
			ID:      "status/200-error-envelope",
			Title:   "a failure comes with status 200",
			Right:   "The body decides: the call fails with the provider's code.",
			Roles:   []Role{RoleRead},
			Needs:   failsInside,
			Faults:  []Arm{{Fault: "status/200-error", On: RoleRead}},
			Run:     readOnce,
			Oracles: []string{"typed", "secret", "bounded"},
		},
		{
			ID:      "status/200-unconfirmed",
			Title:   "a write is answered with 200 and nothing that says that it worked",
			Right:   "What is not confirmed is not done: the call fails and is not sent again.",
			Roles:   []Role{RoleCreate},
			Needs:   confirms,
			Faults:  []Arm{{Fault: "status/200-unconfirmed", On: RoleCreate, Times: 1}},
			Run:     createOnce,
			Oracles: []string{"once", "lost", "typed", "bounded"},
		},
		{
			ID:      "status/committed-then-lost",
			Title:   "a write takes effect and its answer never arrives",
			Right:   "The write is not sent again; the error says that the outcome is unknown.",
			Roles:   []Role{RoleCreate},
			Faults:  []Arm{{Fault: "status/committed-then-lost", On: RoleCreate, Times: 1}},
			Run:     createOnce,
			Oracles: []string{"once", "lost", "typed", "bounded"},
		},
		{
			ID:      "status/500-on-create",
			Title:   "a write is answered with 500",
			Right:   "500 does not say that nothing happened: a create is not sent again.",
			Roles:   []Role{RoleCreate},
			Faults:  []Arm{{Fault: "status/500", On: RoleCreate, Times: 1}},
			Run:     createOnce,
			Oracles: []string{"once", "lost", "bounded"},
		},
		{
			ID:      "status/every-safe-call",
			Title:   "each call that is safe to repeat is answered with 503 once",
			Right:   "Each is sent again, and served.",
			Every:   everySafe,
			MaxWait: time.Hour,
			Faults:  []Arm{{Fault: "status/503", Each: everySafe, Times: 1}},
			Run:     eachCall(everySafe),
			Oracles: []string{"recovers", "once", "bounded"},
		},
		{
			ID:      "status/every-lost-write",
			Title:   "each write that is not safe to repeat takes effect, and its answer is lost",
			Right:   "None is sent again, unless it has a key; the errors say that the outcome is unknown.",
			Every:   everyCreate,
			MaxWait: time.Hour,
			Faults:  []Arm{{Fault: "status/committed-then-lost", Each: everyCreate, Times: 1}},
			Run:     eachCall(everyCreate),
			Oracles: []string{"once", "lost", "typed", "bounded"},
		},
		{
			ID:      "status/lost-and-found",
			Title:   "each write that can be looked for takes effect, and its answer is lost",
			Right:   "What it made is found and given to the caller; nothing is written twice.",
			Every:   everyRecover,
			MaxWait: time.Hour,
			Faults:  []Arm{{Fault: "status/committed-then-lost", Each: everyRecover, Times: 1}},
			Run:     eachCall(everyRecover),
			Oracles: []string{"recovers", "once", "lost", "typed", "bounded"},
		},
		{
			ID:      "status/lost-and-absent",
			Title:   "each write that can be looked for is answered with 503, and had no effect",
			Right:   "Nothing is found, and the write is sent again.",
			Every:   everyRecover,
			MaxWait: time.Hour,
			Faults:  []Arm{{Fault: "status/503", Each: everyRecover, Times: 1}},
			Run:     eachCall(everyRecover),
			Oracles: []string{"recovers", "once", "lost", "bounded"},
		},
		{
			ID:       "status/every-error",
			Title:    "each failure that the spec declares is met once",
			Right:    "Each call fails with the class, the code and the request id that the spec says.",
			Declared: true,
			Needs:    hasRules(anyRule),
			Spare:    24,
			MaxWait:  time.Hour,
			Run:      meetEveryFailure,
			Oracles:  []string{"typed", "secret", "bounded"},
		},
		{
			ID:      "status/outage",
			Title:   "nothing works for as long as the caller tries",
			Right:   "Retry stops helping itself: after warm-up a call is sent about once.",
			Roles:   []Role{RoleRead},
			WarmUp:  100,
			MaxWait: 10 * time.Minute,
			Faults:  []Arm{{Fault: "status/503", Action: "*"}},
			Run:     callThroughOutage,
			Oracles: []string{"amplify", "typed", "deadline", "bounded"},
		},
		{
			ID:      "status/202",
			Title:   "a read is put off: 202 without a result",
			Right:   "No result is no success to make up: the call ends, typed, with nothing lost.",
			Roles:   []Role{RoleRead},
			Faults:  []Arm{{Fault: "status/202", On: RoleRead}},
			Run:     readOnce,
			Oracles: []string{"typed", "secret", "deadline", "bounded"},
		},
		{
			ID:      "status/204-with-body",
			Title:   "a success of 204 has a body all the same",
			Right:   "204 has no content (RFC 9110, 15.3.5): what follows is left alone.",
			Roles:   []Role{RoleRead},
			Faults:  []Arm{{Fault: "status/204-body", On: RoleRead}},
			Run:     readOnce,
			Oracles: []string{"typed", "secret", "deadline", "bounded"},
		},
		{
			ID:      "status/304",
			Title:   "the provider says that nothing changed, though nobody asked",
			Right:   "Without a copy of one's own that is a failure, and a typed one.",
			Roles:   []Role{RoleRead},
			Faults:  []Arm{{Fault: "status/304", On: RoleRead}},
			Run:     readOnce,
			Oracles: []string{"typed", "secret", "deadline", "bounded"},
		},
		{
			ID:      "status/409",
			Title:   "a conflict on a write",
			Right:   "It was refused: it is not done, and the error says so.",
			Roles:   []Role{RoleCreate},
			Faults:  []Arm{{Fault: "status/409", On: RoleCreate, Times: 1}},
			Run:     createOnce,
			Oracles: []string{"once", "lost", "typed", "secret"},
		},
		{
			ID:      "status/423",
			Title:   "an object is locked",
			Right:   "The call fails with a typed error.",
			Roles:   []Role{RoleRead},
			Faults:  []Arm{{Fault: "status/423", On: RoleRead}},
			Run:     readOnce,
			Oracles: []string{"typed", "secret", "deadline", "bounded"},
		},
		{
			ID:      "status/425",
			Title:   "the provider will not risk a replay",
			Right:   "The call ends with a typed error, or is sent again.",
			Roles:   []Role{RoleRead},
			Faults:  []Arm{{Fault: "status/425", On: RoleRead}},
			Run:     readOnce,
			Oracles: []string{"typed", "secret", "deadline", "bounded"},
		},
	}
}

// callThroughOutage makes many calls, as a program does that works off a queue.
func callThroughOutage(e *Env) error {
	c, err := e.Open(1)
	if err != nil {
		return err
	}
	for range 160 {
		c.CallWithin(e.Plan.Read, time.Minute)
	}
	return nil
}

// failsInside says why a failure cannot come with status 200.
func failsInside(p *Plan) string {
	inside := slices.ContainsFunc(p.Read.Errors, func(r *ir.ErrorRule) bool { return len(r.When.Body) > 0 && meets200(r) })
	return unless(inside, "the spec knows no failure with status 200")
}

func meets200(r *ir.ErrorRule) bool {
	return len(r.When.Status) == 0 || slices.ContainsFunc(r.When.Status, covers("200"))
}

// confirms says why an answer with status 200 that holds nothing is no failure.
func confirms(p *Plan) string {
	absent := func(m *ir.Match) bool {
		return m.Op == "not" || m.Op == "exists" && slices.Contains(m.Values, any(false))
	}
	inside := slices.ContainsFunc(p.Create.Errors, func(r *ir.ErrorRule) bool {
		return meets200(r) && slices.ContainsFunc(r.When.Body, absent) && !slices.ContainsFunc(r.When.Body, func(m *ir.Match) bool { return !absent(m) })
	})
	return unless(inside, "the spec does not say how a success is told from an answer that holds nothing")
}

// passes says why a status is no trouble that passes: the spec has a rule that
// says otherwise. Without a rule it is what RFC 9110 makes of it.
func passes(status string) func(*Plan) string {
	return func(p *Plan) string { return passing(p.Read, status) }
}

func passing(a *ir.Action, status string) string {
	for _, r := range a.Errors {
		if len(r.When.Body)+len(r.When.Header) > 0 || r.When.Media != "" || !slices.ContainsFunc(r.When.Status, covers(status)) {
			continue
		}
		transient := r.Class == ir.Unavailable || r.Class == ir.Timeout || r.Class == ir.RateLimited
		return unless(transient, "the spec says that status "+status+" is "+string(r.Class))
	}
	return ""
}

// covers reports whether a status of a rule, such as 5xx, is that status.
func covers(status string) func(string) bool {
	return func(rule string) bool {
		return rule == status || len(rule) == 3 && rule[0] == status[0] && rule[1:] == "xx"
	}
}
