package draft

import (
	"slices"
	"strings"
)

// writeResources writes what the actions keep, and notes a document whose calls change
// things that are none of it.
func (d *drafter) writeResources() {
	all, texts := structure(), map[*resource]*value{}
	for _, r := range d.resources {
		texts[r] = d.resourceText(r)
	}
	for _, r := range d.resources {
		if v := texts[r]; v != nil {
			if r.within != nil && texts[r.within] != nil {
				within := structure(&field{label: labelOf(r.within.name), value: quoted(r.parent)})
				v.fields = slices.Insert(v.fields, 2, &field{label: "within", value: within})
			}
			all.set(labelOf(r.name), v, d.assume("%s", r.sign()))
			d.stats.Resources++
		}
	}
	if len(all.fields) > 0 {
		d.head.set("resources", all)
	}
	changes := func(op *operation) bool {
		return contains([]string{"PUT", "PATCH", "DELETE"}, op.method) || op.method == "POST" && d.makesOne(op)
	}
	if d.head.at("resources") == nil && !contains(d.o.Skip, "resources:") && slices.ContainsFunc(d.ops, changes) {
		d.note(place{pointer: "/paths"}, "no resources are drafted: until you declare which objects calls make, read and change, the twin makes up its answers and keeps nothing; see docs/language.md#resource")
	}
}

// sign is what a resource was seen by.
func (r *resource) sign() string {
	text := r.item + " is one of " + r.path
	if len(r.nested) > 0 {
		text += ", and of " + strings.Join(r.nested, " and ")
	}
	if len(r.crowd) > 0 {
		text += "; one collection, whatever " + strings.Join(r.crowd, " and ")
	}
	return text
}

// resourceText writes a resource, or nothing when too little of it is left: a page
// rule may be about another list.
func (d *drafter) resourceText(r *resource) *value {
	uses := map[string]*value{}
	n := 0
	for _, do := range useOrder {
		uses[do] = structure()
		for _, u := range r.uses {
			if u.do != do {
				continue
			}
			if v := d.useText(r, u); v != nil {
				uses[do].set(quote(u.op.dotted()), v)
				n++
			}
		}
	}
	if n < 2 || len(uses["get"].fields) == 0 && len(uses["list"].fields) == 0 {
		return nil
	}
	v := structure(&field{label: "of", value: text("#" + d.types.names[r.of])}, &field{label: "id", value: pathText(r.id)})
	for _, do := range useOrder {
		if len(uses[do].fields) > 0 {
			v.set(do, uses[do])
		}
	}
	v.tall = true
	return v
}

// useText writes what an action does, or nothing.
func (d *drafter) useText(r *resource, u *resourceUse) *value {
	v := structure()
	if u.key != "" {
		v.set("key", quoted(u.key))
	}
	if r.within != nil && u.up != r.parent {
		v.set("within", quoted(u.up))
	}
	if u.do == "list" {
		return d.listText(r, u, v)
	}
	if len(u.at) > 0 {
		v.set("at", pathText(u.at))
	}
	for from, to := range u.also {
		v.set("also", structure(&field{label: labelOf(from), value: pathText([]string{to})}))
	}
	return v
}

// listText writes a list. A page rule says which list of the reply it is; without
// one, there is one only.
func (d *drafter) listText(r *resource, u *resourceUse, v *value) *value {
	if page := d.pageText(u.op); page != nil {
		items := page.at("items")
		if items == nil || !slices.ContainsFunc(u.of, func(at []string) bool { return pathText(at).text == items.text }) {
			return nil
		}
	} else {
		least := slices.MinFunc(u.of, func(a, b []string) int { return len(a) - len(b) })
		same := 0
		for _, at := range u.of {
			if len(at) == len(least) {
				same++
			}
		}
		if same > 1 {
			return nil
		}
		if len(least) > 0 {
			v.set("at", pathText(least))
		}
	}
	filters, all := d.filtersOf(r, u.op)
	if !all {
		return nil
	}
	if len(filters.fields) > 0 {
		v.set("filter", filters)
	}
	return v
}

// pageText is the page rule of an action as it is drafted, or nil.
func (d *drafter) pageText(op *operation) *value {
	for _, a := range d.actions {
		if slices.Equal(a.name, op.name) {
			return a.value.at("page")
		}
	}
	return nil
}

// filtersOf are the parameters of a list that choose objects by a member, and whether
// they are all that choose: a list that cannot be asked for without saying which of the
// objects is meant, by something that they do not have, is not the list of all.
func (d *drafter) filtersOf(r *resource, op *operation) (filters *value, all bool) {
	filters, all = structure(), true
	paged := d.pageText(op) != nil
	for _, p := range op.params {
		if p.in != "query" || d.leftToClient(op, p) {
			continue
		}
		if at := d.chosenBy(r, p); at != nil {
			filters.set(labelOf(p.name), structure(&field{label: "is", value: pathText(at)}))
		} else if p.required && len(d.follow(p.schema).enum) != 1 && (!paged || rolesOf(p.name, sentNames) == nil) {
			all = false
		}
	}
	return filters, all
}

// chosenBy is the member by which a parameter of a list chooses objects: that of the same
// name, where no doubt is left that they are compared; the id, of a list of ids; and the id
// of the member that holds another object, where it has to be said which.
func (d *drafter) chosenBy(r *resource, p *param) []string {
	members, sent := d.membersOf(d.doc.defs[r.of].schema), d.follow(p.schema)
	if m := memberOf(members, p.name); m != nil {
		member := d.follow(m.schema)
		asked := p.required && idKind(member) != noID && idKind(member) == idKind(sent) // What has to be said is no search.
		return keepIf([]string{m.name}, asked || compared(p.name, member, sent))
	}
	if sent.kind == listKind {
		one := &param{name: singular(p.name), schema: d.follow(sent.elem)}
		w := strings.Join(withoutNoun(lowered(one.name), r.noun()), "")
		own := w == "id" || w == nameKey(r.id[len(r.id)-1])
		return keepIf(r.id, own && slices.Equal(d.idOf(r.of, one, r.noun()), r.id))
	}
	if w := lowered(p.name); p.required && len(w) > 1 && w[len(w)-1] == "id" {
		if m := memberLike(members, strings.Join(w[:len(w)-1], "_")); m != nil {
			if id := memberOf(d.membersOf(m.schema), "id"); id != nil && idKind(d.follow(id.schema)) == idKind(sent) {
				return []string{m.name, id.name}
			}
		}
	}
	return nil
}

// compared reports whether a member is compared with a parameter, or with one of a
// list.
func compared(name string, member, param *schema) bool {
	if param.kind == listKind {
		param = param.elem
	}
	switch param.kind {
	case boolKind:
		return member.kind == boolKind
	case enumKind:
		return member.kind == enumKind && !slices.ContainsFunc(param.enum, func(v any) bool { return !slices.Contains(member.enum, v) })
	}
	w := lowered(name)
	return len(w) > 0 && w[len(w)-1] == "id" && idKind(member) != noID && idKind(member) == idKind(param)
}
