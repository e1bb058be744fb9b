package diag

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// RenderOptions says where diagnostics are shown.
type RenderOptions struct {
	Color bool // ANSI colours.
	Width int  // Columns of the terminal; longer source lines are cut. 0 cuts nothing.
}

// Render writes diagnostics for people, in the order given, with the source
// line of each span:
//
//	error[P0202]: the response has no `response_metadata.next_curser`
//	  --> slack/spec.cue:41:12
//	   |
//	41 |     cursor: {from: "response_metadata.next_curser"}
//	   |                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ no such field in `#List`
//	  ::: slack/spec.cue:18:3
//	18 |     next_cursor: string
//	   |     ----------- a field with a similar name
//	   = help: did you mean `response_metadata.next_cursor`?
//
// The first diagnostic of each code says how to have it explained, and the
// last line counts: "2 errors, 1 warning". A warning or note that holds of
// many places is shown for the first three, and counted. Without diagnostics
// nothing is written. The error is the writer's.
func Render(w io.Writer, diags []*Diagnostic, src Sources, opts RenderOptions) error {
	p := &printer{src: src, opts: opts}
	explained := map[Code]bool{}
	left := alike(diags)
	for _, d := range diags {
		n := left[kindOf(d)]
		n.shown++
		if d.Severity != Error && n.shown > alikeShown {
			continue
		}
		p.diagnostic(d, !explained[d.Code])
		explained[d.Code] = true
		if d.Severity != Error && n.shown == alikeShown && n.all > alikeShown {
			p.printf("and %d more of the kind; --json has them all\n\n", n.all-alikeShown)
		}
	}
	if len(diags) > 0 {
		p.printf("%s\n", Summary(diags))
	}
	_, err := io.WriteString(w, p.out.String())
	return err
}

// alikeShown is how many warnings that differ in their place alone are shown.
const alikeShown = 3

// kind is what diagnostics share that differ in their place alone.
type kind struct {
	code    Code
	message string
}

func kindOf(d *Diagnostic) kind { return kind{d.Code, d.Message} }

// tally counts the diagnostics of a kind.
type tally struct{ all, shown int }

func alike(diags []*Diagnostic) map[kind]*tally {
	count := map[kind]*tally{}
	for _, d := range diags {
		if count[kindOf(d)] == nil {
			count[kindOf(d)] = &tally{}
		}
		count[kindOf(d)].all++
	}
	return count
}

// Summary counts: "2 errors, 1 warning". It is empty when there is nothing to
// count.
func Summary(diags []*Diagnostic) string {
	var parts []string
	for _, s := range []Severity{Error, Warning, Note} {
		switch n := Count(diags, s); n {
		case 0:
		case 1:
			parts = append(parts, "1 "+string(s))
		default:
			parts = append(parts, fmt.Sprintf("%d %ss", n, s))
		}
	}
	return strings.Join(parts, ", ")
}

// printer holds what rendering one diagnostic needs.
type printer struct {
	src    Sources
	opts   RenderOptions
	out    strings.Builder
	gutter string // As many spaces as the longest line number has digits.
	accent string // Colour of the severity.
}

func (p *printer) printf(format string, args ...any) { fmt.Fprintf(&p.out, format, args...) }

func (p *printer) diagnostic(d *Diagnostic, explain bool) {
	p.gutter = strings.Repeat(" ", len(strconv.Itoa(lastLine(d))))
	p.accent = severityColor(d.Severity)

	head := string(d.Severity)
	if d.Code != "" {
		head += "[" + string(d.Code) + "]"
	}
	p.printf("%s%s\n", p.paint(p.accent, head), p.paint(bold, ": "+p.indent(d.Message, "  ")))
	p.primary(d)
	for _, o := range d.Others {
		if !sameLine(o.At, d.At) {
			p.other(o)
		}
	}
	for _, n := range d.Notes {
		p.remark("note", n)
	}
	for _, h := range d.Helps {
		p.remark("help", h)
	}
	if explain && d.Code != "" {
		p.remark("note", fmt.Sprintf("run `porin explain %s`", d.Code))
	}
	p.printf("\n")
}

