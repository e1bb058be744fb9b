package draft

import (
	"bytes"
	"errors"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// codes are the diagnostics of what can be wrong with a document.
var codes = map[Kind]diag.Code{
	Empty:          diag.DocEmpty,
	TooLarge:       diag.DocTooLarge,
	NotADocument:   diag.DocNotJSON,
	Syntax:         diag.DocSyntax,
	NotOpenAPI:     diag.NotOpenAPI,
	UnknownVersion: diag.OpenAPIVersion,
	BrokenRef:      diag.BrokenRef,
	RefCycle:       diag.RefCycle,
	ExternalRef:    diag.ExternalRef,
	Structure:      diag.DocStructure,
	NoActions:      diag.NothingSelected,
}

// Report adds an error of [Draft] to a report, at its place in the
// document that was read from file. It returns false for an error about
// anything else.
func Report(r *diag.Report, file string, document []byte, err error) bool {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range several.Unwrap() {
			if !Report(r, file, document, one) {
				return false
			}
		}
		return true
	}
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	at := ir.Pos{File: file}
	if e.Line > 0 {
		col := max(e.Col, 1)
		at.Line, at.Col, at.EndLine, at.EndCol = e.Line, col, e.Line, col+wordLen(document, e.Line, col)
	}
	d := r.Errorf(codes[e.Kind], at, "%s", e.Msg)
	if e.Help != "" {
		d.Help("%s", e.Help)
	}
	return true
}

// wordLen is the length of the quoted text that starts at a place, or 1. The
// errors of parsers are points; what they point at is mostly a string.
func wordLen(document []byte, line, col int) int {
	lines := bytes.SplitN(document, []byte("\n"), line+1)
	if line > len(lines) || col > len(lines[line-1]) {
		return 1
	}
	rest := lines[line-1][col-1:]
	if rest[0] != '"' && rest[0] != '\'' {
		return 1
	}
	if i := bytes.IndexByte(rest[1:], rest[0]); i >= 0 {
		return i + 2
	}
	return 1
}
