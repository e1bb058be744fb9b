package codegen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// shapeDecls writes what is promised of results: a variable for each object
// that one leads to. They refer to each other, so that a program links those of
// the operations that it calls.
func (g *generator) shapeDecls() {
	var decls []decl
	for _, part := range g.shapes.parts {
		var list []*gofile.Code
		for _, t := range part {
			list = append(list, g.shape(t))
		}
		// var shapeConversation = rt.Shapes{{
		//	{Name: "id", Required: true},
		// }}
		decls = append(decls, decl{g.shapes.sharers(part),
			gofile.Var(g.shapes.variable(g.shapes.place[part[0]])).Op("=").Add(gofile.Elems(gofile.RT("Shapes"), list...))})
	}
	if len(decls) > 0 && decls[0].doc == "" {
		decls[0].doc = "The variables of this file are what results promise that their Go types cannot hold. See [rt.Shapes]."
	}
	g.addSplit(g.pkg, "shapes", decls)
}

// shape is {{Name: "id", Required: true}, ...}, sorted by name.
func (g *generator) shape(t *ir.Type) *gofile.Code {
	fields := slices.SortedFunc(slices.Values(t.Fields), func(a, b *ir.Field) int { return strings.Compare(a.Name, b.Name) })
	var members []*gofile.Code
	for _, f := range fields {
		if !g.shapes.speaks(f) {
			continue
		}
		head := []gofile.KV{
			{Name: "Name", Value: gofile.Lit(f.Name)},
			{Name: "Required", Value: gofile.True(f.Promised())},
			{Name: "Null", Value: gofile.True(f.Promised() && g.mayBeNull(f.Type))},
		}
		members = append(members, gofile.Fields(nil, append(head, g.promise(f.Type, t)...)...))
	}
	return gofile.ElemLines(gofile.Op(""), members...)
}

// mayBeNull reports whether null is a value of a member.
func (g *generator) mayBeNull(t *ir.Type) bool {
	named := g.resolve(t)
	return g.nullable(t) || named == nil || named.Kind == ir.Any || slices.ContainsFunc(named.Variants, g.mayBeNull)
}

// returns is what is promised of an action's result:
// &rt.Member{Of: &shapeConversation}.
func (g *generator) returns(a *ir.Action) *gofile.Code {
	fields := g.promise(promised(a), nil)
	if fields == nil {
		return nil
	}
	return gofile.Op("&").Add(gofile.Fields(gofile.RT("Member"), fields...))
}

// promise is what is promised of the values of a type; nil when nothing is. In
// is the object that the type is of a member of, if it is.
func (g *generator) promise(t, in *ir.Type) []gofile.KV {
	each, leaf := g.shapes.unwrap(t)
	switch {
	case leaf == nil:
		return nil
	case len(leaf.Enum) > 0:
		return []gofile.KV{
			{Name: "Each", Value: gofile.String(each)},
			{Name: "Values", Value: gofile.Strings(enumTexts(leaf))},
		}
	case !g.shapes.says[leaf]:
		return nil
	}
	to, at := g.shapes.place[leaf], 0
	of := gofile.Op("&").Id(g.shapes.variable(to))
	if from, ok := g.shapes.place[in]; ok && from.part == to.part {
		of = nil
	}
	if of == nil || to.at > 0 {
		at = to.at + 1
	}
	return []gofile.KV{
		{Name: "Each", Value: gofile.String(each)},
		{Name: "Of", Value: of},
		{Name: "At", Value: gofile.Int(at)},
	}
}

// enumTexts are the values of an enum as text.
func enumTexts(t *ir.Type) []string {
	var out []string
	for _, v := range t.Enum {
		if f, ok := v.(float64); ok {
			v = int64(f)
		}
		out = append(out, fmt.Sprint(v))
	}
	return out
}
