package twin

import (
	"slices"

	"github.com/porin-dev/porin/compiler/ir"
)

// site is one declared member of a result, in the object that holds it.
type site struct {
	object *object
	field  *ir.Field
	kind   *ir.Type // Of the field, resolved.
}

func (s site) value() any           { v, _ := s.object.get(s.field.Name); return v }
func (s site) change(to any)        { s.object.set(s.field.Name, to) }
func (s site) of(k ...ir.Kind) bool { return s.kind != nil && slices.Contains(k, s.kind.Kind) }

// sites lists the members of a result: of its items where it is a page, and
// without those that the rules for errors and pages read. Variants of unions are
// looked into only when they are asked for.
func (x *exchange) sites(unions bool) []site {
	w := siteWalk{idx: x.t.idx, unions: unions}
	root, t := x.answer.body, x.op.result
	if p := x.op.Page; p != nil {
		if items, ok := at(root, p.Items); ok {
			w.visit(items, &ir.Type{Kind: ir.List, Elem: p.Item}, nil, 0)
			return w.found
		}
	}
	reserved := map[string]bool{}
	for _, r := range x.t.rules(x.op) {
		for _, m := range r.When.Body {
			if len(m.At) > 0 {
				reserved[m.At[0].Name] = true
			}
		}
	}
	w.visit(root, t, reserved, 0)
	return w.found
}

// aSite is what a spoil needs: a member in what the action answers with that it fits.
func (s spoil) aSite(t *Twin, o *op, a *Armed) string {
	if o == nil {
		return "has no result that the spec describes"
	}
	of := o.result
	if o.Page != nil {
		of = o.Page.Item
	}
	member := a.text("member")
	fits := func(c site) bool { return s.fits(c) && (member == "" || member == c.field.Name) }
	if t.idx.hasSite(of, s.id == untagged, fits, map[*ir.Type]bool{}) {
		return ""
	}
	return "has no member in its result that it could change"
}

// hasSite reports whether values of a type may have a member that fits: as [exchange.sites]
// finds them, each with a value.
func (x *index) hasSite(t *ir.Type, unions bool, fits func(site) bool, seen map[*ir.Type]bool) bool {
	t = x.resolve(t)
	if t == nil || seen[t] {
		return false
	}
	seen[t] = true
	for _, f := range x.fields(t) {
		some := &object{members: []member{{f.Name, "some"}}}
		if fits(site{some, f, x.resolve(f.Type)}) || x.hasSite(f.Type, unions, fits, seen) {
			return true
		}
	}
	if unions && slices.ContainsFunc(t.Variants, func(v *ir.Type) bool { return x.hasSite(v, unions, fits, seen) }) {
		return true
	}
	return t.Kind == ir.List && x.hasSite(t.Elem, unions, fits, seen)
}

// siteWalk looks for declared members in a value.
type siteWalk struct {
	idx    *index
	unions bool
	found  []site
}

func (w *siteWalk) visit(v any, t *ir.Type, reserved map[string]bool, depth int) {
	t = w.idx.resolve(t)
	if w.unions && t != nil && t.Kind == ir.Union {
		t = w.variant(v, t)
	}
	if t == nil || depth > depthRequired {
		return
	}
	switch v := v.(type) {
	case *listing:
		v.elem = t.Elem
		w.visit(v.first, t, nil, depth)
	case []any:
		for _, e := range v {
			w.visit(e, t.Elem, nil, depth+1)
		}
	case *object:
		for _, f := range w.idx.fields(t) {
			member, ok := v.get(f.Name)
			if !ok || reserved[f.Name] {
				continue
			}
			w.found = append(w.found, site{v, f, w.idx.resolve(f.Type)})
			w.visit(member, f.Type, nil, depth+1)
		}
	}
}

// variant returns the variant of a union whose tag an object has, or nil.
func (w *siteWalk) variant(v any, union *ir.Type) *ir.Type {
	o, ok := v.(*object)
	if !ok {
		return nil
	}
	for _, t := range union.Variants {
		tag := w.idx.spec.Tag(union, t)
		if tag == nil {
			continue
		}
		if value, ok := o.get(tag.Name); ok && textOf(value) == textOf(valueOf(tag.Type.Enum[0])) {
			return w.idx.resolve(t)
		}
	}
	return nil
}
