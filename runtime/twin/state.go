package twin

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// defaultVolume is how many objects a collection starts with.
const defaultVolume = 25

// collection holds the objects of one kind of one account, under one parent.
// Objects that it started with are made when they are read; only changes take
// memory.
type collection struct {
	kind    *kind
	name    []string // Account, kind and parent: what its objects are made from.
	form    form
	seeded  int
	source  *collection     // Of plain items that are ids of it.
	changed map[int]*object // Those that are not as they were made at first.
	updated map[int]bool    // Those that a request changed.
	gone    map[int]bool
	pending map[int]*upload // Gone for now: made by a flow that has not ended.
	files   map[int]*file   // What was uploaded for them.
	added   []string        // Ids of the objects at seeded and on.
	byID    map[string]int  // Of the added ones.
	past    map[int][]past  // What reads that lag behind still see.
	jobs    map[int]*job    // The courses of those that are jobs, and did not begin with it.
}

// collection returns what an account has of a kind under a parent.
func (t *Twin) collection(acct string, k *kind, parent string) *collection {
	key := acct + "\x00" + k.name + "\x00" + parent
	c := t.collections[key]
	if c != nil {
		return c
	}
	c = &collection{kind: k, name: []string{acct, k.name, parent}, seeded: t.volume(k), changed: map[int]*object{}, updated: map[int]bool{}, gone: map[int]bool{}, pending: map[int]*upload{}, byID: map[string]int{}}
	if k.parent != nil && t.born[born(acct, k.parent, parent)] {
		c.seeded = 0
	}
	c.form = newForm(k.idPattern(), digest(t.opt.Seed, c.name...))
	c.seeded = min(c.seeded, 1<<min(c.form.bits, 48)) // So many ids there are.
	if k.source != nil {
		t.draw(c, t.collection(acct, k.source, ""))
	}
	t.collections[key] = c
	return c
}

// draw makes the items of a list of ids those of the objects that a collection started with.
func (t *Twin) draw(c, from *collection) {
	if from.seeded > 0 && t.idx.fit(c.kind.form, c.idValue(from.id(0)), false) == nil {
		c.source, c.seeded = from, min(c.seeded, from.seeded)
	}
}

// volume is how many objects a kind starts with: enough for the lists of their ids.
func (t *Twin) volume(k *kind) int {
	n, asked := t.opt.Volume[k.name]
	if !asked {
		n, asked = t.opt.Volume["*"]
	}
	if !asked {
		n = defaultVolume
	}
	for _, list := range k.lists {
		n = max(n, t.opt.Volume[list])
	}
	return n
}

// size counts positions, those of deleted objects included.
func (c *collection) size() int { return c.seeded + len(c.added) }

// id returns the id at a position.
func (c *collection) id(p int) string {
	if p >= c.seeded {
		return c.added[p-c.seeded]
	}
	if c.source != nil {
		return c.source.id(p)
	}
	return c.form.write(uint64(p))
}

// find returns the position of the object with an id.
func (c *collection) find(id string) (int, bool) {
	p, ok := c.place(id)
	return p, ok && !c.lost(p)
}

// lost reports whether the object at a position is gone, or what a list of ids has there.
func (c *collection) lost(p int) bool { return c.gone[p] || c.source != nil && c.source.gone[p] }

// place returns the position of an id, also of an object that is gone.
func (c *collection) place(id string) (int, bool) {
	if p, ok := c.byID[id]; ok {
		return p, true
	}
	if c.source != nil {
		p, ok := c.source.place(id)
		return p, ok && p < c.seeded
	}
	n, ok := c.form.read(id)
	return int(n), ok && n < uint64(c.seeded)
}

// object returns the object at a position. It is the caller's to change.
func (t *Twin) object(c *collection, p int, now time.Time) *object {
	o := c.changed[p]
	if o != nil {
		o = clone(o).(*object)
	} else {
		o = t.made(c, p)
	}
	t.advance(c, p, o, now)
	return o
}

// made is the object at a position as it was before any change.
func (t *Twin) made(c *collection, p int) *object {
	at := strconv.Itoa(p)
	s := synth{idx: t.idx, rng: newRNG(t.opt.Seed, c.name[0], c.name[1], c.name[2], at), now: epoch.Add(time.Duration(p) * stride), link: t.linker(c.name[0], p)}
	o := t.blank(&s, c, t.presence(usual))
	return t.stamp(c, o, c.id(p))
}

// presence is that of the optional members of what the twin makes up.
func (t *Twin) presence(percent int) int {
	if t.opt.Whole {
		return whole
	}
	return percent
}

// blank makes an object's members.
func (t *Twin) blank(s *synth, c *collection, percent int) *object {
	o := &object{}
	s.presence = percent
	if c.kind.item != nil && c.kind.item.Kind == ir.Object {
		s.members(o, c.kind.item, 0)
	} else if v, ok := s.value(c.kind.item, c.kind.name, 0).(*object); ok {
		o = v
	}
	for _, path := range c.kind.cuts {
		s.ensure(o, c.kind.item, path)
	}
	return o
}

// stamp gives an object its id, and the id of its parent where it names one.
func (t *Twin) stamp(c *collection, o *object, id string) *object {
	if len(c.kind.id) > 0 {
		o = put(o, c.kind.id, c.idValue(id)).(*object)
	}
	if w := c.kind.within; w != nil && w.Key != c.kind.id.String() {
		if m := t.idx.field(c.kind.item, w.Key); m != nil {
			if _, ok := o.get(w.Key); ok {
				o.set(w.Key, typed(t.idx.resolve(m.Type), c.name[2]))
			}
		}
	}
	return o
}

