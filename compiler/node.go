package compiler

import (
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"github.com/porin-dev/porin/compiler/ir"
)

// node is a value of the spec with its name and its place in the source. The
// zero node stands for an absent field; reading from it gives zero values, so
// that lowering needs no checks for what the shape check has reported already.
type node struct {
	v    cue.Value
	name string // The label, without quotes.
	path string // Dotted, from the root of the spec.
}

func (n node) exists() bool { return n.v.Exists() }

// sound reports whether the value exists and has no error of its own. One of
// a member leaves the rest of a struct or list readable.
func (n node) sound() bool { return n.exists() && (n.v.Err() == nil || n.isStruct() || n.isList()) }

// kind is the kind of the value, which CUE does not tell for a struct or list
// with an error in it.
func (n node) kind() cue.Kind {
	if k := n.v.IncompleteKind(); k != cue.BottomKind || !n.exists() {
		return k
	}
	it, err := n.v.Fields(cue.Optional(true))
	switch {
	case err != nil:
		return cue.BottomKind
	case it.Next() && it.Selector().LabelType() == cue.IndexLabel:
		return cue.ListKind
	}
	return cue.StructKind
}

func (n node) get(name string) node {
	if !n.isStruct() {
		return node{}
	}
	return node{v: n.v.LookupPath(cue.MakePath(cue.Str(name))), name: name, path: join(n.path, name)}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// fields returns the members in source order. Definitions, hidden fields and
// the members of tokens are left out.
func (n node) fields() []node {
	if !n.isStruct() {
		return nil
	}
	it, err := n.v.Fields(cue.Optional(true))
	if err != nil {
		return nil
	}
	var list []node
	for it.Next() {
		name := it.Selector().Unquoted()
		list = append(list, node{v: it.Value(), name: name, path: join(n.path, name)})
	}
	return list
}

func (n node) list() []node {
	if !n.isList() {
		return nil
	}
	it, err := n.v.List()
	if err != nil {
		fields, err := n.v.Fields() // Goes over lists with an erroneous element.
		if err != nil {
			return nil
		}
		it = *fields
	}
	var list []node
	for it.Next() {
		list = append(list, node{v: it.Value(), name: n.name, path: n.path})
	}
	return list
}

func (n node) isStruct() bool { return n.exists() && n.kind() == cue.StructKind }
func (n node) isList() bool   { return n.exists() && n.kind() == cue.ListKind }

// concrete returns the value with its default taken.
func (n node) concrete() cue.Value {
	if d, ok := n.v.Default(); ok {
		return d
	}
	return n.v
}

func (n node) str() string {
	if !n.exists() {
		return ""
	}
	s, _ := n.concrete().String()
	return s
}

func (n node) int() int {
	if !n.exists() {
		return 0
	}
	i, _ := n.concrete().Int64()
	return int(i)
}

func (n node) float() float64 {
	if !n.exists() {
		return 0
	}
	f, _ := n.concrete().Float64()
	return f
}

func (n node) bool() bool {
	if !n.exists() {
		return false
	}
	b, _ := n.concrete().Bool()
	return b
}

func (n node) strs() []string {
	var list []string
	for _, e := range n.list() {
		list = append(list, e.str())
	}
	return list
}

// scalar returns a concrete value as a string, float64, bool or nil.
func (n node) scalar() any {
	v := n.concrete()
	switch v.Kind() {
	case cue.StringKind:
		return n.str()
	case cue.IntKind, cue.FloatKind, cue.NumberKind:
		return n.float()
	case cue.BoolKind:
		return n.bool()
	}
	return nil
}

// data returns a concrete value as plain Go data, for parts of the language
// that the IR keeps as written.
func (n node) data() any {
	switch {
	case n.isStruct():
		m := map[string]any{}
		for _, f := range n.fields() {
			m[f.name] = f.data()
		}
		return m
	case n.isList():
		list := []any{}
		for _, e := range n.list() {
			list = append(list, e.data())
		}
		return list
	}
	return n.scalar()
}

// pos is the span of the value.
func (n node) pos() ir.Pos {
	switch s := n.v.Source().(type) {
	case *ast.Field:
		return span(s.Value.Pos(), s.Value.End())
	case nil:
		return point(n.v.Pos())
	default:
		return span(s.Pos(), s.End())
	}
}

// labelPos is the span of the name, or of the value where there is none.
func (n node) labelPos() ir.Pos {
	if f, ok := n.v.Source().(*ast.Field); ok {
		return span(f.Label.Pos(), f.Label.End())
	}
	return n.pos()
}

// textPos is the span of bytes [from, to) of a string value, where the source
// shows them as they are, and else of the whole value.
func (n node) textPos(from, to int) ir.Pos {
	p := n.pos()
	lit, ok := n.literal()
	if !ok || p.Line != p.EndLine || lit != `"`+n.str()+`"` {
		return p
	}
	p.EndCol = p.Col + 1 + to
	p.Col += 1 + from
	return p
}

func (n node) literal() (string, bool) {
	var e ast.Node = n.v.Source()
	if f, ok := e.(*ast.Field); ok {
		e = f.Value
	}
	lit, ok := e.(*ast.BasicLit)
	if !ok {
		return "", false
	}
	return lit.Value, true
}

// doc is the comment above the field, or the one behind it on its line. It
// is read from the syntax: Value.Doc walks the conjuncts of all parents, which
// makes it quadratic in the number of actions.
func (n node) doc() string {
	f, ok := n.v.Source().(*ast.Field)
	if !ok {
		return ""
	}
	text := ""
	for _, g := range append(ast.Comments(f), ast.Comments(f.Value)...) {
		if g.Doc || g.Line && text == "" {
			text = strings.TrimSpace(g.Text())
		}
	}
	return text
}

func span(from, to token.Pos) ir.Pos {
	p := point(from)
	if to.IsValid() && to.Filename() == from.Filename() {
		p.EndLine, p.EndCol = to.Line(), to.Column()
	}
	return p
}

func point(at token.Pos) ir.Pos {
	if !at.IsValid() {
		return ir.Pos{}
	}
	return ir.Pos{File: at.Filename(), Line: at.Line(), Col: at.Column(), EndLine: at.Line(), EndCol: at.Column() + 1}
}
