package compiler

import (
	"errors"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// lowerPath parses the path in n and reports what does not parse.
func (c *compilation) lowerPath(n node) (ir.Path, bool) {
	steps, ok := c.pathSteps(n, n.str())
	return ir.PathOf(steps), ok
}

func (c *compilation) pathSteps(n node, text string) ([]ir.SpannedStep, bool) {
	steps, err := ir.ParsePath(text)
	if err == nil {
		return steps, true
	}
	at, msg := n.labelPos(), err.Error()
	var syntax *ir.SyntaxError
	if errors.As(err, &syntax) && n.str() == text {
		at = n.textPos(syntax.From, syntax.To)
	}
	c.report.Errorf(diag.PathSyntax, at, "the path `%s` does not parse", text).
		Label("%s", msg).
		Help("write a path as a.b[0].c, with [-1] for the last and ['odd name'] for names with dots or spaces")
	return nil, false
}

// pathInType parses the path in n and follows it into t. It returns the type
// it leads to, or nil when the path leaves what is known; a step that the type
// does not have is reported.
func (c *compilation) pathInType(n node, t *ir.Type) (ir.Path, *ir.Type) {
	steps, ok := c.pathSteps(n, n.str())
	if !ok {
		return nil, nil
	}
	return ir.PathOf(steps), c.follow(n, steps, t)
}

// labelInType is pathInType of a path that is a label, as in a condition on a body.
// What does not parse was reported.
func (c *compilation) labelInType(n node, t *ir.Type) {
	steps, err := ir.ParsePath(n.name)
	if err != nil {
		return
	}
	c.followIn(written{n.name, func(_, _ int) ir.Pos { return n.labelPos() }}, steps, t)
}

// written is a path as it stands in the spec.
type written struct {
	text string
	at   func(from, to int) ir.Pos // Where a part of it stands.
}

func (c *compilation) follow(n node, steps []ir.SpannedStep, t *ir.Type) *ir.Type {
	return c.followIn(written{n.str(), n.textPos}, steps, t)
}

func (c *compilation) followIn(w written, steps []ir.SpannedStep, t *ir.Type) *ir.Type {
	for _, s := range steps {
		t = c.resolve(t)
		if t == nil {
			return nil
		}
		switch {
		case t.Kind == ir.Any:
			c.pathUnchecked(w.text, w.at(s.From, s.To))
			return nil
		case t.Kind == ir.Union:
			return nil // One of the variants may have it.
		case s.Index != nil && t.Kind == ir.List:
			t = t.Elem
		case s.Index == nil && t.Kind == ir.Map:
			t = t.Elem
		case s.Index == nil && t.Kind == ir.Object:
			f := fieldOf(t, s.Name)
			if f == nil {
				c.pathMissing(w, s, t)
				return nil
			}
			t = f.Type
		default:
			c.report.Errorf(diag.PathNotInType, w.at(s.From, s.To), "the path `%s` goes on below %s", w.text, kindNoun(t)).
				Label("nothing is below it")
			return nil
		}
	}
	return c.resolve(t)
}

// pathUnchecked warns of a path that runs through a value of any type.
func (c *compilation) pathUnchecked(text string, at ir.Pos) {
	if c.report.HasErrors() {
		return // A type with a mistake in it reads as any.
	}
	c.warn(diag.PathUnchecked, at, "the path `%s` runs through a value of any type, so it cannot be checked", text).
		Help("declare what is there, or give the reason with @why")
}

func (c *compilation) pathMissing(w written, s ir.SpannedStep, t *ir.Type) {
	var names []string
	for _, f := range t.Fields {
		names = append(names, f.Name)
	}
	d := c.report.Errorf(diag.PathNotInType, w.at(s.From, s.To), "the path `%s` has a step that the type does not have", w.text).
		Label("no field `%s` in %s", s.Name, typeNoun(t))
	if near, ok := diag.Nearest(s.Name, names); ok {
		d.Help("did you mean `%s`?", near)
		d.Also(fieldOf(t, near).Pos, "declared here")
	} else if len(names) > 0 && len(names) <= 12 {
		d.Help("it has %s", diag.List(names))
	}
}

// resolve follows references to named types.
func (c *compilation) resolve(t *ir.Type) *ir.Type {
	for range 100 {
		if t == nil || t.Kind != ir.Ref {
			return t
		}
		t = c.named[t.Ref]
	}
	return nil
}

func fieldOf(t *ir.Type, name string) *ir.Field {
	if t == nil {
		return nil
	}
	for _, f := range t.Fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}
