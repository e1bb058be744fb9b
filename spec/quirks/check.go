package quirks

import (
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"
)

// Problem is what is wrong with a file of a knowledge base, and where.
type Problem struct {
	File      string
	Line, Col int // From 1; 0 when unknown.
	Text      string
}

// Problems is everything that is wrong with files of a knowledge base.
type Problems []Problem

func (ps Problems) Error() string {
	var lines []string
	for _, p := range ps {
		lines = append(lines, fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Col, p.Text))
	}
	return strings.Join(lines, "\n")
}

// check holds a file to the schema, and to what the schema cannot ask for.
func check(p page) Problems {
	syntax, err := parser.ParseFile(p.name, p.src, parser.ParseComments)
	if err != nil {
		return problemsOf(p.name, err)
	}
	ctx := cuecontext.New()
	schema, err := files.ReadFile(schemaFile)
	if err != nil {
		return problemsOf(p.name, err)
	}
	file := ctx.CompileBytes(schema, cue.Filename(schemaFile)).LookupPath(cue.ParsePath("#File"))
	if err := ctx.BuildFile(syntax).Unify(file).Validate(); err != nil {
		return problemsOf(p.name, err)
	}
	if _, err := readAPI(p); err != nil {
		return problemsOf(p.name, err)
	}
	if _, err := readFacts(p); err != nil {
		return problemsOf(p.name, err)
	}
	return nil
}

// problemsOf takes an error of CUE apart. A problem stands where the file
// says something, not where the schema says what it has to be.
func problemsOf(file string, err error) Problems {
	var own Problems
	if errors.As(err, &own) {
		return own
	}
	var out Problems
	for _, e := range errors.Errors(err) {
		p := Problem{File: file, Text: textOf(e)}
		if at := within(file, e); at.IsValid() {
			p.Line, p.Col = at.Line(), at.Column()
		}
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	if slices.ContainsFunc(out, placed) {
		out = slices.DeleteFunc(out, func(p Problem) bool { return !placed(p) }) // Headlines of those with a place.
	}
	return out
}

func within(file string, e errors.Error) token.Pos {
	for _, at := range append([]token.Pos{e.Position()}, e.InputPositions()...) {
		if at.IsValid() && at.Filename() == file {
			return at
		}
	}
	return token.NoPos
}

func placed(p Problem) bool { return p.Line > 0 }

// textOf is the message with the path that it is about.
func textOf(e errors.Error) string {
	format, args := e.Msg()
	text := fmt.Sprintf(format, args...)
	path := strings.TrimPrefix(strings.Join(e.Path(), "."), "#File.")
	if path == "" || path == "#File" {
		return text
	}
	if words := wordsOf(e.Path()); words != nil {
		text = "one of " + strings.Join(words, ", ")
	}
	return path + ": " + text
}

// wordsOf lists the words that a member of a fact is one of, or nil.
func wordsOf(path []string) []string {
	if len(path) != 3 && len(path) != 4 {
		return nil
	}
	switch path[len(path)-1] {
	case "area":
		return Areas()
	case "confidence":
		return []string{"high", "medium", "low"}
	case "how":
		return []string{"documented", "observed"}
	}
	return nil
}
