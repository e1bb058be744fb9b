package draft

import (
	"slices"
	"strings"
	"unicode"
)

func contains(list []string, s string) bool { return slices.Contains(list, s) }

// first returns the first text that is not empty.
func first(texts ...string) string {
	for _, t := range texts {
		if t = strings.TrimSpace(t); t != "" {
			return t
		}
	}
	return ""
}

// printable is a text with spaces for what a comment cannot hold.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

func oneLine(err error) string {
	if err == nil {
		return "it is empty"
	}
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// words splits a name at case changes and at everything that is not a letter
// or a digit: "getURLFor_user" is get, URL, For, user.
func words(name string) []string {
	var list []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			list = append(list, string(word))
			word = nil
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			flush()
			continue
		}
		if unicode.IsUpper(r) && len(word) > 0 {
			last := word[len(word)-1]
			lowerNext := i+1 < len(runes) && unicode.IsLower(runes[i+1])
			if !unicode.IsUpper(last) || lowerNext {
				flush()
			}
		}
		word = append(word, r)
	}
	flush()
	return list
}

// longestName is how many letters the names have that are made of a document's
// words; the words that go beyond are left out.
const longestName = 100

// shortened is the beginning of a list of words, at least one of them.
func shortened(list []string) []string {
	length := 0
	for i, w := range list {
		if length += len(w); length <= longestName {
			continue
		}
		if i > 0 {
			return list[:i]
		}
		r := []rune(w)
		return []string{string(r[:min(len(r), longestName)])}
	}
	return list
}

// pascal writes a name as types are: UserProfile.
func pascal(name string) string {
	var b strings.Builder
	for _, w := range shortened(words(name)) {
		b.WriteString(capital(w))
	}
	s := b.String()
	if s == "" || unicode.IsDigit(rune(s[0])) {
		s = "T" + s
	}
	return s
}

// camel writes a name as actions are: listMembers.
func camel(name string) string {
	list := shortened(words(name))
	if len(list) == 0 {
		return "call"
	}
	list[0] = strings.ToLower(list[0])
	for i := range list[1:] {
		list[i+1] = capital(list[i+1])
	}
	s := strings.Join(list, "")
	if unicode.IsDigit(rune(s[0])) {
		s = "n" + s
	}
	return s
}

func capital(w string) string {
	r := []rune(w)
	r[0] = unicode.ToUpper(r[0])
	return string(r)
}

// singular is the name of one of several, where English is regular.
func singular(name string) string {
	switch {
	case strings.HasSuffix(name, "ies") && len(name) > 4:
		return name[:len(name)-3] + "y"
	case strings.HasSuffix(name, "sses") || strings.HasSuffix(name, "xes") || strings.HasSuffix(name, "ches"):
		return name[:len(name)-2]
	case strings.HasSuffix(name, "ss") || strings.HasSuffix(name, "us") || strings.HasSuffix(name, "is"):
		return name
	case strings.HasSuffix(name, "s") && len(name) > 2:
		return name[:len(name)-1]
	}
	return name
}
