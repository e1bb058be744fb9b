package spec

import (
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/ast/astutil"
	"cuelang.org/go/cue/token"
)

// Cut replaces every reference to a type definition by a token, so that CUE
// never expands one type inside another: recursive types, and unions of
// structs that refer to each other, cost exponential time when evaluated.
//
// The token of #Channel is the struct {"#Channel": true}. Tokens merge:
// `#A & #B` has both members, and `#A | #B` is a disjunction that the compiler
// reads as a union. [IsToken] recognises one.
//
// What is not cut: a definition with a hidden field, which is a template; the
// source of a `for`; `#A.field`; and a scalar definition that stands beside
// "&", where a struct would conflict with the other operand.
//
// Cut changes the syntax trees of p in place and returns the names of the
// types, without "#".
func Cut(p *Package) map[string]bool {
	types := typeNames(p)
	for _, f := range p.Files {
		if f.Syntax != nil {
			cutFile(f.Syntax, types)
		}
	}
	names := make(map[string]bool, len(types))
	for name := range types {
		names[strings.TrimPrefix(name, "#")] = true
	}
	return names
}

// TokenLabel returns the name of the type when label is a token's member.
func TokenLabel(label string) (name string, ok bool) {
	return strings.CutPrefix(label, "#")
}

type definition struct{ template, scalar bool }

// typeNames lists the package's definitions that are types, not templates.
func typeNames(p *Package) map[string]*definition {
	defs := map[string]*definition{}
	for _, f := range p.Files {
		if f.Syntax == nil {
			continue
		}
		for _, d := range f.Syntax.Decls {
			name, value := definitionOf(d)
			if name == "" {
				continue
			}
			def := defs[name]
			if def == nil {
				def = &definition{scalar: true}
				defs[name] = def
			}
			def.template = def.template || hasHiddenField(value)
			def.scalar = def.scalar && isScalar(value)
		}
	}
	for name, def := range defs {
		if def.template {
			delete(defs, name)
		}
	}
	return defs
}

func definitionOf(d ast.Decl) (name string, value ast.Expr) {
	f, ok := d.(*ast.Field)
	if !ok {
		return "", nil
	}
	id, ok := f.Label.(*ast.Ident)
	if !ok || !strings.HasPrefix(id.Name, "#") {
		return "", nil
	}
	return id.Name, f.Value
}

func hasHiddenField(e ast.Expr) bool {
	s, ok := e.(*ast.StructLit)
	if !ok {
		return false
	}
	for _, d := range s.Elts {
		if f, ok := d.(*ast.Field); ok {
			if id, ok := f.Label.(*ast.Ident); ok && strings.HasPrefix(id.Name, "_") {
				return true
			}
		}
	}
	return false
}

// isScalar reports whether e, by its syntax, is built from scalars alone.
func isScalar(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return isScalar(e.X)
	case *ast.UnaryExpr:
		return isScalar(e.X)
	case *ast.BinaryExpr:
		return isScalar(e.X) && isScalar(e.Y)
	case *ast.BasicLit:
		return true
	case *ast.Ident:
		switch e.Name {
		case "string", "int", "float", "number", "bool", "bytes", "null",
			"int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "float32", "float64":
			return true
		}
	}
	return false
}

func cutFile(f *ast.File, types map[string]*definition) {
	astutil.Apply(f, func(c astutil.Cursor) bool {
		switch n := c.Node().(type) {
		case *ast.ForClause:
			return false // A definition there is data to iterate over.
		case *ast.SelectorExpr:
			return false // `#A.field` reads a member of the definition.
		case *ast.Field:
			// The label is not a reference; only the value can hold one.
			return true
		case *ast.Ident:
			def := types[n.Name]
			if def == nil || isLabel(c, n) || shadowed(n, f) || (def.scalar && besideAnd(c)) {
				return true
			}
			c.Replace(tokenOf(n))
		}
		return true
	}, nil)
}

func isLabel(c astutil.Cursor, n *ast.Ident) bool {
	f, ok := c.Parent().Node().(*ast.Field)
	return ok && f.Label == ast.Label(n)
}

// shadowed reports whether n means a definition of an inner struct. The parser
// leaves names of other files unresolved and resolves those of this file to
// the file's scope.
func shadowed(n *ast.Ident, f *ast.File) bool {
	return n.Scope != nil && n.Scope != ast.Node(f)
}

func besideAnd(c astutil.Cursor) bool {
	b, ok := c.Parent().Node().(*ast.BinaryExpr)
	return ok && b.Op == token.AND
}

// tokenOf makes the token for a reference. It keeps the reference's position,
// so that diagnostics can point at it.
func tokenOf(n *ast.Ident) *ast.StructLit {
	label := ast.NewString(n.Name)
	ast.SetPos(label, n.Pos())
	value := ast.NewBool(true)
	ast.SetPos(value, n.Pos())
	s := &ast.StructLit{
		Lbrace: n.Pos(),
		Elts:   []ast.Decl{&ast.Field{Label: label, Value: value}},
		Rbrace: n.End(),
	}
	ast.SetComments(s, ast.Comments(n))
	return s
}
