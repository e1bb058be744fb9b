package runtime

import (
	"fmt"
	"strings"
)

// expandSettings replaces each "{name}" by a setting of the connection. A
// setting that is a whole address may stand before a path only; anywhere else
// it must be a plain word, so that a tenant's subdomain cannot name a host of
// its choice.
func expandSettings(text string, settings map[string]string) (string, error) {
	var b strings.Builder
	rest := text
	for {
		before, after, found := strings.Cut(rest, "{")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		name, tail, closed := strings.Cut(after, "}")
		if !closed {
			return "", fmt.Errorf("%q lacks a closing brace", text)
		}
		value, ok := settings[name]
		switch {
		case !ok || value == "":
			return "", fmt.Errorf("the setting %q is missing", name)
		case !plainWord(value) && (b.Len() > 0 || tail != "" && tail[0] != '/'):
			return "", fmt.Errorf("the setting %q has characters that an address does not allow there", name)
		}
		b.WriteString(value)
		rest = tail
	}
}

// plainWord reports whether s is made of letters, digits, dots, dashes and
// underscores, and is no relative path.
func plainWord(s string) bool {
	for _, r := range s {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '-', r == '_', r == '.':
		default:
			return false
		}
	}
	return strings.Trim(s, ".") != ""
}