// primary shows the place to blame. Other places on the same line are marked
// below it, so that the line is shown once.
func (p *printer) primary(d *Diagnostic) {
	if d.At.File == "" {
		return
	}
	p.printf("%s%s %s\n", p.gutter, p.paint(blue, "-->"), p.place(d.At))
	line, ok := p.src.line(d.At.File, d.At.Line)
	if !ok {
		return
	}
	p.printf("%s %s\n", p.gutter, p.paint(blue, "|"))
	s := cutLine(line, d.At, p.room())
	p.sourceLine(d.At.Line, s.text)
	p.mark(s, "^", p.accent, d.Text)
	for _, o := range d.Others {
		if !sameLine(o.At, d.At) {
			continue
		}
		// The line is cut for the primary span; a mark that lies outside of
		// what is left would point at nothing.
		if m := cutLine(line, o.At, p.room()); m.text == s.text {
			p.mark(m, "-", blue, o.Text)
		} else {
			p.remark("note", fmt.Sprintf("%s: %s", p.place(o.At), o.Text))
		}
	}
}

func (p *printer) other(o Place) {
	p.printf("%s%s %s\n", p.gutter, p.paint(blue, ":::"), p.place(o.At))
	line, ok := p.src.line(o.At.File, o.At.Line)
	if !ok {
		if o.Text != "" {
			p.printf("%s %s %s\n", p.gutter, p.paint(blue, "|"), p.indent(o.Text, p.gutter+"   "))
		}
		return
	}
	s := cutLine(line, o.At, p.room())
	p.sourceLine(o.At.Line, s.text)
	p.mark(s, "-", blue, o.Text)
}

func (p *printer) sourceLine(n int, text string) {
	number := fmt.Sprintf("%*d |", len(p.gutter), n)
	p.printf("%s\n", strings.TrimRight(p.paint(blue, number)+" "+text, " "))
}

func (p *printer) mark(s snippet, sign, color, label string) {
	marks := strings.Repeat(sign, s.to-s.from)
	if label != "" {
		marks += " " + p.indent(label, strings.Repeat(" ", len(p.gutter)+4+s.to))
	}
	p.printf("%s %s %s%s\n", p.gutter, p.paint(blue, "|"), strings.Repeat(" ", s.from), p.paint(color, marks))
}

func (p *printer) remark(kind, text string) {
	indent := p.gutter + strings.Repeat(" ", len(" = : ")+len(kind))
	p.printf("%s %s %s: %s\n", p.gutter, p.paint(blue, "="), p.paint(bold, kind), p.indent(text, indent))
}

// place is file:line:col with the column counted as people count: characters
// of the line, not bytes.
func (p *printer) place(at ir.Pos) string {
	if line, ok := p.src.line(at.File, at.Line); ok {
		at.Col = 1 + len([]rune(line[:min(max(at.Col-1, 0), len(line))]))
	}
	return printable(at.String())
}

// indent makes the further lines of a text stand under its first one.
func (p *printer) indent(text, by string) string {
	return strings.ReplaceAll(printable(strings.TrimRight(text, "\n")), "\n", "\n"+by)
}

// room is how many columns a source line may take.
func (p *printer) room() int {
	if p.opts.Width <= 0 {
		return 0
	}
	return max(p.opts.Width-len(p.gutter)-len(" | "), 40)
}

func lastLine(d *Diagnostic) int {
	n := d.At.Line
	for _, o := range d.Others {
		n = max(n, o.At.Line)
	}
	return n
}

func sameLine(a, b ir.Pos) bool { return a.File == b.File && a.Line == b.Line }

// ANSI styles (ECMA-48 SGR).
const (
	bold   = "1"
	red    = "1;31"
	yellow = "1;33"
	blue   = "1;34"
	cyan   = "1;36"
)

func severityColor(s Severity) string {
	switch s {
	case Error:
		return red
	case Warning:
		return yellow
	default:
		return cyan
	}
}

func (p *printer) paint(style, s string) string {
	if !p.opts.Color {
		return s
	}
	return "\x1b[" + style + "m" + s + "\x1b[0m"
}
