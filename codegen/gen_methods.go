package codegen

import (
	"fmt"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// methodDecls declares the method of an action; a list, a batch, a file and
// what reads a job have two.
func (g *generator) methodDecls(gr *ir.Group, a *ir.Action) []decl {
	if a.Page != nil {
		return g.listDecls(gr, a)
	}
	if a.Stream != nil {
		return []decl{{g.actionDoc(a.Go, a), g.streamMethod(gr, a)}}
	}
	var decls []decl
	if a.Recover != nil {
		decls = append(decls, g.recoverDecl(gr, a))
	}
	decls = append(decls, decl{g.actionDoc(a.Go, a), g.callMethod(gr, a)})
	if a.Parts != "" {
		decls = append(decls, g.batchDecls(gr, a)...)
	}
	if a.Open != "" {
		decls = append(decls, g.downloadDecl(gr, a))
	}
	if a.Wait != "" {
		decls = append(decls, g.jobDecls(gr, a)...)
	}
	return decls
}

// streamMethod is a method whose items come one by one.
func (g *generator) streamMethod(gr *ir.Group, a *ir.Action) *gofile.Code {
	item, _ := g.result(gr, a)
	// return rt.Stream[Message](ctx, s.rt, &op, p, opts, rt.StreamEvents("[DONE]"))
	return g.signature(gr, a, a.Go).Add(gofile.Qual("iter", "Seq2").Types(item, gofile.Id("error"))).Block(
		gofile.Return(gofile.Call(gofile.RT("Stream").Types(item), gofile.Id("ctx"), gofile.Id("s").Dot("rt"),
			gofile.Op("&").Id(opVar(gr, a)), g.in(a), gofile.Id("opts"), g.streamForm(a.Stream))))
}

func (g *generator) streamForm(s *ir.Stream) *gofile.Code {
	switch s.As {
	case "events":
		return gofile.Call(gofile.RT("StreamEvents"), gofile.Lit(s.End))
	case "csv":
		// rt.StreamCSV{{Name: "amount", Cell: rt.CellNumber}}
		var columns []*gofile.Code
		for _, c := range s.Columns {
			if c.Cell != "text" {
				columns = append(columns, gofile.Fields(nil, gofile.KV{Name: "Name", Value: gofile.Lit(c.Name)}, gofile.KV{Name: "Cell", Value: gofile.RT("Cell" + exported(c.Cell))}))
			}
		}
		return gofile.Elems(gofile.RT("StreamCSV"), columns...)
	}
	return gofile.RT("Stream" + exported(s.As))
}

// callMethod is a method that makes one call.
func (g *generator) callMethod(gr *ir.Group, a *ir.Action) *gofile.Code {
	typ, pointer := g.result(gr, a)
	head := g.signature(gr, a, a.Go)
	op := gofile.Op("&").Id(opVar(gr, a))
	call := func(out *gofile.Code) *gofile.Code {
		if a.Recover != nil {
			return gofile.Id("s").Dot("rt").Dot("DoOrFind").Call(gofile.Id("ctx"), op, gofile.Op("&").Id(recoverVar(gr, a)), g.in(a), out, gofile.Id("opts"))
		}
		return gofile.Id("s").Dot("rt").Dot("Do").Call(gofile.Id("ctx"), op, g.in(a), out, gofile.Id("opts"))
	}
	out := gofile.Op("&").Id("out")
	switch {
	case typ == nil:
		// return s.rt.Do(ctx, &op, p, nil, opts)
		return head.Error().Block(gofile.Return(call(gofile.Id("nil"))))
	case pointer:
		// var out ChatPostMessageResult
		// if err := s.rt.Do(ctx, &op, p, &out, opts); err != nil {
		//	return nil, err
		// }
		// return &out, nil
		return head.Params(gofile.Ptr(typ), gofile.Id("error")).Block(
			gofile.Var("out").Add(typ),
			gofile.If(gofile.Id("err").Op(":=").Add(call(out)), gofile.Id("err").Op("!=").Nil()).Block(
				gofile.Return(gofile.Id("nil"), gofile.Id("err"))),
			gofile.Return(out, gofile.Id("nil")))
	case a.Reply == "text":
		// var out []byte
		// err := s.rt.Do(ctx, &op, p, &out, opts)
		// return string(out), err
		return head.Params(typ, gofile.Id("error")).Block(
			gofile.Var("out").Index().Byte(),
			gofile.Id("err").Op(":=").Add(call(out)),
			gofile.Return(gofile.Call(gofile.Id("string"), gofile.Id("out")), gofile.Id("err")))
	}
	// var out []Channel
	// err := s.rt.Do(ctx, &op, p, &out, opts)
	// return out, err
	return head.Params(typ, gofile.Id("error")).Block(
		gofile.Var("out").Add(typ),
		gofile.Id("err").Op(":=").Add(call(out)),
		gofile.Return(gofile.Id("out"), gofile.Id("err")))
}

// signature is func (s ChatService) PostMessage(ctx context.Context, p
// ChatPostMessageParams, opts ...CallOption), without results.
func (g *generator) signature(gr *ir.Group, a *ir.Action, name string) *gofile.Code {
	list := []*gofile.Code{gofile.Param("ctx", gofile.Qual("context", "Context"))}
	if hasParams(a) {
		list = append(list, gofile.Param("p", g.own(paramsType(gr, a))))
	}
	list = append(list, gofile.Id("opts").Op("...").Add(g.alias("CallOption")))
	recv := gofile.Id(service(gr))
	if isRoot(gr) {
		recv = gofile.Ptr(recv)
	}
	return gofile.Method("s", recv, name).Params(gofile.List(list...)...)
}

// in is the argument that holds the parameters.
func (g *generator) in(a *ir.Action) *gofile.Code {
	if hasParams(a) {
		return gofile.Id("p")
	}
	return gofile.Id("nil")
}

// listDecls declares the two methods of a list.
func (g *generator) listDecls(gr *ir.Group, a *ir.Action) []decl {
	item := g.goType(a.Page.Item, received)
	call := func(fn string) *gofile.Code {
		// rt.List(ctx, s.rt, &op, p, opts, (*conversationsListBody).page)
		return gofile.Call(gofile.RT(fn), gofile.Id("ctx"), gofile.Id("s").Dot("rt"), gofile.Op("&").Id(opVar(gr, a)),
			g.in(a), gofile.Id("opts"), gofile.Op("(").Add(gofile.Ptr(gofile.Id(bodyType(gr, a)))).Op(")").Dot("page"))
	}
	list := g.signature(gr, a, a.Go).Params(gofile.Ptr(g.alias("Page").Types(item)), gofile.Id("error")).
		Block(gofile.Return(call("List")))
	all := g.signature(gr, a, a.All).Add(gofile.Qual("iter", "Seq2").Types(item, gofile.Id("error"))).
		Block(gofile.Return(call("All")))
	doc := fmt.Sprintf("%s yields every item of [%s], and asks for a page when it is needed. It ends after the first error.", a.All, method(gr, a))
	return []decl{
		{g.actionDoc(a.Go, a), list},
		{doc, all},
	}
}
