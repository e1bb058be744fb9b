package gauntlet

import (
	"slices"
	"strings"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

func limitScenarios() []*Scenario {
	list := []*Scenario{
		{
			ID:      "limits/429-seconds",
			Title:   "a list is refused for some seconds",
			Right:   "The client waits as long as it was told, and the list is whole.",
			Roles:   []Role{RoleList},
			Pages:   2,
			MaxWait: 5 * time.Minute,
			Faults:  []Arm{{Fault: "limits/429-seconds", On: RoleList, Times: 1, Params: map[string]string{"wait": "47s"}}},
			Run:     readList,
			Oracles: []string{"early", "recovers", "complete", "bounded"},
		},
		{
			ID:      "limits/429-create",
			Title:   "a write is refused for some seconds",
			Right:   "A refused write was not executed: it is sent again after the wait, and takes effect once.",
			Roles:   []Role{RoleCreate},
			MaxWait: 5 * time.Minute,
			Faults:  []Arm{{Fault: "limits/429-seconds", On: RoleCreate, Times: 1, Params: map[string]string{"wait": "20s"}}},
			Run:     createOnce,
			Oracles: []string{"early", "recovers", "once", "lost"},
		},
		{
			ID:      "limits/429-date",
			Title:   "the wait is given as a date",
			Right:   "Retry-After is a number or a date (RFC 9110, 10.2.3); both are kept.",
			Roles:   []Role{RoleRead},
			MaxWait: 5 * time.Minute,
			Faults:  []Arm{{Fault: "limits/429-date", On: RoleRead, Times: 1, Params: map[string]string{"wait": "40s"}}},
			Run:     readOnce,
			Oracles: []string{"early", "recovers"},
		},
		{
			ID:      "limits/429-fraction",
			Title:   "the wait is given as a fraction of seconds",
			Right:   "The fraction is kept, or rounded up.",
			Roles:   []Role{RoleRead},
			MaxWait: 5 * time.Minute,
			Faults:  []Arm{{Fault: "limits/429-fraction", On: RoleRead, Times: 1, Params: map[string]string{"wait": "2.5s"}}},
			Run:     readOnce,
			Oracles: []string{"early", "recovers"},
		},
		{
			ID:      "limits/429-nothing",
			Title:   "a refusal does not say for how long",
			Right:   "The client pauses by its own measure and tries again.",
			Roles:   []Role{RoleRead},
			MaxWait: 5 * time.Minute,
			Faults:  []Arm{{Fault: "limits/429-none", On: RoleRead, Times: 1}},
			Run:     readOnce,
			Oracles: []string{"recovers", "bounded"},
		},
		{
			ID:      "limits/429-absurd",
			Title:   "a refusal names a wait of days",
			Right:   "The call does not sleep past its deadline and does not try early: it fails, and says when.",
			Roles:   []Role{RoleRead},
			MaxWait: 5 * time.Minute,
			Faults:  []Arm{{Fault: "limits/429-absurd", On: RoleRead}},
			Run:     func(e *Env) error { return readWithin(e, 5*time.Minute) },
			Oracles: []string{"early", "typed", "deadline", "secret", "bounded"},
		},
		{
			ID:      "limits/429-negative",
			Title:   "a refusal names a wait before now",
			Right:   "A wait that makes no sense is no wait: the client pauses by its own measure.",
			Roles:   []Role{RoleRead},
			MaxWait: 5 * time.Minute,
			Faults:  []Arm{{Fault: "limits/429-negative", On: RoleRead, Times: 1}},
			Run:     readOnce,
			Oracles: []string{"recovers", "bounded"},
		},
		{
			ID:      "limits/deadline-while-waiting",
			Title:   "the wait is longer than the caller has",
			Right:   "The call ends by its deadline, not after the wait.",
			Roles:   []Role{RoleRead},
			MaxWait: time.Hour,
			Faults:  []Arm{{Fault: "limits/429-seconds", On: RoleRead, Params: map[string]string{"wait": "10m0s"}}},
			Run:     func(e *Env) error { return readWithin(e, 30*time.Second) },
			Oracles: []string{"deadline", "early", "typed", "bounded"},
		},
		{
			ID:      "limits/tier-respected",
			Title:   "eight workers share one limit, and want more than it allows",
			Right:   "The provider never sees more than it declares, and every call is served.",
			Roles:   []Role{RoleLimited},
			Needs:   limitIsSmall,
			Volume:  5,
			MaxWait: 24 * time.Hour,
			Crowd:   true,
			Run:     pressLimit,
			Oracles: []string{"limit", "recovers", "bounded"},
		},
		{
			ID:      "limits/gap-respected",
			Title:   "eight workers call what the provider wants one after the other",
			Right:   "The declared distance is kept between all of them, and every call is served.",
			Roles:   []Role{RolePaced},
			MaxWait: time.Hour,
			Crowd:   true,
			Run:     pressGap,
			Oracles: []string{"limit", "recovers", "once", "lost"},
		},
		{
			ID:      "limits/tier-lowered",
			Title:   "the account is moved to a lower tier while eight workers are at it",
			Right:   "The client slows down to what it is told, and every call is served.",
			Roles:   []Role{RoleLimited},
			Needs:   limitIsSmall,
			Volume:  5,
			MaxWait: 24 * time.Hour,
			Faults:  []Arm{{Fault: "limits/tier-lowered", On: RoleLimited, Nth: 10}},
			Crowd:   true,
			Run:     pressLowerLimit,
			Oracles: []string{"early", "recovers", "bounded"},
		},
		{
			ID:      "limits/neighbour",
			Title:   "somebody else eats half of the shared quota",
			Right:   "The client slows down to what is left, and every call is served.",
			Roles:   []Role{RoleLimited},
			Needs:   limitIsSmall,
			Volume:  5,
			MaxWait: 24 * time.Hour,
			Faults:  []Arm{{Fault: "limits/neighbour", On: RoleLimited}},
			Crowd:   true,
			Run:     pressLowerLimit,
			Oracles: []string{"early", "recovers", "bounded"},
		},
		{
			ID:      "limits/penalty",
			Title:   "whoever comes back too soon is made to wait twice as long",
			Right:   "The client waits the first time, and pays no more.",
			Roles:   []Role{RoleRead},
			MaxWait: time.Hour,
			Faults:  []Arm{{Fault: "limits/penalty", On: RoleRead, Params: map[string]string{"wait": "20s"}}},
			Run:     readOnce,
			Oracles: []string{"early", "recovers"},
		},
		{
			ID:      "limits/quota-spent",
			Title:   "the quota of the day is spent",
			Right:   "The call fails at once and says until when; no request goes out before.",
			Roles:   []Role{RoleRead},
			MaxWait: time.Minute,
			Faults:  []Arm{{Fault: "limits/quota-spent", On: RoleRead}},
			Run:     func(e *Env) error { return readWithin(e, time.Minute) },
			Oracles: []string{"early", "typed", "deadline"},
		},
		{
			ID:       "limits/every-wait",
			Title:    "each refusal that names a wait is met once",
			Right:    "The client waits as long as it was told, in the unit that the spec says.",
			Declared: true,
			Needs:    hasRules(waits),
			MaxWait:  5 * time.Minute,
			Run:      meetEveryWait,
			Oracles:  []string{"early", "recovers"},
		},
		{
			ID:       "limits/every-limit",
			Title:    "each declared limit is used up, and other accounts, actions and objects are called beside",
			Right:    "The provider never sees more than it declares, and what has a count of its own does not wait.",
			Declared: true,
			Needs: func(p *Plan) string {
				return unless(len(p.everyLimit()) > 0, "no limit can be reached by few calls of one action")
			},
			Spare:   1,
			MaxWait: days,
			Run:     reachEveryLimit,
			Oracles: []string{"limit", "isolate", "recovers"},
		},
		{
			ID:       "limits/one-account-refused",
			Title:    "one account is refused for minutes, another is not",
			Right:    "The other account's calls go on at once.",
			Roles:    []Role{RoleRead},
			Needs:    limitIsOfAccount,
			Accounts: 2,
			MaxWait:  10 * time.Minute,
			Faults:   []Arm{{Fault: "limits/429-seconds", On: RoleRead, Account: 1, Times: 1, Params: map[string]string{"wait": "5m0s"}}},
			Crowd:    true,
			Run:      callBesideTrouble,
			Oracles:  []string{"isolate", "early", "recovers"},
		},
		{
			ID:      "limits/429-bare",
			Title:   "too many requests, by the status alone",
			Right:   "The client pauses by its own measure and tries again.",
			Roles:   []Role{RoleRead},
			MaxWait: 5 * time.Minute,
			Faults:  []Arm{{Fault: "status/429", On: RoleRead, Times: 1}},
			Run:     readOnce,
			Oracles: []string{"recovers", "bounded"},
		},
		{
			ID:      "limits/429-milliseconds",
			Title:   "the wait is in milliseconds where seconds were declared",
			Right:   "Too long is allowed, too early is not: the call waits, or fails at once and says until when.",
			Roles:   []Role{RoleRead},
			MaxWait: 5 * time.Minute,
			Faults:  []Arm{{Fault: "limits/429-milliseconds", On: RoleRead, Times: 1}},
			Run:     readOnce,
			Oracles: []string{"early", "typed", "deadline", "bounded"},
		},
		{
			ID:      "limits/429-epoch",
			Title:   "the wait is an instant where a length was declared",
			Right:   "Too long is allowed, too early is not: the call waits, or fails at once and says until when.",
			Roles:   []Role{RoleRead},
			MaxWait: 5 * time.Minute,
			Faults:  []Arm{{Fault: "limits/429-epoch", On: RoleRead, Times: 1}},
			Run:     readOnce,
			Oracles: []string{"early", "typed", "deadline", "bounded"},
		},
		{
			ID:      "limits/403",
			Title:   "a refusal for the rate comes with status 403",
			Right:   "A wait that is named is kept, whatever the status; or the call fails, typed.",
			Roles:   []Role{RoleRead},
			MaxWait: 5 * time.Minute,
			Faults:  []Arm{{Fault: "limits/403", On: RoleRead, Times: 1}},
			Run:     readOnce,
			Oracles: []string{"early", "typed", "bounded"},
		},
		{
			ID:      "limits/body-only",
			Title:   "only the body of a 200 says that the rate is spent",
			Right:   "The body decides: the call waits and is sent again.",
			Roles:   []Role{RoleRead},
			Needs:   limitInBody,
			MaxWait: 5 * time.Minute,
			Faults:  []Arm{{Fault: "limits/body-only", On: RoleRead, Times: 1}},
			Run:     readOnce,
			Oracles: []string{"early", "recovers", "bounded"},
		},
	}
	for _, s := range list {
		if len(s.Faults) > 0 && strings.Contains(s.Faults[0].Fault, "429") || s.ID == "limits/penalty" {
			s.Needs = all(refusable(s.Faults[0].On), s.Needs)
		}
		if slices.Contains([]string{"limits/429-date", "limits/429-fraction", "limits/429-milliseconds", "limits/429-epoch"}, s.ID) {
			s.Needs = all(inSeconds, s.Needs)
		}
	}
	return list
}

// refusable says why status 429 is no refusal for the rate.
func refusable(r Role) func(*Plan) string {
	return func(p *Plan) string { return passing(p.role(r), "429") }
}

// inSeconds says why a wait in another form than seconds is none at all: forms are
// declared, and not guessed.
func inSeconds(p *Plan) string {
	for _, r := range p.Read.Errors {
		if r.Class == ir.RateLimited && r.Wait != nil && r.Wait.As != "seconds" {
			return "waits are declared as " + r.Wait.As + ", not in seconds"
		}
	}
	return ""
}

// mostCalls keeps the workload short: it sends half as many again.
const mostCalls = 600

func limitIsSmall(p *Plan) string {
	if p.Limit.Calls > mostCalls {
		return "every declared limit allows too many calls to reach it"
	}
	return ""
}

// limitIsOfAccount reports whether accounts do not share the limits of a read.
func limitIsOfAccount(p *Plan) string {
	for _, u := range p.Read.Limits {
		l := limitOf(p.Spec, u.Limit)
		if l != nil && !slices.ContainsFunc(l.By, func(by string) bool { return slices.Contains([]string{"workspace", "connection", "user"}, by) }) {
			return "accounts share the limit " + l.Name
		}
	}
	return ""
}

// limitInBody reports whether a rule knows a refusal by its body alone.
func limitInBody(p *Plan) string {
	inBody := func(r *ir.ErrorRule) bool {
		return r.Class == ir.RateLimited && len(r.When.Body) > 0 && len(r.When.Status)+len(r.When.Header) == 0
	}
	return unless(slices.ContainsFunc(p.Read.Errors, inBody), "no rule knows a refusal by its body alone")
}

// pressLimit asks for half as many calls again as the limit allows in a period.
func pressLimit(e *Env) error { return press(e, e.Plan.Limit.Calls*3/2) }

// pressLowerLimit asks for few more calls than the limit allows: what is left
// of it may be a tenth, and waiting for that costs requests.
func pressLowerLimit(e *Env) error { return press(e, min(80, e.Plan.Limit.Calls+10)) }

// press has eight workers make calls of the limited action.
func press(e *Env, calls int) error {
	c, err := e.Open(1)
	if err != nil {
		return err
	}
	const workers = 8
	each := calls/workers + 1
	e.Together(workers, func(int) {
		for range each {
			if a := e.Plan.Limited; a.Page != nil {
				c.ListWithin(a, 12*time.Hour)
			} else {
				c.CallWithin(a, 12*time.Hour)
			}
		}
	})
	return nil
}

func pressGap(e *Env) error {
	c, err := e.Open(1)
	if err != nil {
		return err
	}
	e.Together(8, func(int) {
		for range e.few(3, 1) {
			c.CallWithin(e.Plan.Paced, time.Hour)
		}
	})
	return nil
}

func callBesideTrouble(e *Env) error {
	var conns []*Conn
	for n := range 2 {
		c, err := e.Open(n + 1)
		if err != nil {
			return err
		}
		conns = append(conns, c)
	}
	e.Together(2, func(i int) {
		for range 3 {
			conns[i].Call(e.Plan.Read)
		}
	})
	return nil
}
