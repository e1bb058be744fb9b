package compiler

import (
	"fmt"
	"regexp"
	"strings"

	"cuelang.org/go/cue"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/spec"
)

// lowerTypes lowers every type definition, in source order.
func (c *compilation) lowerTypes() {
	it, err := c.root.v.Fields(cue.Definitions(true))
	if err != nil {
		return
	}
	for it.Next() {
		name := strings.TrimPrefix(it.Selector().String(), "#")
		if !it.Selector().IsDefinition() || !c.types[name] {
			continue
		}
		n := node{v: it.Value(), name: name, path: "#" + name}
		t := c.lowerType(n)
		t.Name, t.Doc, t.Pos = name, n.doc(), n.labelPos()
		c.named[name] = t
		c.out.Types = append(c.out.Types, t)
	}
	for _, t := range c.out.Types {
		c.flatten(t, map[string]bool{t.Name: true})
	}
}

// lowerType lowers a type in native CUE.
func (c *compilation) lowerType(n node) *ir.Type {
	t := &ir.Type{Kind: ir.Any, Pos: n.pos()}
	if !n.sound() {
		return t // Reported with the errors of CUE.
	}
	alts, nullable := withoutNull(disjuncts(n.v))
	switch {
	case len(alts) == 0:
		t.Kind, t.Nullable = ir.Any, true
	case allConcrete(alts):
		c.lowerEnum(n, alts, t)
	case len(alts) == 1:
		c.lowerSingle(node{v: alts[0], name: n.name, path: n.path}, t)
	default:
		c.lowerUnion(n, alts, t)
	}
	t.Nullable = t.Nullable || nullable
	c.lowerWire(n, t)
	return t
}

// disjuncts returns the alternatives of a value; a value that is none is its
// own only alternative.
func disjuncts(v cue.Value) []cue.Value {
	op, args := v.Expr()
	switch {
	case op == cue.OrOp:
		var list []cue.Value
		for _, a := range args {
			list = append(list, disjuncts(a)...)
		}
		return list
	case op == cue.AndOp && v.IncompleteKind()&(cue.StructKind|cue.ListKind) == 0:
		// ("a" | "b") & string: the conjunct that is a disjunction tells.
		for _, a := range args {
			if d := disjuncts(a); len(d) > 1 {
				return d
			}
		}
	}
	return []cue.Value{v}
}

func withoutNull(alts []cue.Value) (rest []cue.Value, nullable bool) {
	for _, a := range alts {
		if a.IncompleteKind() == cue.NullKind {
			nullable = true
			continue
		}
		rest = append(rest, a)
	}
	return rest, nullable
}

func allConcrete(alts []cue.Value) bool {
	for _, a := range alts {
		if !a.IsConcrete() || a.IncompleteKind()&(cue.StructKind|cue.ListKind) != 0 {
			return false
		}
	}
	return true
}

func (c *compilation) lowerSingle(n node, t *ir.Type) {
	switch k := n.v.IncompleteKind(); k {
	case cue.TopKind:
		t.Kind = ir.Any
	case cue.StructKind:
		c.lowerObject(n, t)
	case cue.ListKind:
		t.Kind = ir.List
		t.Elem = &ir.Type{Kind: ir.Any, Pos: n.pos()}
		if e := n.v.LookupPath(cue.MakePath(cue.AnyIndex)); e.Exists() {
			t.Elem = c.lowerType(node{v: e, name: n.name, path: n.path})
		}
	default:
		t.Kind = scalarKind(k)
		if t.Kind == "" {
			c.lowerMixed(n, k, t)
			return
		}
		c.lowerBounds(n.v, t)
		c.checkBounds(n, t)
		if d, ok := n.v.Default(); ok && d.IsConcrete() && t.Kind != ir.Enum {
			return
		}
	}
}

func scalarKind(k cue.Kind) ir.Kind {
	switch k {
	case cue.StringKind:
		return ir.String
	case cue.IntKind:
		return ir.Int
	case cue.FloatKind, cue.NumberKind:
		return ir.Float
	case cue.BoolKind:
		return ir.Bool
	case cue.BytesKind:
		return ir.Bytes
	}
	return ""
}

