package diag_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// The corpus in golden/diag shows what rendered diagnostics look like. These
// tests cover what a spec cannot easily make: odd widths, odd bytes, places
// that do not exist.

func at(file string, line, col, endCol int) ir.Pos {
	return ir.Pos{File: file, Line: line, Col: col, EndLine: line, EndCol: endCol}
}

// spanOf is the place of a text in the first line of a source.
func spanOf(t *testing.T, file, src, text string) ir.Pos {
	t.Helper()
	i := strings.Index(src, text)
	require.GreaterOrEqual(t, i, 0, "%q is not in the source", text)
	return at(file, 1, i+1, i+1+len(text))
}

// render leaves out the explain note and the summary.
func render(t *testing.T, r *diag.Report, src diag.Sources, opts diag.RenderOptions) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, diag.Render(&b, r.Diagnostics(), src, opts))
	out, _, ok := strings.Cut(b.String(), " = note: run `porin explain")
	require.True(t, ok, "no explain note in:\n%s", b.String())
	return strings.TrimRight(out, " ")
}

func lines(s ...string) string { return strings.Join(s, "\n") + "\n" }

func TestRenderForm(t *testing.T) {
	src := diag.Sources{"spec.cue": []byte(strings.Repeat("\n", 9) + "\tnext_cursor?: string\nx: 1\n\tfrom: \"next_curser\"\n")}
	r := &diag.Report{}
	r.Errorf(diag.PathNotInType, at("spec.cue", 12, 9, 20), "the response has no `%s`", "next_curser").
		Label("no such field").
		Also(at("spec.cue", 10, 2, 13), "a similar name").
		Note("paths are read from the response\nand checked against its type").
		Help("did you mean `next_cursor`?")
	r.Warnf(diag.UnusedLimit, at("spec.cue", 11, 1, 2), "unused")
	var b strings.Builder
	require.NoError(t, diag.Render(&b, r.Diagnostics(), src, diag.RenderOptions{}))
	assert.Equal(t, lines(
		"warning[P0705]: unused",
		"  --> spec.cue:11:1",
		"   |",
		"11 | x: 1",
		"   | ^",
		"   = note: run `porin explain P0705`",
		"",
		"error[P0202]: the response has no `next_curser`",
		"  --> spec.cue:12:9",
		"   |",
		"12 |     from: \"next_curser\"",
		"   |            ^^^^^^^^^^^ no such field",
		"  ::: spec.cue:10:2",
		"10 |     next_cursor?: string",
		"   |     ----------- a similar name",
		"   = note: paths are read from the response",
		"           and checked against its type",
		"   = help: did you mean `next_cursor`?",
		"   = note: run `porin explain P0202`",
		"",
		"1 error, 1 warning",
	), b.String())
}

func TestRenderNothing(t *testing.T) {
	var b strings.Builder
	require.NoError(t, diag.Render(&b, nil, nil, diag.RenderOptions{}))
	assert.Empty(t, b.String())
}

func TestRenderExplainsACodeOnce(t *testing.T) {
	r := &diag.Report{}
	r.Errorf(diag.NoSuchFile, ir.Pos{}, "no such file: a")
	r.Errorf(diag.NoSuchFile, ir.Pos{}, "no such file: b")
	var b strings.Builder
	require.NoError(t, diag.Render(&b, r.Diagnostics(), nil, diag.RenderOptions{}))
	assert.Equal(t, 1, strings.Count(b.String(), "porin explain"))
	assert.Contains(t, b.String(), "2 errors\n")
}

