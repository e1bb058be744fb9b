package compiler

import (
	"slices"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/spec/quirks"
)

// againstActions compares what a rule says of actions with those of the spec.
func (c *compilation) againstActions(r *quirks.Rule) verdict {
	return worse(worse(c.againstLimits(r), c.againstEffects(r)), worse(c.againstMethods(r), c.againstPages(r)))
}

// matching visits the actions that patterns are about.
func (c *compilation) matching(patterns []string, visit func(a *ir.Action)) {
	for _, a := range c.out.AllActions() {
		if (quirks.Action{Name: a.Path, Method: a.Method, Path: "/" + a.URL.Outline()}).In(patterns) {
			visit(a)
		}
	}
}

// againstLimits: none of the actions draws from any limit.
func (c *compilation) againstLimits(r *quirks.Rule) verdict {
	var v verdict
	for _, l := range r.Limits {
		drawn := false
		var first *ir.Action
		c.matching(l.List, func(a *ir.Action) {
			if first == nil {
				first = a
			}
			drawn = drawn || len(a.Limits) > 0
		})
		if first != nil && !drawn {
			v = worse(v, verdict{ignored, first.Pos})
		}
	}
	return v
}

var careful = []ir.Effect{ir.Read, ir.Idempotent, ir.Keyed, ir.Create, ir.Irreversible}

// againstEffects: what the fact calls dangerous is not to be sent twice.
func (c *compilation) againstEffects(r *quirks.Rule) verdict {
	var v verdict
	for _, e := range r.Effects {
		want := slices.Index(careful, ir.Effect(e.Name))
		c.matching(e.List, func(a *ir.Action) {
			switch have := slices.Index(careful, a.Effect); {
			case have < want:
				v = worse(v, verdict{contradicted, a.Pos})
			case have > want:
				v = worse(v, verdict{ignored, a.Pos})
			}
		})
	}
	return v
}

func (c *compilation) againstMethods(r *quirks.Rule) verdict {
	var v verdict
	for _, m := range r.Methods {
		for _, a := range c.out.AllActions() {
			known := quirks.Action{Name: a.Path, Path: "/" + a.URL.Outline()}
			if known.In(m.List) && a.Method != m.Name {
				v = worse(v, verdict{contradicted, a.Pos})
			}
		}
	}
	return v
}

// againstPages: the actions have another page rule, or none. An action that
// lacks the parameters, or a rule that asks for members of the reply, is left
// alone.
func (c *compilation) againstPages(r *quirks.Rule) verdict {
	var v verdict
	c.matching(r.Unpaged, func(a *ir.Action) {
		if a.Page != nil {
			v = worse(v, verdict{contradicted, a.Page.Pos})
		}
	})
	if r.Page == nil || len(r.Page.Members) > 0 {
		return v
	}
	patterns := r.Page.Actions
	if patterns == nil {
		patterns = []string{"*"}
	}
	use := node{v: c.root.v.Context().CompileString(r.Page.Use)}
	c.matching(patterns, func(a *ir.Action) {
		switch {
		case r.Page.Actions == nil && len(r.Page.Params) == 0 || !takes(a, r.Page.Params):
		case a.Page == nil:
			v = worse(v, verdict{ignored, a.Pos})
		case !use.get(a.Page.Style).exists():
			v = worse(v, verdict{contradicted, a.Page.Pos})
		}
	})
	return v
}

func takes(a *ir.Action, params []string) bool {
	for _, name := range params {
		if a.Params == nil || !slices.ContainsFunc(a.Params.Fields, func(f *ir.Field) bool { return f.Name == name }) {
			return false
		}
	}
	return true
}
