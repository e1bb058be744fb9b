package compiler

import (
	"time"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// Lists that are read by more than one action, or in several parts.

// scroll is a page rule whose other action is looked up when all are lowered.
type scroll struct {
	n    node
	list *ir.Action
}

// lowerScrolls checks that what continues a list can: it takes the token and
// nothing else, and answers as the list does.
func (c *compilation) lowerScrolls() {
	for _, s := range c.scrolls {
		call := s.n.get("call")
		a := c.actionNamed(call, call.str(), false)
		if a == nil || s.list.Page == nil {
			continue
		}
		c.slotType(s.n.get("to"), s.list.Page.To, a, ir.String)
		switch named := a.Returns; {
		case a.Page != nil:
			c.report.Errorf(diag.ScrollUnfit, call.pos(), "`%s` has a page rule of its own, and continues another list", a.Path).
				Also(a.Page.Pos, "declared here")
		case named == nil || named.Kind != ir.Ref || s.list.Returns.Kind != ir.Ref || named.Ref != s.list.Returns.Ref:
			c.report.Errorf(diag.ScrollUnfit, call.pos(), "`%s` answers in another form than `%s`, which it continues", a.Path, s.list.Path).
				Also(a.Pos, "declared here").
				Help("name the type of the page, and let both return it")
		}
		_, to := slotPlace(s.list.Page.To)
		for i, p := range a.Places {
			if f := a.Params.Fields[i]; f.Required && p.Name != to {
				c.report.Errorf(diag.ScrollUnfit, call.pos(), "`%s` requires `%s`, and nothing but the token is sent to it", a.Path, p.Name).
					Also(f.Pos, "declared here")
			}
		}
	}
}

// lowerWindow lowers a list that is cut into windows of time. Where the first one
// begins is the caller's to say.
func (c *compilation) lowerWindow(n node, a *ir.Action, p *ir.Page) {
	p.Field, _ = c.orderedBy(n.get("at"), p)
	p.Span = ir.Duration(n.get("span").str())
	from, until := n.get("from"), n.get("until")
	var t *ir.Type
	p.To, t = c.pageParam(from, a, ir.Int)
	form := c.checkInstant(from, t)
	p.Until, t = c.pageParam(until, a, ir.Int)
	switch other := c.checkInstant(until, t); {
	case form == "" || other == "":
	case form != other:
		c.report.Errorf(diag.WindowUnfit, until.pos(), "a window ends at a time as %s and begins at one as %s", other, form).
			Also(t.Pos, "declared here").Help("both are written alike")
	case paramOf(a, p.To) == paramOf(a, p.Until):
		c.report.Errorf(diag.WindowUnfit, until.pos(), "a window begins and ends in one parameter").Help("name the one that takes the end")
	default:
		c.checkSpan(n.get("span"), form)
	}
	if f := paramOf(a, p.To); f != nil && !f.Required {
		c.report.Errorf(diag.WindowUnfit, from.pos(), "the first window begins at `%s`, which a caller may leave out", f.Name).
			Also(f.Pos, "declared here").
			Help("require it: %s!", f.Name)
	}
}

// checkSpan makes sure that windows go on: each is longer than what the form of a
// time can tell apart.
func (c *compilation) checkSpan(n node, form string) {
	unit, name := time.Second, "1s"
	if form == "date" {
		unit, name = 24*time.Hour, "1d"
	}
	if !n.exists() {
		return
	}
	if d, ok := ir.Duration(n.str()).Std(); ok && (d < unit || form == "date" && d%unit != 0) {
		c.report.Errorf(diag.WindowUnfit, n.pos(), "a window of %s ends where it begins, in times as %s", n.str(), form).
			Help("make it some times %s", name)
	}
}

// checkInstant makes sure that a parameter says its one form of a time, and
// returns it.
func (c *compilation) checkInstant(n node, t *ir.Type) string {
	switch {
	case t == nil:
		return ""
	case len(t.Wire.Time) == 1:
		return t.Wire.Time[0]
	}
	c.report.Errorf(diag.WindowUnfit, n.pos(), "the parameter does not say how it writes a time").
		Also(t.Pos, "declared here").
		Help("add @time(unix) or another form to it")
	return ""
}

// paramOf is the parameter that a slot names, or nil.
func paramOf(a *ir.Action, s *ir.Slot) *ir.Field {
	if s == nil {
		return nil
	}
	in, name := slotPlace(s)
	for i, p := range a.Places {
		if p.In == in && p.Name == name {
			return a.Params.Fields[i]
		}
	}
	return nil
}

// lowerCap lowers how many items of a list are served, and how it goes on.
func (c *compilation) lowerCap(n node, a *ir.Action, p *ir.Page) {
	if !n.sound() {
		return
	}
	p.Cap = n.get("items").int()
	by, to := n.get("by"), n.get("to")
	if n.get("then").str() != "window" {
		for _, f := range []node{by, to} {
			if f.exists() {
				c.report.Errorf(diag.WindowUnfit, f.labelPos(), "`%s` is for a list that begins anew at its cap", f.name).
					Help(`add then: "window"`)
				return
			}
		}
		return
	}
	if !by.exists() || !to.exists() {
		c.report.Errorf(diag.WindowUnfit, n.get("then").pos(), "a list that begins anew at its cap needs to know where").
			Help("add by: \"the member that it is ordered by\" and to: query: \"the parameter that takes its last value\"")
		return
	}
	field, _ := c.orderedBy(by, p)
	p.Split = &ir.PageSplit{Field: field, To: c.pageSlot(to, a, ir.String)}
	if f := paramOf(a, p.Split.To); f != nil && f == paramOf(a, p.To) {
		c.report.Errorf(diag.WindowUnfit, to.pos(), "`%s` has the place in the list, and cannot say where it begins anew", f.Name).
			Also(f.Pos, "declared here")
	}
}

// orderedBy is the path of the member that a list is in the order of: every item
// has to have it.
func (c *compilation) orderedBy(n node, p *ir.Page) (ir.Path, *ir.Type) {
	path, t := c.pathInType(n, p.Item)
	item := c.resolve(p.Item)
	for _, step := range path {
		f := fieldOf(item, step.Name)
		if f == nil {
			break
		}
		if !f.Required {
			c.report.Errorf(diag.WindowUnfit, n.pos(), "an item may lack `%s`, and the list goes on from it", step.Name).
				Also(f.Pos, "declared here").
				Help("require it: %s!", step.Name)
			break
		}
		item = c.resolve(f.Type)
	}
	return path, t
}
