package gauntlet

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/twin"
)

// Scenarios of this file try what the spec declares once for many actions: each
// rule for errors, each limit, each credential, each event.

// ruleUse is a rule for errors at an action that has it.
type ruleUse struct {
	action *ir.Action
	nth    int // In the rules of the action, from 1.
	rule   *ir.ErrorRule
}

// everyRule finds an action for each rule: a read where one has it, and a list where
// nothing else does.
func (p *Plan) everyRule(keep func(*ir.ErrorRule) bool) []ruleUse {
	var out []ruleUse
	actions := p.every(func(a *ir.Action) bool { return a.Page == nil })
	slices.SortStableFunc(actions, func(a, b *ir.Action) int { return readsFirst(a) - readsFirst(b) })
	actions = append(actions, everyList(p)...)
	for _, a := range actions {
		for i, r := range a.Errors {
			known := slices.ContainsFunc(out, func(u ruleUse) bool { return u.rule == r || r.Pos.IsValid() && u.rule.Pos == r.Pos })
			if !known && keep(r) {
				out = append(out, ruleUse{a, i + 1, r})
			}
		}
	}
	// What ends a connection comes last.
	slices.SortStableFunc(out, func(a, b ruleUse) int { return ending(a.rule) - ending(b.rule) })
	return out
}

func readsFirst(a *ir.Action) int {
	if a.Effect == ir.Read {
		return 0
	}
	return 1
}

// cheap ranks what can be called many times: reads, lists, and then the others.
func cheap(a *ir.Action) int {
	if a.Page != nil {
		return 1
	}
	return 2 * readsFirst(a)
}

func ending(r *ir.ErrorRule) int {
	if r.Class == ir.AuthExpired || r.Class == ir.Disconnected {
		return 1
	}
	return 0
}

func anyRule(*ir.ErrorRule) bool { return true }

// waits reports whether a rule names a wait for another try.
func waits(r *ir.ErrorRule) bool {
	again := r.Class == ir.RateLimited || r.Class == ir.Unavailable || r.Class == ir.Timeout
	return r.Wait != nil && again
}

// hasRules says why no declared failure can be tried.
func hasRules(keep func(*ir.ErrorRule) bool) func(*Plan) string {
	return func(p *Plan) string {
		return unless(len(p.everyRule(keep)) > 0, "the spec declares no such failure")
	}
}

// codes are the codes that a rule names; "" is one of the twin's choice.
func codes(r *ir.ErrorRule) []string {
	if r.Code != nil {
		for _, m := range r.When.Body {
			if m.At.String() == r.Code.Body.String() && (m.Op == "eq" || m.Op == "in") && len(m.Values) > 0 {
				var out []string
				for _, v := range m.Values {
					out = append(out, fmt.Sprint(v))
				}
				return out
			}
		}
	}
	return []string{""}
}

// meetEveryFailure has each declared failure met once, with each of its codes.
func meetEveryFailure(e *Env) error {
	c, err := e.Open(1)
	if err != nil {
		return err
	}
	spent := 1
	for _, u := range e.Plan.everyRule(anyRule) {
		for _, code := range codes(u.rule) {
			if ending(u.rule) > 0 && spent < len(e.Twin.Accounts()) {
				spent++ // Its credential is good for nothing after.
				if c, err = e.Open(spent); err != nil {
					return err
				}
			}
			armed, err := e.Twin.Arm(asDeclared(u, code, 0))
			if errors.Is(err, twin.ErrInVain) { // No answer is of this rule alone.
				continue
			}
			if err != nil {
				return err
			}
			c.ask(u.action, time.Hour)
			armed.Disarm()
			time.Sleep(10 * time.Minute)
		}
	}
	return nil
}

// meetEveryWait has each declared wait met once.
func meetEveryWait(e *Env) error {
	c, err := e.Open(1)
	if err != nil {
		return err
	}
	for _, u := range e.Plan.everyRule(waits) {
		armed, err := e.Twin.Arm(asDeclared(u, "", 47*time.Second))
		if errors.Is(err, twin.ErrInVain) { // No answer is of this rule alone.
			continue
		}
		if err != nil {
			return err
		}
		c.ask(u.action, time.Hour)
		armed.Disarm()
		time.Sleep(10 * time.Minute)
	}
	return nil
}

func asDeclared(u ruleUse, code string, wait time.Duration) twin.Fault {
	f := twin.Fault{ID: "status/as-declared", Scope: twin.Scope{Action: u.action.Path}, Params: map[string]string{"rule": strconv.Itoa(u.nth), "code": code}}
	if wait > 0 {
		f.Params["wait"], f.Times = wait.String(), 1
	}
	return f
}

