package codegen

import (
	"fmt"
	"slices"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// testFake writes the fake: a server with the tree of the client, where every
// method has a stub.
func (g *generator) testFake() {
	name := g.c.Name
	g.addTest("fake.go", g.fakeDecls()...).doc = fmt.Sprintf(
		"Package %s has what tests of programs that use package %s need: [New] is a fake whose stubs are told what to answer, and [Twin] is a simulator of the provider that keeps state. Neither opens a port.",
		g.test.Name, name)
	for _, gr := range g.c.Groups {
		g.addSplit(g.test, g.test.Name+"/"+groupFile(gr), g.stubDecls(gr))
	}
}

// testing is *testing.T in a parameter.
func testingT() *gofile.Code { return gofile.Param("t", gofile.Qual("testing", "TB")) }

func (g *generator) fakeDecls() []decl {
	fields := []*gofile.Code{gofile.Param("fake", gofile.Ptr(gofile.Qual(gofile.Fake, "Server")))}
	for _, gr := range g.c.Groups {
		if isRoot(gr) {
			fields = append(fields, gofile.Id(stubsType(gr)))
			continue
		}
		fields = append(fields, gofile.Param(gr.Field, gofile.Id(stubsType(gr))))
	}
	out := []decl{
		{"Stub answers the calls of one method: P is the type of its parameters, R that of its result.", g.stubAlias("Stub", "R")},
		{"ListStub answers the calls of a method that lists: T is the type of its items.", g.stubAlias("ListStub", "T")},
		{"Page is a page that a stub of a list returns.", gofile.Type("Page").Types(gofile.Param("T", gofile.Id("any"))).Op("=").Add(gofile.Qual(gofile.Fake, "Page").Types(gofile.Id("T")))},
		{"Server is a fake of the API, with a stub for each method on the path that the method has in a client.", gofile.Type("Server").Add(gofile.Struct(fields...))},
		g.newServer(),
		// func (s *Server) RoundTrip(r *http.Request) (*http.Response, error) { return s.fake.RoundTrip(r) }
		{"RoundTrip answers a request; it makes the fake an [http.RoundTripper].", gofile.Method("s", gofile.Ptr(gofile.Id("Server")), "RoundTrip").
			Params(gofile.Param("r", gofile.Ptr(gofile.Qual("net/http", "Request")))).
			Params(gofile.Ptr(gofile.Qual("net/http", "Response")), gofile.Id("error")).
			Block(gofile.Return(gofile.Id("s").Dot("fake").Dot("RoundTrip").Call(gofile.Id("r"))))},
		g.serverClient(),
	}
	if g.presents() {
		// func (s *Server) WithCertificate(*tls.Certificate) (http.RoundTripper, error) { return s, nil }
		out = append(out, decl{"WithCertificate makes the fake a transport for clients with a certificate. It looks at none.", gofile.Method("s", gofile.Ptr(gofile.Id("Server")), "WithCertificate").
			Params(gofile.Ptr(gofile.Qual("crypto/tls", "Certificate"))).
			Params(gofile.Qual("net/http", "RoundTripper"), gofile.Id("error")).
			Block(gofile.Return(gofile.Id("s"), gofile.Id("nil")))})
	}
	return append(out, g.eventSenders()...)
}

// presents reports whether clients present certificates.
func (g *generator) presents() bool {
	return slices.ContainsFunc(g.c.Auth, func(a *ir.Auth) bool { return a.MTLS != nil || a.OAuth2.Bound() })
}

// stubAlias is type Stub[P, R any] = fake.Stub[P, R, slack.ErrorCode].
func (g *generator) stubAlias(name, second string) *gofile.Code {
	return gofile.Type(name).Types(gofile.Param("P, "+second, gofile.Id("any"))).Op("=").
		Add(gofile.Qual(gofile.Fake, name).Types(gofile.Id("P"), gofile.Id(second), g.own("ErrorCode")))
}

func (g *generator) newServer() decl {
	values := []gofile.KV{{Name: "fake", Value: gofile.Id("s")}}
	for _, gr := range g.c.Groups {
		field := gr.Field
		if isRoot(gr) {
			field = stubsType(gr)
		}
		values = append(values, gofile.KV{Name: field, Value: gofile.Call(gofile.Id("new"+exported(stubsType(gr))), gofile.Id("s"))})
	}
	// func New(t testing.TB) *Server {
	//	t.Helper()
	//	s := fake.New(t, spec(t))
	//	return &Server{fake: s, Chat: newChatStubs(s)}
	// }
	code := gofile.Func("New").Params(testingT()).Add(gofile.Ptr(gofile.Id("Server"))).Block(
		gofile.Id("t").Dot("Helper").Call(),
		gofile.Id("s").Op(":=").Add(gofile.Call(gofile.Qual(gofile.Fake, "New"), gofile.Id("t"), gofile.Call(gofile.Id("spec"), gofile.Id("t")))),
		gofile.Return(gofile.FieldLines(gofile.Op("&").Id("Server"), values...)))
	return decl{"New returns a fake. When the test ends, a reply that was not used is an error of it, as is a request that no reply was scripted for.", code}
}

// serverClient declares Server.Client.
func (g *generator) serverClient() decl {
	// func (s *Server) Client(opts ...slack.Option) *slack.Client {
	//	s.fake.T().Helper()
	//	return newClient(s.fake.T(), s, slack.BotToken("test-token"), opts)
	// }
	code := gofile.Method("s", gofile.Ptr(gofile.Id("Server")), "Client").
		Params(gofile.Id("opts").Op("...").Add(g.alias("Option"))).Add(gofile.Ptr(g.own("Client"))).Block(
		testOf().Dot("Helper").Call(),
		gofile.Return(gofile.Call(gofile.Id("newClient"), testOf(), gofile.Id("s"), g.testAuth(), g.testSettings(nil), gofile.Id("opts"))))
	return decl{"Client returns a client of the fake.", code}
}

// testOf is the test that the server in s belongs to.
func testOf() *gofile.Code { return gofile.Id("s").Dot("fake").Dot("T").Call() }

// testAuth is a credential for tests, by the first method.
func (g *generator) testAuth() *gofile.Code {
	name, args := g.firstAuth()
	if name == "" {
		return gofile.Call(g.own(noAuth))
	}
	values := make([]*gofile.Code, len(args))
	for i := range values {
		values[i] = gofile.Lit("test-token")
	}
	if a := g.c.Auth[0]; a.OAuth2 != nil && a.OAuth2.Proof != "" {
		values[1] = gofile.Call(gofile.Qual(gofile.Fake, "ProofKey"))
	}
	return gofile.Call(g.own(name), values...)
}

// firstAuth is the function that makes a credential of the first method, and
// the secrets that it takes.
func (g *generator) firstAuth() (name string, args []string) {
	for _, a := range g.c.Auth {
		switch {
		case a.Kind == "oauth2":
			args := []string{"token"}
			if a.OAuth2.Proof != "" {
				args = append(args, "key")
			}
			return tokenName(a.OAuth2.Tokens[0]), args
		case authSupported(a):
			return authName(a), authArgs(a)
		}
	}
	return "", nil
}

// authArgs are the secrets that the function of a method takes.
func authArgs(a *ir.Auth) []string {
	if a.Kind == "bearer" {
		return []string{"token"}
	}
	return a.Secrets()
}

// testSettings is the Settings of a connection, read from a map or, without
// one, made up; nil for a connector without settings.
func (g *generator) testSettings(from *gofile.Code) *gofile.Code {
	if !g.hasSettings() {
		return nil
	}
	var fields []gofile.KV
	for _, s := range g.c.Settings {
		value := gofile.Lit(settingExample(s))
		if from != nil {
			value = from.Clone().Index(gofile.Lit(s.Name))
		}
		fields = append(fields, gofile.KV{Name: settingName(s), Value: value})
	}
	return gofile.Fields(g.own("Settings"), fields...)
}

// settingExample is a value that a setting may have.
func settingExample(s *ir.Setting) string {
	switch {
	case s.Default != "":
		return s.Default
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Type == "url":
		return "https://test.example.com"
	case s.Type == "host":
		return "test.example.com"
	case s.Type == "int":
		return "1"
	case s.Type == "bool":
		return "true"
	}
	return "test"
}

// stubsType is the type of a group's stubs.
func stubsType(gr *ir.Group) string {
	if isRoot(gr) {
		return "actionStubs"
	}
	return gr.Go + "Stubs"
}

// stubDecls declares the stubs of a group and what the driver calls its methods
// by, and those of the groups below.
func (g *generator) stubDecls(gr *ir.Group) []decl {
	var fields []*gofile.Code
	var values []gofile.KV
	for _, a := range gr.Actions {
		kind, typ := g.stubOf(gr, a)
		fields = append(fields, gofile.Param(a.Go, gofile.Ptr(gofile.Id(kind).Types(gofile.List(typ()...)...))))
		// PostMessage: fake.NewStub[slack.ChatPostMessageParams, slack.Message, slack.ErrorCode](s, "chat.postMessage"),
		values = append(values, gofile.KV{Name: a.Go, Value: gofile.Call(
			gofile.Qual(gofile.Fake, "New"+kind).Types(gofile.List(append(typ(), g.own("ErrorCode"))...)...), gofile.Id("s"), gofile.Lit(a.Path))})
	}
	for _, sub := range gr.Groups {
		fields = append(fields, gofile.Param(sub.Field, gofile.Id(stubsType(sub))))
		values = append(values, gofile.KV{Name: sub.Field, Value: gofile.Call(gofile.Id("new"+stubsType(sub)), gofile.Id("s"))})
	}
	doc := fmt.Sprintf("%s has a stub for each method of [%s.%s].", stubsType(gr), g.c.Name, service(gr))
	out := []decl{
		{doc, gofile.Type(stubsType(gr)).Add(gofile.Struct(fields...))},
		// func newChatStubs(s *fake.Server) ChatStubs { return ChatStubs{...} }
		{"", gofile.Func("new" + exported(stubsType(gr))).Params(gofile.Param("s", gofile.Ptr(gofile.Qual(gofile.Fake, "Server")))).Id(stubsType(gr)).
			Block(gofile.Return(gofile.FieldLines(gofile.Id(stubsType(gr)), values...)))},
	}
	out = append(out, g.driverCases(gr)...)
	for _, sub := range gr.Groups {
		out = append(out, g.stubDecls(sub)...)
	}
	return out
}

// stubOf is the kind of stub that an action has, and its type arguments: the
// parameters, and the result or the item. Nothing is struct{}.
func (g *generator) stubOf(gr *ir.Group, a *ir.Action) (kind string, args func() []*gofile.Code) {
	nothing := func() *gofile.Code { return gofile.Id("struct{}") }
	in := nothing
	if hasParams(a) {
		in = func() *gofile.Code { return g.own(paramsType(gr, a)) }
	}
	if a.Page != nil {
		return "ListStub", func() []*gofile.Code { return []*gofile.Code{in(), g.goType(a.Page.Item, received)} }
	}
	return "Stub", func() []*gofile.Code {
		typ, _ := g.result(gr, a)
		switch {
		case typ == nil:
			typ = nothing()
		case a.Stream != nil:
			typ = gofile.Slice(typ)
		}
		return []*gofile.Code{in(), typ}
	}
}
