package codegen

import (
	"encoding/json"
	"strings"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// opDecl declares the operation of an action: everything that the runtime has
// to know of it.
func (g *generator) opDecl(gr *ir.Group, a *ir.Action) decl {
	// var opChatPostMessage = rt.Op{API: &api, Name: "chat.postMessage", ...}
	return decl{"", gofile.Var(opVar(gr, a)).Op("=").Add(gofile.FieldLines(gofile.RT("Op"),
		gofile.KV{Name: "API", Value: gofile.Op("&").Id("api")},
		gofile.KV{Name: "Name", Value: gofile.Lit(a.Path)},
		gofile.KV{Name: "Method", Value: gofile.Lit(a.Method)},
		gofile.KV{Name: "Path", Value: gofile.String(g.opPath(a))},
		gofile.KV{Name: "Server", Value: gofile.Int(g.serverIndex(a))},
		gofile.KV{Name: "Effect", Value: effectConst(a.Effect)},
		gofile.KV{Name: "Required", Value: gofile.Strings(g.required(a))},
		gofile.KV{Name: "Choices", Value: g.opChoices(a)},
		gofile.KV{Name: "Usual", Value: g.opUsual(a)},
		gofile.KV{Name: "Params", Value: g.opParams(a)},
		gofile.KV{Name: "Body", Value: g.opBody(a)},
		gofile.KV{Name: "Headers", Value: g.opHeaders(a)},
		gofile.KV{Name: "Reply", Value: replyConst(a)},
		gofile.KV{Name: "Returns", Value: g.returns(a)},
		gofile.KV{Name: "Errors", Value: g.opErrors(a)},
		gofile.KV{Name: "Limits", Value: g.opLimits(a)},
		gofile.KV{Name: "Page", Value: g.pageRule(a)},
		gofile.KV{Name: "Key", Value: g.keyRule(a)},
		gofile.KV{Name: "Scopes", Value: gofile.Strings(a.Scopes)},
		gofile.KV{Name: "Auth", Value: gofile.Strings(a.Auth)},
		gofile.KV{Name: "Attempts", Value: attempts(a)},
		gofile.KV{Name: "RetryOn", Value: retryOn(a)},
		gofile.KV{Name: "Timeout", Value: g.duration(a.Timeout)},
	))}
}

// opPath is the path of an operation, with "{name}" for a path parameter by its
// wire name, or for a setting.
func (g *generator) opPath(a *ir.Action) string {
	var b strings.Builder
	for _, p := range a.URL.Parts {
		name := p.Path.String()
		for _, place := range a.Places {
			if p.Scope == "in" && place.Field == name {
				name = place.Name
			}
		}
		switch p.Scope {
		case "":
			b.WriteString(p.Text)
		default:
			b.WriteString("{" + name + "}")
		}
	}
	return b.String()
}

// opErrors are the rules that an operation has before those of the API.
func (g *generator) opErrors(a *ir.Action) *gofile.Code {
	own, _ := ownRules(a, g.c)
	name := g.rules.names[rulesKey(own)]
	if name == "" {
		return nil
	}
	return gofile.Id(name)
}

func retryOn(a *ir.Action) *gofile.Code {
	if a.Retry == nil {
		return nil
	}
	var list []*gofile.Code
	for _, class := range a.Retry.Classes {
		list = append(list, classConst(ir.Class(class)))
	}
	return gofile.Elems(gofile.Slice(gofile.RT("Class")), list...)
}

func attempts(a *ir.Action) *gofile.Code {
	if a.Retry == nil {
		return nil
	}
	return gofile.Int(a.Retry.Max)
}

func (g *generator) serverIndex(a *ir.Action) int {
	for i, s := range g.c.Servers {
		if s.Name == a.Server {
			return i
		}
	}
	if a.Server != "" {
		g.fail("%s: there is no server %q", a.Path, a.Server)
	}
	return 0
}

// effectConst is the runtime's constant of an effect; the zero one is create.
func effectConst(e ir.Effect) *gofile.Code {
	switch e {
	case ir.Read, ir.Idempotent, ir.Keyed, ir.Irreversible:
		return gofile.RT("Effect" + exported(string(e)))
	}
	return nil
}

// required lists the members whose zero value cannot be meant: strings that
// would be sent empty, lists, objects. A required number or bool is sent as it
// is.
func (g *generator) required(a *ir.Action) []string {
	if !hasParams(a) {
		return nil
	}
	var names []string
	for i, f := range a.Params.Fields {
		if f.Required && !g.nullable(f.Type) && !g.fixed(f) && g.emptyIsMissing(f.Type) {
			names = append(names, g.placeOf(a, i).Field)
		}
	}
	return names
}

func (g *generator) emptyIsMissing(t *ir.Type) bool {
	named := g.resolve(t)
	if named == nil {
		return false
	}
	if g.wireType(t) != nil || g.wireType(named) != nil {
		return true
	}
	switch named.Kind {
	case ir.Bool, ir.Int, ir.Float, ir.Object:
		return false
	case ir.Enum:
		return enumKind(named) == "string"
	}
	return true
}

// opUsual lists what is sent for members that the caller does not give: those
// of one value, which have to be there, and those with a default.
func (g *generator) opUsual(a *ir.Action) *gofile.Code {
	if !hasParams(a) || a.Body != nil && a.Body.Field == "" && a.Body.As == "raw" {
		return nil
	}
	var list []*gofile.Code
	for i, f := range a.Params.Fields {
		value := f.Default
		if g.fixed(f) {
			value = f.Type.Enum[0]
		}
		if value == nil {
			continue
		}
		text, err := json.Marshal(value)
		if err != nil {
			g.fail("%s: the value of %s: %v", a.Path, f.Name, err)
			continue
		}
		// {Field: "kind", Value: `"card"`, Only: true}
		list = append(list, gofile.Fields(nil,
			gofile.KV{Name: "Field", Value: gofile.String(g.placeOf(a, i).Field)},
			gofile.KV{Name: "Value", Value: gofile.String(string(text))},
			gofile.KV{Name: "Only", Value: gofile.True(g.fixed(f))}))
	}
	return gofile.ElemLines(gofile.Slice(gofile.RT("Usual")), list...)
}

// fixed reports whether a parameter has to be there and has one value only, so
// that nobody has to give it.
func (g *generator) fixed(f *ir.Field) bool {
	return f.Required && len(f.Type.Enum) == 1 && !g.nullable(f.Type)
}

// opParams are the parameters that are no members of the body.
func (g *generator) opParams(a *ir.Action) *gofile.Code {
	if !hasParams(a) {
		return nil
	}
	var list []*gofile.Code
	for i, f := range a.Params.Fields {
		if p := g.placeOf(a, i); p.In != "body" {
			list = append(list, g.param(p, f.Type))
		}
	}
	return gofile.ElemLines(gofile.Slice(gofile.RT("Param")), list...)
}

// param is {Field: "types", Style: rt.StyleComma}.
func (g *generator) param(p *ir.Place, t *ir.Type) *gofile.Code {
	name := p.Name
	if name == p.Field {
		name = ""
	}
	style := p.Style
	if style == "" && t != nil {
		style = t.Wire.Style
	}
	return gofile.Fields(nil,
		gofile.KV{Name: "Field", Value: gofile.String(p.Field)},
		gofile.KV{Name: "In", Value: g.placeConst(p.In)},
		gofile.KV{Name: "Name", Value: gofile.String(name)},
		gofile.KV{Name: "Style", Value: g.styleConst(style)})
}

// placeConst is the runtime's constant of a place; the zero one is the query.
func (g *generator) placeConst(in string) *gofile.Code {
	switch in {
	case "query", "body", "":
		return nil
	case "path", "header", "cookie":
		return gofile.RT("In" + exported(in))
	}
	g.fail("a parameter in %q, which is no part of a request", in)
	return nil
}

// styleConst is the runtime's constant of a style; the zero one repeats.
func (g *generator) styleConst(style string) *gofile.Code {
	switch style {
	case "", "repeat":
		return nil
	case "comma", "brackets", "deep", "space", "pipe", "spread":
		return gofile.RT("Style" + exported(style))
	case "json":
		return gofile.RT("StyleJSON")
	}
	g.fail("the style %q is unknown", style)
	return nil
}

// bodies are the runtime's constants of encodings.
var bodies = map[string]string{
	"json": "BodyJSON", "form": "BodyForm", "multipart": "BodyMultipart", "raw": "BodyRaw", "text": "BodyRaw",
}

func (g *generator) opBody(a *ir.Action) *gofile.Code {
	if a.Body == nil {
		return nil
	}
	as, ok := bodies[a.Body.As]
	if !ok {
		g.fail("%s: the body's encoding %q is unknown", a.Path, a.Body.As)
	}
	typ := a.Body.Type
	if a.Body.As == "text" && typ == "" {
		typ = "text/plain; charset=utf-8"
	}
	return gofile.Fields(gofile.RT("Body"),
		gofile.KV{Name: "As", Value: gofile.RT(as)},
		gofile.KV{Name: "Field", Value: gofile.String(a.Body.Field)},
		gofile.KV{Name: "Type", Value: gofile.String(typ)},
		gofile.KV{Name: "Style", Value: g.bodyStyles(a)})
}

// bodyStyles lists the members that have another name in the body and, of
// forms, those that are written in a style of their own.
func (g *generator) bodyStyles(a *ir.Action) *gofile.Code {
	if !hasParams(a) {
		return nil
	}
	var list []*gofile.Code
	for i, f := range a.Params.Fields {
		p := g.placeOf(a, i)
		styled := a.Body.As != "json" && (p.Style != "" || f.Type.Wire.Style != "")
		if p.In == "body" && (styled || p.Name != p.Field) {
			list = append(list, g.param(p, f.Type))
		}
	}
	return gofile.Elems(gofile.Slice(gofile.RT("Param")), list...)
}

func (g *generator) opHeaders(a *ir.Action) *gofile.Code {
	var list []*gofile.Code
	if a.Stream != nil {
		if media := map[string]string{"events": "text/event-stream", "csv": "text/csv"}[a.Stream.As]; media != "" {
			list = append(list, g.header(&ir.Header{Name: "Accept", Value: ir.Template{Parts: []ir.Part{{Text: media}}}}))
		}
	}
	for _, h := range a.Headers {
		list = append(list, g.header(h))
	}
	return gofile.Elems(gofile.Slice(gofile.RT("Header")), list...)
}

// replyConst says how the response is read; the zero constant is JSON.
func replyConst(a *ir.Action) *gofile.Code {
	switch {
	case a.Reply == "raw" || a.Reply == "text" || a.Stream != nil:
		return gofile.RT("ReplyRaw")
	case a.Returns == nil && a.Page == nil:
		return gofile.RT("ReplyNone")
	}
	return nil
}

func (g *generator) opLimits(a *ir.Action) *gofile.Code {
	var list []*gofile.Code
	for _, u := range a.Limits {
		name, ok := g.limits[u.Limit]
		if !ok {
			g.fail("%s: there is no limit %q", a.Path, u.Limit)
		}
		cost := u.Cost
		if cost == 1 {
			cost = 0
		}
		list = append(list, gofile.Fields(nil,
			gofile.KV{Name: "Limit", Value: gofile.Id(name)},
			gofile.KV{Name: "Cost", Value: gofile.Int(cost)}))
	}
	return gofile.Elems(gofile.Slice(gofile.RT("LimitUse")), list...)
}

func (g *generator) keyRule(a *ir.Action) *gofile.Code {
	if a.Key == nil || a.Key.To == nil {
		return nil
	}
	var body []string
	for _, s := range a.Key.To.Body {
		body = append(body, s.Name)
	}
	return gofile.Op("&").Add(gofile.Fields(gofile.RT("KeyRule"),
		gofile.KV{Name: "Header", Value: gofile.String(a.Key.To.Header)},
		gofile.KV{Name: "Query", Value: gofile.String(a.Key.To.Query)},
		gofile.KV{Name: "Body", Value: gofile.String(strings.Join(body, "."))}))
}
