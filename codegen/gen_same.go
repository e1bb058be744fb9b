package codegen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// Documents write the same enum and the same union again wherever they need
// one. The compiler pays for every method of every type, so those that are
// written where they are used are other names of the first of their kind. Each
// keeps its constants and functions: which is the first may change with the
// document, and a program must not notice.

// same returns the Go name of the enum or union, declared elsewhere, that t is
// another name of; empty when t is the first of its kind.
func (g *generator) same(t *ir.Type, s side) string {
	key := g.kindKey(t, s)
	switch first := g.firsts[key]; {
	case key == "" || first == t.Go:
		return ""
	case first != "":
		return first
	}
	g.firsts[key] = t.Go
	return ""
}

// kindKey says everything of an enum or a union that its declaration is made
// of, but for its name. It is empty for a type that has to be declared.
func (g *generator) kindKey(t *ir.Type, s side) string {
	switch {
	case g.wireType(t) != nil:
		return ""
	case t.Kind == ir.Enum && len(t.Enum) > 1:
		values := enumTexts(t)
		slices.Sort(values)
		return fmt.Sprintf("%s %q", enumKind(t), slices.Compact(values))
	case t.Kind == ir.Union:
		return g.unionKey(t, s)
	}
	return ""
}

func (g *generator) unionKey(t *ir.Type, s side) string {
	key := []string{"union"}
	for _, v := range t.Variants {
		typ := fmt.Sprintf("%#v", g.goType(v, s))
		if v.Go != "" && v.Kind != ir.Ref {
			if v.Kind != ir.Enum {
				return "" // It is the only one that holds the object.
			}
			if first := g.same(v, s); first != "" {
				typ = g.pkg.Name + "." + first
			}
		}
		key = append(key, fmt.Sprintf("%s %s %#v", g.shortName(t, v), typ, g.variant(t, v)))
	}
	return strings.Join(key, "\n")
}

// sameDecls declares an enum or a union as another name of the first of its kind.
func (g *generator) sameDecls(t *ir.Type, s side, doc, first string) []decl {
	// type InvoiceCustomer = ChargeCustomer
	out := []decl{{doc + " It is the same type as [" + first + "].", gofile.Type(t.Go).Op("=").Id(first)}}
	if t.Kind == ir.Enum {
		return append(out, g.constDecls(t)...)
	}
	for name, v := range g.variants(t) {
		out = append(out, g.fromDecl(t, v, name, s))
		out = append(out, g.inlineDecls(v, s, "a variant of ["+t.Go+"]")...)
	}
	return out
}
