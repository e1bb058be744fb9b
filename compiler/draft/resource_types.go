package draft

import (
	"slices"
	"strings"
)

// held is an object of a named type in a reply.
type held struct {
	at  []string
	ref string
}

// heldIn lists the objects of named types in a reply: all of it, and its members.
func (d *drafter) heldIn(op *operation) []held {
	s := d.shownBy(op)
	if s == nil {
		return nil
	}
	var out []held
	if s.kind == refKind {
		out = append(out, held{ref: s.ref})
	}
	for _, m := range d.membersOf(s) {
		if m.schema.kind == refKind {
			out = append(out, held{[]string{m.name}, m.schema.ref})
		}
	}
	return out
}

// shownBy is the schema of a reply in JSON, or nil.
func (d *drafter) shownBy(op *operation) *schema {
	if silent(op) || replyKind(op.reply.media, op.reply.schema) != "" {
		return nil
	}
	return op.reply.schema
}

// showsOne is where a reply has the one object of a type.
func (d *drafter) showsOne(op *operation, of string) (at []string, ok bool) {
	n := 0
	for _, h := range d.heldIn(op) {
		if h.ref == of {
			if len(h.at) == 0 {
				return nil, true
			}
			at, n = h.at, n+1
		}
	}
	return at, n == 1
}

// listsOf are the paths of the lists of a type in a reply.
func (d *drafter) listsOf(op *operation, of string) [][]string {
	var out [][]string
	d.eachList(op, func(at []string, ref string) {
		if ref == of {
			out = append(out, at)
		}
	})
	return out
}

// listDepth is how deep in a reply the list of a collection is looked for.
const listDepth = 2

// eachList visits the lists of named types in a reply: all of it, its members, and
// theirs.
func (d *drafter) eachList(op *operation, visit func(at []string, ref string)) {
	var below func(s *schema, at []string)
	below = func(s *schema, at []string) {
		s = d.follow(s)
		if s.kind == listKind {
			if s.elem.kind == refKind {
				visit(slices.Clone(at), s.elem.ref)
			}
			return
		}
		if len(at) < listDepth {
			for _, m := range d.membersOf(s) {
				below(m.schema, append(at, m.name))
			}
		}
	}
	if s := d.shownBy(op); s != nil {
		below(s, nil)
	}
}

// findType finds the type of the objects, and the member that the last parameter
// names: in what is read first, then in what is made, changed and listed.
func (d *drafter) findType(r *resource, s *siblings) bool {
	param := lastParam(r.item, s.one)
	if param == nil || idKind(param.schema) == noID || contains([]string{"label", "matrix"}, param.style) {
		return false
	}
	noun := r.noun()
	for _, method := range []string{"GET", "PATCH", "PUT", "POST"} {
		for _, op := range s.one {
			if op.method == method && d.takeType(r, param, noun, d.heldIn(op)) {
				return true
			}
		}
	}
	for _, op := range s.many {
		if op.method == "POST" && d.makesOne(op) && d.takeType(r, param, noun, d.heldIn(op)) {
			return true
		}
	}
	for _, op := range s.many {
		if op.method == "GET" {
			var lists []held
			d.eachList(op, func(at []string, ref string) { lists = append(lists, held{at, ref}) })
			if d.takeType(r, param, noun, lists) {
				return true
			}
		}
	}
	return false
}

// noun is what one object is called, word by word.
func (r *resource) noun() []string { return lowered(singular(nounOf(r.path, 1))) }

// names reports whether the last parameter of an operation's path names the object.
func (d *drafter) names(r *resource, op *operation) bool {
	p := lastParam(op.path, []*operation{op})
	return p != nil && slices.Equal(d.idOf(r.of, p, r.noun()), r.id)
}

// lastParam is the last parameter of a path, as one of its operations has it.
func lastParam(path string, ops []*operation) *param {
	names := pathParams(path)
	for _, op := range ops {
		for _, p := range op.params {
			if op.path == path && p.in == "path" && p.name == names[len(names)-1] {
				return p
			}
		}
	}
	return nil
}

// envelopes are members that hold the one thing that a reply is about.
var envelopes = []string{"data", "result", "response", "item", "object", "entity", "resource", "record", "body", "payload"}

// takeType takes the type of what a reply has, if it is clear which it is and its
// objects have an id.
func (d *drafter) takeType(r *resource, param *param, noun []string, all []held) bool {
	var found []held
	for _, h := range all {
		if d.idOf(h.ref, param, noun) != nil {
			found = append(found, h)
		}
	}
	if len(found) == 0 {
		return false
	}
	best := found[0]
	if len(best.at) > 0 { // What stands in an envelope is called so, or as the collection is.
		found = slices.DeleteFunc(found, func(h held) bool {
			name := h.at[len(h.at)-1]
			return !contains(envelopes, nameKey(name)) && !slices.Equal(lowered(singular(name)), noun)
		})
		if len(found) != 1 {
			return false
		}
		best = found[0]
	}
	r.of, r.id = best.ref, d.idOf(best.ref, param, noun)
	return true
}

