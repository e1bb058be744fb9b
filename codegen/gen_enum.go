package codegen

import (
	"fmt"
	"slices"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// enumDecls declares an enum as a type of its kind, with a constant for each
// member. The provider may send others, so Known tells what is known.
func (g *generator) enumDecls(t *ir.Type, doc string) []decl {
	if len(t.Enum) < 2 {
		return []decl{{doc, gofile.Type(t.Go).Op("=").Id(enumKind(t))}}
	}
	var known []*gofile.Code
	for _, v := range t.Enum {
		known = append(known, gofile.Lit(enumValue(t, v)))
	}
	// func (v ChannelType) Known() bool {
	//	return rt.OneOf(string(v), "im", "mpim")
	// }
	method := gofile.Method("v", gofile.Id(t.Go), "Known").Params().Bool().Block(
		gofile.Return(gofile.Call(gofile.RT("OneOf"), append([]*gofile.Code{gofile.Call(gofile.Id(enumKind(t)), gofile.Id("v"))}, known...)...)),
	)
	doc += fmt.Sprintf(" %s may know others than the constants; see [%s.Known].", g.title, t.Go)
	decls := append([]decl{{doc, gofile.Type(t.Go).Id(enumKind(t))}}, g.constDecls(t)...)
	return append(decls, decl{"Known reports whether v is one of the constants.", method})
}

// constDecls declares the constants of an enum.
func (g *generator) constDecls(t *ir.Type) []decl {
	names := enumNames(t, g.taken)
	var consts []*gofile.Code
	for i, v := range t.Enum {
		consts = append(consts, gofile.Id(names[i]).Id(t.Go).Op("=").Add(gofile.Lit(enumValue(t, v))))
	}
	var decls []decl
	for some := range slices.Chunk(consts, constsTogether) {
		decls = append(decls, decl{"Values of [" + t.Go + "].", gofile.Defs("const", some...)})
	}
	return decls
}

// constsTogether is how many constants one declaration has, so that it fits
// into a file.
const constsTogether = 1000

// enumValue is a member as a Go literal. Numbers of an IR that was read from
// JSON are floats.
func enumValue(t *ir.Type, v any) any {
	if enumKind(t) == "string" {
		return fmt.Sprint(v)
	}
	switch v := v.(type) {
	case float64:
		return int(v)
	case int64:
		return int(v)
	}
	return v
}
