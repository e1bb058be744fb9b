package diag_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

func messages(r *diag.Report) []string {
	var out []string
	for _, d := range r.Diagnostics() {
		out = append(out, d.Message)
	}
	return out
}

func TestReportOrder(t *testing.T) {
	r := &diag.Report{}
	r.Errorf(diag.UnknownField, at("b.cue", 1, 1, 2), "6")
	r.Errorf(diag.UnknownField, at("a.cue", 10, 1, 2), "5")
	r.Errorf(diag.WrongType, at("a.cue", 2, 3, 4), "4")
	r.Errorf(diag.UnknownField, at("a.cue", 2, 3, 4), "3")
	r.Errorf(diag.WrongType, at("a.cue", 2, 1, 4), "2")
	r.Errorf(diag.NoSuchFile, ir.Pos{}, "1")
	assert.Equal(t, []string{"1", "2", "3", "4", "5", "6"}, messages(r))
}

func TestReportOneErrorACodeAndSpan(t *testing.T) {
	r := &diag.Report{}
	r.Errorf(diag.UnknownField, at("a.cue", 1, 1, 5), "first wins")
	r.Errorf(diag.UnknownField, at("a.cue", 1, 1, 5), "second is the same mistake")
	r.Errorf(diag.UnknownField, at("a.cue", 1, 7, 9), "elsewhere")
	r.Warnf(diag.UnusedLimit, at("a.cue", 2, 1, 5), "w")
	r.Warnf(diag.UnusedLimit, at("a.cue", 2, 1, 5), "w")
	r.Errorf(diag.NoSuchFile, ir.Pos{}, "x")
	r.Errorf(diag.NoSuchFile, ir.Pos{}, "y")
	assert.Equal(t, []string{"x", "y", "first wins", "elsewhere", "w"}, messages(r))
	assert.Equal(t, 4, r.Count(diag.Error))
	assert.Equal(t, 1, r.Count(diag.Warning))
}

func TestReportHasErrors(t *testing.T) {
	r := &diag.Report{}
	assert.False(t, r.HasErrors())
	r.Warnf(diag.UnusedLimit, ir.Pos{}, "w")
	r.Notef(diag.Assumed, ir.Pos{}, "n")
	assert.False(t, r.HasErrors(), "warnings and notes are not errors")
	r.Errorf(diag.UnknownField, ir.Pos{}, "e")
	assert.True(t, r.HasErrors())
}

func TestMessageWithoutArgumentsIsPlain(t *testing.T) {
	r := &diag.Report{}
	d := r.Errorf(diag.CUEError, ir.Pos{}, "100% of it").Help("50%d")
	assert.Equal(t, "100% of it", d.Message)
	assert.Equal(t, []string{"50%d"}, d.Helps)
}

func TestNearest(t *testing.T) {
	fields := []string{"returns", "query", "limits", "scopes", "page", "next_cursor", "GET"}
	for name, want := range map[string]string{
		"return":      "returns",
		"qurey":       "query", // A swap counts as one.
		"limit":       "limits",
		"nextCursor":  "next_cursor",
		"next_curser": "next_cursor",
		"get":         "GET",
		"pge":         "page",
		"pages":       "page",
		"parameters":  "",
		"xyz":         "",
		"pa":          "", // Two letters of four are not near.
		"":            "",
	} {
		got, ok := diag.Nearest(name, fields)
		assert.Equal(t, want, got, "nearest to %q", name)
		assert.Equal(t, want != "", ok, "nearest to %q", name)
	}
}

func TestNearestIsDeterministic(t *testing.T) {
	for _, list := range [][]string{{"tier3", "tier2"}, {"tier2", "tier3"}} {
		got, ok := diag.Nearest("tier4", list)
		assert.True(t, ok)
		assert.Equal(t, "tier2", got, "of equally near names the first of the alphabet wins, whatever the order")
	}
	_, ok := diag.Nearest("same", []string{"same"})
	assert.False(t, ok, "a name is no correction of itself")
}

