package gauntlet

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/twin"
)

// Scenarios of this file try every action, not one that stands for all: a rule
// of a single action is checked nowhere else.

// every lists the actions that a call can be made up for, of those that the
// plan is held to.
func (p *Plan) every(keep func(*ir.Action) bool) []*ir.Action {
	var out []*ir.Action
	for _, a := range p.Spec.AllActions() {
		if p.callable(a) && keep(a) && p.asked(a) {
			out = append(out, a)
		}
	}
	return out
}

// asked reports whether an action, or the one that it goes on with, is of those that
// the plan is held to.
func (p *Plan) asked(a *ir.Action) bool {
	return len(p.Only) == 0 || slices.Contains(p.Only, a.Path) || a.Page != nil && slices.Contains(p.Only, a.Page.Call)
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

// everyRecover is what may not be sent again before it is looked for.
func everyRecover(p *Plan) []*ir.Action {
	return p.every(func(a *ir.Action) bool { return a.Recover != nil })
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

// everyShort lists the lists of which a short page is the end.
func everyShort(p *Plan) []*ir.Action {
	return p.every(func(a *ir.Action) bool { return a.Page != nil && slices.Contains(a.Page.End, "short") })
}

// everySplit lists the lists that begin anew behind their cap.
func everySplit(p *Plan) []*ir.Action {
	return p.every(func(a *ir.Action) bool { return a.Page != nil && a.Page.Split != nil })
}

// everyAnew lists the lists that begin anew where the provider says that it has forgotten
// the place in them.
func everyAnew(p *Plan) []*ir.Action {
	return p.every(func(a *ir.Action) bool {
		return a.Page != nil && a.Page.Split != nil && a.Page.From != nil &&
			slices.ContainsFunc(a.Errors, func(r *ir.ErrorRule) bool { return r.Class == ir.CursorExpired })
	})
}

// everyScroll lists the lists whose further pages are another action's, which is safe
// to repeat.
func everyScroll(p *Plan) []*ir.Action {
	return p.every(func(a *ir.Action) bool {
		on := p.scrolling(a)
		return on != nil && (on.Effect == ir.Read || on.Effect == ir.Idempotent) && passing(on, "503") == ""
	})
}

// everyFurther lists the actions that the lists of everyScroll go on with.
func everyFurther(p *Plan) []*ir.Action {
	var out []*ir.Action
	for _, a := range everyScroll(p) {
		out = append(out, p.scrolling(a))
	}
	return out
}

// scrolling is the action that a list goes on with; nil is its own.
func (p *Plan) scrolling(list *ir.Action) *ir.Action {
	if list.Page == nil || list.Page.Call == "" {
		return nil
	}
	return p.Spec.Action(list.Page.Call)
}

// readInDeclaredSize makes a workload that reads lists, and looks for the declared
// size in what was sent.
func readInDeclaredSize(lists func(*Plan) []*ir.Action) func(*Env) error {
	return func(e *Env) error {
		c, err := e.Open(1)
		if err != nil {
			return err
		}
		all := lists(e.Plan)
		for _, a := range all {
			c.ask(a, days)
		}
		pages := e.Twin.Journal().Entries()
		for _, a := range all {
			s := a.Page.Size
			switch {
			case s == nil || s.To == nil || e.Plan.namesSize(a):
				continue
			case s.Default == 0:
				c.ListWith(a, c.sized(a), days)
				continue
			}
			if n := asksOtherwise(a, pages); n >= 0 {
				return fmt.Errorf("%s asks for pages of %d, and %d is declared", a.Path, n, s.Default)
			}
		}
		return nil
	}
}

// asksOtherwise returns the size of a page that a list was asked for in, and that is
// not the declared one, 0 being none; it is -1 where each request named that.
func asksOtherwise(list *ir.Action, entries []twin.Entry) int {
	alone := list.Page.Keep == "cursor_only" || list.Page.Style == "scroll"
	for _, e := range entries {
		if e.Action != list.Path || e.Page == nil || alone && e.Page.From > 0 {
			continue
		}
		if e.Page.Asked != list.Page.Size.Default {
			return e.Page.Asked
		}
	}
	return -1
}
