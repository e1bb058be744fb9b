package draft

import (
	"slices"
)

// writingVerb is the verb of a GET that writes, or nothing.
func writingVerb(op *operation) string {
	id := op.idWords()
	if len(id) == 0 {
		id = lowered(op.name[len(op.name)-1])
	}
	if len(id) > 0 && slices.Contains(writes, id[0]) {
		return id[0]
	}
	if path, _ := op.pathWords(); len(path) > 0 {
		w := path[0]
		if len(path) == 1 && slices.Contains(writePaths, w) || slices.Contains(writes, w) && len(segmentsOf(op.path)) == 1 {
			return w
		}
	}
	return ""
}

// makesByName returns the word that says that something new comes to be.
func makesByName(op *operation) string {
	for _, w := range op.verbWords() {
		if slices.Contains(makers, w) {
			return w
		}
	}
	for _, w := range append(op.idWords(), lowered(dottedPath(op.path))...) {
		if slices.Contains([]string{"create", "insert", "new", "append", "increment", "function", "script"}, w) {
			return w
		}
	}
	return ""
}

// readsByName reports whether the name or the path of an operation says that
// it looks for something.
func readsByName(op *operation) bool {
	id := op.idWords()
	path, _ := op.pathWords()
	if len(path) > 0 {
		last := path[len(path)-1]
		if slices.Contains(searchEnds, last) && (len(path) == 1 || last != "read") || len(path) == 1 && slices.Contains(searches, last) {
			return len(id) == 0 || !slices.Contains(makers, id[0]) || last == "preview"
		}
	}
	if len(id) > 1 && slices.Contains(secrets, singular(id[len(id)-1])) {
		return false // A token that is got is made.
	}
	if len(id) > 0 && slices.Contains(searches, id[0]) && makesByName(op) == "" {
		return len(path) == 0 || !slices.Contains(settles, path[0])
	}
	return len(id) == 0 && len(path) > 1 && makesByName(op) == "" && slices.Contains([]string{"get", "list", "search", "find"}, path[0])
}

// readsBySummary reports whether the summary of an operation says that it only
// looks. A secret that is got is made, and an address may be.
func readsBySummary(op *operation) bool {
	return readingWords().MatchString(op.doc) && !madeWhenGot().MatchString(op.doc)
}

// changesByName reports whether the verb of an operation is one that changes
// something, so that its summary need not be asked.
func changesByName(op *operation) bool {
	return makesByName(op) != "" || slices.ContainsFunc(op.verbWords(), func(w string) bool {
		return slices.Contains(writes, w) || slices.Contains(settles, w)
	})
}

// What the summaries of calls that only look begin with, and what comes to be
// when it is got.
var (
	readingWords = pattern(`(?i)^(gets?|lists?|search(es)?|query|finds?|retrieves?|fetch(es)?|look ?up|checks?|compares?|preview|estimates?|wait for|counts?|returns?) `)
	madeWhenGot  = pattern(`(?i)^(gets?|retrieves?|fetch(es)?|returns?) .*(token|key|credential|secret|session|password|passcode|login|ur[li]|link|next|lock|lease|job|number)|\bor (create|insert|add|make|update)|\band (create|insert|add|make|update|delete|remove|send)`)
)
