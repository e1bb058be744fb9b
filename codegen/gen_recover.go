package codegen

import (
	"slices"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

func recoverVar(gr *ir.Group, a *ir.Action) string { return "recover" + gr.Go + a.Go }

// recoverDecl declares how to find out whether an action took effect.
func (g *generator) recoverDecl(gr *ir.Group, a *ir.Action) decl {
	look := g.c.Action(a.Recover.Call)
	var given []*gofile.Code
	for _, v := range a.Recover.With {
		given = append(given, g.given(v, a, look))
	}
	// var recoverNotesCreate = rt.RecoverRule{Op: &opNotesList, With: []rt.Given{...}, ...}
	return decl{"", gofile.Var(recoverVar(gr, a)).Op("=").Add(gofile.FieldLines(gofile.RT("RecoverRule"),
		gofile.KV{Name: "Op", Value: g.opOf(a.Recover.Call)},
		gofile.KV{Name: "With", Value: gofile.ElemLines(gofile.Slice(gofile.RT("Given")), given...)},
		gofile.KV{Name: "Find", Value: g.path(a.Recover.Find)},
		gofile.KV{Name: "Put", Value: g.path(a.Recover.Put)},
	))}
}

// given is a parameter of one action that is made of those of another: {Field: "id", From: "key"}.
func (g *generator) given(v *ir.Given, a, look *ir.Action) *gofile.Code {
	want := g.paramType(look, v.Field)
	field := gofile.KV{Name: "Field", Value: gofile.String(g.fieldOfParam(look, v.Field))}
	if name, ok := v.Param(); ok && g.paramType(a, name).Kind == want.Kind {
		return gofile.Fields(nil, field, gofile.KV{Name: "From", Value: gofile.String(g.fieldOfParam(a, name))})
	}
	if text, ok := v.Literal(); ok && slices.Contains([]ir.Kind{ir.Int, ir.Float, ir.Bool}, want.Kind) {
		return gofile.Fields(nil, field, gofile.KV{Name: "Value", Value: gofile.String(text)})
	}
	var parts []string // Of text, and at odd places names.
	for _, p := range v.Value.Parts {
		switch isText := p.Scope == ""; {
		case isText:
			parts = append(parts, p.Text)
			continue
		case len(parts)%2 == 0:
			parts = append(parts, "")
		}
		parts = append(parts, g.fieldOfParam(a, p.Path[0].Name))
	}
	return gofile.Fields(nil, field, gofile.KV{Name: "Text", Value: gofile.Strings(parts)})
}

func (g *generator) paramType(a *ir.Action, name string) *ir.Type {
	i := slices.IndexFunc(a.Params.Fields, func(f *ir.Field) bool { return f.Name == name })
	return g.resolve(a.Params.Fields[i].Type)
}
