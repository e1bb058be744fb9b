package draft

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// nameActions gives every operation its groups and its name. A name follows
// from the operation and from what the whole document has in common, so that
// one more operation leaves the names of the others alone. docs/naming.md
// gives the rules in order.
func (d *drafter) nameActions() {
	habits := habitsOf(d.doc)
	for _, op := range d.doc.ops {
		op.name = d.nameOf(op, habits)
	}
	// Where names clash, the plainer operation keeps its name, wherever in the
	// document it stands.
	ops := slices.Clone(d.doc.ops)
	slices.SortStableFunc(ops, plainer)
	joinGroups(ops)
	partGroups(ops)
	partTwins(ops)
}

// nameOf is the vendor's name where the document has one, and else one made of
// the path, the method, the id and the tags.
func (d *drafter) nameOf(op *operation, h *habits) []string {
	if name := extensionName(op); name != nil {
		return name
	}
	segments := segmentsOf(op.path)
	if len(segments) == 1 && strings.Contains(segments[0], ".") && !strings.ContainsAny(segments[0], "{#?:") && !fileEnding().MatchString(segments[0]) {
		return identifiers(strings.Split(segments[0], "."))
	}
	if name := h.dottedName(op); name != nil {
		return name
	}
	return d.pathName(op, h)
}

// extensionName is the name that the vendor gives to the generators of others.
func extensionName(op *operation) []string {
	for _, keys := range [][2]string{
		{"x-fern-sdk-group-name", "x-fern-sdk-method-name"}, {"x-speakeasy-group", "x-speakeasy-name-override"},
	} {
		method, _ := op.extensions[keys[1]].(string)
		groups := stringsOf(op.extensions[keys[0]])
		if len(words(method)) == 0 || len(groups) == 0 {
			continue
		}
		var name []string
		for _, g := range groups {
			for _, part := range strings.Split(g, ".") {
				if len(words(part)) > 0 {
					name = append(name, camel(part))
				}
			}
		}
		if len(name) > 0 {
			return append(name, camel(method))
		}
	}
	return nil
}

func stringsOf(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, x := range v {
			if s, ok := x.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
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

// plainer orders operations for clashes: what is about one thing is before
// what is about many; then by the length of the path, the method, and the path.
func plainer(a, b *operation) int {
	order := []string{"GET", "POST", "PATCH", "PUT", "DELETE"}
	rank := func(op *operation) int {
		if i := slices.Index(order, op.method); i >= 0 {
			return i
		}
		return len(order)
	}
	many := func(op *operation) int {
		if isItem(op) {
			return 0
		}
		return 1
	}
	return cmp.Or(
		cmp.Compare(many(a), many(b)),
		cmp.Compare(strings.Count(a.path, "/"), strings.Count(b.path, "/")),
		cmp.Compare(rank(a), rank(b)), cmp.Compare(a.path, b.path), cmp.Compare(a.method, b.method),
	)
}

// fakeMethods are the keys of the methods that a fake has, beside a field for
// each group.
var fakeMethods = []string{"client", "roundtrip", "event"}

// joinGroups makes one of groups whose Go names are one: users.me and usersMe.
func joinGroups(ops []*operation) {
	groups := map[string][]string{}
	for _, op := range ops {
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
		if n == 0 && contains(fakeMethods, nameKey(op.name...)) {
			op.name = []string{"api", op.name[0]}
		}
	}
}

// partGroups renames actions whose name is a group too: such an action moves
// into the group.
func partGroups(ops []*operation) {
	groups := map[string][]string{}
	for _, op := range ops {
		for i := 1; i < len(op.name); i++ {
			groups[nameKey(op.name[:i]...)] = op.name[:i:i]
		}
	}
	for _, op := range ops {
		if group := groups[nameKey(op.name...)]; group != nil {
			verb := idVerb(op)
			if nameKey(verb) == nameKey(group[len(group)-1]) {
				verb = ""
			}
			if op.method == "POST" {
				verb = first(verb, "run") // What it does is in the name of the group.
			}
			op.name = append(slices.Clone(group), first(verb, methodVerbs[op.method], "call"))
		}
	}
}

// partTwins adds what is needed to tell operations of one name apart.
func partTwins(ops []*operation) {
	taken := map[string]*operation{}
	for _, op := range ops {
		if holder := taken[nameKey(op.name...)]; holder != nil {
			others := others(op, holder)
			free := slices.IndexFunc(others, func(name []string) bool { return taken[nameKey(name...)] == nil })
			for n := 2; free < 0; n++ {
				name := others[len(others)-1]
				last := len(name) - 1
				others = append(others, append(slices.Clone(name[:last]), op.name[last]+strconv.Itoa(n)))
				if taken[nameKey(others[len(others)-1]...)] == nil {
					free = len(others) - 1
				}
			}
			op.name = others[free]
		}
		taken[nameKey(op.name...)] = op
	}
}

// others are further names of an operation whose name another one holds, in
// the order to try them: with the version, with what the method makes of many
// or all, with the parameters and with the method.
func others(op, holder *operation) [][]string {
	name := slices.Clone(op.name)
	last := len(name) - 1
	var list [][]string
	if v := versionOfPath(op.path); v != "" && v != versionOfPath(holder.path) {
		name[0] += pascal(v)
		list = append(list, name)
	}
	leaf := func(s string) { list = append(list, append(slices.Clone(name[:last]), unstutter(s, name[:last]))) }
	plain := name[last]
	if op.method == "PUT" && plain == "update" {
		leaf("replace")
	}
	if op.method == holder.method && isItem(holder) && !isItem(op) {
		if plain == "get" {
			leaf("list")
		}
		leaf(plain + "All")
	}
	params := paramWords(op.path)
	if n := len(params); n > 0 && op.method == holder.method {
		leaf(plain + "By" + params[n-1])
	}
	method := pascal(strings.ToLower(op.method))
	if !strings.EqualFold(plain, method) {
		leaf(plain + method)
	}
	if by := strings.Join(params, ""); by != "" {
		leaf(plain + "By" + by)
		leaf(plain + "By" + by + method)
	}
	leaf(plain)
	return list
}

// isItem reports whether a path ends in a parameter.
func isItem(op *operation) bool {
	return strings.HasSuffix(strings.TrimRight(fileEnding().ReplaceAllString(op.path, ""), "/"), "}")
}

// paramWords are the names of the parameters of a path.
func paramWords(path string) []string {
	var names []string
	for _, s := range segmentsOf(path) {
		if open := strings.Index(s, "{"); open >= 0 {
			names = append(names, pascal(s[open:]))
		}
	}
	return names
}
