package twin

import (
	"slices"
	"strings"
)

// fill sets members from the parameters of the same name, and as declared.
func (x *exchange) fill(o *object, u use, c *collection) *object {
	said := map[string]bool{}
	fields := x.t.idx.fields(x.t.idx.resolve(x.op.Params))
	for _, f := range append(slices.Clone(fields), x.t.idx.fields(x.item)...) {
		v, sent := x.in[f.Name]
		m := x.t.idx.field(c.kind.item, f.Name)
		switch {
		case m == nil || m.WriteOnly || f.ReadOnly || f.Name == u.Key || f.Name == c.kind.id.String() && isIn(x.op, f.Name, "path"):
		case !sent && x.item == nil && (x.t.idx.mayBeNull(x.q, f) || x.op.patches() && x.q.sentNull(f.Name)):
			x.clear(o, m)
			said[m.Name] = true
		case sent && fits(x.t.idx.resolve(m.Type), v):
			x.take(o, m, v)
			said[m.Name] = true
		}
	}
	for _, sent := range x.wrapped(c.kind).all() {
		if m := x.t.idx.field(c.kind.item, sent.name); m != nil && !m.WriteOnly && sent.value != nil && fits(x.t.idx.resolve(m.Type), sent.value) {
			x.take(o, m, sent.value)
			said[m.Name] = true
		}
	}
	for _, name := range sortedKeys(u.Set) {
		said[name] = true
		from, t := u.Set[name], x.t.idx.rawTypeAt(c.kind.item, pathOf(name))
		if param, ok := strings.CutPrefix(from, "in."); ok {
			if v, sent := x.in[param]; sent {
				o = put(o, pathOf(name), v).(*object)
			}
		} else if fact, ok := strings.CutPrefix(from, "token."); ok {
			o = put(o, pathOf(name), x.t.identity(x.acct, fact, t)).(*object)
		} else {
			o = put(o, pathOf(name), typed(x.t.idx.resolve(t), from)).(*object)
		}
	}
	s := synth{idx: x.t.idx, rng: newRNG(x.t.opt.Seed, x.owner(), x.op.Path), now: x.now}
	s.agree(o, c.kind.item, func(name string) bool { return said[name] }, true)
	return o
}

// wrapped is what was sent of an object whose members stand together below one member of
// the body that is none of its own: {"user": {...}}. It is nil where they do not, and where
// what is kept is no guess.
func (x *exchange) wrapped(k *kind) *object {
	var inside *object
	if !k.assumed {
		return nil
	}
	for _, p := range x.op.Places {
		if p.In != "body" {
			continue
		}
		o, ok := x.in[p.Field].(*object)
		if inside != nil || !ok || x.t.idx.field(k.item, p.Field) != nil {
			return nil
		}
		inside = o
	}
	return inside
}
