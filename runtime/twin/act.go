package twin

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// keyTTL is how long an idempotency key is remembered where nothing is declared.
const keyTTL = 24 * time.Hour

// keyed is the answer that was given under an idempotency key.
type keyed struct {
	params string
	answer *answer
	effect *Effect
	items  []ItemState
	until  time.Time
}

// act answers an action: from the idempotency key, or by doing it.
func (x *exchange) act() *answer {
	slot := ""
	if x.op.Key != nil && x.op.Key.To != nil {
		if key, ok := x.q.slot(x.op.Key.To); ok && key != "" {
			slot = x.owner() + "\x00" + x.op.Path + "\x00" + key
		}
	}
	if slot != "" {
		if k := x.t.keys[slot]; k != nil && x.now.Before(k.until) {
			return x.again(k)
		}
	}
	a := x.do()
	if slot != "" && a.class == "" {
		ttl := duration(ir.Duration(x.op.Key.TTL))
		if ttl <= 0 {
			ttl = keyTTL
		}
		x.t.sweepKeys(x.now)
		x.t.keys[slot] = &keyed{x.keyDigest(), copyAnswer(a), x.entry.Effect, x.entry.Batch, x.now.Add(ttl)}
	}
	return a
}

// keyDigest names the parameters without the key itself.
func (x *exchange) keyDigest() string {
	to := x.op.Key.To
	return x.in.digest(to.Query, to.Header, to.Body.String())
}

// again answers a request whose key was seen before.
func (x *exchange) again(k *keyed) *answer {
	if k.params != x.keyDigest() {
		x.entry.Why = "its idempotency key came before with other parameters"
		return x.t.refuse(x.op, failure{class: ir.KeyReused, hints: []string{"idempot"}, or: []ir.Class{ir.Conflict, ir.Invalid}, why: x.entry.Why})
	}
	if k.effect != nil {
		e := *k.effect
		e.Replayed = true
		x.entry.Effect = &e
	}
	x.entry.Batch = k.items
	return copyAnswer(k.answer)
}

func copyAnswer(a *answer) *answer {
	c := *a
	c.header, c.body = maps.Clone(a.header), clone(a.body)
	return &c
}

func (x *exchange) owner() string {
	if x.acct == nil {
		return ""
	}
	return x.acct.id
}

// do changes the state as the action declares, and makes its result.
func (x *exchange) do() *answer {
	a := &answer{status: http.StatusOK, header: http.Header{}}
	if x.op.Reply == "raw" || x.op.Reply == "text" {
		for _, u := range x.op.uses {
			if refused := x.use(u, &answer{header: http.Header{}}); refused != nil {
				return refused
			}
		}
		a.media, a.bytes = "text/plain; charset=utf-8", x.contents()
		x.cutRange(a)
		x.wrote()
		return a
	}
	switch {
	case x.op.Stream != nil:
		a.body = x.items()
	case !x.replaced():
		a.body = x.result()
	}
	for _, u := range x.op.uses {
		if refused := x.use(u, a); refused != nil {
			return refused
		}
	}
	if x.op.Page != nil && !x.lists() {
		if refused := x.list(x.op.list, nil, a); refused != nil {
			return refused
		}
	}
	if x.op.completes != nil {
		if refused := x.complete(a); refused != nil {
			return refused
		}
	}
	if refused := x.tell(a); refused != nil {
		return refused
	}
	x.wrote()
	x.addUploads(a)
	x.t.settle(x.op, a)
	x.t.limits.report(a, x.draws, x.now)
	if o, ok := a.body.(*object); ok && x.op.Returns == nil && len(o.members) == 0 {
		a.status, a.body = http.StatusNoContent, nil
	}
	return a
}

// wrote notes the effect of an action that changes something no resource
// declares.
func (x *exchange) wrote() {
	kept := len(x.entry.Batch) > 0 && len(x.op.uses) > 0 // What became of each item is known.
	if x.entry.Effect == nil && !kept && x.op.Effect != ir.Read && x.op.Effect != "" {
		x.t.minted++
		x.entry.Effect = &Effect{Do: "write", ID: strconv.Itoa(x.t.minted)}
	}
}

// lists reports whether a declared use answers the page.
func (x *exchange) lists() bool {
	for _, u := range x.op.uses {
		if u.Do == "list" {
			return true
		}
	}
	return false
}

// streamLength is how many items a stream has.
const streamLength = 12

// items makes the items of a stream.
func (x *exchange) items() any {
	list := make([]any, streamLength)
	for i := range list {
		s := synth{idx: x.t.idx, rng: newRNG(x.t.opt.Seed, x.owner(), x.op.Path, strconv.Itoa(i)), now: x.now, presence: x.t.presence(usual), link: x.t.linker(x.owner(), i)}
		list[i] = s.value(x.op.Returns, x.op.Name, 0)
	}
	return list
}

// result makes the members of the result, with parameters of the same name and
// type in their place.
func (x *exchange) result() any {
	if x.op.result == nil {
		return &object{}
	}
	s := synth{idx: x.t.idx, rng: newRNG(x.t.opt.Seed, x.owner(), x.op.Path), now: epoch, presence: x.t.presence(usual), link: x.t.linker(x.owner(), 0)}
	v := s.value(&ir.Type{Kind: x.op.result.Kind, Fields: x.op.result.Fields, Embeds: x.op.result.Embeds, Elem: x.op.result.Elem, Variants: x.op.result.Variants, Choices: x.op.result.Choices, Enum: x.op.result.Enum}, "", 0)
	root, ok := v.(*object)
	if !ok {
		return v
	}
	for _, f := range x.t.idx.fields(x.op.result) {
		param, known := x.op.params[f.Name]
		if sent, ok := x.in[f.Name]; known && ok && !f.WriteOnly && x.t.idx.sameType(param.Type, f.Type) {
			x.take(root, f, sent)
		}
		if kind := x.t.idx.resolve(f.Type); x.op.Method == http.MethodDelete && f.Name == "deleted" && kind != nil && kind.Kind == ir.Bool {
			root.set(f.Name, true)
		}
	}
	return root
}

