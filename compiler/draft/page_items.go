package draft

import (
	"slices"
	"strings"
)

// candidate is a list in a reply that may be the one that pages.
type candidate struct {
	path  []string
	score int
}

// itemNames are what providers call the list of a page.
var itemNames = strings.Fields(`items data results values entries records rows list elements content hits value objects resources
	nodes edges entities documents collection`)

// sideNames are lists that stand beside the items of a page.
var sideNames = strings.Fields(`errors warnings messages links order sort facets aggregations fields columns included includes expand
	notices notifications filters sorting orders metadata reminders scopes breadcrumbs actions`)

// itemsIn returns the path of the list in a reply, and whether it is clear
// which one it is. The path of a reply that is a list is empty.
func (d *drafter) itemsIn(op *operation, reply *schema) ([]string, bool) {
	if reply.kind == listKind {
		return nil, true
	}
	nouns := nounsOf(op)
	found := d.listsIn(reply, nil, nouns)
	if len(found) == 0 {
		return nil, false
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return b.score - a.score })
	if len(found) > 1 && found[0].score == found[1].score || found[0].score < 0 {
		return nil, false
	}
	if found[0].score < nounScore && isThing(op, reply) {
		return nil, false
	}
	return found[0].path, true
}

// nounScore is the least score of a list that is called what the items are.
const nounScore = 4

// isThing reports whether a reply looks like one thing with lists in it rather
// than a page: it has many members, and is made, asked for by its key, or has
// more of them than pages have.
func isThing(op *operation, reply *schema) bool {
	n := len(reply.fields)
	return n > 6 && (op.method == "POST" || strings.HasSuffix(op.path, "}")) || n > 12
}

// listsIn finds the lists of a reply. Only what says that it is about the
// reply, and a member that is all there is, is looked into.
func (d *drafter) listsIn(s *schema, path, nouns []string) []candidate {
	var found []candidate
	if s.kind != objectKind || len(path) >= boxes {
		return nil
	}
	objects := 0
	for _, m := range s.fields {
		if d.plainly(m.schema).kind == objectKind {
			objects++
		}
	}
	for _, m := range s.fields {
		at := append(slices.Clone(path), m.name)
		switch inner := d.plainly(m.schema); inner.kind {
		case listKind:
			found = append(found, candidate{at, d.itemScore(m, inner, nouns) - 2*len(path)})
		case objectKind:
			if isBox(m.name) || objects == 1 && len(s.fields) < 4 || isNoun(m.name, nouns) {
				found = append(found, d.listsIn(inner, at, nouns)...)
			}
		}
	}
	return found
}

func (d *drafter) itemScore(m *member, list *schema, nouns []string) int {
	score := 0
	switch d.plainly(list.elem).kind {
	case objectKind, unionKind, anyKind, mapKind:
		score += 3
	}
	name := strings.ToLower(m.name)
	switch {
	case isNoun(m.name, nouns):
		score += 5
	case slices.Contains(itemNames, name):
		score += 4
	}
	w := words(m.name)
	if len(w) > 0 && slices.Contains(sideNames, strings.ToLower(w[len(w)-1])) && !isNoun(m.name, nouns) {
		score -= 6
	}
	if m.required {
		score++
	}
	return score
}

// nounsOf lists the words that say what an operation is about, in the singular.
func nounsOf(op *operation) []string {
	var nouns []string
	for _, text := range append([]string{op.path, op.id}, op.tags...) {
		for _, w := range words(text) {
			nouns = append(nouns, singular(strings.ToLower(w)))
		}
	}
	return nouns
}

// isNoun reports whether all words of a name say what an operation is about.
func isNoun(name string, nouns []string) bool {
	list := words(name)
	for _, w := range list {
		if !slices.Contains(nouns, singular(strings.ToLower(w))) {
			return false
		}
	}
	return len(list) > 0
}
