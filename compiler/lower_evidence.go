package compiler

import (
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// attribute is one attribute of a field as written.
type attribute struct {
	name string
	args []argument
	at   ir.Pos
	path string // Of the field it stands on.
}

type argument struct{ key, value string }

// arg returns the argument with a key, or "".
func (a attribute) arg(key string) string {
	for _, x := range a.args {
		if x.key == key {
			return x.value
		}
	}
	return ""
}

// first returns the first argument without a key.
func (a attribute) first() string { return a.arg("") }

// lowerEvidence collects @why and @assumed.
func (c *compilation) lowerEvidence() {
	for _, a := range c.attributes() {
		switch a.name {
		case "why":
			how := a.arg("how")
			if how == "" {
				how = "documented"
			}
			c.out.Evidence = append(c.out.Evidence, &ir.Evidence{Pos: a.at, Path: a.path, How: how, Why: a.first(), Src: a.arg("src"), Seen: a.arg("seen"), Quirk: a.arg("quirk")})
		case "assumed":
			c.out.Evidence = append(c.out.Evidence, &ir.Evidence{Pos: a.at, Path: a.path, How: "assumed", Why: a.first(), Src: a.arg("src"), Seen: a.arg("seen"), Quirk: a.arg("quirk")})
		}
	}
}

// attributes lists every attribute of the package, in source order. It reads
// the syntax, since CUE keeps the attributes of values and not their places.
func (c *compilation) attributes() []attribute {
	var list []attribute
	for _, f := range c.pkg.Files {
		if f.Syntax != nil {
			list = declAttributes(list, f.Syntax.Decls, "")
		}
	}
	return list
}

func declAttributes(list []attribute, decls []ast.Decl, path string) []attribute {
	for _, d := range decls {
		switch d := d.(type) {
		case *ast.Field:
			name, _, _ := ast.LabelName(d.Label)
			p := join(path, name)
			for _, a := range d.Attrs {
				key, body := a.Split()
				list = append(list, attribute{name: key, args: parseArgs(body), at: span(a.Pos(), a.End()), path: p})
			}
			list = exprAttributes(list, d.Value, p)
		case *ast.EmbedDecl:
			list = exprAttributes(list, d.Expr, path)
		case *ast.Comprehension:
			list = exprAttributes(list, d.Value, path)
		}
	}
	return list
}

func exprAttributes(list []attribute, e ast.Node, path string) []attribute {
	switch e := e.(type) {
	case *ast.StructLit:
		return declAttributes(list, e.Elts, path)
	case *ast.ListLit:
		for _, x := range e.Elts {
			list = exprAttributes(list, x, path)
		}
	case *ast.Ellipsis:
		list = exprAttributes(list, e.Type, path)
	case *ast.BinaryExpr:
		list = exprAttributes(exprAttributes(list, e.X, path), e.Y, path)
	case *ast.ParenExpr:
		list = exprAttributes(list, e.X, path)
	case *ast.UnaryExpr:
		list = exprAttributes(list, e.X, path)
	case *ast.Comprehension:
		list = exprAttributes(list, e.Value, path)
	}
	return list
}

// parseArgs splits the body of an attribute at its commas; quoted strings may
// hold any character.
func parseArgs(body string) []argument {
	var args []argument
	start, quoted := 0, false
	cut := func(end int) {
		text := strings.TrimSpace(body[start:end])
		if text == "" {
			return
		}
		var a argument
		if key, value, ok := strings.Cut(text, "="); ok && isWord(key) {
			a.key, text = strings.TrimSpace(key), strings.TrimSpace(value)
		}
		if s, err := strconv.Unquote(text); err == nil {
			text = s
		}
		a.value = text
		args = append(args, a)
	}
	for i := 0; i < len(body); i++ {
		switch {
		case quoted && body[i] == '\\':
			i++
		case body[i] == '"':
			quoted = !quoted
		case body[i] == ',' && !quoted:
			cut(i)
			start = i + 1
		}
	}
	cut(len(body))
	return args
}

func isWord(s string) bool {
	s = strings.TrimSpace(s)
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz_") == ""
}

// attributeForms lists the attributes of the language with what their
// arguments have to be. An entry without words and without free takes none.
var attributeForms = map[string]struct {
	words    []string // Allowed values of arguments without a key.
	free     bool     // Any text is allowed, and a text is needed.
	optional bool     // No argument is needed.
	keys     []string // Allowed keys.
}{
	"time":       {words: []string{"unix", "unix_ms", "rfc3339", "date"}, free: true},
	"style":      {words: []string{"comma", "repeat", "brackets", "deep", "json"}},
	"name":       {free: true},
	"secret":     {},
	"pii":        {free: true},
	"decimal":    {},
	"id":         {},
	"lenient":    {free: true},
	"deprecated": {free: true, optional: true},
	"readonly":   {},
	"createonly": {},
	"stream":     {words: []string{"sized", "chunked"}},
	"why":        {free: true, keys: []string{"src", "seen", "how", "quirk", "test"}},
	"assumed":    {free: true, keys: []string{"src", "seen", "quirk", "test"}},
}

func (c *compilation) checkAttributes() {
	var names []string
	for name := range attributeForms {
		names = append(names, name)
	}
	for _, a := range c.attributes() {
		form, known := attributeForms[a.name]
		if !known {
			d := c.report.Errorf(diag.UnknownAttribute, a.at, "the language has no attribute `@%s`", a.name).Label("unknown attribute")
			if near, ok := diag.Nearest(a.name, names); ok {
				d.Help("did you mean `@%s`?", near)
			}
			continue
		}
		needs := (form.free || len(form.words) > 0) && !form.optional
		switch {
		case needs && a.first() == "":
			c.report.Errorf(diag.BadAttribute, a.at, "`@%s` needs an argument", a.name)
			continue
		case !form.free && len(form.words) == 0 && len(a.args) > 0:
			c.report.Errorf(diag.BadAttribute, a.at, "`@%s` takes no argument", a.name)
			continue
		}
		for _, x := range a.args {
			c.checkArgument(a, x, form.words, form.free, form.keys)
		}
	}
}

func (c *compilation) checkArgument(a attribute, x argument, words []string, free bool, keys []string) {
	switch {
	case x.key != "" && !contains(keys, x.key):
		d := c.report.Errorf(diag.BadAttribute, a.at, "`@%s` has no argument `%s`", a.name, x.key)
		suggest(d, x.key, keys)
	case x.key == "how" && x.value != "documented" && x.value != "observed":
		c.report.Errorf(diag.BadAttribute, a.at, "`how` is `documented` or `observed`").Help("mark a guess with @assumed(\"why\")")
	case x.key == "" && a.name == "time":
		for _, layout := range strings.Split(x.value, "|") {
			if !contains(words, layout) && !strings.ContainsAny(layout, "0123456789") {
				c.report.Errorf(diag.BadAttribute, a.at, "`%s` is not a form of time", layout).
					Help("write unix, unix_ms, rfc3339, date, or a Go layout in quotes")
			}
		}
	case x.key == "" && !free && !contains(words, x.value):
		d := c.report.Errorf(diag.BadAttribute, a.at, "`%s` is not an argument of `@%s`", x.value, a.name)
		suggest(d, x.value, words)
	}
}