func TestDidYouMean(t *testing.T) {
	help := func(name string, candidates ...string) string {
		return strings.Join((&diag.Report{}).Errorf(diag.UnknownField, ir.Pos{}, "m").DidYouMean(name, candidates).Helps, "\n")
	}
	assert.Equal(t, "did you mean `query`?", help("qurey", "query", "page"))
	assert.Equal(t, "expected one of `query`, `page` or `auth`", help("xyz", "query", "page", "auth"))
	assert.Empty(t, help("xyz"))
	assert.Empty(t, help("xyz", strings.Split("abcdefghijklmnopqrstuvwxy", "")...), "too many to be read")
}

func TestJSON(t *testing.T) {
	r := &diag.Report{}
	r.Errorf(diag.UnknownField, at("a.cue", 1, 2, 8), "no <field>").Label("l").
		Also(at("b.cue", 3, 1, 2), "other").Note("n").Help("h")
	r.Warnf(diag.NoActions, ir.Pos{}, "w")
	var b strings.Builder
	require.NoError(t, diag.WriteJSON(&b, r.Diagnostics()))
	assert.JSONEq(t, `{"version": 1, "errors": 1, "warnings": 1, "diagnostics": [
		{"code": "P0920", "severity": "warning", "message": "w", "also": [], "notes": [], "help": []},
		{"code": "P0105", "severity": "error", "message": "no <field>",
		 "file": "a.cue", "line": 1, "col": 2, "endLine": 1, "endCol": 8, "label": "l",
		 "also": [{"file": "b.cue", "line": 3, "col": 1, "endLine": 3, "endCol": 2, "label": "other"}],
		 "notes": ["n"], "help": ["h"]}]}`, b.String())
	assert.Contains(t, b.String(), "no <field>", "text stays readable")

	b.Reset()
	require.NoError(t, diag.WriteJSON(&b, nil))
	assert.JSONEq(t, `{"version": 1, "diagnostics": [], "errors": 0, "warnings": 0}`, b.String())
	assert.True(t, json.Valid([]byte(b.String())))
}

// TestEveryCodeIsExplained reads the constants from the source, since Go has
// no list of them at run time.
func TestEveryCodeIsExplained(t *testing.T) {
	constants := codeConstants(t)
	explained := map[string]bool{}
	for _, e := range diag.Entries() {
		code := string(e.Code)
		assert.NotEmpty(t, constants[code], "explain has %s, and codes.go does not", code)
		assert.False(t, explained[code], "%s is explained twice", code)
		explained[code] = true
		assert.Equal(t, strings.ToLower(e.Title[:1]) == e.Title[:1], !startsWithName(e.Title), "%s: title %q starts small", code, e.Title)
		assert.False(t, strings.HasSuffix(e.Title, "."), "%s: title %q has a period", code, e.Title)
		n := strings.Count(strings.TrimSpace(e.Explanation), "\n") + 1
		assert.True(t, n >= 2 && n <= 9, "%s: the explanation has %d lines", code, n)
	}
	for code, name := range constants {
		assert.True(t, explained[code], "%s (%s) has no section in explain", code, name)
	}
}

// startsWithName reports titles that begin with a proper name.
func startsWithName(title string) bool {
	for _, name := range []string{"CUE", "OAuth", "JSON", "OpenAPI"} {
		if strings.HasPrefix(title, name) {
			return true
		}
	}
	return false
}

func codeConstants(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "codes.go", nil, 0)
	require.NoError(t, err)
	codes := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			code, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			require.Empty(t, codes[code], "%s stands for %s and %s", code, codes[code], spec.Names[0].Name)
			require.Regexp(t, `^P(0[1-9]|1[0-2])[0-9]{2}$`, code)
			codes[code] = spec.Names[0].Name
		}
		return true
	})
	return codes
}

func TestExplain(t *testing.T) {
	e, ok := diag.Explain("p0105")
	require.True(t, ok, "a small letter is fine")
	assert.Equal(t, diag.UnknownField, e.Code)
	assert.Contains(t, e.String(), "P0105: unknown field")
	assert.Contains(t, e.String(), "    actions: notes: list: {")
	_, ok = diag.Explain("P9999")
	assert.False(t, ok)
}
