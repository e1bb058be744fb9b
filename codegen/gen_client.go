package codegen

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// client writes client.go: the facts that all operations share, the client with
// its tree of services, and New.
func (g *generator) client() {
	decls := []decl{
		{"", gofile.Trailing(gofile.Op("const").Id("_").Op("=").Add(gofile.RT("GeneratedCodeV1")),
			"Undefined means: the runtime is older than this package.")},
		g.apiDecl(),
	}
	decls = append(decls, g.limitConsts()...)
	decls = append(decls, g.clientType(), g.newDecl())
	decls = append(decls, g.settingsDecls()...)
	g.addSplit(g.pkg, "client", append(decls, g.wiring()...))
}

func (g *generator) apiDecl() decl {
	var servers, headers []*gofile.Code
	for _, s := range g.c.Servers {
		servers = append(servers, gofile.Fields(nil,
			gofile.KV{Name: "Name", Value: gofile.Lit(s.Name)},
			gofile.KV{Name: "URL", Value: gofile.Lit(g.address(s.URL))}))
	}
	for _, h := range g.c.Headers {
		headers = append(headers, g.header(h))
	}
	// var api = rt.API{Name: "slack", Servers: []rt.Server{{...}}, ...}
	return decl{"api is what all operations share.", gofile.Var("api").Op("=").Add(gofile.FieldLines(gofile.RT("API"),
		gofile.KV{Name: "Name", Value: gofile.Lit(g.c.Name)},
		gofile.KV{Name: "Servers", Value: gofile.ElemLines(gofile.Slice(gofile.RT("Server")), servers...)},
		gofile.KV{Name: "Headers", Value: gofile.ElemLines(gofile.Slice(gofile.RT("Header")), headers...)},
		gofile.KV{Name: "Limits", Value: g.limitTable()},
		gofile.KV{Name: "Errors", Value: g.apiErrors()},
		gofile.KV{Name: "Timeout", Value: g.duration(g.c.Timeout)},
		gofile.KV{Name: "OAuth", Value: g.oauthRef()},
		// Code: func(code string) error { return ErrorCode(code) },
		gofile.KV{Name: "Code", Value: gofile.Func("").Params(gofile.Param("code", gofile.Id("string"))).Error().
			Block(gofile.Return(gofile.Call(gofile.Id("ErrorCode"), gofile.Id("code"))))},
	))}
}

func (g *generator) apiErrors() *gofile.Code {
	if len(g.c.Errors) == 0 {
		return nil
	}
	return gofile.Id("errorRules")
}

// address writes a template of settings as the runtime reads it: "{name}".
func (g *generator) address(t ir.Template) string {
	var b strings.Builder
	for _, p := range t.Parts {
		if p.Scope == "" {
			b.WriteString(p.Text)
			continue
		}
		name := p.Path.String()
		if p.Scope == "step" { // No setting has a dot in its name.
			name = "step." + name
		}
		b.WriteString("{" + name + "}")
	}
	return b.String()
}

func (g *generator) header(h *ir.Header) *gofile.Code {
	return gofile.Fields(nil,
		gofile.KV{Name: "Name", Value: gofile.Lit(h.Name)},
		gofile.KV{Name: "Value", Value: gofile.Lit(g.address(h.Value))})
}

// limitTable is the list of buckets in API, in the order of the constants.
func (g *generator) limitTable() *gofile.Code {
	var rows []*gofile.Code
	for _, l := range g.c.Limits {
		rows = append(rows, gofile.Id(g.limits[l.Name]).Op(":").Add(gofile.Fields(nil,
			gofile.KV{Name: "Name", Value: gofile.Lit(l.Name)},
			gofile.KV{Name: "Shape", Value: limitShape(l)},
			gofile.KV{Name: "Calls", Value: gofile.Int(l.Calls)},
			gofile.KV{Name: "Per", Value: g.duration(l.Per)},
			gofile.KV{Name: "Burst", Value: gofile.Int(l.Burst)},
			gofile.KV{Name: "By", Value: gofile.Strings(l.By)},
			gofile.KV{Name: "Refill", Value: refill(l)},
			gofile.KV{Name: "Tiers", Value: tiers(l)},
			gofile.KV{Name: "Observe", Value: g.observe(l.Observe)})))
	}
	return gofile.ElemLines(gofile.Slice(gofile.RT("Limit")), rows...)
}

// limitShape is the runtime's kind of a limit; the zero kind is left out.
func limitShape(l *ir.Limit) *gofile.Code {
	switch l.Shape {
	case "gap":
		return gofile.RT("LimitGap")
	case "concurrency":
		return gofile.RT("LimitConcurrency")
	case "unknown":
		return gofile.RT("LimitUnknown")
	case "bucket":
		return gofile.RT("LimitBucket")
	}
	return nil // Where a window begins is not known, so that it has to hold in any.
}

func refill(l *ir.Limit) *gofile.Code {
	if l.Refill == 0 {
		return nil
	}
	return gofile.Lit(l.Refill)
}

func tiers(l *ir.Limit) *gofile.Code {
	var rows []*gofile.Code
	for _, plan := range slices.Sorted(maps.Keys(l.Tiers)) {
		rows = append(rows, gofile.Lit(plan).Op(":").Lit(l.Tiers[plan]))
	}
	return gofile.Elems(gofile.Map(gofile.Id("int")), rows...)
}

