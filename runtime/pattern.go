package runtime

import (
	"errors"
	"regexp"
	"strings"
)

// Regexp compiles a regular expression (RE2) for [Match].RE.
func Regexp(pattern string) (func(text string) bool, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, err
	}
	return re.MatchString, nil
}

// pattern makes a pattern ready. Literal text between optional anchors is
// compared as text; anything else is for compile.
func pattern(re string, compile func(string) (func(string) bool, error)) (func(string) bool, error) {
	rest, begins := strings.CutPrefix(re, "^")
	literal, ends := strings.CutSuffix(rest, "$")
	switch {
	case strings.ContainsAny(literal, `\.+*?()|[]{}^$`):
		if compile == nil {
			return nil, errors.New("a pattern has nothing to compile it with")
		}
		return compile(re)
	case begins && ends:
		return func(text string) bool { return text == literal }, nil
	case begins:
		return func(text string) bool { return strings.HasPrefix(text, literal) }, nil
	case ends:
		return func(text string) bool { return strings.HasSuffix(text, literal) }, nil
	}
	return func(text string) bool { return strings.Contains(text, literal) }, nil
}
