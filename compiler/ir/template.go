package ir

import (
	"regexp"
	"strconv"
	"strings"
)

// Template is text with references. It yields a string. Its JSON form is its
// text: "v0:{header.X-Timestamp}:{body}", with "{{" and "}}" for braces.
type Template struct {
	Pos   Pos
	Parts []Part
}

// Part is literal text, or one reference when Scope is set.
type Part struct {
	Text  string
	Scope string // conn, cred, token, in, header, body, url, method, query, form, event, kid, signature, secret, step, item, now, nonce, jwt, digest or oauth
	Path  Path   // Empty for the whole of the scope: {body}. For a header, its name.

	// Start and End are the characters of the value that are meant, from 0 and without that at End: {cred.secret[0:20]}.
	// An End of 0 is all the rest.
	Start, End int
}

// Whole reports whether the part is all of its value.
func (p Part) Whole() bool { return p.Start == 0 && p.End == 0 }

// Cut returns the characters of a value that are meant. What a value lacks is left out.
func (p Part) Cut(value string) string {
	if p.Whole() {
		return value
	}
	all := []rune(value)
	end := len(all)
	if p.End > 0 {
		end = min(end, p.End)
	}
	return string(all[min(p.Start, end):end])
}

// SpannedPart is a part with its place in the text, in bytes.
type SpannedPart struct {
	Part
	From, To int           // Of the part, braces included.
	Steps    []SpannedStep // Of the path; spans count from the start of the text.
}

// ParseTemplate parses the text of a template. The error is a *SyntaxError.
func ParseTemplate(text string) ([]SpannedPart, error) {
	var parts []SpannedPart
	var lit strings.Builder
	flush := func(to int) {
		if lit.Len() > 0 {
			parts = append(parts, SpannedPart{Part: Part{Text: lit.String()}, From: to - lit.Len(), To: to})
			lit.Reset()
		}
	}
	for i := 0; i < len(text); {
		switch {
		case strings.HasPrefix(text[i:], "{{") || strings.HasPrefix(text[i:], "}}"):
			lit.WriteByte(text[i])
			i += 2
		case text[i] == '}':
			return nil, &SyntaxError{i, i + 1, "a closing brace without an opening one"}
		case text[i] == '{':
			flush(i)
			end := closingBrace(text, i)
			if end < 0 {
				return nil, &SyntaxError{i, len(text), "an opening brace without a closing one"}
			}
			part, err := parseReference(text, i, end+1)
			if err != nil {
				return nil, err
			}
			parts = append(parts, part)
			i = end + 1
		default:
			lit.WriteByte(text[i])
			i++
		}
	}
	flush(len(text))
	return parts, nil
}

// closingBrace is where the reference that opens at text[from] closes, or -1.
// Braces in quoted names do not count.
func closingBrace(text string, from int) int {
	for i := from + 1; i < len(text); i++ {
		if text[i] == '[' {
			if _, end, ok := quotedName(text, i+1); ok {
				i = end - 1
			}
		} else if text[i] == '}' {
			return i
		}
	}
	return -1
}

// parseReference parses the {scope.path} at text[from:to].
func parseReference(text string, from, to int) (SpannedPart, error) {
	scope, rest, dotted := strings.Cut(text[from+1:to-1], ".")
	if scope == "" || dotted && rest == "" {
		return SpannedPart{}, &SyntaxError{from, to, "a reference without a name"}
	}
	part := SpannedPart{Part: Part{Scope: scope}, From: from, To: to}
	if scope == "header" || scope == "query" {
		part.Path = Path{{Name: rest}} // Their names may have dots.
		part.Steps = []SpannedStep{{Step{Name: rest}, to - 1 - len(rest), to - 1}}
		return part, nil
	}
	whole := len(rest)
	rest, part.Start, part.End = cutSuffix(rest)
	to -= whole - len(rest)
	steps, err := ParsePath(rest)
	if e, ok := err.(*SyntaxError); ok {
		shift := to - 1 - len(rest)
		return part, &SyntaxError{e.From + shift, e.To + shift, e.Msg}
	}
	for i := range steps {
		steps[i].From += to - 1 - len(rest)
		steps[i].To += to - 1 - len(rest)
	}
	part.Path, part.Steps = PathOf(steps), steps
	return part, nil
}

var cutForm = regexp.MustCompile(`\[([0-9]{0,6}):([0-9]{0,6})\]$`)

// cutSuffix reads the [from:to] at the end of a reference. One that takes nothing, or
// everything, is none.
func cutSuffix(text string) (rest string, start, end int) {
	m := cutForm.FindStringSubmatchIndex(text)
	if m == nil {
		return text, 0, 0
	}
	start, _ = strconv.Atoi(text[m[2]:m[3]]) // Six digits at most, or none.
	end, _ = strconv.Atoi(text[m[4]:m[5]])
	if m[4] < m[5] && start >= end || start == 0 && end == 0 {
		return text, 0, 0
	}
	return text[:m[0]], start, end
}

// cutText is the [from:to] of a part.
func (p Part) cutText() string {
	switch {
	case p.Whole():
		return ""
	case p.End == 0:
		return "[" + strconv.Itoa(p.Start) + ":]"
	}
	return "[" + strconv.Itoa(p.Start) + ":" + strconv.Itoa(p.End) + "]"
}

// String returns the text of the template.
func (t Template) String() string {
	escape := strings.NewReplacer("{", "{{", "}", "}}")
	var b strings.Builder
	for _, p := range t.Parts {
		switch {
		case p.Scope == "":
			b.WriteString(escape.Replace(p.Text))
		case p.Scope == "header" || p.Scope == "query":
			b.WriteString("{" + p.Scope + "." + p.Path[0].Name + "}")
		case len(p.Path) == 0:
			b.WriteString("{" + p.Scope + "}")
		default:
			b.WriteString("{" + p.Scope + "." + p.Path.String() + p.cutText() + "}")
		}
	}
	return b.String()
}

// Outline is the text with {} for every reference, so that templates compare
// whatever the names in them: "pets/{}".
func (t Template) Outline() string {
	var b strings.Builder
	for _, p := range t.Parts {
		if p.Scope != "" {
			b.WriteString("{}")
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

// IsZero reports whether the template has no parts.
func (t Template) IsZero() bool { return len(t.Parts) == 0 }

// MarshalText writes the text of the template.
func (t Template) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads the text of a template.
func (t *Template) UnmarshalText(text []byte) error {
	parts, err := ParseTemplate(string(text))
	if err != nil {
		return err
	}
	*t = Template{}
	for _, p := range parts {
		t.Parts = append(t.Parts, p.Part)
	}
	return nil
}
