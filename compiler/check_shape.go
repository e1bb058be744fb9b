package compiler

import (
	"slices"
	"strings"

	"cuelang.org/go/cue"

	"github.com/porin-dev/porin/compiler/diag"
)

// checkShape holds n against sh and reports what does not fit. It returns
// whether all of n did; what did not is not lowered.
func (c *compilation) checkShape(n node, sh *shape) bool {
	if !n.sound() {
		return false // Reported with the errors of CUE.
	}
	if sh.any || sh.open {
		return true
	}
	if alt := sh.pick(n); alt != nil {
		return c.checkShape(n, alt)
	}
	kind := n.kind()
	if kind&sh.kinds == 0 {
		c.report.Errorf(diag.WrongType, n.pos(), "`%s` is %s, and this is %s", n.name, nounOf(sh.kinds), nounOf(kind)).
			Label("expected %s", nounOf(sh.kinds))
		return false
	}
	switch {
	case kind == cue.StructKind:
		return c.checkStruct(n, sh)
	case kind == cue.ListKind:
		return c.checkList(n, sh)
	}
	return c.checkScalar(n, sh)
}

// pick chooses the alternative of the kind that n has. Without a fitting one,
// the first error is about the kind.
func (sh *shape) pick(n node) *shape {
	kind := n.kind()
	for _, alt := range sh.alts {
		if alt.kinds&kind != 0 {
			return alt
		}
	}
	return nil
}

func (c *compilation) checkList(n node, sh *shape) bool {
	ok := true
	for _, e := range n.list() {
		ok = c.checkShape(e, sh.elem) && ok
	}
	return ok
}

func (c *compilation) checkScalar(n node, sh *shape) bool {
	v := n.concrete()
	if !v.IsConcrete() {
		c.report.Errorf(diag.NotConcrete, n.pos(), "`%s` needs a value, and this is a type", n.name).
			Label("expected %s", nounOf(sh.kinds))
		return false
	}
	code := func(usual diag.Code) diag.Code {
		if sh.invalid.code != "" {
			return sh.invalid.code
		}
		return usual
	}
	switch s := n.str(); {
	case len(sh.words) > 0 && !slices.Contains(sh.words, s):
		c.report.Errorf(code(diag.NotOneOf), n.pos(), "`%s` is not a value of `%s`", s, n.name).
			DidYouMean(s, sh.words)
		return false
	case len(sh.ints) > 0 && !slices.Contains(sh.ints, n.int()):
		c.report.Errorf(code(diag.OutOfRange), n.pos(), "`%s` is %s", n.name, intList(sh.ints))
		return false
	case sh.re != nil && !sh.re.MatchString(s):
		c.report.Errorf(code(diag.NotOneOf), n.pos(), "`%s` is not %s", s, sh.invalid.noun).Help("%s", sh.invalid.help)
		return false
	case !sh.holdsNumber(v):
		c.report.Errorf(code(diag.OutOfRange), n.pos(), "`%s` is %v, and has to be %s", n.name, v, sh.rangeNoun())
		return false
	}
	return true
}

// holdsNumber reports whether v is within the bounds.
func (sh *shape) holdsNumber(v cue.Value) bool {
	f, _ := v.Float64()
	if sh.min != nil {
		if low, _ := sh.min.value.Float64(); f < low || f == low && sh.min.exclusive {
			return false
		}
	}
	if sh.max != nil {
		if high, _ := sh.max.value.Float64(); f > high || f == high && sh.max.exclusive {
			return false
		}
	}
	return true
}

func (c *compilation) checkStruct(n node, sh *shape) bool {
	ok := true
	for _, f := range n.fields() {
		switch sf := sh.field(f.name); {
		case sf != nil:
			ok = c.checkShape(f, sf.shape) && ok
		case sh.pattern != nil:
			ok = c.checkShape(f, sh.pattern) && ok
		default:
			c.unknownField(f, n, sh)
			ok = false
		}
	}
	return c.checkPresence(n, sh) && ok
}

// checkPresence reports required fields that are missing and choices that
// have no key or several.
func (c *compilation) checkPresence(n node, sh *shape) bool {
	ok := true
	for _, f := range sh.fields {
		if f.required && !n.get(f.name).exists() {
			c.report.Errorf(f.absent, n.labelPos(), "`%s` has no `%s`", n.name, f.name).
				Help("add `%s`: %s", f.name, f.shape.noun())
			ok = false
		}
	}
	for _, ch := range sh.choices {
		ok = c.checkChoice(n, ch) && ok
	}
	return ok
}

func (c *compilation) checkChoice(n node, ch *choice) bool {
	var has []node
	for _, name := range ch.fields {
		if f := n.get(name); f.exists() {
			has = append(has, f)
		}
	}
	slices.SortStableFunc(has, func(a, b node) int { return a.labelPos().Compare(b.labelPos()) })
	switch {
	case len(has) == 1 || len(has) == 0 && ch.optional:
		return true
	case len(has) == 0:
		c.report.Errorf(ch.none, n.labelPos(), "`%s` needs one of %s", n.name, diag.Or(ch.fields)).
			Label("none of them is here")
	default:
		c.report.Errorf(ch.several, has[1].labelPos(), "`%s` has two of what only one can hold: `%s` and `%s`", n.name, has[0].name, has[1].name).
			Also(has[0].labelPos(), "first one here").
			Help("keep one of them")
	}
	return false
}

// unknownField reports a field that the schema does not have here: as
// misplaced, if another part of the language has it and nothing near does.
func (c *compilation) unknownField(f, parent node, sh *shape) {
	names := sh.names()
	if near, ok := diag.Nearest(f.name, names); ok {
		c.report.Errorf(diag.UnknownField, f.labelPos(), "`%s` has no field `%s`", parent.name, f.name).
			Label("unknown field").
			Help("did you mean `%s`?", near)
		return
	}
	if homes := c.shapes.homes(f.name); len(homes) > 0 {
		c.report.Errorf(diag.MisplacedField, f.labelPos(), "`%s` does not belong in `%s`", f.name, parent.name).
			Label("not here").
			Help("`%s` is a field of %s", f.name, strings.Join(homes, " and of "))
		return
	}
	d := c.report.Errorf(diag.UnknownField, f.labelPos(), "`%s` has no field `%s`", parent.name, f.name).Label("unknown field")
	if len(names) > 0 {
		d.Help("it has %s", diag.List(names))
	}
}

// homes lists, in words, the parts of the language that have a field.
func (s *shapes) homes(name string) []string {
	var homes []string
	for _, h := range []struct{ def, noun string }{
		{"#Connector", "`connector`"}, {"#Action", "an action"}, {"#Page", "`page`"}, {"#Limit", "a limit"},
		{"#Auth", "an auth method"}, {"#OAuth2", "`oauth2`"}, {"#Error", "an error rule"}, {"#Webhook", "a webhook"},
		{"#HMAC", "`hmac`"}, {"#Setting", "a setting"}, {"#Resource", "a resource"}, {"#Spec", "the spec itself"},
	} {
		if s.def(h.def).field(name) != nil && len(homes) < 2 {
			homes = append(homes, h.noun)
		}
	}
	return homes
}
