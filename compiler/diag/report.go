package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// Severity says whether a diagnostic stops the compiler.
type Severity string

// The severities. Only errors make a command fail.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Note    Severity = "note"
)

// Report collects the diagnostics of one run. The phases of the compiler share
// one and go on after an error, so that one run shows every mistake.
//
// The zero value is ready. A Report is not safe for concurrent use.
type Report struct {
	diags []*Diagnostic
}

// Diagnostic is one message about one place. The methods add to it and return
// it, so that a diagnostic is built in the order it is read: message, label,
// other places, notes, help.
type Diagnostic struct {
	Code     Code
	Severity Severity
	Message  string  // Lower case, no final period.
	At       ir.Pos  // Invalid, or without a file, when no place is to blame.
	Text     string  // Under the primary span; may be empty.
	Others   []Place // At most two are worth a reader's time.
	Notes    []string
	Helps    []string
}

// Place is a second span that explains the first.
type Place struct {
	At   ir.Pos
	Text string
}

// Errorf reports a mistake that stops the compiler before it writes anything.
func (r *Report) Errorf(code Code, at ir.Pos, format string, args ...any) *Diagnostic {
	return r.add(Error, code, at, format, args)
}

// Warnf reports what is legal and probably not meant.
func (r *Report) Warnf(code Code, at ir.Pos, format string, args ...any) *Diagnostic {
	return r.add(Warning, code, at, format, args)
}

// Notef reports what is worth knowing and needs no change.
func (r *Report) Notef(code Code, at ir.Pos, format string, args ...any) *Diagnostic {
	return r.add(Note, code, at, format, args)
}

func (r *Report) add(s Severity, code Code, at ir.Pos, format string, args []any) *Diagnostic {
	d := &Diagnostic{Code: code, Severity: s, At: at, Message: text(format, args)}
	r.diags = append(r.diags, d)
	return d
}

// text leaves a format without arguments alone, so that a percent sign of the
// user's own text needs no escape.
func text(format string, args []any) string {
	if len(args) == 0 {
		return format
	}
	return fmt.Sprintf(format, args...)
}

// Label sets the text under the primary span.
func (d *Diagnostic) Label(format string, args ...any) *Diagnostic {
	d.Text = text(format, args)
	return d
}

// Also adds a second place, such as the declaration that a use conflicts with.
// A place without position is left out.
func (d *Diagnostic) Also(at ir.Pos, format string, args ...any) *Diagnostic {
	if at.IsValid() {
		d.Others = append(d.Others, Place{At: at, Text: text(format, args)})
	}
	return d
}

// Note adds a fact that explains the message.
func (d *Diagnostic) Note(format string, args ...any) *Diagnostic {
	d.Notes = append(d.Notes, text(format, args))
	return d
}

// Help adds what to do about it.
func (d *Diagnostic) Help(format string, args ...any) *Diagnostic {
	d.Helps = append(d.Helps, text(format, args))
	return d
}

// Add takes over the diagnostics of another report.
func (r *Report) Add(other *Report) { r.diags = append(r.diags, other.diags...) }

// HasErrors reports whether anything of severity error was reported.
func (r *Report) HasErrors() bool {
	return slices.ContainsFunc(r.diags, func(d *Diagnostic) bool { return d.Severity == Error })
}

// Count returns how many diagnostics of a severity Diagnostics returns.
func (r *Report) Count(s Severity) int { return Count(r.Diagnostics(), s) }

// Count returns how many of the diagnostics have the severity.
func Count(diags []*Diagnostic, s Severity) int {
	n := 0
	for _, d := range diags {
		if d.Severity == s {
			n++
		}
	}
	return n
}

// Diagnostics returns what was reported in canonical order: file, line,
// column, code, message. Exact duplicates are left out, and of several errors
// with one code at one place the first reported stays. The order does not
// depend on the order in which checks ran.
func (r *Report) Diagnostics() []*Diagnostic {
	var out []*Diagnostic
	seen := map[string]bool{}
	for _, d := range r.diags {
		if key := d.key(); !seen[key] {
			seen[key] = true
			out = append(out, d)
		}
	}
	slices.SortStableFunc(out, compare)
	return out
}

// key identifies what may be reported once. Errors without a place, such as
// two missing files, are told apart by their message.
func (d *Diagnostic) key() string {
	span, _ := d.At.MarshalText()
	if d.Severity == Error && d.At.IsValid() {
		return fmt.Sprintf("%s %s", d.Code, span)
	}
	return fmt.Sprintf("%s %s %s %s", d.Severity, d.Code, span, d.Message)
}

func compare(a, b *Diagnostic) int {
	return cmp.Or(
		a.At.Compare(b.At),
		strings.Compare(string(a.Code), string(b.Code)),
		strings.Compare(a.Message, b.Message),
	)
}