// lowerMixed lowers a value of several kinds that is no disjunction, which a
// bound such as `!= null` makes.
func (c *compilation) lowerMixed(n node, k cue.Kind, t *ir.Type) {
	t.Nullable = k&cue.NullKind != 0
	if rest := scalarKind(k &^ cue.NullKind); rest != "" {
		t.Kind = rest
		return
	}
	t.Kind = ir.Any
}

// lowerObject lowers a struct: an object, a map, a reference, or a composition
// of named types.
func (c *compilation) lowerObject(n node, t *ir.Type) {
	it, err := n.v.Fields(cue.Optional(true))
	if err != nil {
		return
	}
	t.Kind = ir.Object
	for it.Next() {
		label := it.Selector().Unquoted()
		if name, ok := c.tokenName(label, it.Value()); ok {
			t.Embeds = append(t.Embeds, name)
			continue
		}
		t.Fields = append(t.Fields, c.lowerField(it, n))
	}
	switch {
	case len(t.Embeds) == 1 && len(t.Fields) == 0:
		t.Kind, t.Ref, t.Embeds = ir.Ref, t.Embeds[0], nil
	case len(t.Embeds) == 0 && len(t.Fields) == 0:
		if e := n.v.LookupPath(cue.MakePath(cue.AnyString)); e.Exists() {
			t.Kind = ir.Map
			t.Elem = c.lowerType(node{v: e, name: n.name, path: n.path})
		}
	}
}

func (c *compilation) tokenName(label string, v cue.Value) (string, bool) {
	name, ok := spec.TokenLabel(label)
	if !ok || !c.types[name] {
		return "", false
	}
	isTrue, err := v.Bool()
	return name, err == nil && isTrue
}

func (c *compilation) lowerField(it *cue.Iterator, parent node) *ir.Field {
	name := it.Selector().Unquoted()
	n := node{v: it.Value(), name: name, path: join(parent.path, name)}
	f := &ir.Field{
		Name: name, Pos: n.labelPos(), Doc: n.doc(), Type: c.lowerType(n),
		Required: it.Selector().ConstraintType() == cue.RequiredConstraint,
	}
	if it.Selector().ConstraintType() == 0 && !n.v.IsConcrete() {
		c.report.Errorf(diag.UnmarkedField, n.labelPos(), "the field `%s` is neither required nor optional", name).
			Help("write `%s!` when it has to be there, and `%s?` when it may be absent", name, name)
	}
	if d, ok := n.v.Default(); ok && d.IsConcrete() && d.IncompleteKind()&(cue.StructKind|cue.ListKind) == 0 && len(disjuncts(n.v)) != 1 {
		f.Default = node{v: d}.scalar()
	}
	for _, a := range n.v.Attributes(cue.FieldAttr) {
		switch a.Name() {
		case "deprecated":
			if f.Deprecated, _ = a.String(0); f.Deprecated == "" {
				f.Deprecated = "do not use it"
			}
		case "readonly":
			f.ReadOnly = true
		case "createonly":
			f.CreateOnly = true
		case "name":
			f.Go, _ = a.String(0)
		}
	}
	return f
}

func (c *compilation) lowerEnum(n node, alts []cue.Value, t *ir.Type) {
	kinds := map[cue.Kind]bool{}
	for _, a := range alts {
		kinds[a.Kind()] = true
		switch a.Kind() {
		case cue.StringKind:
			s, _ := a.String()
			t.Enum = append(t.Enum, s)
		case cue.IntKind:
			i, _ := a.Int64()
			t.Enum = append(t.Enum, i)
		case cue.BoolKind:
			b, _ := a.Bool()
			t.Enum = append(t.Enum, b)
		default:
			f, _ := a.Float64()
			t.Enum = append(t.Enum, f)
		}
	}
	switch {
	case kinds[cue.BoolKind] && len(kinds) == 1:
		t.Kind = ir.Bool
		if len(alts) == 2 {
			t.Enum = nil
		}
	case len(kinds) > 1:
		c.report.Errorf(diag.MixedEnum, n.pos(), "the values of an enumeration are of different kinds").
			Help("use strings alone or integers alone; a value that comes in two kinds is a union: string | int")
		t.Kind, t.Enum = ir.Any, nil
	case kinds[cue.FloatKind]:
		t.Kind, t.Enum = ir.Float, nil
	default:
		t.Kind = ir.Enum
	}
}