func TestRenderPlaces(t *testing.T) {
	src := diag.Sources{"a.cue": []byte("one\r\ntwo\r\n")}
	for _, tc := range []struct {
		name string
		pos  ir.Pos
		want []string
	}{
		{"no place", ir.Pos{}, []string{"error[P0114]: m"}},
		{"whole file", ir.Pos{File: "a.cue"}, []string{"error[P0114]: m", " --> a.cue"}},
		{"unknown file", at("b.cue", 3, 1, 2), []string{"error[P0114]: m", " --> b.cue:3:1"}},
		{"line past the end", at("a.cue", 30, 1, 2), []string{"error[P0114]: m", "  --> a.cue:30:1"}},
		{"carriage return", at("a.cue", 2, 1, 4), []string{"error[P0114]: m", " --> a.cue:2:1", "  |", "2 | two", "  | ^^^"}},
		{"end of the line", at("a.cue", 1, 4, 4), []string{"error[P0114]: m", " --> a.cue:1:4", "  |", "1 | one", "  |    ^"}},
		{"no end", ir.Pos{File: "a.cue", Line: 1, Col: 2}, []string{"error[P0114]: m", " --> a.cue:1:2", "  |", "1 | one", "  |  ^"}},
		{"column past the end", at("a.cue", 1, 90, 95), []string{"error[P0114]: m", " --> a.cue:1:4", "  |", "1 | one", "  |    ^"}},
		{"several lines", ir.Pos{File: "a.cue", Line: 1, Col: 2, EndLine: 2, EndCol: 3}, []string{"error[P0114]: m", " --> a.cue:1:2", "  |", "1 | one", "  |  ^^"}},
		{"empty last line", at("a.cue", 3, 1, 1), []string{"error[P0114]: m", " --> a.cue:3:1", "  |", "3 |", "  | ^"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := &diag.Report{}
			r.Errorf(diag.CUEError, tc.pos, "m")
			assert.Equal(t, lines(tc.want...), render(t, r, src, diag.RenderOptions{}))
		})
	}
}

func TestRenderColumns(t *testing.T) {
	for _, tc := range []struct{ name, src, span, line, marks string }{
		{"tab at the start", "\ta: xx", "xx", "    a: xx", "       ^^"},
		{"tab to its stop", "ab:\txx", "xx", "ab: xx", "    ^^"},
		{"tab within the span", "a\tb", "a\tb", "a   b", "^^^^^"},
		{"accents", "ä: \"öö\" xx", "xx", "ä: \"öö\" xx", "        ^^"},
		{"wide", "名: \"日本\" xx", "xx", "名: \"日本\" xx", "           ^^"},
		{"wide span", "a: 日本", "日本", "a: 日本", "   ^^^^"},
		{"emoji", "🎉 xx", "xx", "🎉 xx", "   ^^"},
		{"combining", "e\u0301 xx", "xx", "e\u0301 xx", "  ^^"},
		{"escape sequence", "\x1b[31m xx", "xx", "\uFFFD[31m xx", "      ^^"},
		{"direction override", "\u202E xx", "xx", "\uFFFD xx", "  ^^"},
		{"no UTF-8", "\xff xx", "xx", "\uFFFD xx", "  ^^"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := &diag.Report{}
			r.Errorf(diag.CUEError, spanOf(t, "a", tc.src, tc.span), "m")
			out := render(t, r, diag.Sources{"a": []byte(tc.src)}, diag.RenderOptions{})
			got := strings.Split(out, "\n")
			require.Len(t, got, 6)
			assert.Equal(t, "1 | "+tc.line, got[3])
			assert.Equal(t, "  | "+tc.marks, got[4])
		})
	}
}

func TestRenderCountsColumnsInCharacters(t *testing.T) {
	src := "ä: \"öö\" xx"
	r := &diag.Report{}
	r.Errorf(diag.CUEError, spanOf(t, "a", src, "xx"), "m")
	assert.Contains(t, render(t, r, diag.Sources{"a": []byte(src)}, diag.RenderOptions{}), "--> a:1:9\n")
}

