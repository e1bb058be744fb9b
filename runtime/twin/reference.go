package twin

import (
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

var (
	// people are what members are called that name who does or did something.
	people = []string{"creator", "author", "owner", "inviter", "assignee", "reviewer", "approver", "requester", "reporter", "sender", "uploader", "editor"}

	// anything are what lists of whatever there is are called.
	anything = []string{"data", "datum", "item", "result", "value", "entry", "record", "list", "object", "row", "element"}

	// spoken are what members are called that say something themselves, also where a
	// resource is called so.
	spoken = []string{
		"email", "mail", "phone", "address", "url", "uri", "link", "image", "icon", "logo", "photo", "domain", "host", "name", "title", "label", "tag", "text", "body", "message",
		"comment", "note", "description", "content", "subject", "summary", "version", "type", "kind", "status", "state", "language", "currency", "country", "city", "color", "date", "time",
	}
)

// addReferences notes which members name objects of resources, by what they are called.
func (x *index) addReferences() {
	x.addNouns()
	seen := map[*ir.Type]bool{}
	for _, t := range x.spec.Types {
		x.refer(t, seen)
	}
	for _, o := range x.ops {
		x.refer(o.Params, seen)
		x.refer(o.Returns, seen)
	}
	for _, o := range x.ops {
		if o.list != nil && o.list.plain {
			if k := x.sourceOf(o); k != nil {
				o.list.source, k.lists = k, append(k.lists, o.list.name)
			}
		}
	}
}

// addNouns notes what an object of a resource is called: as the resource or its type is,
// as ids in parameters, as lists of such objects, and as what is made of a fact of the token.
func (x *index) addNouns() {
	claims := map[string]*kind{} // nil: of several.
	claim := func(noun string, k *kind) {
		if old, known := claims[noun]; noun != "" && (!known || old == k) {
			claims[noun] = k
		} else {
			claims[noun] = nil
		}
	}
	for _, r := range x.spec.Resources {
		if r.Within != nil || len(r.ID) == 0 { // It takes more than an id to name one.
			continue
		}
		k := x.kinds[r.Name]
		noun, _ := nounOf(r.Name)
		x.nouns[noun] = k
		if of, known := x.of[r.Of]; known && of != k {
			k = nil
		}
		x.of[r.Of] = k
	}
	for _, r := range x.spec.Resources {
		k := x.kinds[r.Name]
		if x.of[r.Of] == nil {
			continue
		}
		noun, _ := nounOf(r.Of)
		claim(noun, k)
		for _, u := range r.Uses {
			if noun, isID := nounOf(u.Key); isID {
				claim(noun, k)
			}
			for member, from := range u.Set {
				if fact, ok := strings.CutPrefix(from, "token."); ok && x.namesake(fact) != nil {
					noun, _ := nounOf(member)
					claim(noun, x.namesake(fact))
				}
			}
		}
	}
	for _, o := range x.ops {
		if o.Page == nil || len(o.Page.Items) == 0 || o.Page.Item == nil || x.of[o.Page.Item.Ref] == nil {
			continue
		}
		if noun, _ := nounOf(o.Page.Items[len(o.Page.Items)-1].Name); !slices.Contains(anything, noun) {
			claim(noun, x.of[o.Page.Item.Ref])
		}
	}
	for noun, k := range claims {
		if _, known := x.nouns[noun]; !known && k != nil {
			x.nouns[noun] = k
		}
	}
	for _, noun := range people {
		if _, known := x.nouns[noun]; !known && x.nouns["user"] != nil {
			x.nouns[noun] = x.nouns["user"]
		}
	}
}

// nounOf is what an object is called that a name names, and whether it names it by its
// id: user_id, userIds and users are all of a user.
func nounOf(name string) (noun string, isID bool) {
	parts := nameParts(strings.ReplaceAll(name, "IDs", "Ids"))
	for len(parts) > 0 && slices.Contains([]string{"id", "ids", "uuid", "uuids"}, parts[len(parts)-1]) {
		parts, isID = parts[:len(parts)-1], true
	}
	noun = strings.Join(parts, "_")
	switch one, ies := strings.CutSuffix(noun, "ies"); {
	case ies:
		noun = one + "y"
	case strings.HasSuffix(noun, "sses") || strings.HasSuffix(noun, "xes") || strings.HasSuffix(noun, "ches"):
		noun = strings.TrimSuffix(noun, "es")
	case !strings.HasSuffix(noun, "ss") && !strings.HasSuffix(noun, "us"):
		noun = strings.TrimSuffix(noun, "s")
	}
	return noun, isID
}

// namesake returns the resource that a name is of, or nil.
func (x *index) namesake(name string) *kind {
	noun, _ := nounOf(name)
	return x.nouns[noun]
}

// refer notes the members of a type that name objects.
func (x *index) refer(t *ir.Type, seen map[*ir.Type]bool) {
	if t == nil || seen[t] {
		return
	}
	seen[t] = true
	for _, f := range t.Fields {
		x.referBy(f.Name, false)
		if kind := x.resolve(f.Type); kind != nil && kind.Kind == ir.List {
			x.referBy(elementName(f.Name), true)
		}
		x.refer(f.Type, seen)
	}
	x.refer(t.Elem, seen)
	for _, v := range t.Variants {
		x.refer(v, seen)
	}
}

// referBy notes what a member names, by its name.
func (x *index) referBy(name string, element bool) {
	if _, known := x.named[name]; known && !element {
		return
	}
	noun, isID := nounOf(name)
	if !isID && slices.Contains(spoken, noun) {
		return
	}
	k := x.nouns[noun]
	if by, done := strings.CutSuffix(noun, "_by"); done && by != "" {
		k = x.nouns["user"]
	}
	for more := isID || element; more && k == nil && noun != ""; { // parent_user_id is of a user.
		_, noun, more = strings.Cut(noun, "_")
		k = x.nouns[noun]
	}
	if k != nil && (isID || k.form != nil && k.form.Kind == ir.String) { // What is no id by its name is no number.
		x.named[name] = k
	}
}

// elementName is what an element of a list is called.
func elementName(list string) string { return strings.TrimSuffix(list, "s") }

// sourceOf is the resource whose ids a list of plain items has, or nil.
func (x *index) sourceOf(o *op) *kind {
	if k := x.ids[o.list.ref]; k != nil {
		if k.within != nil {
			return nil
		}
		return k
	}
	if len(o.Page.Items) == 0 || o.list.form == nil || o.list.form.Kind != ir.String && o.list.form.Kind != ir.Int {
		return nil
	}
	return x.named[elementName(o.Page.Items[len(o.Page.Items)-1].Name)]
}

// linker makes the ids inside objects lead to objects that exist: the next of a resource
// with each, so that those of one list differ.
func (t *Twin) linker(acct string, salt int) func(*kind) (any, bool) {
	n := uint64(salt)
	return func(k *kind) (any, bool) {
		if k == nil || k.within != nil {
			return nil, false
		}
		c := t.collection(acct, k, "")
		if c.seeded == 0 {
			return nil, false
		}
		n++
		return c.idValue(c.form.write((digest(t.opt.Seed, k.name) + n) % uint64(c.seeded))), true
	}
}

// refersTo returns the id of the object that a member names, where there is one of its type.
func (s *synth) refersTo(t *ir.Type, name string) (any, bool) {
	if s.link == nil {
		return nil, false
	}
	k := s.idx.named[name]
	if k == nil {
		return nil, false
	}
	id, ok := s.link(k)
	if _, isNumber := id.(number); ok && isNumber && t.Kind == ir.String {
		id = textOf(id)
	}
	return id, ok && s.idx.fit(t, id, false) == nil
}

// identified gives an object within another the id of one that its resource has.
func (s *synth) identified(v any, typeName string) any {
	k := s.idx.of[typeName]
	if k == nil || s.link == nil {
		return v
	}
	if _, ok := at(v, k.id); ok {
		if id, ok := s.link(k); ok {
			return put(v, k.id, id)
		}
	}
	return v
}
