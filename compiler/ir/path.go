package ir

import (
	"regexp"
	"strconv"
	"strings"
)

// Path is a place in a JSON document: names, and indices from the start or,
// when negative, from the end. Its text is that of a spec: a.b[0].c, with
// ['odd name'] for names that a dot would not carry, and two quotes for one in
// them: ['it”s'].
type Path []Step

// Step is one step of a Path: a member name or, when Index is not nil, an
// index.
type Step struct {
	Name  string
	Index *int
}

// SpannedStep is a step with its place in the text, in bytes.
type SpannedStep struct {
	Step
	From, To int
}

// SyntaxError says what of a path or a template does not parse, and where.
type SyntaxError struct {
	From, To int // In bytes of the text.
	Msg      string
}

func (e *SyntaxError) Error() string { return e.Msg }

// ParsePath parses the text of a path. The error is a *SyntaxError.
func ParsePath(text string) ([]SpannedStep, error) {
	var steps []SpannedStep
	for i := 0; i < len(text); {
		step, end, err := parseStep(text, i)
		if err != nil {
			return nil, err
		}
		steps = append(steps, SpannedStep{step, i, end})
		i = end
		if i < len(text) && text[i] == '.' {
			i++
			if i == len(text) || text[i] == '[' {
				return nil, &SyntaxError{i - 1, i, "a name is missing here"}
			}
		}
	}
	return steps, nil
}

func parseStep(text string, i int) (Step, int, error) {
	if text[i] == '[' {
		if name, end, ok := quotedName(text, i+1); ok {
			return Step{Name: name}, end, nil
		}
		length := strings.IndexByte(text[i:], ']')
		if length < 0 {
			return Step{}, 0, &SyntaxError{i, i + 1, "this bracket is not closed"}
		}
		index, err := strconv.Atoi(text[i+1 : i+length])
		if err != nil {
			return Step{}, 0, &SyntaxError{i + 1, max(i+length, i+2), "expected a number or a quoted name"}
		}
		return Step{Index: &index}, i + length + 1, nil
	}
	end := i + strings.IndexAny(text[i:]+".", ".[")
	if end == i {
		return Step{}, 0, &SyntaxError{i, i + 1, "a name is missing here"}
	}
	if bad := strings.IndexAny(text[i:end], " \t{}]'\""); bad >= 0 {
		return Step{}, 0, &SyntaxError{i + bad, i + bad + 1, "not part of a name"}
	}
	return Step{Name: text[i:end]}, end, nil
}

// quotedName reads the name in quotes at text[from:] and the bracket behind it,
// and says where that ends.
func quotedName(text string, from int) (name string, end int, ok bool) {
	if from == len(text) || text[from] != '\'' && text[from] != '"' {
		return "", 0, false
	}
	quote := text[from : from+1]
	for at := from + 1; ; {
		length := strings.Index(text[at:], quote)
		if length < 0 {
			return "", 0, false
		}
		name += text[at : at+length]
		at += length + 1
		if !strings.HasPrefix(text[at:], quote) {
			return name, at + 1, strings.HasPrefix(text[at:], "]")
		}
		name += quote // Two of them stand for one.
		at++
	}
}

// PathOf drops the spans of steps.
func PathOf(steps []SpannedStep) Path {
	var p Path
	for _, s := range steps {
		p = append(p, s.Step)
	}
	return p
}

var plainName = regexp.MustCompile(`^[^ \t{}\[\]'".]+$`)

// String returns the text of the path.
func (p Path) String() string {
	var b strings.Builder
	for _, s := range p {
		switch {
		case s.Index != nil:
			b.WriteString("[" + strconv.Itoa(*s.Index) + "]")
		case plainName.MatchString(s.Name):
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(s.Name)
		default:
			b.WriteString("['" + strings.ReplaceAll(s.Name, "'", "''") + "']")
		}
	}
	return b.String()
}

// MarshalText writes the text of the path.
func (p Path) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads the text of a path.
func (p *Path) UnmarshalText(text []byte) error {
	steps, err := ParsePath(string(text))
	*p = PathOf(steps)
	return err
}
