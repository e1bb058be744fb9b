package compiler

import (
	"strings"

	"cuelang.org/go/cue"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/spec"
)

// lowerObject lowers a struct: an object, a map, a reference, or a composition
// of named types.
func (c *compilation) lowerObject(n node, t *ir.Type) {
	it, err := n.v.Fields(cue.Optional(true), cue.Hidden(true))
	if err != nil {
		return
	}
	t.Kind = ir.Object
	for it.Next() {
		if it.Selector().LabelType().IsHidden() {
			c.refuseHidden(it)
			continue
		}
		label := it.Selector().Unquoted()
		if name, ok := c.tokenName(label, it.Value()); ok {
			t.Embeds = append(t.Embeds, name)
			if n.path != "#"+name && !strings.HasPrefix(n.path, "#"+name+".") {
				c.referenced[name] = true // By something else than itself.
			}
			continue
		}
		t.Fields = append(t.Fields, c.lowerField(it, n))
	}
	c.lowerChoices(n, t)
	switch {
	case len(t.Embeds) == 1 && len(t.Fields) == 0 && len(t.Choices) == 0:
		t.Kind, t.Ref, t.Embeds = ir.Ref, t.Embeds[0], nil
	case len(t.Embeds) == 0 && len(t.Fields) == 0:
		if e := n.v.LookupPath(cue.MakePath(cue.AnyString)); e.Exists() {
			t.Kind = ir.Map
			t.Elem = c.lowerType(node{v: e, name: n.name, path: n.path})
			c.refuseChoices(t)
		}
	}
}

// refuseHidden refuses a marked member whose name CUE takes for a hidden one: it would be
// missing in silence. Hidden fields without a mark are what templates compute with.
func (c *compilation) refuseHidden(it *cue.Iterator) {
	if it.Selector().ConstraintType() == 0 {
		return
	}
	name := strings.TrimRight(it.Selector().String(), "!?")
	c.report.Errorf(diag.HiddenField, node{v: it.Value()}.labelPos(), "the field `%s` is hidden: a name that begins with `_` is no member", name).
		Help("write it in quotes: `\"%s\"`", name)
}

// narrows reports whether a type lists some of the values of another.
func narrows(t, wide *ir.Type) bool {
	if t.Kind != ir.Enum || len(t.Enum) == 0 {
		return false
	}
	_, text := t.Enum[0].(string)
	return text && wide.Kind == ir.String && len(wide.Wire.Time) == 0 || !text && wide.Kind == ir.Int
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
		case "writeonly":
			f.WriteOnly = true
		case "createonly":
			f.CreateOnly = true
		case "name":
			f.Go, _ = a.String(0)
		}
	}
	return f
}

// flatten copies the fields of the types composed into t, and into the types that
// are written inside of it, so that backends see whole objects.
func (c *compilation) flatten(t *ir.Type) {
	each(t, func(x *ir.Type) { c.compose(x, map[string]bool{x.Name: true}) })
}

// writtenIn reports whether a type is written somewhere inside of another.
func writtenIn(outer, inner *ir.Type) (found bool) {
	each(outer, func(x *ir.Type) { found = found || x == inner })
	return found
}

// compose copies the fields of the types composed into t. A field that t has
// itself wins when it is of the same kind, or a constant of that kind. One that t
// stands in is left out, for t would be inside of itself. Within are the types that
// t is composed into. It reports whether t is whole, which one inside of a circle
// is not before the circle is closed; one that is whole is not composed again.
func (c *compilation) compose(t *ir.Type, within map[string]bool) (whole bool) {
	if c.whole[t] {
		return true
	}
	whole = true
	fields := map[string]*ir.Field{}
	for _, f := range t.Fields {
		fields[f.Name] = f
	}
	for _, name := range t.Embeds {
		e := c.named[name]
		if e == nil || within[name] {
			whole = whole && e == nil
			continue
		}
		within[name] = true
		whole = c.compose(e, within) && whole
		delete(within, name)
		if e.Kind != ir.Object {
			c.report.Errorf(diag.UnsupportedType, t.Pos, "`#%s` is %s, and only objects can be composed with `&`", name, kindNoun(e)).
				Also(e.Pos, "declared here")
			continue
		}
		for _, f := range e.Fields {
			switch own := fields[f.Name]; {
			case own == nil && writtenIn(f.Type, t):
			case own == nil:
				copied := *f
				fields[f.Name] = &copied
				t.Fields = append(t.Fields, &copied)
			case own.Type.Kind != f.Type.Kind && !narrows(own.Type, f.Type):
				c.report.Errorf(diag.CompositionConflict, own.Pos, "`%s` is %s here and %s in `#%s`", f.Name, kindNoun(own.Type), kindNoun(f.Type), name).
					Also(f.Pos, "the other declaration")
			default:
				own.Required = own.Required || f.Required // What either requires is required.
			}
		}
	}
	c.settleChoices(t)
	if whole {
		c.whole[t] = true
	}
	return whole
}
