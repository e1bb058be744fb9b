package gauntlet

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/porin-dev/porin/compiler/ir"
)

// Scenarios of this file try every action, not one that stands for all: a rule
// of a single action is checked nowhere else.

// every lists the actions that a call can be made up for, of those that the
// plan is held to.
func (p *Plan) every(keep func(*ir.Action) bool) []*ir.Action {
	var out []*ir.Action
	for _, a := range p.Spec.AllActions() {
		if p.usable(a) && keep(a) && (len(p.Only) == 0 || slices.Contains(p.Only, a.Path)) {
			out = append(out, a)
		}
	}
	return out
}

// everyCall is what reads first, then what makes and changes, and what takes
// away at the end.
func everyCall(p *Plan) []*ir.Action {
	all := p.every(func(a *ir.Action) bool { return a.Page == nil && !p.mixed(a) })
	rank := func(a *ir.Action) int {
		_, use := p.use(a, "")
		switch {
		case a.Effect == ir.Read:
			return 0
		case use == nil || use.Do != "delete":
			return 1
		}
		return 2
	}
	slices.SortStableFunc(all, func(a, b *ir.Action) int { return cmp.Compare(rank(a), rank(b)) })
	return all
}

// mixed reports whether an answer is a map, in which rules for errors look for
// members of their own: the two cannot be told apart.
func (p *Plan) mixed(a *ir.Action) bool {
	t := p.Spec.Resolve(a.Returns)
	inside := func(r *ir.ErrorRule) bool { return len(r.When.Body) > 0 }
	return t != nil && t.Kind == ir.Map && slices.ContainsFunc(a.Errors, inside)
}

func everyList(p *Plan) []*ir.Action {
	return p.every(func(a *ir.Action) bool { return a.Page != nil })
}

// everyAction is every call, and then every list.
func everyAction(p *Plan) []*ir.Action { return slices.Concat(everyCall(p), everyList(p)) }

// everySafe is what may be sent again after a failure of the provider.
func everySafe(p *Plan) []*ir.Action {
	return p.every(func(a *ir.Action) bool {
		safe := a.Effect == ir.Read || a.Effect == ir.Idempotent || a.Effect == ir.Keyed
		return safe && passing(a, "503") == ""
	})
}

// everyCreate is what may not be sent again when its answer is lost.
func everyCreate(p *Plan) []*ir.Action {
	return p.every(func(a *ir.Action) bool {
		return a.Effect == ir.Create || a.Effect == ir.Irreversible || a.Effect == ir.Keyed
	})
}

// largestPage is the largest size that the workloads read lists in, within reason.
func (p *Plan) largestPage(lists []*ir.Action) int {
	size := 1
	for _, a := range lists {
		_, n := p.pageSize(a)
		size = max(size, min(n, usualPage))
	}
	return size
}

// eachCall calls the actions one after the other.
func eachCall(actions func(*Plan) []*ir.Action) func(*Env) error {
	return func(e *Env) error {
		c, err := e.Open(1)
		if err != nil {
			return err
		}
		for _, a := range actions(e.Plan) {
			c.ask(a, days)
		}
		return nil
	}
}

// everySized lists the lists whose end is not a short page.
func everySized(p *Plan) []*ir.Action {
	return p.every(func(a *ir.Action) bool {
		return a.Page != nil && a.Page.Style != "window" && !slices.Contains(a.Page.End, "short")
	})
}

// readInDeclaredSize reads lists, and looks for the declared size in what was sent.
func readInDeclaredSize(e *Env) error {
	c, err := e.Open(1)
	if err != nil {
		return err
	}
	for _, a := range everySized(e.Plan) {
		c.ask(a, days)
	}
	for _, a := range everySized(e.Plan) {
		s := a.Page.Size
		switch {
		case s == nil || s.To == nil:
			continue
		case s.Default == 0:
			c.ListWith(a, c.sized(a), days)
			continue
		case s.To.Query == "":
			continue
		}
		want := strconv.Itoa(s.Default)
		for _, sent := range e.wire.sends {
			if sent.Call == nil || sent.Call.Action != a || a.Method != "GET" || goesOnAlone(a.Page, sent) {
				continue
			}
			if sent.Query.Get(s.To.Query) != want {
				return fmt.Errorf("%s is sent without the declared %s=%s", a.Path, s.To.Query, want)
			}
		}
	}
	return nil
}

// goesOnAlone reports whether a request has what leads on and nothing else, as
// declared.
func goesOnAlone(p *ir.Page, sent *Sent) bool {
	alone := p.Keep == "cursor_only" || p.Style == "scroll"
	return alone && p.To != nil && sent.Query.Has(p.To.Query)
}
