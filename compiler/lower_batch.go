package compiler

import (
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// lowerBatch reads how an action is about many items.
func (c *compilation) lowerBatch(n node, a *ir.Action) *ir.Batch {
	b := &ir.Batch{Pos: n.labelPos(), Each: n.get("each").str(), Max: n.get("max").int(), Atomic: n.get("atomic").bool(), Errors: c.lowerErrors(n.get("errors"))}
	if each := n.get("each"); each.exists() && c.elem(fieldType(a.Params, b.Each)) == nil {
		c.report.Errorf(diag.ResourceKeyUnknown, each.pos(), "`%s` has no parameter `%s` that is a list", a.Path, b.Each).Label("not a list of items").
			DidYouMean(b.Each, paramNames(a))
		return nil
	}
	results := n.get("results")
	at, t := c.pathInType(results, a.Returns)
	b.Results = at
	outcome := c.elem(t)
	if t != nil && outcome == nil {
		c.report.Errorf(diag.PathNotInType, results.pos(), "`%s` is no list of outcomes", results.str())
		return nil
	}
	b.Outcome = outcome
	if f := n.get("failures"); f.exists() {
		b.Failures, _ = c.pathInType(f, a.Returns)
	}
	if f := n.get("failures"); f.exists() && !n.get("match").exists() && !b.Atomic {
		c.report.Errorf(diag.MissingField, f.pos(), "nothing tells which items the `failures` are of").
			Help("add `match`: the path of what an item and its outcome have alike; or `atomic: true`, when nothing takes effect if one fails")
	}
	if m := n.get("match"); m.exists() {
		b.Match, _ = c.pathInType(m, c.elem(fieldType(a.Params, b.Each)))
		c.pathInType(m, outcome)
	}
	return b
}

// elem returns the type of a list's elements, or nil.
func (c *compilation) elem(t *ir.Type) *ir.Type {
	if t = c.resolve(t); t == nil || t.Kind != ir.List {
		return nil
	}
	return t.Elem
}

func fieldType(t *ir.Type, name string) *ir.Type {
	if f := fieldOf(t, name); f != nil {
		return f.Type
	}
	return nil
}

// paramOf finds a parameter of an action or, of a batch, a member of its items.
func (c *compilation) paramOf(a *ir.Action, name string) *ir.Field {
	if f := fieldOf(a.Params, name); f != nil || a.Batch == nil {
		return f
	}
	return fieldOf(c.resolve(c.elem(fieldType(a.Params, a.Batch.Each))), name)
}

// answerOf returns the type of what is said about one object: of a batch, of one
// outcome.
func (c *compilation) answerOf(a *ir.Action) *ir.Type {
	if a.Batch == nil {
		return a.Returns
	}
	t := a.Returns
	for _, s := range a.Batch.Results {
		if t = fieldType(c.resolve(t), s.Name); t == nil {
			return nil
		}
	}
	return c.elem(t)
}
