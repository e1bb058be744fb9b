package draft

import (
	"slices"
	"strings"
)

// mergeNested gives resources what is done to their objects at longer paths: a team that
// is made at /orgs/{org}/teams is read at /teams/{id}. Objects that a longer path reads,
// too, are the same where they have the same id.
func (d *drafter) mergeNested(all map[string]*siblings, order []string, byAddress map[string]*resource) {
	makes := map[*resource]bool{}
	for _, r := range d.resources {
		makes[r] = r.does("create")
	}
	shortest := slices.Clone(order)
	slices.SortStableFunc(shortest, func(a, b string) int { return strings.Count(a, "/") - strings.Count(b, "/") })
	for _, address := range shortest {
		one := byAddress[address]
		for _, short := range slices.Backward(shortest) {
			r := byAddress[short]
			if r == nil || r == one || !isNested(address, short) || strings.Contains(short, aParameter) && makes[r] {
				continue // Where an id is of the object that holds the collection, each keeps what it makes.
			}
			if d.merge(r, one, all[address]) {
				byAddress[address] = r
				break
			}
		}
	}
}

// merge gives a resource what is done at a longer path, by another resource or, where
// there is none, by what makes and lists objects there. It reports whether it did: what
// puts objects into a group, or takes them out of it, makes and deletes none.
func (d *drafter) merge(r, nested *resource, s *siblings) bool {
	found := nested
	if found == nil {
		found = &resource{of: r.of, id: r.id, path: r.path}
		for _, op := range s.many {
			found.add(d.useOfMany(found, s, op))
		}
		if len(found.uses) > 0 {
			found.path = found.uses[0].op.path
		}
		if len(s.one) > 0 || !found.does("create") { // What others make may be shown there for any reason.
			return false
		}
	}
	groups := func(u *resourceUse) bool { return u.do == "create" && (u.key != "" || d.sendsOne(r, u.op)) }
	if found.of != r.of || !slices.Equal(found.id, r.id) || found.does("delete") && r.does("delete") || slices.ContainsFunc(found.uses, groups) {
		return false
	}
	r.uses, r.nested = append(r.uses, found.uses...), append(r.nested, found.path)
	d.resources = slices.DeleteFunc(d.resources, func(one *resource) bool { return one == nested })
	return true
}

// sendsOne reports whether the body of an operation names an object that there is.
func (d *drafter) sendsOne(r *resource, op *operation) bool {
	if op.body == nil || op.body.schema == nil {
		return false
	}
	return slices.ContainsFunc(d.membersOf(op.body.schema), func(m *member) bool {
		w := strings.Join(withoutNoun(lowered(m.name), r.noun()), "")
		return w == "" || w == "id" || w == nameKey(r.id[0])
	})
}

// isNested reports whether an address is a longer one of the same collection: it ends
// alike, and has all parts of the other in their order.
func isNested(long, short string) bool {
	server, long, _ := strings.Cut(long, " ")
	other, short, _ := strings.Cut(short, " ")
	a, b := strings.Split(long, "/"), strings.Split(short, "/")
	if server != other || len(a) <= len(b) || a[len(a)-1] != b[len(b)-1] {
		return false
	}
	for _, part := range a {
		if len(b) > 0 && part == b[0] {
			b = b[1:]
		}
	}
	return len(b) == 0
}
