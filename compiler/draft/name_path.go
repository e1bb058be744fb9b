package draft

import (
	"slices"
	"strings"
)

// part is a part of a path.
type part struct {
	word  string // As in the path; "" for a parameter.
	verb  bool   // It was marked as what is done: values:clear, #archive.
	param bool
}

// segmentsOf returns the parts of a path.
func segmentsOf(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
}

var (
	versionSegment = pattern(`^(?i:v\d+([._]\d+)*((alpha|beta|rc)\d*)?|\d{4}-\d{2}(-\d{2})?|\d+(\.\d+)*|beta)$`)
	fileEnding     = pattern(`\.(json|xml|csv|\{[a-z_]+\})$`)
)

// versionOfPath returns the version that a path names, or "".
func versionOfPath(path string) string {
	for _, s := range segmentsOf(path) {
		if versionSegment().MatchString(s) && s != "beta" {
			return s
		}
	}
	return ""
}

// partsOf reads a path: nouns, parameters, and what is done at the end, which
// some write behind a colon, a fragment or a query.
func partsOf(path string) []part {
	path, tail, _ := strings.Cut(path, "#")
	path, query, _ := strings.Cut(path, "?")
	var parts []part
	for _, s := range segmentsOf(path) {
		s = fileEnding().ReplaceAllString(s, "")
		s, verb, custom := cutVerb(s)
		name, arg, called := strings.Cut(s, "(") // users('{id}'), delta()
		if called {
			s = name[strings.LastIndexByte(name, '.')+1:]
		}
		switch {
		case versionSegment().MatchString(s), len(parts) == 0 && generalSegment(s):
		case strings.Contains(s, "{"):
			parts = append(parts, part{param: true})
		case len(words(s)) > 0:
			parts = append(parts, part{word: s})
		}
		if called && strings.Contains(arg, "{") {
			parts = append(parts, part{param: true})
		}
		if custom {
			parts = append(parts, part{word: verb, verb: true})
		}
	}
	if key, value, _ := strings.Cut(query, "="); value == "true" && len(words(key)) > 0 {
		return append([]part{{word: key}}, parts...) // ?beta=true is another API.
	}
	for _, end := range []string{query, tail} {
		end = end[strings.LastIndexByte(end, '=')+1:]
		if len(words(end)) > 0 && !strings.Contains(end, "{") {
			parts = append(parts, part{word: end, verb: true})
		}
	}
	return parts
}

