package twin

import (
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// Words of codes: what they say of a parameter, what they say of the request as a whole,
// and those that are about how it was written down.
var (
	lackWords    = []string{"no", "missing", "required", "empty", "blank", "absent"}
	faultWords   = []string{"invalid", "bad", "wrong", "malformed", "illegal", "unknown", "error", "too", "long", "short", "large", "small", "out", "of", "range", "not", "valid"}
	requestWords = []string{"argument", "arguments", "arg", "args", "parameter", "parameters", "param", "params", "request", "input", "field", "fields", "validation", "value", "values"}
	plainWords   = []string{"name", "failed", "failure", "code"} // Beside those of the request.
	writtenWords = []string{"charset", "encoding", "media", "mime", "json", "xml", "form", "post", "content"}
	vagueHints   = []string{"invalid", "missing", "limit", "type", "error", "page", "range"} // They tell nothing among codes of every class.
)

// sayable are what a refusal may say at the place of a rule's code, the best first: a code
// that names what is wrong, one that a hint is part of, one for arguments of any kind, one
// that the rules give the class. Without any it is the word for the class; "" is whatever
// the rule's conditions ask for.
func (t *Twin) sayable(o *op, rule *ir.ErrorRule, f failure) []string {
	if f.code != "" {
		return []string{f.code}
	}
	if rule.Code == nil {
		return []string{""}
	}
	known := t.classCodes(o, rule.Class)
	all := known
	if o != nil {
		all = append(slices.Clone(known), o.Codes...)
	}
	var best []string
	take := func(from []string, suits func(words []string) bool) {
		for _, code := range from {
			words := nameParts(code)
			if suits(words) && !hasWord(words, writtenWords...) {
				best = append(best, code)
			}
		}
	}
	for _, says := range [][]string{lackWords, faultWords} { // What lacks may be called invalid, too.
		if f.lacks || !slices.Equal(says, lackWords) {
			take(all, func(words []string) bool {
				return slices.ContainsFunc(f.about, func(name string) bool { return tells(words, name, says) })
			})
		}
	}
	for _, hint := range f.hints {
		from := all
		if slices.Contains(vagueHints, hint) {
			from = known
		}
		for _, code := range from {
			if strings.Contains(strings.ToLower(code), hint) {
				best = append(best, code)
			}
		}
	}
	if f.class == ir.Invalid {
		take(all, func(words []string) bool { return general(words) && !hasWord(words, plainWords...) })
		take(all, general)
	}
	take(known, func([]string) bool { return true })
	class := f.class
	if class == "" {
		class = rule.Class
	}
	return append(append(append(best, string(class)), known...), "")
}

// classCodes are the codes that the rules of a class ask for.
func (t *Twin) classCodes(o *op, class ir.Class) (known []string) {
	for _, rule := range t.rules(o) {
		if rule.Class != class || rule.Code == nil {
			continue
		}
		for _, m := range rule.When.Body {
			if m.At.String() == rule.Code.Body.String() && (m.Op == "eq" || m.Op == "in") {
				for _, v := range m.Values {
					known = append(known, textOf(valueOf(v)))
				}
			}
		}
	}
	return known
}

// tells reports whether a code says of a parameter what one of the words does, and
// nothing else: no_text and text_missing, invalid_limit.
func tells(words []string, name string, says []string) bool {
	about := nameParts(name)
	for i := range words {
		if end := i + len(about); end <= len(words) && slices.Equal(words[i:end], about) {
			left := append(slices.Clone(words[:i]), words[end:]...)
			return len(left) > 0 && !slices.ContainsFunc(left, func(w string) bool { return !slices.Contains(says, w) })
		}
	}
	return false
}

// general reports whether a code is about what was sent, whatever of it.
func general(words []string) bool {
	return hasWord(words, requestWords...) && !slices.ContainsFunc(words, func(w string) bool {
		return !hasWord([]string{w}, lackWords...) && !hasWord([]string{w}, faultWords...) && !hasWord([]string{w}, requestWords...) && !hasWord([]string{w}, plainWords...)
	})
}
