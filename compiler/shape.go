package compiler

import (
	"fmt"
	"regexp"

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
	choices []*choice
	pattern *shape         // [string]: ...
	elem    *shape         // [...T]
	words   []string       // Enumeration of strings.
	ints    []int          // Enumeration of ints.
	min     *bound         // Bounds of a number.
	max     *bound         //
	re      *regexp.Regexp // Duration and the like.
	alts    []*shape       // Alternatives of different kinds.
	invalid invalid        // What is said of a value that does not fit.
}

type shapeField struct {
	name     string
	shape    *shape
	required bool
	absent   diag.Code // When a required field is missing.
}

// choice is a set of fields of which one is written.
type choice struct {
	name          string
	fields        []string
	optional      bool // None may be written.
	none, several diag.Code
}

type bound struct {
	value     cue.Value
	exclusive bool
}

// invalid is the attribute of that name: the code, what a value should be, and
// how to write it. Its zero value leaves the code to the kind of mistake.
type invalid struct {
	code       diag.Code
	noun, help string
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
	if a := v.Attribute("invalid"); a.Err() == nil {
		sh.invalid = invalid{diag.Code(attrText(a, 0)), attrText(a, 1), attrText(a, 2)}
	}
	op, args := v.Expr()
	switch {
	case op == cue.OrOp:
		s.readAlternatives(args, sh)
	case op == cue.RegexMatchOp:
		text, _ := args[0].String()
		sh.re = regexp.MustCompile(text)
	case op == cue.AndOp && sh.kinds&cue.NumberKind != 0:
		sh.readBounds(args)
	case sh.kinds == cue.TopKind:
		sh.any = true
	case sh.kinds == cue.ListKind:
		sh.elem = s.of(v.LookupPath(cue.MakePath(cue.AnyIndex)))
	case sh.kinds == cue.StructKind:
		s.readStruct(v, sh)
	}
}

func attrText(a cue.Attribute, i int) string {
	text, _ := a.String(i) // An argument that is not there is empty.
	return text
}

func (sh *shape) readBounds(args []cue.Value) {
	for _, a := range args {
		switch op, operand := a.Expr(); op {
		case cue.AndOp:
			sh.readBounds(operand)
		case cue.GreaterThanEqualOp, cue.GreaterThanOp:
			sh.min = &bound{operand[0], op == cue.GreaterThanOp}
		case cue.LessThanEqualOp, cue.LessThanOp:
			sh.max = &bound{operand[0], op == cue.LessThanOp}
		}
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
			absent:   diag.MissingField,
		}
		if a := it.Value().Attribute("absent"); a.Err() == nil {
			f.absent = diag.Code(attrText(a, 0))
		}
		if a := it.Value().Attribute("choice"); a.Err() == nil {
			sh.addChoice(f.name, a)
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

// addChoice adds a field to the choice that its attribute names. What else the
// attribute says stands with the first field of a choice.
func (sh *shape) addChoice(field string, a cue.Attribute) {
	name := attrText(a, 0)
	for _, c := range sh.choices {
		if c.name == name {
			c.fields = append(c.fields, field)
			return
		}
	}
	c := &choice{name: name, fields: []string{field}, none: diag.NoChoice, several: diag.SeveralChoices}
	c.optional, _ = a.Flag(1, "optional")
	if code, ok, _ := a.Lookup(1, "none"); ok {
		c.none = diag.Code(code)
	}
	if code, ok, _ := a.Lookup(1, "several"); ok {
		c.several = diag.Code(code)
	}
	sh.choices = append(sh.choices, c)
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

// noun says in words what a value of the shape is.
func (sh *shape) noun() string {
	switch {
	case sh.any:
		return "a type"
	case sh.invalid.noun != "":
		return sh.invalid.noun
	case len(sh.words) > 0 && len(sh.alts) == 0:
		return "one of " + diag.Or(sh.words)
	case len(sh.ints) > 0:
		return intList(sh.ints)
	case len(sh.choices) > 0:
		return "a struct with one of " + diag.Or(sh.choices[0].fields)
	}
	return nounOf(sh.kinds)
}

// rangeNoun says in words what numbers are in the range.
func (sh *shape) rangeNoun() string {
	switch {
	case sh.min != nil && sh.max != nil:
		return fmt.Sprintf("from %v to %v", sh.min.value, sh.max.value)
	case sh.min != nil && sh.min.exclusive:
		return fmt.Sprintf("above %v", sh.min.value)
	case sh.min != nil:
		return fmt.Sprintf("at least %v", sh.min.value)
	}
	return fmt.Sprintf("at most %v", sh.max.value)
}
