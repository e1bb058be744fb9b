package compiler

import (
	"fmt"
	"strings"

	"cuelang.org/go/cue"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
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
		c.flatten(t)
	}
}

// lowerType lowers a type in native CUE.
func (c *compilation) lowerType(n node) *ir.Type {
	t := &ir.Type{Kind: ir.Any, Pos: n.pos()}
	if !n.sound() {
		c.reportCUE(n.v) // CUE itself is silent about optional fields.
		return t
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
		c.lowerList(n, t)
	default:
		t.Kind = scalarKind(k)
		if t.Kind == "" {
			c.lowerMixed(n, k, t)
			return
		}
		c.lowerBounds(n.v, t)
		c.checkPattern(n, t)
	}
}

// lowerList lowers a list, all of whose elements are of one type.
func (c *compilation) lowerList(n node, t *ir.Type) {
	t.Kind = ir.List
	t.Elem = &ir.Type{Kind: ir.Any, Pos: n.pos()}
	if len(n.list()) > 0 {
		c.report.Errorf(diag.UnsupportedType, n.pos(), "a list with fixed places is no type of the language").
			Help("write [...T], with a union as T when the places differ")
		return
	}
	if e := n.v.LookupPath(cue.MakePath(cue.AnyIndex)); e.Exists() {
		t.Elem = c.lowerType(node{v: e, name: n.name, path: n.path})
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
	c.checkDefault(n, alts)
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