// cutVerb takes the verb off a segment: "{name}:cancel", "values:clear".
func cutVerb(s string) (rest, verb string, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i <= 0 || strings.ContainsAny(s[i:], "{}") || len(words(s[i:])) == 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// generalSegment reports whether a segment says no more than that this is an
// API.
func generalSegment(s string) bool {
	return contains([]string{"api", "apis", "rest"}, strings.ToLower(s))
}

// habits is what the operations of a document have in common.
type habits struct {
	shared   []part            // How nearly all paths begin.
	keep     bool              // The last noun of shared is a resource of its own.
	spelling map[string]string // How ids and tags write what a path runs together, by key.
	plurals  map[string]string // Tags, by the key of their singular.
	title    []string          // Words of the title.
	words    map[string]bool   // Segments of paths, in lower case.
	reads    map[string]bool   // Paths that a GET reads.
	paths    map[string]int    // How many operations are at a path or below it.
}

// sharedBy is how much of a document has to begin in one way, in percent.
const sharedBy = 80

func habitsOf(doc *document) *habits {
	h := &habits{
		spelling: map[string]string{}, plurals: map[string]string{}, words: map[string]bool{}, reads: map[string]bool{}, paths: map[string]int{},
	}
	for _, w := range words(doc.title) {
		h.title = append(h.title, strings.ToLower(w))
	}
	parts := make([][]part, len(doc.ops))
	for i, op := range doc.ops {
		parts[i] = partsOf(op.path)
		for i, r := range op.path + "/" {
			if r == '/' {
				h.paths[op.path[:i]]++
			}
		}
		h.reads[op.path] = h.reads[op.path] || op.method == "GET"
		for _, p := range parts[i] {
			h.words[strings.ToLower(p.word)] = true
		}
		h.spell(words(op.id))
		for _, tag := range op.tags {
			h.spell(words(tag))
			if key := nameKey(singular(camel(tag))); len(words(tag)) > 0 && h.plurals[key] < camel(tag) {
				h.plurals[key] = camel(tag)
			}
		}
	}
	for n := 1; ; n++ {
		next, ok := commonPart(parts, h.shared)
		if !ok || n > 8 {
			break
		}
		h.shared = append(h.shared, next)
	}
	for _, p := range parts {
		rest := len(p) - len(h.shared)
		if hasPrefix(p, h.shared) && (rest == 0 || rest == 1 && p[len(p)-1].param) {
			h.keep = len(h.shared) > 0 && !h.shared[len(h.shared)-1].param
		}
	}
	return h
}

// commonPart returns the part that nearly all paths have behind shared.
func commonPart(paths [][]part, shared []part) (part, bool) {
	count := map[part]int{}
	for _, p := range paths {
		if hasPrefix(p, shared) && len(p) > len(shared) {
			count[p[len(shared)]]++
		}
	}
	for p, n := range count {
		if n*100 >= len(paths)*sharedBy && len(paths) >= 5 {
			return p, true
		}
	}
	return part{}, false
}

func hasPrefix(path, prefix []part) bool {
	return len(path) >= len(prefix) && slices.Equal(path[:len(prefix)], prefix)
}

// spell notes how runs of words are written: DaemonSet for daemonsets.
func (h *habits) spell(list []string) {
	for i := range list {
		for n := 2; n <= 4 && i+n <= len(list); n++ {
			run := list[i : i+n]
			key := singular(strings.ToLower(strings.Join(run, "")))
			written := strings.ToLower(strings.Join(run, " "))
			if old := h.spelling[key]; len(key) > 5 && (old == "" || written < old) {
				h.spelling[key] = written
			}
		}
	}
}

// noun writes a segment as a group: as the tags and the ids write it. Of a tag
// and a segment that differ in number the one for several is taken, unless
// paths have both.
func (h *habits) noun(segment string) string {
	lower := strings.ToLower(segment)
	if tag := h.plurals[nameKey(singular(camel(segment)))]; tag != "" {
		one := singular(lower)
		switch {
		case nameKey(tag) == nameKey(segment):
			return tag
		case h.words[one] && h.words[severalOf(one)]:
		case plural(tag):
			return tag
		default:
			return severalOf(tag)
		}
	}
	return camel(h.written(segment))
}

// written spells a segment that runs words together.
func (h *habits) written(segment string) string {
	lower := strings.ToLower(segment)
	written := h.spelling[singular(lower)]
	if written == "" || segment != lower || len(words(segment)) != 1 {
		return segment
	}
	if plural(lower) && !plural(written) {
		return severalOf(written)
	}
	return written
}

func plural(word string) bool {
	return singular(word) != word || contains([]string{"people", "children"}, strings.ToLower(lastWord(word)))
}

// severalOf is the name of several, where English is regular.
func severalOf(word string) string {
	switch {
	case strings.HasSuffix(word, "y") && !strings.ContainsAny(word[max(len(word)-2, 0):len(word)-1], "aeiou"):
		return word[:len(word)-1] + "ies"
	case strings.HasSuffix(word, "s"), strings.HasSuffix(word, "x"), strings.HasSuffix(word, "ch"):
		return word + "es"
	}
	return word + "s"
}

// own returns the parts of a path without those that nearly all have.
func (h *habits) own(parts []part) []part {
	if !hasPrefix(parts, h.shared) {
		return parts
	}
	last := -1
	for i, p := range h.shared {
		if !p.param {
			last = i
		}
	}
	rest := parts[len(h.shared):]
	if last >= 0 && (h.keep || !slices.ContainsFunc(rest, func(p part) bool { return !p.param && !p.verb && !verbal(p.word) })) {
		return parts[last:]
	}
	return rest
}
