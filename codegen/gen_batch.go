package codegen

import (
	"fmt"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// batchDecls declares how an action is about many items, and the method that takes any
// number of them.
func (g *generator) batchDecls(gr *ir.Group, a *ir.Action) []decl {
	rule := "batch" + gr.Go + a.Go
	each := g.eachOf(a)
	outcome := g.outcomeOf(a)
	if each == nil || outcome == nil {
		g.fail("%s: its items or their outcomes are no list", a.Path)
		return nil
	}
	items := gofile.Id("p").Dot(each.Go)
	some := gofile.Id("part")
	if g.needsOpt(each, params) {
		items, some = items.Dot("Or").Call(gofile.Id("nil")), gofile.Call(gofile.RT("Some"), some)
	}
	// func (s TasksService) CreateManyInParts(ctx context.Context, p TasksCreateManyParams, opts ...CallOption) ([]BatchResult[Outcome], error) {
	//	return rt.Batch[Outcome](ctx, s.rt, &opTasksCreateMany, &batchTasksCreateMany, p.Items, func(part []Item) any {
	//		p.Items = part
	//		return p
	//	}, opts)
	// }
	part := gofile.Func("").Params(gofile.Param("part", gofile.Slice(g.elemType(g.resolve(each.Type).Elem, params)))).Id("any").Block(
		gofile.Id("p").Dot(each.Go).Op("=").Add(some),
		gofile.Return(gofile.Id("p")))
	send := g.signature(gr, a, a.Parts).Params(gofile.Slice(g.alias("BatchResult").Types(outcome)), gofile.Id("error")).Block(
		gofile.Return(gofile.Call(gofile.RT("Batch").Types(outcome), gofile.Id("ctx"), gofile.Id("s").Dot("rt"),
			gofile.Op("&").Id(opVar(gr, a)), gofile.Op("&").Id(rule), items, part, gofile.Id("opts"))))
	return []decl{
		{"", gofile.Var(rule).Op("=").Add(g.batchRule(a.Batch))},
		{g.batchDoc(gr, a, each), send},
	}
}

// batchRule is rt.BatchRule{Max: 50, Results: rt.Path{"results"}}.
func (g *generator) batchRule(b *ir.Batch) *gofile.Code {
	var rules []*gofile.Code
	for _, r := range b.Errors {
		rules = append(rules, g.errorRule(r))
	}
	return gofile.FieldLines(gofile.RT("BatchRule"),
		gofile.KV{Name: "Max", Value: gofile.Int(b.Max)},
		gofile.KV{Name: "Results", Value: g.path(b.Results)},
		gofile.KV{Name: "Failures", Value: g.path(b.Failures)},
		gofile.KV{Name: "Match", Value: g.path(b.Match)},
		gofile.KV{Name: "Errors", Value: gofile.ElemLines(gofile.Slice(gofile.RT("ErrorRule")), rules...)},
		gofile.KV{Name: "Atomic", Value: gofile.True(b.Atomic)})
}

func (g *generator) batchDoc(gr *ir.Group, a *ir.Action, each *ir.Field) string {
	doc := fmt.Sprintf("%s is [%s] for any number of %s", a.Parts, method(gr, a), each.Go)
	if a.Batch.Max > 0 {
		doc += fmt.Sprintf(": it sends %d of them a call", a.Batch.Max)
	}
	doc += ", and returns what became of each, in the order given. The error is nil or a [" + g.called("BatchError") + "]."
	if a.Batch.Atomic {
		doc += " When one item of a call fails, nothing is done with the others of that call."
	}
	switch a.Effect {
	case ir.Read:
	case ir.Create, ir.Irreversible:
		doc += " An item whose Err is [ErrOutcomeUnknown] may have been done, and was not sent again."
	default:
		doc += " An item whose Err is [ErrOutcomeUnknown] may have been done."
	}
	return doc
}

// eachOf is the parameter that is the list of items; nil when there is none.
func (g *generator) eachOf(a *ir.Action) *ir.Field {
	f := fieldOf(a.Params, a.Batch.Each)
	if f == nil || g.resolve(f.Type) == nil || g.resolve(f.Type).Kind != ir.List {
		return nil
	}
	return f
}

// outcomeOf is the type of what is said about one item; nil when there is none.
func (g *generator) outcomeOf(a *ir.Action) *gofile.Code {
	if a.Batch.Outcome == nil {
		return nil
	}
	return g.elemType(a.Batch.Outcome, received)
}

// firstBatch explains batches by the first method that takes any number of items.
func (g *generator) firstBatch() string {
	for gr, a := range g.c.AllActions() {
		if a.Batch != nil {
			return fmt.Sprintf("A method such as [%s.%s] takes any number of items, and has a [%s] for each of them, whatever its error is: items that failed do not hide those that were done.",
				service(gr), a.Parts, g.called("BatchResult"))
		}
	}
	return ""
}

func (g *generator) anyBatch() bool {
	for _, a := range g.c.AllActions() {
		if a.Batch != nil {
			return true
		}
	}
	return false
}
