package codegen

import (
	"slices"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// passedOn are the types of the runtime that callers of a generated package
// meet, so that they need no second import.
var passedOn = []struct{ name, doc string }{
	{"Error", "Error is the type of every error of a call. Ask with errors.Is and errors.As."},
	{"Option", "Option sets up a client or an [App]."},
	{"CallOption", "CallOption sets up one call."},
	{"Response", "Response is what [WithResponse] tells about a response."},
	{"Raw", "Raw is a JSON value as it was received."},
	{"Secret", "Secret is text that is never printed."},
}

// renamed are the names that differ here and in the runtime.
var renamed = map[string]string{"Error": "APIError"}

// optionFuncs are the options that callers commonly need. The others are in the
// runtime, whose options these are.
var optionFuncs = []struct{ name, param, typ, result, doc string }{
	{"WithHTTPClient", "client", "*http.Client", "Option", "sends requests through a copy of client. Its redirect policy is not used."},
	{"WithTransport", "transport", "http.RoundTripper", "Option", "sends requests through transport."},
	{"WithObserver", "observer", "rt.Observer", "Option", "tells observer of attempts, waits, pages, refreshes, drift and what will end."},
	{"WithServer", "name, baseURL", "string", "Option", "replaces the base URL of a server, for a proxy, a sandbox or a test."},
	{"WithMaxAttempts", "n", "int", "Option", "sets how many requests a call may make at most."},
	{"WithMaxWait", "d", "time.Duration", "Option", "sets how long a call may wait at once, for a limit or before a retry."},
	{"WithPlan", "name", "string", "Option", "names the plan that the connection is on, by which limits differ."},
	{"Ahead", "n", "int", "CallOption", "has up to n pages of a list fetched while the caller works on one."},
	{"At", "next", "string", "CallOption", "continues a list at the Next of a [Page]."},
	{"WithResponse", "response", "*Response", "CallOption", "fills response with status, headers and body, whether the call succeeds or fails."},
	{"WithIdempotencyKey", "key", "string", "CallOption", "sends key in place of a random one, so that a call can be made again after a crash."},
}

// options writes options.go: what the package passes on from the runtime.
func (g *generator) options() {
	out := g.genericAliases()
	for _, a := range passedOn {
		out = append(out, g.aliasDecl(a.name, a.doc)...)
	}
	if g.anyBatch() {
		out = append(out, g.aliasDecl("BatchError", "BatchError says that items of a batch failed. errors.Is and errors.As look into the errors of the items.")...)
	}
	if g.firstDownload() != "" {
		out = append(out, g.aliasDecl("Download", "Download is a file that is read as it arrives. A connection that breaks is gone on with; a checksum of the provider's is compared at the end.")...)
	}
	if g.anyJob() {
		out = append(out, g.aliasDecl("JobError", "JobError says that a job did not end well, or that the wait for it ended first. It has the id of the job, which goes on.")...)
	}
	for _, a := range g.wireAliases() {
		out = append(out, g.aliasDecl(a, wireDocs[a])...)
	}
	out = append(out, g.valueFuncs()...)
	for _, f := range optionFuncs {
		if g.taken[f.name] || !g.hasUse(f.name) {
			continue // Where a type of the spec has the name, callers use the runtime's.
		}
		// func WithMaxWait(d time.Duration) Option { return rt.WithMaxWait(d) }
		out = append(out, decl{f.name + " " + f.doc, gofile.Func(f.name).Params(gofile.Param(f.param, g.optionType(f.typ))).Add(g.alias(f.result)).
			Block(gofile.Return(gofile.Call(gofile.RT(f.name), gofile.Id(f.param))))})
	}
	g.add("options", out...)
}

// hasUse reports whether anything of the connector makes an option useful.
func (g *generator) hasUse(option string) bool {
	switch option {
	case "WithIdempotencyKey":
		return g.anyKey()
	case "Ahead", "At":
		return g.anyPage()
	case "WithPlan":
		return g.anyTier()
	}
	return true
}

// anyTier reports whether a limit differs by plan.
func (g *generator) anyTier() bool {
	return slices.ContainsFunc(g.c.Limits, func(l *ir.Limit) bool { return len(l.Tiers) > 0 })
}

// aliasDecl is type Name = rt.Name, or nothing when the spec has a type of
// that name.
func (g *generator) aliasDecl(name, doc string) []decl {
	if g.taken[name] {
		return nil
	}
	target := name
	if r, ok := renamed[name]; ok {
		target = r
	}
	return []decl{{doc, gofile.Type(name).Op("=").Add(gofile.RT(target))}}
}

// genericAliases are Opt and, for connectors that page, Page.
func (g *generator) genericAliases() []decl {
	var out []decl
	add := func(name, doc string) {
		if !g.taken[name] {
			// type Opt[T any] = rt.Opt[T]
			out = append(out, decl{doc, gofile.Type(name).Types(gofile.Param("T", gofile.Id("any"))).Op("=").Add(gofile.RT(name).Types(gofile.Id("T")))})
		}
	}
	add("Opt", "Opt is a value that may be absent or null. Make one with [Some] or [Null]; the zero Opt is absent.")
	if g.anyPage() {
		add("Page", "Page is one page of a list. Its Next, which is empty on the last page, goes into [At].")
	}
	if g.anyBatch() {
		add("BatchResult", "BatchResult is what became of one item of a batch: a value, or an error.")
	}
	return out
}

// valueFuncs are Some, Null and NewSecret, without those that a type of the spec
// is called like.
func (g *generator) valueFuncs() []decl {
	generic := func(name string) *gofile.Code { return gofile.Func(name).Types(gofile.Param("T", gofile.Id("any"))) }
	typ := gofile.Id("T")
	var out []decl
	add := func(name, doc string, code *gofile.Code) {
		if !g.taken[name] {
			out = append(out, decl{doc, code})
		}
	}
	// func Some[T any](v T) Opt[T] { return rt.Some(v) }
	add("Some", "Some returns an Opt that holds v, be it a zero value or not.",
		generic("Some").Params(gofile.Param("v", typ)).Add(g.opt(typ)).
			Block(gofile.Return(gofile.Call(gofile.RT("Some"), gofile.Id("v")))))
	// func Null[T any]() Opt[T] { return rt.Null[T]() }
	add("Null", "Null returns an Opt that is sent as null.", generic("Null").Params().Add(g.opt(typ)).
		Block(gofile.Return(gofile.Call(gofile.RT("Null").Types(typ)))))
	add("NewSecret", "NewSecret returns a secret that holds text.", gofile.Func("NewSecret").Params(gofile.Param("text", gofile.Id("string"))).
		Add(g.alias("Secret")).Block(gofile.Return(gofile.Call(gofile.RT("NewSecret"), gofile.Id("text")))))
	return out
}

func (g *generator) optionType(text string) *gofile.Code {
	switch text {
	case "*http.Client":
		return gofile.Ptr(gofile.Qual("net/http", "Client"))
	case "http.RoundTripper":
		return gofile.Qual("net/http", "RoundTripper")
	case "rt.Observer":
		return gofile.RT("Observer")
	case "time.Duration":
		return gofile.Qual("time", "Duration")
	case "*Response":
		return gofile.Ptr(g.alias("Response"))
	}
	return gofile.Id(text)
}

var wireDocs = map[string]string{
	"ID":            "ID is an identifier that comes as a string or as a number.",
	"Decimal":       "Decimal is a number that keeps every digit it was written with.",
	"UnixTime":      "UnixTime is a time that is written as seconds since 1970.",
	"UnixMilliTime": "UnixMilliTime is a time that is written as milliseconds since 1970.",
	"UnixText":      "UnixText is a time that is written as seconds since 1970 in a string.",
	"UnixMilliText": "UnixMilliText is a time that is written as milliseconds since 1970 in a string.",
}

// wireAliases are the runtime's types of values that this connector uses.
func (g *generator) wireAliases() []string {
	used := map[string]bool{}
	g.eachType(func(t *ir.Type) {
		switch {
		case t.Wire.ID:
			used["ID"] = true
		case t.Wire.Decimal:
			used["Decimal"] = true
		default:
			used[unixType(t)] = true
		}
	})
	var out []string
	for _, name := range []string{"ID", "Decimal", "UnixTime", "UnixMilliTime", "UnixText", "UnixMilliText"} {
		if used[name] {
			out = append(out, name)
		}
	}
	return out
}

// eachType calls visit for every type of the connector, inline ones included.
func (g *generator) eachType(visit func(*ir.Type)) {
	for _, t := range g.c.Types {
		walkType(t, visit)
	}
	for _, a := range g.c.AllActions() {
		walkType(a.Params, visit)
		walkType(a.Returns, visit)
	}
}

func (g *generator) anyKey() bool {
	for _, a := range g.c.AllActions() {
		if a.Key != nil {
			return true
		}
	}
	return false
}

func (g *generator) anyPage() bool {
	for _, a := range g.c.AllActions() {
		if a.Page != nil {
			return true
		}
	}
	return false
}
