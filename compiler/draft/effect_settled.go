package draft

import (
	"slices"
	"strings"
)

// settlesState says why the state after a call is the one after two.
func (d *drafter) settlesState(op *operation) string {
	id := op.idWords()
	path, behind := op.pathWords()
	verbs := op.verbWords()
	if slices.Contains(verbs, "add") && (addsRelation(id) || addsRelation(path) || len(path) == 1 && addsRelation(beforeLast(op.path))) {
		return "what is added is there once"
	}
	if d.updates(op) {
		return "its summary says that it sets values of a thing"
	}
	if makesByName(op) != "" {
		return ""
	}
	if len(id) > 0 && slices.Contains(settles, id[0]) && (behind || !slices.Contains(vagueVerbs, id[0])) {
		return "a second " + id[0] + " changes nothing more"
	}
	if len(path) == 0 {
		return ""
	}
	if len(segmentsOf(op.path)) == 1 && len(id) == 0 && slices.Contains(settles, path[0]) && !slices.Contains(vagueVerbs, path[0]) {
		return "a second " + path[0] + " changes nothing more" // setWebhook
	}
	for _, w := range []string{path[0], path[len(path)-1]} {
		if slices.Contains(settles, w) && (behind || (len(path) == 1 || w == "delete") && !slices.Contains(vagueVerbs, w)) {
			return "a second " + w + " changes nothing more"
		}
	}
	if undo := opposites[path[0]]; undo != "" && len(path) == 1 && d.hasPath(strings.TrimSuffix(op.path, path[0])+undo) {
		return "a second " + path[0] + " changes nothing more: there is " + undo
	}
	return ""
}

func (d *drafter) hasPath(path string) bool {
	return slices.ContainsFunc(d.doc.ops, func(op *operation) bool { return op.path == path })
}

// setting says in words that a call sets values of a thing.
var settingWords = pattern(`(?i)^(updates?|modif(y|ies)|edits?|changes?|restores?|replaces?|renames?|sets?) `)

// updates reports whether a POST to a thing sets its values.
func (d *drafter) updates(op *operation) bool {
	if !strings.HasSuffix(strings.TrimSuffix(op.path, ".json"), "}") || !settingWords().MatchString(op.doc) {
		return false
	}
	return slices.ContainsFunc(d.doc.ops, func(other *operation) bool { return other.path == op.path && other.method == "GET" })
}

// addsRelation reports whether what is added is a tag or the like.
func addsRelation(lists ...[]string) bool {
	for _, list := range lists {
		if len(list) > 0 && slices.Contains(relations, singular(list[len(list)-1])) {
			return true
		}
		if len(list) > 1 && slices.Contains(relations, singular(list[1])) {
			return true
		}
	}
	return false
}