// The kinds of ids.
const (
	noID = iota
	textID
	countID
)

// idKind says whether a schema can be that of an id, and of which kind.
func idKind(s *schema) int {
	switch {
	case s.fixed != nil || len(s.attrs) > 0:
		return noID
	case s.kind == stringKind && readAs(s) == "":
		return textID
	case s.kind == intKind || s.kind == numberKind && readAs(s) == "":
		return countID
	}
	return noID
}

// idOf is the member of a definition that a parameter names: the one of its name, or
// of what is left of it without the noun of the collection; in the object's metadata,
// the one of its name alone.
func (d *drafter) idOf(ref string, p *param, noun []string) []string {
	def := d.doc.defs[ref]
	if def == nil || def.schema.kind != objectKind && def.schema.kind != allKind {
		return nil
	}
	members := d.membersOf(def.schema)
	for _, name := range toldNames(p, noun) {
		if m := memberLike(members, name); m != nil && d.namedBy(m, p) {
			return []string{m.name}
		}
	}
	for _, name := range idNames(p.name, noun) {
		if m := memberLike(members, name); m != nil {
			return keepIf([]string{m.name}, d.namedBy(m, p))
		}
	}
	for _, m := range members {
		if contains([]string{"metadata", "meta"}, nameKey(m.name)) {
			if in := memberLike(d.membersOf(m.schema), p.name); in != nil {
				return keepIf([]string{m.name, in.name}, d.namedBy(in, p))
			}
		}
	}
	return nil
}

// namedBy reports whether a parameter can have the values of a member.
func (d *drafter) namedBy(m *member, p *param) bool {
	s := d.follow(m.schema)
	kind := idKind(s)
	return kind != noID && (kind == idKind(p.schema) || looseID(p, s))
}

// memberLike returns the member of a name, whatever its case and signs, or nil.
func memberLike(members []*member, name string) *member {
	i := slices.IndexFunc(members, func(m *member) bool { return nameKey(m.name) == nameKey(name) })
	if i < 0 {
		return nil
	}
	return members[i]
}

// looseID reports whether an id and the parameter that names it agree though one is a
// number and the other text: documents are careless about that where the parameter is
// called an id.
func looseID(p *param, member *schema) bool {
	return contains(lowered(p.name), "id") && member.pattern == "" && p.schema.pattern == ""
}

// idNouns are what ids are called that parameters are named after.
var idNouns = []string{"id", "uuid", "guid", "uid", "sid", "gid", "key", "name", "slug", "code", "number", "handle", "username", "login", "email"}

// idNames are the names that the member may have which a parameter names, the surest
// first.
func idNames(param string, noun []string) []string {
	w := lowered(param)
	if i := slices.Index(w, "or"); i > 0 { // id_or_name
		w = w[:i]
	}
	names := []string{param, strings.Join(w, "_")}
	whole := slices.Clone(w)
	w = withoutNoun(w, noun)
	if len(w) == 0 || len(w) == 1 && w[0] == "id" { // {customer}, {customer_id}: an id beside them is the provider's.
		names = append([]string{"id"}, names...)
	}
	if len(w) == 0 {
		return names
	}
	names = append(names, strings.Join(w, "_"))
	last := w[len(w)-1]
	if contains(idNouns, last) {
		names = append(names, last)
	}
	if last == "id" {
		names = append(names, strings.Join(append(slices.Clone(noun), "id"), "_"), strings.Join(whole, "_"))
	}
	return names
}

// toldNames are the names of the member that the text on a parameter tells, where its
// name is the noun alone: "name of the tag" beside {tag}.
func toldNames(p *param, noun []string) []string {
	w := lowered(p.name)
	if !slices.ContainsFunc(w, func(s string) bool { return slices.Contains(noun, singular(s)) }) || len(withoutNoun(w, noun)) > 0 {
		return nil
	}
	told := lowered(p.doc)
	for _, s := range idNouns {
		if slices.Contains(told, s) {
			if contains([]string{"id", "uuid", "guid", "uid", "sid", "gid"}, s) {
				return nil
			}
			return []string{p.name + "_" + s, s}
		}
	}
	return nil
}

// withoutNoun is what is left of a parameter's words behind the noun of the collection.
func withoutNoun(w, noun []string) []string {
	for len(w) > 0 && len(noun) > 0 && slices.Contains(noun, singular(w[0])) {
		w = w[1:]
	}
	return w
}

// tellsID is how the reply of what makes an object names it, where it says little
// else: the member that is the id. It is nil when there is none.
func (d *drafter) tellsID(r *resource, op *operation) map[string]string {
	const few = 4
	s := d.shownBy(op)
	if s == nil || len(r.id) > 1 {
		return nil
	}
	members := d.membersOf(s)
	m := memberLike(members, r.id[0])
	if m == nil || len(members) > few || idKind(d.follow(m.schema)) != idKind(d.drafted(d.doc.defs[r.of].schema, r.id)) {
		return nil
	}
	return map[string]string{m.name: r.id[0]}
}
