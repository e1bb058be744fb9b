package compiler

import (
	"regexp"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/ast/astutil"
	"cuelang.org/go/cue/errors"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/spec"
)

var (
	referenceRE   = regexp.MustCompile(`reference "(.+)" not found`)
	importRE      = regexp.MustCompile(`package "(.+)" imported but not defined`)
	importedRefRE = regexp.MustCompile(`import ".+" not found`)
)

// evaluate evaluates the package. A name that CUE cannot resolve fails the
// whole package and not its field alone; so it is reported, put out of the
// way, and the rest is evaluated again.
func (c *compilation) evaluate() cue.Value {
	v := spec.Evaluate(c.pkg)
	broken := c.reportUnresolved(v)
	if len(broken) == 0 {
		return v
	}
	for _, f := range c.pkg.Files {
		if f.Syntax != nil {
			cutBroken(f.Syntax, broken)
		}
	}
	return spec.Evaluate(c.pkg)
}

// reportUnresolved reports names that nothing declares, and imports. It
// returns where they are.
func (c *compilation) reportUnresolved(v cue.Value) map[ir.Pos]bool {
	broken := map[ir.Pos]bool{}
	for _, e := range errors.Errors(v.Err()) {
		at, msg := point(e.Position()), message(e)
		switch {
		case referenceRE.MatchString(msg):
			c.unknownReference(referenceRE.FindStringSubmatch(msg)[1], at)
		case importRE.MatchString(msg):
			c.report.Errorf(diag.UnexpectedImport, c.widen(at), "a spec imports nothing but CUE's own packages").
				Help("write what `%s` has in a file of the spec", importRE.FindStringSubmatch(msg)[1])
		case importedRefRE.MatchString(msg):
			// The import itself is reported.
		default:
			continue
		}
		broken[at] = true
		c.reported[at.String()] = true
	}
	return broken
}

// unknownReference reports a name that nothing declares. Its span is the name:
// what starts there may be a longer expression.
func (c *compilation) unknownReference(name string, at ir.Pos) {
	at.EndCol = at.Col + len(name)
	code, noun := diag.UnknownReference, "nothing declares `%s`"
	if strings.HasPrefix(name, "#") {
		code, noun = diag.UnknownType, "the spec has no type `%s`"
	}
	d := c.report.Errorf(code, at, noun, name).Label("not found")
	if near, ok := diag.Nearest(name, c.topNames(name[:1])); ok {
		d.Help("did you mean `%s`?", near)
	}
}

// topNames lists the names that all files of the package see and that start
// with a prefix.
func (c *compilation) topNames(prefix string) []string {
	var names []string
	for _, f := range c.pkg.Files {
		for _, d := range f.Syntax.Decls {
			field, ok := d.(*ast.Field)
			if !ok {
				continue
			}
			if name, isIdent, _ := ast.LabelName(field.Label); isIdent && strings.HasPrefix(name, prefix) {
				names = append(names, name)
			}
		}
	}
	return names
}

// cutBroken replaces the names at the positions by bottom, and drops imports
// there.
func cutBroken(f *ast.File, broken map[ir.Pos]bool) {
	astutil.Apply(f, func(c astutil.Cursor) bool {
		switch n := c.Node().(type) {
		case *ast.Ident:
			if broken[point(n.Pos())] {
				c.Replace(&ast.BottomLit{Bottom: n.Pos()})
			}
		case *ast.ImportDecl:
			n.Specs = slices.DeleteFunc(n.Specs, func(s *ast.ImportSpec) bool { return broken[point(s.Path.Pos())] })
			if len(n.Specs) == 0 {
				c.Delete()
			}
		}
		return true
	}, nil)
}
