package runtime

import (
	"net/http"
	"net/url"
	"strings"
)

// linkTarget returns the target of the first link with the relation in the
// Link headers (RFC 8288), or "".
func linkTarget(h http.Header, rel string) string {
	for _, value := range h.Values("Link") {
		for value != "" {
			var target, params string
			target, params, value = nextLink(value)
			if target != "" && hasRelation(params, rel) {
				return target
			}
		}
	}
	return ""
}

// nextLink splits the first link off. Commas and semicolons within <> and
// within quotes belong to the link.
func nextLink(value string) (target, params, rest string) {
	_, value, found := strings.Cut(value, "<")
	if !found {
		return "", "", ""
	}
	target, value, found = strings.Cut(value, ">")
	if !found {
		return "", "", ""
	}
	end := indexUnquoted(value, ',')
	return strings.TrimSpace(target), value[:end], value[min(end+1, len(value)):]
}

// hasRelation reports whether the parameters of a link name the relation. The
// first rel counts, and may list several relations.
func hasRelation(params, rel string) bool {
	for params != "" {
		end := indexUnquoted(params, ';')
		name, value, _ := strings.Cut(params[:end], "=")
		params = params[min(end+1, len(params)):]
		if !strings.EqualFold(strings.TrimSpace(name), "rel") {
			continue
		}
		for _, word := range strings.Fields(strings.Trim(strings.TrimSpace(value), `"`)) {
			if strings.EqualFold(word, rel) {
				return true
			}
		}
		return false
	}
	return false
}

// indexUnquoted is the index of sep outside quotes, or the length of s.
func indexUnquoted(s string, sep byte) int {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == '\\' && quoted:
			i++
		case s[i] == sep && !quoted:
			return i
		}
	}
	return len(s)
}

// sameOrigin reports whether two URLs have scheme, host and port in common.
func sameOrigin(a, b *url.URL) bool {
	return strings.EqualFold(a.Scheme, b.Scheme) && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case strings.EqualFold(u.Scheme, "https"):
		return "443"
	}
	return "80"
}
