package compiler

import (
	"encoding/json"
	"math"
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// lowerRecover reads how to find out whether an action took effect. What it refers to is
// looked up once all actions are known.
func (c *compilation) lowerRecover(n node, a *ir.Action) {
	r := n.get("recover")
	if !r.exists() {
		return
	}
	if a.Effect != ir.Create && a.Effect != ir.Irreversible {
		c.report.Errorf(diag.RecoverUnfit, r.labelPos(), "`recover` is for an action that may not be sent twice, and `%s` is `%s`", n.name, a.Effect)
		return
	}
	a.Recover = &ir.Recover{Call: r.get("call").str()}
	for _, f := range r.get("with").fields() {
		value := c.lowerTemplate(f, scopes{allowed: []string{"in"}, check: func(n node, p ir.SpannedPart) bool { return c.inputScope(n, p, a) }})
		a.Recover.With = append(a.Recover.With, &ir.Given{Field: f.name, Value: value})
	}
}

// checkRecover checks a rule against the action that looks, and against the result that
// has to be made of what that finds.
func (c *compilation) checkRecover(a *ir.Action) {
	if a.Recover == nil {
		return
	}
	n := c.root.get("actions")
	for part := range strings.SplitSeq(a.Path, ".") {
		n = n.get(part)
	}
	n = n.get("recover")
	look := c.actionNamed(n.get("call"), a.Recover.Call, false)
	switch {
	case look == nil:
		return
	case look.Effect != ir.Read:
		c.report.Errorf(diag.RecoverNotRead, n.get("call").pos(), "`%s` looks a thing up, and it is %q", look.Path, look.Effect).
			Also(look.Pos, "declared here")
		return
	case a.Batch != nil || a.Page != nil:
		c.report.Errorf(diag.RecoverMisfit, n.labelPos(), "`%s` is about many items, and `recover` finds one thing", a.Path)
		return
	case !readsJSON(look) || !readsJSON(a) && a.Returns != nil:
		c.report.Errorf(diag.RecoverMisfit, n.labelPos(), "`recover` finds a thing in JSON, and not all of `%s` and `%s` answers with that", a.Path, look.Path)
		return
	}
	c.checkGiven(n, a, look)
	c.checkFound(n, a, look)
}

func readsJSON(a *ir.Action) bool {
	return (a.Reply == "" || a.Reply == "json") && a.Stream == nil && a.Returns != nil
}

// checkGiven checks the parameters that the action which looks is given.
func (c *compilation) checkGiven(n node, a, look *ir.Action) {
	with := n.get("with")
	for _, g := range a.Recover.With {
		at := with.get(g.Field)
		if slices.ContainsFunc(g.Value.Parts, func(p ir.Part) bool { return len(p.Path) > 1 }) {
			c.report.Errorf(diag.RecoverMisfit, at.pos(), "`%s` takes a part of a parameter, and `recover` takes whole ones", g.Field)
			continue
		}
		f := fieldOf(look.Params, g.Field)
		if f == nil {
			c.report.Errorf(diag.RecoverMisfit, at.labelPos(), "`%s` has no parameter `%s`", look.Path, g.Field).Label("not a parameter").
				DidYouMean(g.Field, paramNames(look))
			continue
		}
		if want := c.resolve(f.Type); !c.takesText(want, g, a) {
			c.report.Errorf(diag.RecoverMisfit, at.pos(), "`%s` takes %s, and this is none", g.Field, kindNoun(want)).
				Also(f.Pos, "declared here")
		}
	}
	if look.Params == nil {
		return
	}
	for _, f := range look.Params.Fields {
		given := slices.ContainsFunc(a.Recover.With, func(g *ir.Given) bool { return g.Field == f.Name })
		if f.Required && !given && f.Default == nil && !fixed(f) {
			c.report.Errorf(diag.RecoverMisfit, n.labelPos(), "`%s` requires `%s`, which `recover` does not give", look.Path, f.Name).
				Help("add with: %s: \"{in.NAME}\", with a parameter of `%s`", f.Name, a.Path).
				Also(f.Pos, "declared here")
		}
	}
}

// fixed reports whether a member can have one value only.
func fixed(f *ir.Field) bool { return f.Type.Kind == ir.Enum && len(f.Type.Enum) == 1 }

// takesText reports whether a parameter takes what a template yields: the value of one
// parameter of its own kind, or text that reads as one.
func (c *compilation) takesText(want *ir.Type, g *ir.Given, a *ir.Action) bool {
	if want == nil || len(g.Value.Parts) == 0 {
		return true // Its mistakes are reported.
	}
	if from, ok := g.Param(); ok {
		if f := fieldOf(a.Params, from); f != nil && c.resolve(f.Type).Kind == want.Kind {
			return true
		}
	}
	switch want.Kind {
	case ir.String, ir.Enum, ir.Any:
		return true
	case ir.Int, ir.Float, ir.Bool:
		text, literal := g.Literal()
		var v any
		if !literal || json.Unmarshal([]byte(text), &v) != nil {
			return false
		}
		_, truth := v.(bool)
		n, number := v.(float64)
		return truth && want.Kind == ir.Bool || number && (want.Kind == ir.Float || want.Kind == ir.Int && n == math.Trunc(n))
	}
	return false
}

// checkFound finds out where the result of the action has what is found.
func (c *compilation) checkFound(n node, a, look *ir.Action) {
	thing := c.resolve(look.Returns)
	if find := n.get("find"); find.exists() {
		if a.Recover.Find, thing = c.pathInType(find, look.Returns); thing == nil {
			return
		}
	}
	result := c.resolve(a.Returns)
	if result == nil || result == thing {
		return
	}
	var places []ir.Path
	for _, f := range c.out.Fields(result) {
		if c.resolve(f.Type) == thing && thing.Name != "" {
			places = append(places, ir.Path{{Name: f.Name}})
		}
	}
	if len(places) == 1 {
		a.Recover.Put = places[0]
		return
	}
	c.report.Errorf(diag.RecoverMisfit, n.labelPos(), "what `%s` finds is %s, and the result of `%s` is not, nor has it one member that is", look.Path, typeNoun(thing), a.Path).
		Help("name the place of the thing in the answer of `%s` with find, and give it and the result one named type", look.Path)
}
