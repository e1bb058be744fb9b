package draft

import (
	"slices"
	"strings"
)

// resourceOf makes a resource of the operations of a collection, or returns nil when
// they do not agree on a type whose objects are told apart by the last parameter.
func (d *drafter) resourceOf(s *siblings) *resource {
	r := &resource{}
	for _, op := range s.one {
		if r.item == "" || op.method == "GET" {
			r.item = op.path
		}
	}
	if r.item == "" {
		return nil
	}
	trimmed := strings.TrimRight(r.item, "/")
	r.path = trimmed[:strings.LastIndexByte(trimmed, '/')]
	if !d.findType(r, s) {
		return nil
	}
	for _, op := range s.many {
		r.add(d.useOfMany(r, s, op))
	}
	for _, op := range s.one {
		r.add(d.useOfOne(r, s, op))
	}
	if len(r.uses) < 2 || !r.does("get") && !r.does("list") || d.makesUnseen(r, s) {
		return nil
	}
	return r
}

// makesUnseen reports whether an operation makes objects that the resource would not
// have: a twin that refuses what it has just made is worse than one that keeps nothing.
func (d *drafter) makesUnseen(r *resource, s *siblings) bool {
	return slices.ContainsFunc(slices.Concat(s.many, s.one), func(op *operation) bool {
		used := slices.ContainsFunc(r.uses, func(u *resourceUse) bool { return u.op == op })
		return !used && (op.method == "PUT" && !d.saysUpdate(op) || op.method == "POST") && d.makesOne(op)
	})
}

// useOrder is how a spec orders what actions do.
var useOrder = []string{"create", "get", "update", "delete", "list"}

func (r *resource) add(u *resourceUse) {
	if u != nil {
		r.uses = append(r.uses, u)
	}
}

func (r *resource) does(what string) bool {
	return slices.ContainsFunc(r.uses, func(u *resourceUse) bool { return u.do == what })
}

// useOfMany is what an operation of the collection's path does, or nil.
func (d *drafter) useOfMany(r *resource, s *siblings, op *operation) *resourceUse {
	switch op.method {
	case "GET":
		if lists := d.listsOf(op, r.of); len(lists) > 0 && d.onlyReads(op) {
			return &resourceUse{do: "list", op: op, of: lists}
		}
	case "POST":
		if !d.makesOne(op) {
			return nil
		}
		if at, ok := d.showsOne(op, r.of); ok {
			return &resourceUse{do: "create", op: op, at: at}
		}
		if silent(op) && d.takesOne(r, op) {
			return &resourceUse{do: "create", op: op}
		}
		if also := d.tellsID(r, op); also != nil {
			return &resourceUse{do: "create", op: op, also: also}
		}
	case "PUT", "PATCH":
		at, ok := d.showsOne(op, r.of)
		if m := d.sentID(r, op); m != "" && (ok || silent(op) && d.takesOne(r, op)) {
			if op.method == "PUT" && d.makesNamed(s, op) {
				return &resourceUse{do: "create", op: op, at: at} // By the id that is sent.
			}
			return &resourceUse{do: "update", op: op, key: m, at: at}
		}
	}
	return nil
}

// useOfOne is what an operation of the path of one object does, or nil.
func (d *drafter) useOfOne(r *resource, s *siblings, op *operation) *resourceUse {
	names := pathParams(op.path)
	u := &resourceUse{op: op, key: names[len(names)-1]}
	if contains(names[:len(names)-1], u.key) || !d.names(r, op) {
		return nil
	}
	at, shows := d.showsOne(op, r.of)
	u.at = at
	switch op.method {
	case "GET":
		u.do = "get"
		return keepIf(u, shows && d.onlyReads(op))
	case "DELETE":
		u.do, u.at = "delete", nil
		return u
	case "PATCH", "PUT": // Whatever they answer with, as a DELETE.
		u.do = "update"
		if op.method == "PUT" && d.makesNamed(s, op) {
			u.do = "create"
		}
		if !shows {
			u.also = d.tellsID(r, op)
		}
		return u
	case "POST":
		u.do = "update"
		sets := func(o *operation) bool { return o.method == "PUT" || o.method == "PATCH" }
		return keepIf(u, shows && !slices.ContainsFunc(s.one, sets) && d.readsOnly(op) == "")
	}
	return nil
}

// makesNamed reports whether a PUT makes the object that it names: nothing else makes
// any, and it is not said to change what is there.
func (d *drafter) makesNamed(s *siblings, op *operation) bool {
	makes := func(o *operation) bool { return o.method == "POST" && d.makesOne(o) }
	updates := func(o *operation) bool { return o.method == "PUT" && d.saysUpdate(o) }
	return !slices.ContainsFunc(s.many, makes) && !slices.ContainsFunc(s.one, updates) && !d.saysUpdate(op)
}

// keepIf returns x, or what stands for nothing.
func keepIf[T any](x T, ok bool) T {
	if !ok {
		var none T
		return none
	}
	return x
}

// silent reports whether an operation answers with nothing.
func silent(op *operation) bool { return op.reply == nil || op.reply.schema == nil }

// onlyReads reports whether a GET changes nothing.
func (d *drafter) onlyReads(op *operation) bool {
	if r := matching(d.rules.effects, op.known()); r != nil {
		return r.name == "read"
	}
	return writingVerb(op) == ""
}

// makesOne reports whether a POST to a collection makes one object: it does more than
// look, twice makes two, and what it takes is not a list.
func (d *drafter) makesOne(op *operation) bool {
	if r := matching(d.rules.effects, op.known()); r != nil {
		return r.name == "create" || r.name == "keyed" || r.name == "irreversible"
	}
	several := op.body != nil && op.body.schema != nil && d.plainly(op.body.schema).kind == listKind
	return !several && d.readsOnly(op) == "" && d.settlesState(op) == ""
}

// changingWords say in words that a call changes what is there. What is set may be new.
var changingWords = pattern(`(?i)^\W*(updates?|modif(y|ies)|edits?|changes?|restores?|replaces?|renames?) `)

// saysUpdate reports whether a PUT is said to change what is there.
func (d *drafter) saysUpdate(op *operation) bool {
	if makesByName(op) != "" {
		return false
	}
	return changingWords().MatchString(op.doc) || slices.ContainsFunc(op.verbWords(), func(w string) bool {
		return contains([]string{"update", "edit", "modify", "change", "replace", "rename"}, w)
	})
}

// sentID is the member of the body that says which object is meant, or "".
func (d *drafter) sentID(r *resource, op *operation) string {
	if op.body == nil || op.body.schema == nil || len(r.id) > 1 || contains(pathParams(op.path), r.id[0]) {
		return ""
	}
	m := memberOf(d.plainly(op.body.schema).fields, r.id[0])
	if m == nil || idKind(d.follow(m.schema)) == noID {
		return ""
	}
	return m.name
}

// takesOne reports whether the body of an operation is the whole object.
func (d *drafter) takesOne(r *resource, op *operation) bool {
	return op.body != nil && op.body.schema != nil && op.body.schema.kind == refKind && op.body.schema.ref == r.of
}