func (c *collection) idValue(id string) any {
	if c.kind.form != nil && (c.kind.form.Kind == ir.Int || c.kind.form.Kind == ir.Float) {
		return number(id)
	}
	return id
}

// add makes an object from parameters, keeps it, and returns its position. Where a
// parameter chooses the id of one that was there, the new one takes its place: who
// refuses that, or leaves it as it was, is not declared.
func (t *Twin) add(x *exchange, u use, c *collection) (*object, int) {
	p := c.size()
	s := synth{idx: t.idx, rng: newRNG(t.opt.Seed, c.name[0], c.name[1], c.name[2], strconv.Itoa(p)), now: x.now, link: t.linker(c.name[0], p)}
	o := t.blank(&s, c, t.presence(none))
	id := c.form.write(uint64(p))
	if c.form.clock {
		id = c.form.writeAt(x.now, c.seeded, p)
	}
	o = t.stamp(c, o, id)
	o = x.fill(o, u, c)
	if named := textOf(x.in[u.Key]); named != "" {
		id = named
		o = t.stamp(c, o, id)
	} else if v, ok := at(o, c.kind.id); ok && v != nil { // A parameter may have chosen the id.
		id = textOf(v)
	} else {
		o = t.stamp(c, o, id)
	}
	if old, ok := c.place(id); ok {
		p, c.updated[old] = old, true
		t.empty(c, id)
	}
	t.born[born(c.name[0], c.kind, id)] = true
	c.remember(p, x.now)
	if p == c.size() {
		c.added = append(c.added, id)
		c.byID[id] = p
	}
	delete(c.gone, p)
	c.changed[p] = o
	c.begin(p, x.now)
	return t.object(c, p, x.now), p
}

// identity returns a fact about who an account is.
func (t *Twin) identity(a *account, fact string, want *ir.Type) any {
	name := ""
	if a != nil {
		name = a.id
	}
	k := t.idx.namesake(fact)
	if want != nil && want.Kind == ir.Ref && t.idx.ids[want.Ref] != nil {
		k = t.idx.ids[want.Ref]
	}
	if k != nil && k.within == nil {
		if c := t.collection(name, k, ""); c.seeded > 0 {
			return c.idValue(c.form.write(0))
		}
	}
	s := synth{idx: t.idx, rng: newRNG(t.opt.Seed, "identity", name, fact), now: epoch, presence: t.presence(usual)}
	if want == nil {
		want = &ir.Type{Kind: ir.String}
	}
	return s.value(want, fact, 0)
}

// takes reports whether an id that the collection has never heard of names an object
// all the same: what a spec only assumes of a provider is no reason to refuse. An object
// that was deleted is gone.
func (c *collection) takes(id string) bool {
	if _, known := c.place(id); known || !c.kind.assumed || id == "" {
		return false
	}
	if f := c.kind.form; f != nil && (f.Kind == ir.Int || f.Kind == ir.Float) {
		_, err := strconv.ParseFloat(id, 64)
		return err == nil
	}
	return true
}

// stranger makes the object of an id that the collection takes; it is the same each time.
func (t *Twin) stranger(c *collection, id string) *object {
	s := synth{idx: t.idx, rng: newRNG(t.opt.Seed, c.name[0], c.name[1], c.name[2], id), now: epoch, link: t.linker(c.name[0], 0)}
	return t.stamp(c, t.blank(&s, c, t.presence(usual)), id)
}

// adopt keeps the object of an id that the collection takes, and returns its position.
func (t *Twin) adopt(c *collection, id string, now time.Time) int {
	p := c.size()
	c.added = append(c.added, id)
	c.byID[id] = p
	c.changed[p] = t.stranger(c, id)
	c.begin(p, now)
	return p
}

// fits reports whether a value is of a type's kind.
func fits(t *ir.Type, v any) bool {
	if t == nil {
		return false
	}
	switch t.Kind {
	case ir.String, ir.Bytes:
		_, text := v.(string)
		_, count := v.(number)
		return text || count && t.Wire.ID
	case ir.Bool:
		return isBool(v)
	case ir.Int, ir.Float:
		_, ok := v.(number)
		return ok
	case ir.List:
		_, ok := v.([]any)
		return ok
	case ir.Object, ir.Map:
		_, ok := v.(*object)
		return ok
	case ir.Enum:
		return !isBool(v)
	}
	return true
}

// missingObject is the refusal for an id that does not exist.
func (x *exchange) missingObject(k *kind) *answer {
	f := failure{class: ir.NotFound, code: k.missing, hints: []string{"not_found"}, or: []ir.Class{ir.Rejected, ir.Invalid}}
	if k.missing != "" {
		f.or = append(f.or, "") // Whatever class the rules give the code.
	}
	return x.t.refuse(x.op, f)
}

// sortedKeys returns the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// IDs returns the ids of the objects that an account has of a resource, or of a
// list by its action path, in the order of its list. The parent is the id of the
// object that holds them, or empty.
func (t *Twin) IDs(account, resource, parent string) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	k, a := t.idx.kindOf(resource), t.accountOf(account)
	if k == nil || a == nil {
		return nil
	}
	c := t.collection(a.id, k, parent)
	ids := make([]string, 0, c.size())
	for p := range c.size() {
		if !c.lost(p) {
			ids = append(ids, c.id(p))
		}
	}
	return ids
}

// Object returns the JSON of one object, or false when there is none.
func (t *Twin) Object(account, resource, parent, id string) ([]byte, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	k, a := t.idx.kindOf(resource), t.accountOf(account)
	if k == nil || a == nil {
		return nil, false
	}
	c := t.collection(a.id, k, parent)
	p, ok := c.find(id)
	if !ok {
		return nil, false
	}
	return appendJSON(nil, t.item(c, p, t.opt.Now())), true
}