func TestRenderCutsLongLines(t *testing.T) {
	long := strings.Repeat("abcdefghi ", 30)
	for _, tc := range []struct{ name, src, span string }{
		{"at the start", "HERE " + long, "HERE"},
		{"in the middle", long + "HERE " + long, "HERE"},
		{"at the end", long + "HERE", "HERE"},
		{"wider than the terminal", long + "<" + strings.Repeat("x", 200) + "> " + long, "<" + strings.Repeat("x", 200) + ">"},
		{"wide characters", strings.Repeat("日", 100) + "HERE" + strings.Repeat("本", 100), "HERE"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			const width = 60
			r := &diag.Report{}
			r.Errorf(diag.CUEError, spanOf(t, "a", tc.src, tc.span), "m").Label("l")
			out := render(t, r, diag.Sources{"a": []byte(tc.src)}, diag.RenderOptions{Width: width})
			got := strings.Split(out, "\n")
			require.Len(t, got, 6)
			text, marks := strings.TrimPrefix(got[3], "1 | "), strings.TrimPrefix(got[4], "  | ")
			assert.LessOrEqual(t, columnsOf(got[3]), width)
			assert.Contains(t, got[3], "...")
			assert.LessOrEqual(t, strings.LastIndex(got[4], "^"), width)
			from := strings.Index(marks, "^")
			assert.True(t, strings.HasPrefix(cutColumns(text, from), tc.span[:4]), "the marks stand under %q of %q", cutColumns(text, from), text)
		})
	}
}

// columnsOf counts the double width of the characters these tests use.
func columnsOf(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0x2000 {
			n++
		}
	}
	return n
}

func cutColumns(s string, n int) string {
	for i := range s {
		if columnsOf(s[:i]) >= n {
			return s[i:]
		}
	}
	return ""
}

func TestRenderSameLine(t *testing.T) {
	src := "a: {x: 1, y: 2}"
	r := &diag.Report{}
	r.Errorf(diag.SeveralChoices, spanOf(t, "a", src, "y"), "m").Label("second").
		Also(spanOf(t, "a", src, "x"), "first")
	assert.Equal(t, lines(
		"error[P0111]: m",
		" --> a:1:11",
		"  |",
		"1 | a: {x: 1, y: 2}",
		"  |           ^ second",
		"  |     - first",
	), render(t, r, diag.Sources{"a": []byte(src)}, diag.RenderOptions{}))
}

func TestRenderColor(t *testing.T) {
	r := &diag.Report{}
	r.Errorf(diag.CUEError, at("a", 1, 1, 2), "m")
	var b strings.Builder
	require.NoError(t, diag.Render(&b, r.Diagnostics(), diag.Sources{"a": []byte("x")}, diag.RenderOptions{Color: true}))
	out := b.String()
	assert.Contains(t, out, "\x1b[1;31merror[P0114]\x1b[0m")
	assert.Contains(t, out, "\x1b[1;31m^\x1b[0m")
}

func TestRenderKeepsTerminalSafe(t *testing.T) {
	r := &diag.Report{}
	r.Errorf(diag.CUEError, ir.Pos{File: "a\x1b[2J.cue", Line: 1, Col: 1}, "bad %s", "\x1b]0;title\a").
		Label("l\x1b").Note("n\x1b").Help("h\x1b")
	assert.NotContains(t, render(t, r, nil, diag.RenderOptions{}), "\x1b")
}

// What holds of many places is shown for three of them; an error always.
func TestRenderAlike(t *testing.T) {
	var r diag.Report
	for line := range 5 {
		r.Warnf(diag.AmbiguousUnion, ir.Pos{File: "a.cue", Line: line + 1, Col: 1}, "same")
		r.Errorf(diag.NoSuchFile, ir.Pos{File: "a.cue", Line: line + 1, Col: 1}, "same")
	}
	var b strings.Builder
	require.NoError(t, diag.Render(&b, r.Diagnostics(), nil, diag.RenderOptions{}))
	assert.Equal(t, 3, strings.Count(b.String(), "warning["))
	assert.Equal(t, 5, strings.Count(b.String(), "error["))
	assert.Contains(t, b.String(), "and 2 more of the kind; --json has them all\n")
	assert.Contains(t, b.String(), "5 errors, 5 warnings")
}
