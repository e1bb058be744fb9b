package compiler

import (
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

func (c *compilation) lowerResources() {
	for _, n := range c.root.get("resources").fields() {
		c.declare("resources", n.name, n.labelPos())
	}
	for _, n := range c.root.get("resources").fields() {
		t := c.lowerType(n.get("of"))
		lag := ir.Duration(n.get("lag").str())
		r := &ir.Resource{Name: n.name, Pos: n.labelPos(), Of: t.Ref, Missing: n.get("missing").str()}
		if t.Kind != ir.Ref && n.get("of").sound() {
			c.report.Errorf(diag.UnsupportedType, n.get("of").pos(), "`of` names a type, such as #Channel")
		}
		r.ID, _ = c.pathInType(n.get("id"), t)
		r.Assumed = c.assumed("resources."+n.name) || c.assumed("resources."+n.name+".id")
		for _, w := range n.get("within").fields() {
			r.Within = &ir.Within{Resource: w.name, Key: w.str()}
			if !c.declared("resources", w.name) {
				c.report.Errorf(diag.UnknownResource, w.labelPos(), "the spec has no resource `%s`", w.name).Label("unknown resource").
					DidYouMean(w.name, c.namesIn("resources"))
			}
		}
		for _, do := range []string{"create", "get", "update", "delete", "list"} {
			for _, u := range n.get(do).fields() {
				if use := c.lowerResourceUse(u, do, t); use != nil {
					if use.Lag == "" && (do == "get" || do == "list") {
						use.Lag = lag
					}
					r.Uses = append(r.Uses, use)
				}
			}
		}
		if j := n.get("job"); j.exists() {
			r.Job = c.lowerJob(j, t)
			if !slices.ContainsFunc(r.Uses, func(u *ir.ResourceUse) bool { return u.Do == "get" }) {
				c.notCompiled(j, "waiting for jobs that no action gets")
			}
		}
		c.checkWithin(n, r)
		c.out.Resources = append(c.out.Resources, r)
	}
}

// checkWithin checks that every action of a resource says which parent.
func (c *compilation) checkWithin(n node, r *ir.Resource) {
	for _, use := range r.Uses {
		a := c.out.Action(use.Action)
		own := n.get(use.Do).get(use.Action).get("within")
		switch {
		case own.exists() && (r.Within == nil || c.paramOf(a, use.Within) == nil):
			c.report.Errorf(diag.ResourceKeyUnknown, own.pos(), "`%s` has no parent with the parameter `%s`", a.Path, use.Within).
				Label("not the parameter of a parent").
				DidYouMean(use.Within, paramNames(a))
		case own.exists() || r.Within == nil:
		case c.paramOf(a, r.Within.Key) == nil:
			for _, w := range n.get("within").fields() {
				c.report.Errorf(diag.ResourceKeyUnknown, w.pos(), "`%s` has no parameter `%s`", a.Path, w.str()).
					Label("not a parameter").
					Also(use.Pos, "used here").
					DidYouMean(w.str(), paramNames(a)).
					Help("an action that calls the parameter otherwise says so: \"%s\": within: \"...\"", a.Path)
			}
		}
	}
}

func (c *compilation) lowerResourceUse(n node, do string, of *ir.Type) *ir.ResourceUse {
	a := c.actionNamed(n, n.name, true)
	if a == nil {
		return nil
	}
	use := &ir.ResourceUse{Pos: n.labelPos(), Do: do, Action: n.name, Key: n.get("key").str(), Within: n.get("within").str(), Order: n.get("order").str(), Lag: ir.Duration(n.get("lag").str())}
	if at := n.get("at"); at.exists() {
		use.At, _ = c.pathInType(at, c.answerOf(a))
	}
	if k := n.get("key"); k.exists() && c.paramOf(a, use.Key) == nil {
		c.report.Errorf(diag.ResourceKeyUnknown, k.pos(), "`%s` has no parameter `%s`", a.Path, use.Key).Label("not a parameter").
			DidYouMean(use.Key, paramNames(a))
	}
	for _, s := range n.get("set").fields() {
		if use.Set == nil {
			use.Set = map[string]string{}
		}
		use.Set[s.name] = plain(s)
	}
	for _, s := range n.get("also").fields() {
		if use.Also == nil {
			use.Also = map[string]string{}
		}
		c.pathInType(s, of)
		use.Also[s.name] = s.str()
	}
	for _, f := range n.get("filter").fields() {
		if fieldOf(a.Params, f.name) == nil {
			c.report.Errorf(diag.ResourceKeyUnknown, f.labelPos(), "`%s` has no parameter `%s`", a.Path, f.name).Label("not a parameter").
				DidYouMean(f.name, paramNames(a))
			continue
		}
		for _, by := range f.fields() {
			at, _ := c.pathInType(by, of)
			use.Filters = append(use.Filters, &ir.Filter{Param: f.name, By: by.name, At: at})
		}
	}
	return use
}

func (c *compilation) lowerJob(n node, of *ir.Type) *ir.Job {
	j := &ir.Job{Pos: n.labelPos(), Every: ir.Duration(n.get("every").str())}
	j.Status, _ = c.pathInType(n.get("status"), of)
	for _, s := range n.get("states").fields() {
		j.States = append(j.States, &ir.JobState{Value: s.name, Means: s.str()})
	}
	for _, means := range []string{"wait", "done"} {
		if !slices.ContainsFunc(j.States, func(s *ir.JobState) bool { return s.Means == means }) && n.get("states").sound() {
			c.report.Errorf(diag.MissingField, n.get("states").pos(), "no state of a job means `%s`", means).
				Help("write each value of `%s` with what it means: wait, done or failed", n.get("status").str())
		}
	}
	for _, p := range n.get("result").list() {
		at, _ := c.pathInType(p, of)
		j.Result = append(j.Result, at)
	}
	for _, p := range n.get("reason").list() {
		at, _ := c.pathInType(p, of)
		j.Reason = append(j.Reason, at)
	}
	return j
}

func paramNames(a *ir.Action) []string {
	if a.Params == nil {
		return nil
	}
	var names []string
	for _, f := range a.Params.Fields {
		names = append(names, f.Name)
	}
	return names
}

// actionNamed finds an action by its dotted name and reports an unknown one at
// n, whose label it is when label is set.
func (c *compilation) actionNamed(n node, name string, label bool) *ir.Action {
	if a := c.out.Action(name); a != nil {
		return a
	}
	if c.declared("actions", name) || c.brokenAction(name) {
		return nil // It exists, and its own mistakes are reported.
	}
	at := n.pos()
	if label {
		at = n.labelPos()
	}
	var names []string
	for _, a := range c.out.AllActions() {
		names = append(names, a.Path)
	}
	d := c.report.Errorf(diag.UnknownAction, at, "the spec has no action `%s`", name).Label("unknown action")
	if near, ok := diag.Nearest(name, names); ok {
		d.Help("did you mean `%s`?", near)
	}
	return nil
}

// brokenAction reports whether the spec has something of that name that was
// not lowered because of a mistake in it.
func (c *compilation) brokenAction(name string) bool {
	n := c.root.get("actions")
	for _, part := range strings.Split(name, ".") {
		n = n.get(part)
	}
	return n.exists()
}
