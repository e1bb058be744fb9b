package draft

import (
	"slices"
	"strconv"
	"strings"
)

// nameActions gives every operation its groups and its name, as the vendor
// has them where the vendor has names.
func (d *drafter) nameActions() {
	for _, op := range d.doc.ops {
		op.name = nameOf(op)
	}
	d.joinGroups()
	d.partGroups()
	d.partTwins()
}

// fakeMethods are the keys of the methods that a fake has, beside a field for
// each group.
var fakeMethods = []string{"client", "roundtrip", "event"}

// joinGroups makes one of groups whose Go names are one: users.me and usersMe.
func (d *drafter) joinGroups() {
	groups := map[string][]string{}
	for _, op := range d.doc.ops {
		n := len(op.name) - 1
		var path []string
		for _, label := range op.name[:n] {
			if len(path) == 0 && contains(fakeMethods, nameKey(label)) {
				label += "s" // The field of the group would be called like a method.
			}
			path = append(slices.Clone(path), label)
			if same, ok := groups[nameKey(path...)]; ok {
				path = same
			}
			groups[nameKey(path...)] = path
		}
		op.name = append(slices.Clone(path), op.name[n])
	}
}

func nameOf(op *operation) []string {
	segments := segmentsOf(op.path)
	if len(segments) == 1 && strings.Contains(segments[0], ".") && !strings.Contains(segments[0], "{") {
		return identifiers(strings.Split(segments[0], "."))
	}
	if strings.ContainsAny(op.id, "./") {
		return identifiers(strings.FieldsFunc(op.id, func(r rune) bool { return r == '.' || r == '/' }))
	}
	group := groupOf(op, segments)
	if op.id != "" {
		return []string{group, shortName(op.id, group)}
	}
	return append(nouns(group, segments), verbOf(op, segments))
}

// segmentsOf returns the parts of a path.
func segmentsOf(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
}

// identifiers makes labels of names that the vendor chose; what is one
// already stays as it is.
func identifiers(names []string) []string {
	out := make([]string, 0, len(names))
	for _, n := range names {
		if labelOf(n) != n || strings.ContainsAny(n, "$_#-") {
			n = camel(n)
		}
		out = append(out, n)
	}
	if len(out) == 1 {
		out = append([]string{"api"}, out...)
	}
	return out
}

// groupOf is the first tag, or the first part of the path that is a name.
func groupOf(op *operation, segments []string) string {
	if len(op.tags) > 0 && len(words(op.tags[0])) > 0 {
		return camel(op.tags[0])
	}
	for _, s := range segments {
		if !strings.Contains(s, "{") && !version(s) {
			return camel(s)
		}
	}
	return "api"
}

// shortName takes the name of the group out of an operation's id: listPets in
// pets is list.
func shortName(id, group string) string {
	all := words(id)
	noun := strings.ToLower(singular(group))
	kept := slices.DeleteFunc(slices.Clone(all), func(w string) bool {
		return strings.ToLower(singular(w)) == noun
	})
	if len(kept) == 0 || len(kept) > 1 && len(kept) < len(all) && preposition(kept[len(kept)-1]) {
		kept = all
	}
	return camel(strings.Join(kept, " "))
}

func preposition(w string) bool {
	return slices.Contains([]string{"by", "for", "of", "to", "from", "with", "in", "on"}, strings.ToLower(w))
}

func version(segment string) bool {
	return len(segment) > 1 && (segment[0] == 'v' || segment[0] == 'V') && strings.Trim(segment[1:], "0123456789.") == "" ||
		segment == "api" || segment == "rest"
}

// nouns are the groups of an operation without an id: the names on its path.
func nouns(group string, segments []string) []string {
	var list []string
	for _, s := range segments {
		if !strings.Contains(s, "{") && !version(s) {
			list = append(list, camel(s))
		}
	}
	if len(list) == 0 {
		return []string{group}
	}
	return list
}

func verbOf(op *operation, segments []string) string {
	one := len(segments) > 0 && strings.Contains(segments[len(segments)-1], "{")
	switch op.method {
	case "GET":
		if one {
			return "get"
		}
		return "list"
	case "HEAD":
		return "check"
	case "POST":
		return "create"
	case "PUT":
		return "replace"
	case "PATCH":
		return "update"
	default:
		return "delete"
	}
}

// partGroups renames actions whose name is a group too: such an action moves
// into the group.
func (d *drafter) partGroups() {
	groups := map[string][]string{}
	for _, op := range d.doc.ops {
		for i := 1; i < len(op.name); i++ {
			groups[nameKey(op.name[:i]...)] = op.name[:i:i]
		}
	}
	for _, op := range d.doc.ops {
		if group := groups[nameKey(op.name...)]; group != nil {
			op.name = append(slices.Clone(group), verbOf(op, segmentsOf(op.path)))
		}
	}
}

// partTwins adds what is needed to tell operations of one name apart: the
// parameters of the path, then the method, then a number.
func (d *drafter) partTwins() {
	taken := goNames{}
	for _, op := range d.doc.ops {
		base := op.name[len(op.name)-1]
		for n := 0; taken[nameKey(op.name...)]; n++ {
			op.name = append(slices.Clone(op.name[:len(op.name)-1]), another(op, base, n))
		}
		taken[nameKey(op.name...)] = true
	}
}

func another(op *operation, base string, n int) string {
	switch n {
	case 0:
		name := base + "By"
		for _, s := range segmentsOf(op.path) {
			if strings.Contains(s, "{") {
				name += pascal(s)
			}
		}
		if name != base+"By" {
			return name
		}
		return base + pascal(strings.ToLower(op.method))
	case 1:
		return base + pascal(strings.ToLower(op.method))
	default:
		return base + strconv.Itoa(n)
	}
}
