package twin

import (
	"slices"

	"github.com/porin-dev/porin/compiler/ir"
)

// take gives an object a member that was sent. What is sent of an object inside may be
// a part of what is answered, such as its id: the rest stays, or is made up. A list of
// such parts tells nothing of what it becomes, and is left alone.
func (x *exchange) take(o *object, m *ir.Field, v any) {
	if x.t.idx.whole(m.Type, v) && !x.t.idx.denies(m.Type, v) {
		x.put(o, m.Name, x.t.idx.strip(m.Type, v, neverTold))
		return
	}
	part, ok := v.(*object)
	if !ok {
		return
	}
	made, _ := o.get(m.Name)
	whole, ok := made.(*object)
	if !ok {
		s := synth{idx: x.t.idx, rng: newRNG(x.t.opt.Seed, x.owner(), x.op.Path, m.Name), now: epoch}
		if whole, ok = s.value(x.t.idx.resolve(m.Type), m.Name, 1).(*object); !ok {
			return
		}
	}
	x.overlay(whole, m.Type, part)
	o.set(m.Name, whole)
}

// overlay gives an object the members of a part of it.
func (x *exchange) overlay(o *object, t *ir.Type, part *object) {
	for _, sent := range part.members {
		switch m := x.t.idx.field(x.t.idx.resolve(t), sent.name); {
		case m == nil || m.WriteOnly:
		case sent.value == nil:
			x.clear(o, m)
		case fits(x.t.idx.resolve(m.Type), sent.value):
			x.take(o, m, sent.value)
		}
	}
}

// denies reports whether a value says other than a constant of its type does: that is not up
// to who sends it.
func (x *index) denies(t *ir.Type, v any) bool {
	t = x.resolve(t)
	if t == nil {
		return false
	}
	switch v := v.(type) {
	case nil:
		return false
	case []any:
		return t.Kind == ir.List && slices.ContainsFunc(v, func(e any) bool { return x.denies(t.Elem, e) })
	case *object:
		return t.Kind == ir.Object && slices.ContainsFunc(x.fields(t), func(f *ir.Field) bool {
			inner, ok := v.get(f.Name)
			return ok && x.denies(f.Type, inner)
		})
	}
	return constant(t) && textOf(v) != textOf(valueOf(t.Enum[0]))
}

// whole reports whether a value has every member that its type requires.
func (x *index) whole(t *ir.Type, v any) bool {
	t = x.resolve(t)
	if t == nil {
		return true
	}
	switch v := v.(type) {
	case []any:
		return t.Kind != ir.List || !slices.ContainsFunc(v, func(e any) bool { return !x.whole(t.Elem, e) })
	case *object:
		if t.Kind == ir.Map {
			return !slices.ContainsFunc(v.members, func(m member) bool { return !x.whole(t.Elem, m.value) })
		}
		if t.Kind != ir.Object {
			return true
		}
		return !slices.ContainsFunc(x.fields(t), func(f *ir.Field) bool {
			inner, ok := v.get(f.Name)
			return f.Required && !ok || ok && !x.whole(f.Type, inner)
		})
	}
	return true
}
