package quirks

import "strings"

// Action is what patterns of rules are about: an action of a spec, and the
// operation that it is drafted from.
type Action struct {
	Name   string // chat.postMessage
	Method string // GET, as the document says
	Path   string // /repos/{owner}/{repo}/issues
}

// In reports whether one of the patterns matches. Those with a slash are
// about the path, with the method in front or without; the others are about
// the name.
func (a Action) In(patterns []string) bool {
	for _, p := range patterns {
		if a.is(p) {
			return true
		}
	}
	return false
}

func (a Action) is(pattern string) bool {
	method, path, both := strings.Cut(pattern, " ")
	switch {
	case !strings.Contains(pattern, "/"):
		return glob(pattern, a.Name)
	case !both:
		method, path = "", pattern
	}
	return (method == "" || strings.EqualFold(method, a.Method)) && glob(bare(path), bare(a.Path))
}

// bare takes the names of parameters out of a path: /users/{}/posts.
func bare(path string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(path, "{")
		if !ok {
			b.WriteString(path)
			return b.String()
		}
		_, after, ok := strings.Cut(rest, "}")
		if !ok {
			b.WriteString(path)
			return b.String()
		}
		b.WriteString(before + "{}")
		path = after
	}
}

// Match reports whether one of the patterns matches the name of an action.
// "*" stands for any text.
func Match(patterns []string, action string) bool { return matchAny(patterns, action) }

func matchAny(patterns []string, text string) bool {
	if text == "" {
		return false
	}
	for _, p := range patterns {
		if glob(p, text) {
			return true
		}
	}
	return false
}

// glob compares without regard to case; "*" stands for any text. It goes back
// to the last star only, which is enough and takes no exponential time.
func glob(pattern, text string) bool {
	pattern, text = strings.ToLower(pattern), strings.ToLower(text)
	p, t, star, mark := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, t
			p++
		case p < len(pattern) && pattern[p] == text[t]:
			p++
			t++
		case star >= 0:
			mark++
			p, t = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// describes reports whether a document at the host, or with the title, is
// one of the API.
func (a API) describes(host, title string) bool {
	if matchAny(a.Except, title) {
		return false
	}
	return matchAny(a.Hosts, host) || matchAny(a.Titles, title)
}
