package codegen

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// jobMeanings are the runtime's constants of what a status means; the zero one waits.
var jobMeanings = map[string]string{"wait": "JobWaits", "done": "JobDone", "failed": "JobFailed"}

// jobDecls declares how a job says how far it is, and the method that waits for it.
func (g *generator) jobDecls(gr *ir.Group, a *ir.Action) []decl {
	rule := "job" + gr.Go + a.Go
	job, use := g.c.Job(a)
	typ, _ := g.result(gr, a)
	// func (s ExportsService) Wait(ctx context.Context, p ExportsGetParams, opts ...CallOption) (*Export, error) {
	//	return rt.Wait[Export](ctx, s.rt, &opExportsGet, &jobExportsGet, p, opts)
	// }
	wait := g.signature(gr, a, a.Wait).Params(gofile.Ptr(typ), gofile.Id("error")).Block(
		gofile.Return(gofile.Call(gofile.RT("Wait").Types(typ), gofile.Id("ctx"), gofile.Id("s").Dot("rt"),
			gofile.Op("&").Id(opVar(gr, a)), gofile.Op("&").Id(rule), g.in(a), gofile.Id("opts"))))
	return []decl{
		{"", gofile.Var(rule).Op("=").Add(g.jobRule(a, job.Job, use))},
		{g.jobDoc(gr, a, job.Job), wait},
	}
}

// jobRule is rt.JobRule{ID: "id", Status: rt.Path{"state"}, ...}.
func (g *generator) jobRule(a *ir.Action, j *ir.Job, use *ir.ResourceUse) *gofile.Code {
	var states, reason []*gofile.Code
	for _, s := range j.States {
		states = append(states, gofile.Fields(nil,
			gofile.KV{Name: "Value", Value: gofile.Lit(s.Value)},
			gofile.KV{Name: "Means", Value: gofile.RT(jobMeanings[s.Means])}))
	}
	for _, at := range j.Reason {
		reason = append(reason, gofile.Elems(gofile.Op(""), steps(slices.Concat(use.At, at))...))
	}
	return gofile.FieldLines(gofile.RT("JobRule"),
		gofile.KV{Name: "ID", Value: gofile.String(g.fieldOfParam(a, use.Key))},
		gofile.KV{Name: "Status", Value: g.path(slices.Concat(use.At, j.Status))},
		gofile.KV{Name: "States", Value: gofile.ElemLines(gofile.Slice(gofile.RT("JobState")), states...)},
		gofile.KV{Name: "Reason", Value: gofile.Elems(gofile.Slice(gofile.RT("Path")), reason...)},
		gofile.KV{Name: "Every", Value: g.duration(j.Every)},
		gofile.KV{Name: "Lag", Value: g.duration(use.Lag)})
}

// fieldOfParam is the member of the parameters struct that holds a parameter.
func (g *generator) fieldOfParam(a *ir.Action, name string) string {
	if hasParams(a) {
		for i, f := range a.Params.Fields {
			if f.Name == name {
				return g.placeOf(a, i).Field
			}
		}
	}
	return name
}

func (g *generator) jobDoc(gr *ir.Group, a *ir.Action, j *ir.Job) string {
	pause := cmp.Or(string(j.Every), "2s")
	return fmt.Sprintf("%s calls [%s] until the job is done, and returns it: every %s at first, less often as it takes longer, and not sooner than %s asks for. It ends with ctx, when the job fails ([ErrJobFailed]) or has a status that is not known ([ErrJobStatus]); the error is a [%s] with its id, by which it can be waited for again.",
		a.Wait, method(gr, a), pause, g.title, g.called("JobError"))
}

// firstJob explains jobs by the first method that waits for one.
func (g *generator) firstJob() string {
	for gr, a := range g.c.AllActions() {
		if a.Wait != "" {
			return fmt.Sprintf("A job goes on by itself once it is begun; [%s.%s] waits for one that is named by its id. A wait that ends early can be gone on with later, by the id in its [%s].",
				service(gr), a.Wait, g.called("JobError"))
		}
	}
	return ""
}

func (g *generator) anyJob() bool {
	for _, a := range g.c.AllActions() {
		if a.Wait != "" {
			return true
		}
	}
	return false
}