// sameType reports whether every value of one type is one of the other. Objects
// and unions without a name are of one type only when they are one.
func (x *index) sameType(a, b *ir.Type) bool {
	a, b = x.resolve(a), x.resolve(b)
	if a == b || a == nil || b == nil {
		return a == b && a != nil
	}
	if a.Kind != b.Kind || a.Name != b.Name || a.Nullable && !b.Nullable {
		return false
	}
	switch a.Kind {
	case ir.List, ir.Map:
		return x.sameType(a.Elem, b.Elem)
	case ir.Object, ir.Union:
		return a.Name != ""
	case ir.Enum:
		return !slices.ContainsFunc(a.Enum, func(v any) bool { return !slices.Contains(b.Enum, v) })
	}
	return true
}

// use does what one declared use says. It returns a refusal, or nil.
func (x *exchange) use(u use, a *answer) *answer {
	parent, refused := x.parent(u)
	switch {
	case refused != nil:
		return refused
	case u.Do == "list":
		return x.list(u.kind, u.ResourceUse, a)
	case x.op.Batch != nil:
		return x.batch(u, parent, a)
	}
	return x.touch(u, x.t.collection(x.owner(), u.kind, parent), a)
}

// parent returns the id of the object that holds the collection of a use, or refuses
// one that there is not.
func (x *exchange) parent(u use) (string, *answer) {
	w := u.kind.within
	if w == nil {
		return "", nil
	}
	parent := textOf(x.in[w.In(u.ResourceUse)])
	if p := u.kind.parent; p != nil && p.within == nil && (parent != "" || !x.onlyCursor()) {
		above := x.t.collection(x.owner(), p, "")
		if _, ok := above.find(parent); !ok && !above.takes(parent) {
			return "", x.missingObject(p)
		}
	}
	return parent, nil
}

// touch creates, reads, updates or deletes one object. It returns a refusal, or nil.
func (x *exchange) touch(u use, c *collection, a *answer) *answer {
	if u.Do == "create" {
		o, p := x.t.add(x, u, c)
		x.made, x.place = c, p
		if f := x.sent(); f != nil {
			x.t.store(c, p, f)
		}
		x.effect(u, c.id(p))
		x.show(u, o, a)
		return nil
	}
	p, ok := 0, u.Key == "" && c.size() > 0
	if u.Key != "" {
		id := textOf(x.in[u.Key])
		switch p, ok = c.place(id); {
		case ok || !c.takes(id):
		case u.Do == "get":
			x.show(u, x.t.stranger(c, id), a)
			return nil
		default:
			p, ok = x.t.adopt(c, id, x.now), true
		}
	}
	var o *object
	if ok {
		o, ok = x.view(u.ResourceUse, c).get(p)
	}
	if !ok {
		return x.missingObject(u.kind)
	}
	switch u.Do {
	case "update":
		c.remember(p, x.now)
		o = x.t.stamp(c, x.fill(o, u, c), c.id(p)) // Which object it is does not change.
		c.direct(p, o, x.now)
		c.changed[p], c.updated[p] = clone(o).(*object), true
		if f := x.sent(); f != nil {
			x.t.store(c, p, f)
		}
		x.effect(u, c.id(p))
	case "delete":
		c.remember(p, x.now)
		c.gone[p] = true
		delete(c.changed, p)
		x.t.drop(c.files[p])
		delete(c.files, p)
		x.effect(u, c.id(p))
		x.nameGone(c, p, a)
	}
	x.show(u, o, a)
	return nil
}

// nameGone tells in the result of a delete which object it was, where it has a member for that.
func (x *exchange) nameGone(c *collection, p int, a *answer) {
	f := x.t.idx.field(x.op.result, c.kind.id.String())
	o, ok := a.body.(*object)
	if f == nil || !ok {
		return
	}
	if id, ok := x.t.idx.spelled(f, c.idValue(c.id(p))); ok && x.t.idx.fit(f.Type, id, false) == nil {
		o.set(f.Name, id)
	}
}

func (x *exchange) effect(u use, id string) {
	x.entry.Effect = &Effect{Do: u.Do, Resource: u.kind.name, ID: id}
}

// replaced reports whether what a resource keeps is the whole result, so that none has
// to be made up.
func (x *exchange) replaced() bool {
	for _, u := range x.op.uses {
		if x.op.Batch == nil && (u.Do == "create" || u.Do == "get" || u.Do == "update") && u.whole(x.op) {
			return true
		}
	}
	return false
}

// whole reports whether the object of a use is all of the result.
func (u use) whole(o *op) bool {
	return len(u.At) == 0 && o.result != nil && o.result == u.kind.item
}

// show puts an object, and copies of its members, where the response has them.
func (x *exchange) show(u use, o *object, a *answer) {
	if u.Do != "delete" && (len(u.At) > 0 || u.whole(x.op)) {
		a.body = put(a.body, u.At, o)
	}
	for _, place := range sortedKeys(u.Also) {
		if v, ok := at(o, pathOf(u.Also[place])); ok {
			a.body = put(a.body, pathOf(place), clone(v))
		}
	}
}
