package draft

import (
	"slices"
	"strings"
)

// idWords are the words of an operation's id from the verb on. What a vendor
// puts in front, a group or the method, is left out; an id that only repeats
// the path says nothing.
func (o *operation) idWords() []string {
	if dottedPath(o.path) != "" {
		return nil
	}
	id := o.id
	if i := strings.LastIndexAny(id, "./:"); i >= 0 {
		id = id[i+1:]
	}
	if m := groupPrefix().FindStringSubmatch(id); m != nil {
		id = m[1]
	}
	list := lowered(id)
	said := list
	if len(said) > 1 && strings.EqualFold(said[0], o.method) {
		said = said[1:]
	}
	inPath := lowered(o.path)
	if !slices.ContainsFunc(said, func(w string) bool { return !slices.Contains(inPath, w) }) {
		return nil
	}
	return list
}

// dottedPath is the last name of a path that is written with dots:
// chat.postMessage.
func dottedPath(path string) string {
	segments := segmentsOf(path)
	if len(segments) == 0 {
		return ""
	}
	last := strings.TrimSuffix(strings.TrimSuffix(segments[len(segments)-1], ".json"), ".xml")
	if i := strings.LastIndex(last, "."); i > 0 && !strings.Contains(last, "{") {
		return last[i+1:]
	}
	return ""
}

// groupPrefix is an id with a group in front: Contacts_search.
var groupPrefix = pattern(`^[A-Z][A-Za-z0-9]*_([A-Za-z0-9]+)$`)

func lowered(name string) []string {
	list := words(name)
	for i, w := range list {
		list[i] = strings.ToLower(w)
	}
	return list
}

// pathWords are the words of the last part of the path that is no parameter,
// and whether a parameter stands before it.
func (o *operation) pathWords() (list []string, behind bool) {
	if name := dottedPath(o.path); name != "" {
		return lowered(name), true
	}
	segments := segmentsOf(o.path)
	for i := len(segments) - 1; i >= 0; i-- {
		if s := segments[i]; !strings.HasPrefix(s, "{") {
			name, rest, _ := strings.Cut(s, "{")
			if name == "" {
				name = rest
			}
			name = strings.TrimSuffix(name, ".json")
			return lowered(name), i > 0 && strings.Contains(segments[i-1], "{")
		}
	}
	return nil, false
}

// verbWords are the words that may be the verb: the first of the id and the
// first of the path's last part.
func (o *operation) verbWords() []string {
	var out []string
	if id := o.idWords(); len(id) > 0 {
		out = append(out, id[0])
	}
	if path, _ := o.pathWords(); len(path) > 0 {
		out = append(out, path[0])
	}
	if len(out) == 0 {
		out = append(out, lowered(o.name[len(o.name)-1])...)
	}
	return out
}

// beforeLast are the words of a path without the last.
func beforeLast(path string) []string {
	list := lowered(path)
	return list[:max(len(list)-1, 0)]
}
