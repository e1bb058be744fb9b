package draft

import (
	"slices"
	"strings"
)

// groupLimit is how many levels of groups a name has: client.Repos.Branches.Protection.
const groupLimit = 3

// dottedName is a name that the vendor writes as groups and action in the id:
// repos/list-commits, calendar.events.list. An id that repeats the path is
// none.
func (h *habits) dottedName(op *operation) []string {
	if !strings.ContainsAny(op.id, "./") || strings.Contains(op.id, "{") || len(op.path) > 1 && strings.Contains(op.id, op.path) {
		return nil
	}
	list := strings.FieldsFunc(op.id, func(r rune) bool { return r == '.' || r == '/' })
	list = slices.DeleteFunc(list, func(s string) bool { return len(words(s)) == 0 || versionSegment().MatchString(s) })
	if len(list) < 2 {
		return nil
	}
	if len(list) > 2 && contains(h.title, strings.ToLower(list[0])) {
		list = list[1:] // The name of the API is that of the package.
	}
	last := len(list) - 1
	for i, s := range list {
		w := words(s)
		if n := len(w) - 1; i == last && n > 0 && strings.EqualFold(w[n], op.method) && strings.HasSuffix(s, "_"+w[n]) {
			list[i] = strings.TrimSuffix(s, "_"+w[n])
		} else if i < last && n > 0 && contains([]string{"resource", "controller", "api"}, strings.ToLower(w[n])) {
			list[i] = camel(strings.Join(w[:n], " ")) // The name of a class.
		}
	}
	name := identifiers(list)
	name[last] = unstutter(name[last], name[:last])
	return name
}

// pathName is a name made of the path: nouns are groups, and what is done is
// the name of the action.
func (d *drafter) pathName(op *operation, h *habits) []string {
	parts := h.own(partsOf(op.path))
	var groups []string
	var done, noun string
	for i, p := range parts {
		last := i == len(parts)-1
		switch word := h.written(p.word); {
		case p.param:
		case last && (p.verb || verbal(word) && !countable(op, word, noun) || i > 0 && parts[i-1].param && h.onlyPosted(op, word)):
			done = word
		default:
			noun = p.word
			groups = append(groups, h.noun(p.word))
		}
	}
	groups = h.level(op, groups)
	if len(parts) == 1 && op.method == "POST" && nameKey(op.id) == nameKey(noun) && !plural(noun) {
		return []string{camel(noun)} // The path is what is done: /embed.
	}
	if done != "" {
		return append(groups, doneName(op, done, groups))
	}
	if len(groups) == 0 {
		return h.bareName(op)
	}
	item := len(parts) > 0 && parts[len(parts)-1].param
	leaf := d.leaf(op, h, noun, item)
	if sameWords(words(leaf), words(groups[len(groups)-1])) {
		leaf = first(methodVerbs[op.method], "call")
	}
	return append(groups, leaf)
}

// onlyPosted reports whether the end of a path can be what is done, though it
// is no verb that we know: one word that is not for several, behind a
// parameter, that takes a POST and nothing else.
func (h *habits) onlyPosted(op *operation, segment string) bool {
	verb := idVerb(op)
	return op.method == "POST" && h.paths[op.path] == 1 && len(words(segment)) == 1 && !plural(segment) && !isSingle(segment) &&
		(verb == "" || verb == "create" && restated(op))
}

// countable reports whether the last segment of a path is a thing after all: a
// GET of /star or /report is about the star or the report, and /check_run
// behind nothing is about runs.
func countable(op *operation, segment, before string) bool {
	list := words(segment)
	head := strings.ToLower(list[0])
	if before == "" && len(list) > 1 && slices.Contains(nouns, head) {
		return nameKey(op.id) != nameKey(segment)
	}
	return len(list) == 1 && op.method == "GET" && standard[head] == "" && !slices.Contains(reading, head) && idVerb(op) != head
}

