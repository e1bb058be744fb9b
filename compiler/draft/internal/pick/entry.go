package pick

import "slices"

// entry is what one operation is about.
type entry struct {
	index    int
	words    map[string]float64 // Stems by how prominent they are, at most 1.
	head     []string           // Stems of the path and the name: what it is about.
	verb     string             // create, list, get, update or delete
	name     string             // Stem of the verb of its name.
	last     string             // Stem of the last word of its path, when that is not one object: captur.
	standing float64            // Less than 1 for one on its way out.
}

// Prominence of a word by where it stands. Descriptions count by their start.
const (
	inName    = 1
	inSummary = 0.9
	inPath    = 0.7
	inTag     = 0.5
	inText    = 0.3
	textWords = 100
)

func newEntry(i int, op *Operation) *entry {
	e := &entry{index: i, words: map[string]float64{}, standing: 1}
	add := func(weight float64, list []string) {
		for _, w := range list {
			s := stem(w)
			e.words[s] = max(e.words[s], weight)
		}
	}
	add(inName, op.Name)
	head := op.Name
	path := ofOthers(op.Path)
	for i, segment := range path {
		head = slices.Concat(head, segment)
		if i == len(path)-1 {
			add(inName, segment)
		}
		add(inPath, segment)
	}
	add(inSummary, op.Summary)
	add(inTag, op.Tags)
	add(inText, op.Text[:min(len(op.Text), textWords)])
	for _, w := range head {
		e.head = append(e.head, stem(w))
	}
	slices.Sort(e.head)
	e.head = slices.Compact(e.head)
	e.verb, e.name, e.last = does(op), nameVerb(op), lastWord(op)
	if op.Deprecated {
		e.standing = 0.7
	}
	return e
}

// does says what an operation does: by the method and the path for what has
// one meaning, else by the verb of the name.
func does(op *Operation) string {
	verb := verbOf(nameVerb(op))
	switch {
	case op.Method == "DELETE":
		return "delete"
	case op.Method == "GET" && !writes(verb):
		if op.One {
			return "get"
		}
		return "list"
	case verb != "":
		return verb
	case op.Method == "POST" && !op.One:
		return "create"
	}
	return "update"
}

// nameVerb is the stem of the first usual verb in the name of an action, else
// of its first word.
func nameVerb(op *Operation) string {
	for _, w := range op.Action {
		if s := stem(w); verbOf(s) != "" {
			return s
		}
	}
	return stem(op.Action[0])
}

// lastWord is the stem of what a path ends with, unless that is a parameter.
func lastWord(op *Operation) string {
	if n := len(op.Path); n > 0 && !op.One {
		if segment := op.Path[n-1]; len(segment) > 0 {
			return stem(segment[len(segment)-1])
		}
	}
	return ""
}

// prominence of a word, or of one that means the same.
func (e *entry) prominence(word string) float64 {
	p := e.words[word]
	for _, s := range synonyms(word) {
		p = max(p, 0.8*e.words[s])
	}
	return p
}

func covers(list []string, word string) bool {
	return slices.ContainsFunc(list, func(t string) bool { return t == word || slices.Contains(synonyms(t), word) })
}

// verbFits is about 1 for an operation that does what is needed.
func (e *entry) verbFits(n need) float64 {
	switch {
	case n.word == "":
		return 0.9
	case n.word == e.last || n.word == e.name && verbOf(n.word) == "":
		return 1.3
	case n.verb == e.verb:
		return 1
	case reads(n.verb) && reads(e.verb):
		return 0.85
	case writes(n.verb) && writes(e.verb):
		return 0.6
	}
	return 0.35
}

func reads(verb string) bool  { return verb == "list" || verb == "get" }
func writes(verb string) bool { return verb == "create" || verb == "update" }

// ofOthers is a path without "users/me": whose it is does not tell what it is.
func ofOthers(path [][]string) [][]string {
	i := slices.IndexFunc(path, func(s []string) bool { return len(s) == 1 && s[0] == "me" })
	if i < 0 || i == len(path)-1 {
		return path
	}
	return path[i+1:]
}
