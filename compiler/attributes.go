package compiler

import (
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"

	"github.com/porin-dev/porin/compiler/ir"
)

// attribute is one attribute of a field as written.
type attribute struct {
	name string
	args []argument
	at   ir.Pos
	path string // Of the field it stands on, or whose struct it stands in.

	inside       bool   // It stands in a struct, between the members.
	label, value ir.Pos // Of the field it stands on.
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
				list = append(list, attribute{
					name: key, args: parseArgs(body), at: span(a.Pos(), a.End()),
					path: p, label: span(d.Label.Pos(), d.Label.End()), value: valueSpan(d.Value),
				})
			}
			list = exprAttributes(list, d.Value, p)
		case *ast.Attribute:
			if key, body := d.Split(); path != "" { // A file may have attributes that are CUE's own.
				list = append(list, attribute{name: key, args: parseArgs(body), at: span(d.Pos(), d.End()), path: path, inside: true})
			}
		case *ast.EmbedDecl:
			list = exprAttributes(list, d.Expr, path)
		case *ast.Comprehension:
			list = exprAttributes(list, d.Value, path)
		}
	}
	return list
}

// valueSpan is the span of a value; of a struct, whose fields have attributes
// of their own, it is the brace.
func valueSpan(e ast.Expr) ir.Pos {
	if s, ok := e.(*ast.StructLit); ok {
		return point(s.Pos())
	}
	return span(e.Pos(), e.End())
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
