package draft

import (
	"slices"
	"strings"
)

// finalWord returns the word that says that a call cannot be undone.
func (d *drafter) finalWord(op *operation) string {
	id := op.idWords()
	path, _ := op.pathWords()
	for _, list := range [][]string{id, path} {
		if len(list) == 0 {
			continue
		}
		if slices.Contains(finalVerbs, list[0]) || len(list) > 1 && slices.Contains(finalVerbs, list[len(list)-1]) {
			return list[0]
		}
	}
	one := strings.HasSuffix(strings.TrimSuffix(op.path, ".json"), "}")
	if len(path) > 0 && !one {
		noun := singular(path[len(path)-1])
		if slices.Contains(finalNouns, noun) || slices.Contains(spoken, noun) && d.hasRecipient(op) {
			return noun
		}
	}
	cancels := func(list []string) bool { return len(list) > 0 && strings.HasPrefix(list[0], "cancel") }
	if cancels(id) || cancels(path) {
		for _, w := range lowered(op.path + " " + op.id) {
			if slices.Contains(money, w) {
				return w
			}
		}
	}
	return ""
}

// hasRecipient reports whether a call names a sender and a recipient.
func (d *drafter) hasRecipient(op *operation) bool {
	var names []string
	for _, p := range op.params {
		names = append(names, strings.ToLower(p.name))
	}
	if op.body != nil && op.body.schema != nil {
		for _, m := range d.plainly(op.body.schema).fields {
			names = append(names, strings.ToLower(m.name))
		}
	}
	return slices.Contains(names, "to") && slices.Contains(names, "from")
}
