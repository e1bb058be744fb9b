package draft

import (
	"fmt"
	"strings"
)

// Kind says what is wrong with a document.
type Kind string

// The kinds of errors.
const (
	Empty          Kind = "empty"           // There is nothing in it.
	TooLarge       Kind = "too_large"       // More than MaxDocument bytes.
	NotADocument   Kind = "not_a_document"  // HTML or the like, neither JSON nor YAML.
	Syntax         Kind = "syntax"          // JSON or YAML that cannot be parsed.
	NotOpenAPI     Kind = "not_openapi"     // JSON or YAML, but not an OpenAPI document.
	UnknownVersion Kind = "unknown_version" // A version of OpenAPI that is not read.
	BrokenRef      Kind = "broken_ref"      // A $ref to nothing.
	RefCycle       Kind = "ref_cycle"       // A chain of $ref that ends where it began.
	ExternalRef    Kind = "external_ref"    // A $ref into another file.
	Structure      Kind = "structure"       // OpenAPI, but not built as OpenAPI says.
	NoActions      Kind = "no_actions"      // No operation is left to draft.
)

// Error is what is wrong with a document.
type Error struct {
	Kind Kind
	Line int // From 1; 0 when no line is to blame.
	Col  int // From 1; 0 when unknown.
	Msg  string
	Help string // The way out; may be empty.
}

func (e *Error) Error() string {
	var b strings.Builder
	if e.Line > 0 {
		fmt.Fprintf(&b, "line %d", e.Line)
		if e.Col > 0 {
			fmt.Fprintf(&b, ", column %d", e.Col)
		}
		b.WriteString(": ")
	}
	b.WriteString(e.Msg)
	return b.String()
}

// position turns a byte offset into a line and a column, both from 1.
func position(text []byte, offset int) (line, col int) {
	offset = min(max(offset, 0), len(text))
	before := string(text[:offset])
	line = strings.Count(before, "\n") + 1
	return line, offset - strings.LastIndex(before, "\n")
}