// lowerUnion lowers alternatives that are not all constants. Constants beside
// their whole kind (`"a" | string`) add nothing.
func (c *compilation) lowerUnion(n node, alts []cue.Value, t *ir.Type) {
	whole := cue.BottomKind
	for _, a := range alts {
		if !a.IsConcrete() && a.IncompleteKind()&(cue.StructKind|cue.ListKind) == 0 {
			whole |= a.IncompleteKind()
		}
	}
	seen := map[string]bool{}
	for _, a := range alts {
		if a.IsConcrete() && a.IncompleteKind()&whole != 0 {
			continue
		}
		v := c.lowerType(node{v: a, name: n.name, path: n.path})
		key := fmt.Sprint(v.Kind, v.Ref)
		if (v.Kind != ir.Object && v.Kind != ir.Enum) && seen[key] {
			continue
		}
		seen[key] = true
		t.Variants = append(t.Variants, v)
	}
	if len(t.Variants) == 1 {
		pos := t.Pos
		*t = *t.Variants[0]
		t.Pos = pos
		return
	}
	t.Kind = ir.Union
}

// lowerBounds collects the constraints of a conjunction.
func (c *compilation) lowerBounds(v cue.Value, t *ir.Type) {
	op, args := v.Expr()
	bound := func() *ir.Bound {
		return &ir.Bound{Value: fmt.Sprint(args[0]), Exclusive: op == cue.GreaterThanOp || op == cue.LessThanOp}
	}
	switch op {
	case cue.AndOp:
		for _, a := range args {
			c.lowerBounds(a, t)
		}
	case cue.GreaterThanOp, cue.GreaterThanEqualOp:
		t.Min = bound()
	case cue.LessThanOp, cue.LessThanEqualOp:
		t.Max = bound()
	case cue.RegexMatchOp:
		t.Pattern, _ = args[0].String()
	}
}

func (c *compilation) checkBounds(n node, t *ir.Type) {
	if t.Pattern == "" {
		return
	}
	if _, err := regexp.Compile(t.Pattern); err != nil {
		c.report.Errorf(diag.BadPattern, n.pos(), "the pattern does not compile: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		t.Pattern = ""
	}
}

// lowerWire reads the attributes that change how a value is written.
func (c *compilation) lowerWire(n node, t *ir.Type) {
	for _, a := range n.v.Attributes(cue.FieldAttr) {
		first, _ := a.String(0)
		switch a.Name() {
		case "time":
			for i := range a.NumArgs() {
				layout, _ := a.String(i)
				t.Wire.Time = append(t.Wire.Time, strings.Split(layout, "|")...)
			}
		case "style":
			t.Wire.Style = first
		case "secret":
			t.Wire.Secret = true
		case "pii":
			t.Wire.PII = first
		case "decimal":
			t.Wire.Decimal = true
		case "id":
			t.Wire.ID = true
		case "lenient":
			for i := range a.NumArgs() {
				what, _ := a.String(i)
				t.Wire.Lenient = append(t.Wire.Lenient, what)
			}
		case "stream":
			t.Wire.Stream = first
		}
	}
}

// flatten copies the fields of the types composed into t, so that backends see
// whole objects. A field that t has itself wins when it is of the same kind.
func (c *compilation) flatten(t *ir.Type, within map[string]bool) {
	for _, name := range t.Embeds {
		e := c.named[name]
		if e == nil || within[name] {
			continue
		}
		within[name] = true
		c.flatten(e, within)
		delete(within, name)
		if e.Kind != ir.Object {
			c.report.Errorf(diag.UnsupportedType, t.Pos, "`#%s` is %s, and only objects can be composed with `&`", name, kindNoun(e)).
				Also(e.Pos, "declared here")
			continue
		}
		for _, f := range e.Fields {
			switch own := fieldOf(t, f.Name); {
			case own == nil:
				copied := *f
				t.Fields = append(t.Fields, &copied)
			case own.Type.Kind != f.Type.Kind:
				c.report.Errorf(diag.CompositionConflict, own.Pos, "`%s` is %s here and %s in `#%s`", f.Name, kindNoun(own.Type), kindNoun(f.Type), name).
					Also(f.Pos, "the other declaration")
			}
		}
	}
	for _, f := range t.Fields {
		if f.Type.Kind == ir.Object {
			c.flatten(f.Type, within)
		}
	}
	for _, v := range t.Variants {
		c.flatten(v, within)
	}
	if t.Elem != nil {
		c.flatten(t.Elem, within)
	}
}
