package draft

import (
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"
)

// fragment reads the text of a struct, as rules hold it, into a value whose
// parts can be merged and marked. The text was checked when the knowledge
// base was loaded, so what does not parse is taken as it is.
func fragment(src string) *value {
	if src == "" {
		return structure()
	}
	x, err := parser.ParseExpr("rule", src, parser.ParseComments)
	if err != nil {
		return text(src)
	}
	return valueOfExpr(x)
}

func valueOfExpr(x ast.Expr) *value {
	switch x := x.(type) {
	case *ast.StructLit:
		if v, ok := structOf(x); ok {
			return v
		}
	case *ast.ListLit:
		if v, ok := listOf(x); ok {
			return v
		}
	}
	return text(sourceOf(x))
}

func structOf(x *ast.StructLit) (*value, bool) {
	v := structure()
	for _, d := range x.Elts {
		f, ok := d.(*ast.Field)
		if !ok {
			return nil, false
		}
		out := &field{label: sourceOf(f.Label), value: valueOfExpr(f.Value), doc: commentOf(f)}
		switch f.Constraint {
		case token.OPTION:
			out.mark = "?"
		case token.NOT:
			out.mark = "!"
		}
		for _, a := range f.Attrs {
			out.attrs = append(out.attrs, attrOf(a))
		}
		v.fields = append(v.fields, out)
	}
	return v, true
}

func listOf(x *ast.ListLit) (*value, bool) {
	v := list()
	for _, e := range x.Elts {
		if rest, ok := e.(*ast.Ellipsis); ok && len(x.Elts) == 1 && rest.Type != nil {
			return &value{elem: valueOfExpr(rest.Type)}, true
		} else if ok {
			return nil, false
		}
		v.items = append(v.items, valueOfExpr(e))
	}
	return v, true
}

func attrOf(a *ast.Attribute) attr {
	name, body := a.Split()
	if body == "" {
		return attr{name: name}
	}
	return attr{name: name, args: []string{strings.TrimSpace(body)}}
}

func commentOf(n ast.Node) []string {
	var lines []string
	for _, g := range ast.Comments(n) {
		if !g.Doc {
			continue
		}
		for _, c := range g.List {
			lines = append(lines, strings.TrimSpace(strings.TrimPrefix(c.Text, "//")))
		}
	}
	return lines
}

func sourceOf(n ast.Node) string {
	b, err := format.Node(n)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}