func (g *generator) observe(o *ir.Observe) *gofile.Code {
	if o == nil {
		return nil
	}
	return gofile.Op("&").Add(gofile.Fields(gofile.RT("LimitObserve"),
		gofile.KV{Name: "Limit", Value: g.sourceRef(o.Limit)},
		gofile.KV{Name: "Left", Value: g.sourceRef(o.Left)},
		gofile.KV{Name: "Used", Value: g.sourceRef(o.Used)},
		gofile.KV{Name: "Reset", Value: g.sourceRef(o.Reset)}))
}

// limitConsts names the places of the table.
func (g *generator) limitConsts() []decl {
	if len(g.c.Limits) == 0 {
		return nil
	}
	var names []*gofile.Code
	for i, l := range g.c.Limits {
		name := gofile.Id(g.limits[l.Name])
		if i == 0 {
			name.Op("=").Id("iota")
		}
		names = append(names, name)
	}
	return []decl{{"Places in api.Limits.", gofile.Defs("const", names...)}}
}

// clientType declares Client with a field for each top-level group.
func (g *generator) clientType() decl {
	var fields []*gofile.Code
	for _, gr := range g.c.Groups {
		if isRoot(gr) {
			fields = append(fields, gofile.Param("rt", gofile.Ptr(gofile.RT("Client"))))
			continue
		}
		fields = append(fields, gofile.Param(gr.Field, gofile.Id(service(gr))))
	}
	doc := fmt.Sprintf("Client calls the %s API for one connection. It is safe for concurrent use.", g.title)
	return decl{doc, gofile.Type("Client").Add(gofile.Struct(fields...))}
}

// newDecl declares New.
func (g *generator) newDecl() decl {
	// func New(auth Auth, opts ...Option) (*Client, error) {
	//	c, err := rt.NewClient(&api, auth.cred, opts...)
	//	if err != nil {
	//		return nil, err
	//	}
	//	return newClient(c), nil
	// }
	options := gofile.Id("opts").Op("...")
	if g.hasSettings() {
		options = gofile.Id("settings").Dot("with").Call(gofile.Id("opts")).Op("...")
	}
	body := g.clientFrom(gofile.Call(gofile.RT("NewClient"), gofile.Op("&").Id("api"), gofile.Id("auth").Dot("cred"), options))
	code := gofile.Func("New").Params(gofile.List(append([]*gofile.Code{gofile.Param("auth", gofile.Id("Auth"))}, g.setupParams()...)...)...).
		Params(gofile.Ptr(gofile.Id("Client")), gofile.Id("error")).Add(body)
	return decl{"New returns a client for one connection. It makes no request. Programs with many connections make an [App] once and take their clients from it.", code}
}

// setupParams are what every function that makes a client takes besides the
// credential: settings where the connector has any, and options.
func (g *generator) setupParams() []*gofile.Code {
	var list []*gofile.Code
	if g.hasSettings() {
		list = append(list, gofile.Param("settings", gofile.Id("Settings")))
	}
	return append(list, gofile.Id("opts").Op("...").Add(g.alias("Option")))
}

// clientFrom is a body that makes a client from what call gives.
func (g *generator) clientFrom(call *gofile.Code) *gofile.Code {
	return gofile.Block(
		gofile.Id("c").Op(",").Id("err").Op(":=").Add(call),
		gofile.If(nil, gofile.Id("err").Op("!=").Nil()).Add(gofile.Block(gofile.Return(gofile.Id("nil"), gofile.Id("err")))),
		gofile.Return(gofile.Call(gofile.Id("newClient"), gofile.Id("c")), gofile.Id("nil")),
	)
}

// wiring declares the functions that put the runtime's client into the tree of
// services, one for each level.
func (g *generator) wiring() []decl {
	param := gofile.Param("c", gofile.Ptr(gofile.RT("Client")))
	// func newClient(c *rt.Client) *Client {
	//	return &Client{Chat: ChatService{c}, Admin: newAdminService(c)}
	// }
	out := []decl{{"", gofile.Func("newClient").Params(param).Add(gofile.Ptr(gofile.Id("Client"))).Block(
		gofile.Return(gofile.FieldLines(gofile.Op("&").Id("Client"), g.services(g.c.Groups)...)))}}
	var visit func(groups []*ir.Group)
	visit = func(groups []*ir.Group) {
		for _, gr := range groups {
			if len(gr.Groups) == 0 {
				continue
			}
			fields := append([]gofile.KV{{Name: "rt", Value: gofile.Id("c")}}, g.services(gr.Groups)...)
			out = append(out, decl{"", gofile.Func("new" + service(gr)).Params(param).Id(service(gr)).Block(
				gofile.Return(gofile.FieldLines(gofile.Id(service(gr)), fields...)))})
			visit(gr.Groups)
		}
	}
	visit(g.c.Groups)
	return out
}

func (g *generator) services(groups []*ir.Group) []gofile.KV {
	var fields []gofile.KV
	for _, gr := range groups {
		if isRoot(gr) {
			fields = append(fields, gofile.KV{Name: "rt", Value: gofile.Id("c")})
			continue
		}
		value := gofile.Elems(gofile.Id(service(gr)), gofile.Id("c"))
		if len(gr.Groups) > 0 {
			value = gofile.Call(gofile.Id("new"+service(gr)), gofile.Id("c"))
		}
		fields = append(fields, gofile.KV{Name: gr.Field, Value: value})
	}
	return fields
}
