package compiler

import (
	"regexp"
	"slices"
	"strings"

	"cuelang.org/go/cue"

	"github.com/porin-dev/porin/compiler/diag"
)

// shape is one node of the embedded schema, read once into Go. Holding a spec
// against shapes rather than unifying it with the schema gives exactly one
// error a mistake, at the author's own text, whatever the number of
// alternatives; and it costs microseconds an action.
type shape struct {
	kinds   cue.Kind
	any     bool // `_`: the value is a type, or checked where it is lowered.
	open    bool // {...}
	fields  []*shapeField
	pattern *shape         // [string]: ...
	elem    *shape         // [...T]
	words   []string       // Enumeration of strings.
	ints    []int          // Enumeration of ints.
	re      *regexp.Regexp // Duration and the like.
	alts    []*shape       // Alternatives of different kinds.
}

type shapeField struct {
	name     string
	shape    *shape
	required bool
	choice   string // Name of the choice the field belongs to.
	optional bool   // Whether none of the choice may be written.
}

// shapes builds shapes from the schema; definitions that refer to each other
// are built once.
type shapes struct {
	root cue.Value
	defs map[string]*shape
}

func newShapes(schema cue.Value) *shapes {
	return &shapes{root: schema, defs: map[string]*shape{}}
}

// def returns the shape of a definition, such as "#Action".
func (s *shapes) def(name string) *shape {
	if sh, ok := s.defs[name]; ok {
		return sh
	}
	sh := &shape{}
	s.defs[name] = sh
	s.read(s.root.LookupPath(cue.ParsePath(name)), sh)
	return sh
}

func (s *shapes) of(v cue.Value) *shape {
	if _, path := v.ReferencePath(); len(path.Selectors()) == 1 && path.Selectors()[0].IsDefinition() {
		return s.def(path.String())
	}
	sh := &shape{}
	s.read(v, sh)
	return sh
}

func (s *shapes) read(v cue.Value, sh *shape) {
	sh.kinds = v.IncompleteKind()
	if op, args := v.Expr(); op == cue.OrOp {
		s.readAlternatives(args, sh)
		return
	} else if op == cue.RegexMatchOp {
		text, _ := args[0].String()
		sh.re = regexp.MustCompile(text)
		return
	}
	switch sh.kinds {
	case cue.TopKind:
		sh.any = true
	case cue.ListKind:
		sh.elem = s.of(v.LookupPath(cue.MakePath(cue.AnyIndex)))
	case cue.StructKind:
		s.readStruct(v, sh)
	}
}

func (s *shapes) readStruct(v cue.Value, sh *shape) {
	it, err := v.Fields(cue.Optional(true))
	if err != nil {
		return
	}
	for it.Next() {
		f := &shapeField{
			name:     it.Selector().Unquoted(),
			shape:    s.of(it.Value()),
			required: it.Selector().ConstraintType() == cue.RequiredConstraint,
		}
		if a := it.Value().Attribute("choice"); a.Err() == nil {
			f.choice, _ = a.String(0)
			f.optional, _ = a.Flag(1, "optional")
		}
		sh.fields = append(sh.fields, f)
	}
	if p := v.LookupPath(cue.MakePath(cue.AnyString)); p.Exists() {
		if p.IncompleteKind() == cue.TopKind && len(sh.fields) == 0 {
			sh.open = true
		} else {
			sh.pattern = s.of(p)
		}
	}
}

func (s *shapes) readAlternatives(args []cue.Value, sh *shape) {
	for _, a := range args {
		switch {
		case a.Kind() == cue.StringKind:
			w, _ := a.String()
			sh.words = append(sh.words, w)
		case a.Kind() == cue.IntKind:
			i, _ := a.Int64()
			sh.ints = append(sh.ints, int(i))
		default:
			alt := s.of(a)
			if len(alt.words) > 0 {
				sh.words = append(sh.words, alt.words...)
				continue
			}
			sh.alts = append(sh.alts, alt)
		}
	}
}

func (sh *shape) field(name string) *shapeField {
	for _, f := range sh.fields {
		if f.name == name {
			return f
		}
	}
	return nil
}

func (sh *shape) names() []string {
	var names []string
	for _, f := range sh.fields {
		names = append(names, f.name)
	}
	return names
}

