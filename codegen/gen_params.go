package codegen

import (
	"fmt"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// hasParams reports whether the caller of an action gives anything.
func hasParams(a *ir.Action) bool { return a.Params != nil && len(a.Params.Fields) > 0 }

// paramsDecls declares the parameters of an action and the types within.
func (g *generator) paramsDecls(gr *ir.Group, a *ir.Action) []decl {
	if !hasParams(a) {
		return nil
	}
	var members []member
	for i, f := range a.Params.Fields {
		m := g.member(a.Params, f, g.placeOf(a, i).Field, params)
		if g.fixed(f) {
			m.doc = "Always " + constant(f.Type) + "; it need not be given."
		}
		members = append(members, m)
	}
	name := paramsType(gr, a)
	// type ChatPostMessageParams struct { ... }
	out := []decl{{
		fmt.Sprintf("%s are the parameters of [%s].", name, method(gr, a)) + choicesDoc(a.Params, "They need"),
		gofile.Type(name).Add(structType(members)),
	}}
	for _, f := range a.Params.Fields {
		out = append(out, g.inlineDecls(f.Type, params, fmt.Sprintf("the parameter %s of [%s]", f.Name, method(gr, a)))...)
	}
	return out
}

// placeOf is where the i-th parameter goes: by default into the body.
func (g *generator) placeOf(a *ir.Action, i int) *ir.Place {
	f := a.Params.Fields[i]
	if i < len(a.Places) {
		return a.Places[i]
	}
	return &ir.Place{Field: f.Name, In: "body", Name: f.Name}
}

// resultDecls declares what an action returns, unless that is a named type.
func (g *generator) resultDecls(gr *ir.Group, a *ir.Action) []decl {
	if a.Page != nil {
		return append(g.bodyDecls(gr, a), g.inlineDecls(a.Page.Item, received, fmt.Sprintf("an item of [%s]", method(gr, a)))...)
	}
	if a.Returns == nil || a.Reply == "raw" || a.Reply == "text" {
		return nil
	}
	if a.Returns.Kind == ir.Object && a.Returns.Go == "" {
		named := *a.Returns
		named.Go = resultType(gr, a)
		return g.inlineDecls(&named, received, "what ["+method(gr, a)+"] returns")
	}
	return g.inlineDecls(a.Returns, received, "what ["+method(gr, a)+"] returns")
}

// result is the type of an action's result, and whether methods return a
// pointer to it. It is nil when nothing comes back.
func (g *generator) result(gr *ir.Group, a *ir.Action) (typ *gofile.Code, pointer bool) {
	switch {
	case a.Reply == "raw":
		return gofile.Slice(gofile.Id("byte")), false
	case a.Reply == "text":
		return gofile.Id("string"), false
	case a.Returns == nil:
		return nil, false
	case a.Returns.Kind == ir.Object:
		return g.own(resultType(gr, a)), true
	}
	named := g.resolve(a.Returns)
	return g.goType(a.Returns, received), named != nil && named.Kind == ir.Object && g.wireType(named) == nil
}