// level takes out groups above the limit: those before the one that the tag
// names, or else the last are one.
func (h *habits) level(op *operation, groups []string) []string {
	groups = slices.Compact(groups)
	for i := range groups {
		if len(groups) > groupLimit && len(groups)-i <= groupLimit && len(op.tags) > 0 &&
			nameKey(singular(groups[i])) == nameKey(singular(camel(op.tags[0]))) {
			return slices.Clone(groups[i:])
		}
	}
	if n := groupLimit - 1; len(groups) > groupLimit {
		return append(slices.Clone(groups[:n]), camel(strings.Join(groups[n:], " ")))
	}
	return groups
}

// doneName is the name of what the end of a path says is done. Another method
// than the usual one is said with it: deleteStar.
func doneName(op *operation, done string, groups []string) string {
	name := unstutter(camel(done), groups)
	head := strings.ToLower(words(done)[0])
	if op.method == "DELETE" && head != "delete" && !strings.HasPrefix(head, "un") && head != "remove" {
		return "delete" + capital(name)
	}
	return name
}

// bareName is for a path without nouns: the tag is the group, if it is not the
// API's own name, and the id says the rest.
func (h *habits) bareName(op *operation) []string {
	var groups []string
	if len(op.tags) > 0 && len(words(op.tags[0])) > 0 && !contains(h.title, strings.ToLower(camel(op.tags[0]))) {
		groups = []string{camel(op.tags[0])}
	}
	leaf := methodVerbs[op.method]
	if id := ownID(op); len(words(id)) > 0 {
		leaf = unstutter(camel(id), groups)
	}
	if len(groups) == 0 && leaf == methodVerbs[op.method] {
		groups = []string{"api"}
	}
	return append(groups, leaf)
}

// leaf is the verb of an operation on a noun: the one of the method, unless
// the id has one that says more.
func (d *drafter) leaf(op *operation, h *habits, noun string, item bool) string {
	verb := idVerb(op)
	if op.method == "GET" || op.method == "HEAD" && verb == "get" {
		return d.readLeaf(op, noun, item, verb)
	}
	if verb != "" && standard[verb] == "" && verb != "use" {
		return verb
	}
	switch op.method {
	case "POST":
		if restated(op) {
			verb = ""
		}
		if verb == "" && h.reads[op.path] && (item || isSingle(noun)) {
			return "update"
		}
		return first(verb, "create")
	case "PUT", "PATCH":
		if verb == "create" || verb == "delete" {
			return verb
		}
	}
	return first(methodVerbs[op.method], strings.ToLower(op.method))
}

func (d *drafter) readLeaf(op *operation, noun string, item bool, verb string) string {
	switch {
	case slices.Contains(reading, verb) && verb != "find":
		return verb
	case item:
		return "get"
	case verb == "list":
		return "list"
	case isSingle(noun):
		return "get"
	}
	if op.reply != nil && op.reply.schema != nil {
		switch d.follow(op.reply.schema).kind {
		case listKind:
			return "list"
		case stringKind, bytesKind:
			return "get"
		}
	}
	if plural(lastWord(noun)) || verb == "get" && manyInID(op) {
		return "list"
	}
	return "get"
}

// manyInID reports whether the id speaks of several: getAllSchemes.
func manyInID(op *operation) bool {
	list := words(ownID(op))
	for i, w := range list {
		if i > 0 && preposition(w) {
			list = list[:i]
			break
		}
	}
	last := ""
	if len(list) > 1 {
		last = strings.ToLower(list[len(list)-1])
	}
	return plural(last) && !slices.Contains(single, last) || len(list) > 1 && strings.EqualFold(list[1], "all")
}

// isSingle reports whether a noun is one thing, though it ends like several.
func isSingle(noun string) bool {
	return len(words(noun)) == 1 && slices.Contains(single, lastWord(noun))
}

func lastWord(name string) string {
	list := words(name)
	if len(list) == 0 {
		return ""
	}
	return strings.ToLower(list[len(list)-1])
}

// restated reports whether an id begins with the method and goes on with the
// path: PostChargesCharge says no more than POST /charges/{charge}.
func restated(op *operation) bool {
	list := words(op.id)
	if len(list) < 2 || !strings.EqualFold(list[0], op.method) {
		return false
	}
	for _, p := range partsOf(op.path) {
		if !p.param {
			return strings.EqualFold(list[1], words(p.word)[0])
		}
	}
	return false
}
