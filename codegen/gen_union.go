package codegen

import (
	"encoding/json"
	"fmt"
	"iter"
	"strings"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// unionDecls declares a union as a struct that keeps the value as it came, with
// an accessor and a constructor for each variant.
func (g *generator) unionDecls(t *ir.Type, s side, doc string) []decl {
	// type Block struct{ rt.Union }
	out := []decl{{
		doc + "\n\nIt holds one of several types; a value of none of them is kept in its Union.",
		gofile.Type(t.Go).Add(gofile.Embed(gofile.RT("Union"))),
	}}
	var inline []decl
	for name, v := range g.variants(t) {
		out = append(out, g.asDecl(t, v, name, s), g.fromDecl(t, v, name, s))
		inline = append(inline, g.inlineDecls(v, s, "a variant of ["+t.Go+"]")...)
	}
	return append(out, inline...)
}

// variants yields the variants of a union with their names in functions. Of two
// with one name, the first counts.
func (g *generator) variants(t *ir.Type) iter.Seq2[string, *ir.Type] {
	return func(yield func(string, *ir.Type) bool) {
		seen := map[string]bool{}
		for _, v := range t.Variants {
			name := g.shortName(t, v)
			if !seen[name] && !yield(name, v) {
				return
			}
			seen[name] = true
		}
	}
}

// shortName is the name of a variant in the functions of a union: AsObject, not
// AsBlockObject, of a Block.
func (g *generator) shortName(t, v *ir.Type) string {
	name := g.variantName(v)
	if short := strings.TrimPrefix(name, t.Go); v.Kind != ir.Ref && short != "" {
		return short
	}
	return name
}

func (g *generator) asDecl(t, v *ir.Type, name string, s side) decl {
	// func (u Block) AsSection() (v Section, ok bool) {
	//	ok = rt.As(u.Union, rt.Variant{Tag: "type", Value: `"section"`}, &v)
	//	return v, ok
	// }
	call := gofile.Call(gofile.RT("As"), gofile.Id("u").Dot("Union"), g.variant(t, v), gofile.Op("&").Id("v"))
	code := gofile.Method("u", gofile.Id(t.Go), "As"+name).Params().
		Params(gofile.List(gofile.Param("v", g.goType(v, s)), gofile.Param("ok", gofile.Id("bool")))...).
		Add(gofile.Block(
			gofile.Id("ok").Op("=").Add(call),
			gofile.Return(gofile.Id("v"), gofile.Id("ok"))))
	return decl{fmt.Sprintf("As%s returns the value as %s, and whether it is that.", name, g.variantNoun(v)), code}
}

func (g *generator) fromDecl(t, v *ir.Type, name string, s side) decl {
	// func BlockFromSection(v Section) Block {
	//	v.Type = "section"
	//	return Block{rt.UnionOf(v)}
	// }
	body := g.constants(v)
	doc := fmt.Sprintf("%sFrom%s returns one that holds v.", t.Go, name)
	if len(body) > 0 {
		doc += " What is always the same in it need not be given."
	}
	body = append(body, gofile.Return(gofile.Elems(gofile.Id(t.Go), gofile.Call(gofile.RT("UnionOf"), gofile.Id("v")))))
	return decl{doc, gofile.Func(t.Go + "From" + name).Params(gofile.Param("v", g.goType(v, s))).Id(t.Go).Add(gofile.Block(body...))}
}

// constants sets the members of a variant v that have to be there and have one value.
func (g *generator) constants(v *ir.Type) (sets []*gofile.Code) {
	named := g.resolve(v)
	if named == nil || named.Kind != ir.Object || g.wireType(named) != nil {
		return nil
	}
	for _, f := range named.Fields {
		if g.fixed(f) && f.Type.Kind == ir.Enum {
			// v.Type = "section"
			sets = append(sets, gofile.Id("v").Dot(f.Go).Op("=").Lit(enumValue(f.Type, f.Type.Enum[0])))
		}
	}
	return sets
}

// variantName is the name of a variant in functions: the type's own, or its kind.
func (g *generator) variantName(v *ir.Type) string {
	switch {
	case v.Kind == ir.Ref && g.named[v.Ref] != nil:
		return g.named[v.Ref].Go
	case v.Go != "":
		return v.Go
	case v.Kind == ir.List && v.Elem != nil:
		return g.variantName(v.Elem) + "List"
	case v.Kind == ir.Map && v.Elem != nil:
		return g.variantName(v.Elem) + "Map"
	}
	return exported(string(v.Kind))
}

func (g *generator) variantNoun(v *ir.Type) string {
	if v.Go != "" || v.Kind == ir.Ref {
		return "[" + g.variantName(v) + "]"
	}
	return "its " + string(v.Kind)
}

// variant says how a value of the variant is known: by a member with a constant,
// by the members that it must have, or by its JSON kind alone.
func (g *generator) variant(t, v *ir.Type) *gofile.Code {
	named := g.resolve(v)
	fields := []gofile.KV{{Name: "Kind", Value: gofile.RT(jsonKind(named))}}
	if named == nil || named.Kind != ir.Object {
		return gofile.Fields(gofile.RT("Variant"), fields...)
	}
	if tag, value := g.tag(t, named); tag != "" {
		fields = append(fields, gofile.KV{Name: "Tag", Value: gofile.Lit(tag)}, gofile.KV{Name: "Value", Value: gofile.Raw(value)})
		return gofile.Fields(gofile.RT("Variant"), fields...)
	}
	var has []string
	for _, f := range named.Fields {
		if f.Promised() {
			has = append(has, f.Name)
		}
	}
	fields = append(fields, gofile.KV{Name: "Has", Value: gofile.Strings(has)})
	return gofile.Fields(gofile.RT("Variant"), fields...)
}

// tag finds the member whose constant tells a variant from the union's others.
func (g *generator) tag(t, variant *ir.Type) (name, value string) {
	f := g.c.Tag(t, variant)
	if f == nil {
		return "", ""
	}
	text, err := json.Marshal(f.Type.Enum[0])
	if err != nil {
		return "", ""
	}
	return f.Name, string(text)
}

// jsonKind is the constant of the JSON kind that a type has on the wire.
func jsonKind(t *ir.Type) string {
	if t == nil {
		return "KindAny"
	}
	switch t.Kind {
	case ir.Bool:
		return "KindBool"
	case ir.Int, ir.Float:
		return "KindNumber"
	case ir.String, ir.Bytes:
		return "KindString"
	case ir.Enum:
		if enumKind(t) == "string" {
			return "KindString"
		}
		return "KindNumber"
	case ir.Object, ir.Map:
		return "KindObject"
	case ir.List:
		return "KindArray"
	}
	return "KindAny"
}