// checkShape holds n against sh and reports what does not fit. It returns
// whether all of n did; what did not is not lowered.
func (c *compilation) checkShape(n node, sh *shape) bool {
	if n.v.Err() != nil {
		return false // Reported with the errors of CUE.
	}
	if sh.any || sh.open {
		return true
	}
	if alt := sh.pick(n); alt != nil {
		return c.checkShape(n, alt)
	}
	kind := n.v.IncompleteKind()
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
	kind := n.v.IncompleteKind()
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
	switch s := n.str(); {
	case len(sh.words) > 0 && !slices.Contains(sh.words, s):
		code := diag.NotOneOf
		switch n.name {
		case "class":
			code = diag.UnknownClass
		case "effect":
			code = diag.UnknownEffect
		}
		d := c.report.Errorf(code, n.pos(), "`%s` is not a value of `%s`", s, n.name)
		suggest(d, s, sh.words)
		return false
	case len(sh.ints) > 0 && !slices.Contains(sh.ints, n.int()):
		c.report.Errorf(diag.OutOfRange, n.pos(), "`%s` is one of %s", n.name, intList(sh.ints))
		return false
	case sh.re != nil && !sh.re.MatchString(s):
		c.report.Errorf(diag.BadDuration, n.pos(), "`%s` is not a length of time", s).
			Help("write a number and a unit: 200ms, 5s, 1m, 1h or 1d")
		return false
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
	choices := map[string][]node{}
	for _, f := range sh.fields {
		has := n.get(f.name)
		if f.required && !has.exists() {
			c.missingField(n, f.name)
			ok = false
		}
		if f.choice != "" && has.exists() {
			choices[f.choice] = append(choices[f.choice], has)
		}
	}
	seen := map[string]bool{}
	for _, f := range sh.fields {
		if f.choice == "" || seen[f.choice] {
			continue
		}
		seen[f.choice] = true
		ok = c.checkChoice(n, sh, f, choices[f.choice]) && ok
	}
	return ok
}

func (c *compilation) missingField(n node, name string) {
	code := diag.MissingField
	switch name {
	case "as":
		code = diag.MissingUnit
	case "by":
		code = diag.LimitWithoutBy
	case "verify":
		code = diag.WebhookWithoutVerify
	case "why":
		code = diag.HookWithoutWhy
	}
	d := c.report.Errorf(code, n.labelPos(), "`%s` has no `%s`", n.name, name)
	if code == diag.MissingUnit {
		d.Help("say what the number means: as: \"seconds\", \"ms\", \"unix\", \"unix_ms\", \"http_date\" or \"duration\"")
	}
}

func (c *compilation) checkChoice(n node, sh *shape, f *shapeField, has []node) bool {
	switch {
	case len(has) == 1 || len(has) == 0 && f.optional:
		return true
	case len(has) == 0:
		code := map[string]diag.Code{"method": diag.NoMethod, "scheme": diag.WebhookWithoutVerify, "grant": diag.OAuthWithoutGrant}[f.choice]
		if code == "" {
			code = diag.NoChoice
		}
		c.report.Errorf(code, n.labelPos(), "`%s` has no %s", n.name, f.choice).
			Help("write one of %s", quoteList(sh.choiceNames(f.choice)))
	default:
		code := map[string]diag.Code{"method": diag.TwoMethods, "style": diag.TwoPageRules}[f.choice]
		if code == "" {
			code = diag.SeveralChoices
		}
		c.report.Errorf(code, has[1].labelPos(), "`%s` has two of what only one can hold: `%s` and `%s`", n.name, has[0].name, has[1].name).
			Also(has[0].labelPos(), "first one here").
			Help("keep one of them")
	}
	return false
}

func (sh *shape) choiceNames(choice string) []string {
	var names []string
	for _, f := range sh.fields {
		if f.choice == choice {
			names = append(names, f.name)
		}
	}
	return names
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
		d.Help("it has %s", quoteList(names))
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

// suggest adds the nearest word, or all of them when none is near.
func suggest(d *diag.Diagnostic, word string, words []string) {
	if near, ok := diag.Nearest(word, words); ok {
		d.Help("did you mean `%s`?", near)
		return
	}
	if len(words) > 0 && len(words) <= 24 {
		d.Help("expected one of %s", quoteList(words))
	}
}

func nounOf(k cue.Kind) string {
	var nouns []string
	for _, n := range []struct {
		kind cue.Kind
		noun string
	}{{cue.StructKind, "a struct"}, {cue.ListKind, "a list"}, {cue.StringKind, "a string"}, {cue.NumberKind, "a number"}, {cue.BoolKind, "true or false"}, {cue.BytesKind, "bytes"}, {cue.NullKind, "null"}} {
		if k&n.kind != 0 {
			nouns = append(nouns, n.noun)
		}
	}
	if len(nouns) == 0 {
		return "nothing"
	}
	return strings.Join(nouns, " or ")
}

func quoteList(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = "`" + w + "`"
	}
	if len(quoted) < 2 {
		return strings.Join(quoted, "")
	}
	return strings.Join(quoted[:len(quoted)-1], ", ") + " or " + quoted[len(quoted)-1]
}
