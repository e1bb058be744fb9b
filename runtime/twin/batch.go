package twin

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// batch does what a call asks for each of many items. One that cannot be done is an
// outcome that says so, and the others take effect, unless all have to.
func (x *exchange) batch(u use, parent string, a *answer) *answer {
	b := x.op.Batch
	items, _ := x.in[b.Each].([]any)
	if b.Max > 0 && len(items) > b.Max {
		return x.t.refuse(x.op, failure{class: ir.TooLarge, hints: []string{"many", "large", "limit"}, or: []ir.Class{ir.Invalid, ir.Rejected}})
	}
	whole, in := x.op, x.in
	defer func() { x.op, x.in, x.item, x.failed = whole, in, nil, nil }()
	x.op, x.item = x.t.idx.outcome(whole), x.t.idx.resolve(x.t.idx.elemOf(whole.params[b.Each]))
	c := x.t.collection(x.owner(), u.kind, parent)
	x.failed = make([]*answer, len(items))
	for i, v := range items {
		x.in = withItem(in, v)
		x.failed[i] = x.unfit(u, c, v)
	}
	x.stage(StageItems)
	bad := slices.ContainsFunc(x.failed, func(a *answer) bool { return a != nil })
	results, failures := []any{}, []any{}
	ids := []string{}
	for i, v := range items {
		x.in = withItem(in, v)
		one, said := x.failed[i], &x.entry.Batch[i]
		switch {
		case one != nil:
			said.Class, said.Code = string(one.class), one.code
		case b.Atomic && bad:
			continue
		default:
			one = &answer{status: http.StatusOK, header: http.Header{}, body: x.outcome()}
			x.touch(u, c, one)
			said.ID = textOf(x.in[u.Key])
			if x.entry.Effect != nil {
				said.ID = x.entry.Effect.ID
				ids = append(ids, said.ID)
			}
		}
		if given, ok := at(v, b.Match); ok && len(b.Match) > 0 {
			one.body = put(one.body, b.Match, given)
		}
		switch {
		case said.Untold:
		case one.class != "" && len(b.Failures) > 0:
			failures = append(failures, one.body)
		default:
			results = append(results, one.body)
		}
	}
	x.entry.Effect = nil
	if len(ids) > 0 {
		x.entry.Effect = &Effect{Do: u.Do, Resource: u.kind.name, ID: ids[0], IDs: ids}
	}
	a.body = put(a.body, b.Results, results)
	if len(b.Failures) > 0 {
		remove(a.body, b.Failures)
		if len(failures) > 0 {
			a.body = put(a.body, b.Failures, failures)
		}
	}
	return nil
}

// name notes what tells the items of a batch from each other.
func (x *exchange) name() {
	if x.op.Batch == nil {
		return
	}
	items, _ := x.in[x.op.Batch.Each].([]any)
	x.entry.Batch = make([]ItemState, len(items))
	for i, v := range items {
		x.entry.Batch[i].Name = x.op.itemName(v)
	}
}

// itemName is a digest of what tells an item from the others of its batch: what its
// outcome repeats, or the key of its object, or else all of it.
func (o *op) itemName(v any) string {
	if id, ok := at(v, o.Batch.Match); ok && len(o.Batch.Match) > 0 {
		v = textOf(id)
	} else if key := o.itemKey(); key != "" {
		if id, ok := at(v, pathOf(key)); ok {
			v = textOf(id)
		}
	}
	return args{"": v}.digest()
}

// itemKey is the member of an item that names an object there is; "" when none does.
func (o *op) itemKey() string {
	for _, u := range o.uses {
		if u.Do != "create" && u.Key != "" {
			return u.Key
		}
	}
	return ""
}

// unfit refuses an item that lacks what it has to have, or names no object.
func (x *exchange) unfit(u use, c *collection, v any) *answer {
	var lacking []string
	o, ok := v.(*object)
	for _, f := range x.t.idx.fields(x.item) {
		if _, sent := o.getFrom(f.Name); f.Required && !f.ReadOnly && !sent {
			lacking = append(lacking, f.Name)
		}
	}
	if !ok || len(lacking) > 0 {
		why := "an item is no object"
		if len(lacking) > 0 {
			why = "without " + strings.Join(lacking, ", ")
		}
		return x.t.refuse(x.op, failure{class: ir.Invalid, about: lacking, lacks: true, or: []ir.Class{ir.Rejected}, why: why})
	}
	if m := x.t.idx.fit(x.item, v, !x.q.isDoc); m != nil {
		return x.t.refuse(x.op, failure{class: ir.Invalid, or: []ir.Class{ir.Rejected}, why: strings.TrimPrefix(m.at+": "+m.says, ".")})
	}
	if u.Do == "create" {
		return nil
	}
	if _, found := c.find(textOf(x.in[u.Key])); !found {
		return x.missingObject(u.kind)
	}
	return nil
}

// all are the members of an object that may be none.
func (o *object) all() []member {
	if o == nil {
		return nil
	}
	return o.members
}

// getFrom is get of an object that may be none.
func (o *object) getFrom(name string) (any, bool) {
	if o == nil {
		return nil, false
	}
	return o.get(name)
}

// withItem adds the members of an item to the parameters of the call.
func withItem(in args, v any) args {
	all := maps.Clone(in)
	if o, ok := v.(*object); ok {
		for _, m := range o.members {
			all[m.name] = m.value
		}
	}
	return all
}

// outcome makes what is said about one item, before the object is in it: the members
// that are always there.
func (x *exchange) outcome() any {
	s := synth{idx: x.t.idx, rng: newRNG(x.t.opt.Seed, x.owner(), x.op.Path, "outcome"), now: epoch}
	return s.value(x.op.result, "", 0)
}

// outcome is the part of a batch action that answers for one item.
func (x *index) outcome(o *op) *op {
	action := *o.Action
	action.Errors = o.Batch.Errors
	one := *o
	one.Action = &action
	if list := x.typeAt(o.result, o.Batch.Results); list != nil {
		one.result = x.resolve(list.Elem)
	}
	return &one
}

// elemOf returns the type of the elements of a parameter that is a list.
func (x *index) elemOf(f *ir.Field) *ir.Type {
	if f == nil {
		return nil
	}
	if t := x.resolve(f.Type); t != nil {
		return t.Elem
	}
	return nil
}
