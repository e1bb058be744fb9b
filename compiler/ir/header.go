package ir

import "strings"

// IsHeaderName reports whether HTTP can carry a header of this name (RFC 9110, 5.1).
func IsHeaderName(name string) bool {
	bad := func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("!#$%&'*+-.^_`|~", r))
	}
	return name != "" && !strings.ContainsFunc(name, bad)
}