// everyLimit lists the limits that a workload can reach, with up to two actions
// under each.
func (p *Plan) everyLimit() map[*ir.Limit][]*ir.Action {
	out := map[*ir.Limit][]*ir.Action{}
	for _, l := range p.Spec.Limits {
		counts := slices.Contains([]string{"rate", "window", "bucket", "concurrency"}, l.Shape) && l.Calls > 0 && l.Calls <= mostCalls
		if !counts && l.Shape != "gap" {
			continue
		}
		under := p.every(func(a *ir.Action) bool {
			i := slices.IndexFunc(a.Limits, func(u *ir.LimitUse) bool { return u.Limit == l.Name && u.Cost <= max(1, l.Calls) })
			return i >= 0 && (len(a.Limits) == 1 || l.Shape == "gap") // A few calls at a distance reach no other.
		})
		slices.SortStableFunc(under, func(a, b *ir.Action) int { return cheap(a) - cheap(b) })
		if len(under) > 0 {
			out[l] = under[:min(2, len(under))]
		}
	}
	return out
}

// reachEveryLimit asks for more than each limit allows, and for what another
// account, action or object has a count of its own for.
func reachEveryLimit(e *Env) error {
	c, err := e.Open(1)
	if err != nil {
		return err
	}
	var other *Conn
	if len(e.Twin.Accounts()) > 1 {
		if other, err = e.Open(2); err != nil {
			return err
		}
	}
	limits := e.Plan.everyLimit()
	for _, l := range e.Plan.Spec.Limits {
		actions := limits[l]
		if actions == nil {
			continue
		}
		a := actions[0]
		if l.Shape == "concurrency" { // Nothing is left of it for others to wait for.
			e.Together(2*l.Calls+1, func(int) { c.ask(a, days) })
			continue
		}
		apart := slices.Contains(l.By, "action")
		for i := range max(3, l.Calls/costOf(e.Plan.Spec, a.Name, l.Name)*3/2+1) {
			if !apart {
				a = actions[i%len(actions)]
			}
			c.ask(a, days)
		}
		a = actions[0]
		n := telling(l)
		if other != nil && slices.ContainsFunc(l.By, func(by string) bool { return by == "workspace" || by == "connection" || by == "user" }) {
			e.Together(min(n, l.Calls/2+1), func(int) { other.Beside(a) })
		}
		if apart && len(actions) > 1 {
			e.Together(min(n, l.Calls/2+1), func(int) { c.Beside(actions[1]) })
		}
		for _, by := range l.By {
			if name, ok := strings.CutPrefix(by, "in."); ok && a.Page == nil {
				others := e.elsewhere(c, a, name, n)
				e.Together(len(others), func(i int) { c.CallWith(a, others[i], patience).Beside = true })
			}
		}
		time.Sleep(2 * whole(l))
	}
	return nil
}

// whole is how long a limit that is used up takes to allow all its calls again.
func whole(l *ir.Limit) time.Duration {
	if l.Shape == "bucket" && l.Refill > 0 {
		return time.Duration(float64(l.Calls) / l.Refill * float64(time.Second))
	}
	return span(l.Per)
}

// telling is how many calls at once show that they have no count of their own:
// the last of them then waits for more than a second.
func telling(l *ir.Limit) int {
	const most = 20
	return min(most, 2+int(time.Second)*max(1, l.Calls)/int(max(1, whole(l))))
}

// elsewhere are the parameters of up to n calls, each about another object.
func (e *Env) elsewhere(c *Conn, a *ir.Action, param string, n int) []JSON {
	var members map[string]JSON
	if err := json.Unmarshal(c.params(a), &members); err != nil {
		return nil
	}
	var others []JSON
	now, kind := plain(parse(members[param])), members[param].Kind()
	for _, res := range e.Plan.Spec.Resources {
		ids := e.Twin.IDs(c.id, res.Name, "")
		if !slices.Contains(ids, now) {
			continue
		}
		for _, id := range ids {
			if id == now || len(others) == n {
				continue
			}
			text, err := json.Marshal(id)
			if err != nil {
				return nil
			}
			if members[param] = text; members[param].Kind() != kind {
				members[param] = JSON(id) // A number.
			}
			out, err := json.Marshal(members, json.Deterministic(true))
			if err != nil {
				return nil
			}
			others = append(others, out)
		}
	}
	return others
}

// deliverEveryEvent delivers each event of each webhook.
func deliverEveryEvent(e *Env) error {
	for _, w := range e.Plan.Spec.Webhooks {
		if !provable(w) {
			continue
		}
		var all []twin.Delivery
		for _, event := range w.Events {
			all = append(all, twin.Delivery{Event: event.Tag})
		}
		if err := e.deliverTo(w, all...); err != nil {
			return err
		}
	}
	return nil
}
