package codegen

import (
	"fmt"
	"slices"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// testTwin writes the simulator: the connector as JSON, and what reads it.
func (g *generator) testTwin() {
	data, err := twinJSON(g.c)
	if err != nil {
		g.fail("%w", err)
	}
	g.files = append(g.files, &source{path: g.test.Name + "/twin.json", raw: append(data, '\n')})
	g.addTest("twin.go", g.twinDecls()...).embeds = true
}

func (g *generator) twinDecls() []decl {
	return []decl{
		// //go:embed twin.json
		// var twinJSON []byte
		{"", gofile.Embedded("twin.json", gofile.Var("twinJSON").Index().Byte())},
		g.specDecl(),
		{"Sim is a simulator of the provider in this process. It keeps state, issues tokens, counts limits and signs events; faults are armed on it. See package twin of the runtime.",
			gofile.Type("Sim").Struct(gofile.Ptr(gofile.Qual(gofile.Twin, "Twin")), gofile.Param("t", gofile.Qual("testing", "TB")))},
		g.twinFunc(),
		g.simClient(),
		g.newClientFunc(),
	}
}

// specDecl declares the function that reads the embedded connector.
func (g *generator) specDecl() decl {
	// func spec(t testing.TB) *ir.Connector {
	//	t.Helper()
	//	c, err := ir.ReadJSON(twinJSON)
	//	if err != nil {
	//		t.Fatal(err)
	//	}
	//	return c
	// }
	return decl{"spec reads the connector that the client was generated from.", gofile.Func("spec").Params(testingT()).Add(gofile.Ptr(gofile.Qual(gofile.IR, "Connector"))).Block(
		gofile.Id("t").Dot("Helper").Call(),
		gofile.Id("c").Op(",").Id("err").Op(":=").Add(gofile.Call(gofile.Qual(gofile.IR, "ReadJSON"), gofile.Id("twinJSON"))),
		gofile.If(nil, gofile.Id("err").Op("!=").Nil()).Block(gofile.Id("t").Dot("Fatal").Call(gofile.Id("err"))),
		gofile.Return(gofile.Id("c")))}
}

// twinFunc declares Twin.
func (g *generator) twinFunc() decl {
	set := gofile.Func("").Params(gofile.Ptr(gofile.Qual(gofile.Twin, "Options")))
	// func Twin(t testing.TB, opts ...func(*twin.Options)) *Sim {
	//	t.Helper()
	//	var o twin.Options
	//	for _, set := range opts {
	//		set(&o)
	//	}
	//	return &Sim{twin.New(spec(t), o), t}
	// }
	code := gofile.Func("Twin").Params(testingT(), gofile.Id("opts").Op("...").Add(set)).Add(gofile.Ptr(gofile.Id("Sim"))).Block(
		gofile.Id("t").Dot("Helper").Call(),
		gofile.Var("o").Add(gofile.Qual(gofile.Twin, "Options")),
		gofile.Op("for").Id("_").Op(",").Id("set").Op(":=").Op("range").Id("opts").Block(gofile.Id("set").Call(gofile.Op("&").Id("o"))),
		gofile.Return(gofile.Elems(gofile.Op("&").Id("Sim"),
			gofile.Call(gofile.Qual(gofile.Twin, "New"), gofile.Call(gofile.Id("spec"), gofile.Id("t")), gofile.Id("o")), gofile.Id("t"))))
	return decl{"Twin returns a simulator. Without options it has one account and 25 objects in each collection.", code}
}

// simClient declares Sim.Client.
func (g *generator) simClient() decl {
	// func (s *Sim) Client(opts ...slack.Option) *slack.Client {
	//	s.t.Helper()
	//	a := s.Accounts()[0]
	//	return newClient(s.t, s, slack.BotToken(a.Access).ForAccount(a.ID), opts)
	// }
	auth := g.accountAuth(gofile.Id("a"))
	code := gofile.Method("s", gofile.Ptr(gofile.Id("Sim")), "Client").
		Params(gofile.Id("opts").Op("...").Add(g.alias("Option"))).Add(gofile.Ptr(g.own("Client"))).Block(
		gofile.Id("s").Dot("t").Dot("Helper").Call(),
		gofile.Id("a").Op(":=").Id("s").Dot("Accounts").Call().Index(gofile.Lit(0)),
		gofile.Return(gofile.Call(gofile.Id("newClient"), gofile.Id("s").Dot("t"), gofile.Id("s"),
			auth.Dot("ForAccount").Call(gofile.Id("a").Dot("ID")), g.testSettings(gofile.Id("s").Dot("Settings").Call()), gofile.Id("opts"))))
	return decl{"Client returns a client of the simulator's first account.", code}
}

// accountAuth is the credential of an account of the twin, by the first method.
func (g *generator) accountAuth(account *gofile.Code) *gofile.Code {
	for _, a := range g.c.Auth {
		switch {
		case a.Kind == "oauth2":
			args := []*gofile.Code{account.Clone().Dot("Access")}
			if a.OAuth2.Proof != "" {
				args = append(args, account.Clone().Dot("Cred").Index(gofile.RT("ProofKey")))
			}
			return gofile.Call(g.own(tokenName(a.OAuth2.Tokens[0])), args...)
		case authSupported(a):
			return g.credAuth(a, account.Clone().Dot("Access"), account.Clone().Dot("Cred"))
		}
	}
	return gofile.Call(g.own(noAuth))
}

// credAuth is a credential of a method with its token, or with its secrets by
// name.
func (g *generator) credAuth(a *ir.Auth, token, cred *gofile.Code) *gofile.Code {
	var args []*gofile.Code
	for _, name := range authArgs(a) {
		if a.Kind == "bearer" {
			args = append(args, token)
			continue
		}
		args = append(args, cred.Clone().Index(gofile.Lit(name)))
	}
	return gofile.Call(g.own(authName(a)), args...)
}

// newClientFunc declares what both kinds of server make clients with.
func (g *generator) newClientFunc() decl {
	params := []*gofile.Code{testingT(), gofile.Param("transport", gofile.Qual("net/http", "RoundTripper")), gofile.Param("auth", g.own("Auth"))}
	args := []*gofile.Code{gofile.Id("auth")}
	if g.hasSettings() {
		params = append(params, gofile.Param("settings", g.own("Settings")))
		args = append(args, gofile.Id("settings"))
	}
	option := gofile.Slice(g.alias("Option"))
	all := gofile.Id("append").Call(
		gofile.Elems(option.Clone(), gofile.Call(g.own("WithTransport"), gofile.Id("transport"))), gofile.Id("opts").Op("...")).Op("...")
	// func newClient(t testing.TB, transport http.RoundTripper, auth slack.Auth, opts []slack.Option) *slack.Client {
	//	t.Helper()
	//	c, err := slack.New(auth, append([]slack.Option{slack.WithTransport(transport)}, opts...)...)
	//	if err != nil {
	//		t.Fatal(err)
	//	}
	//	return c
	// }
	code := gofile.Func("newClient").Params(gofile.List(append(params, gofile.Param("opts", option))...)...).Add(gofile.Ptr(g.own("Client"))).Block(
		gofile.Id("t").Dot("Helper").Call(),
		gofile.Id("c").Op(",").Id("err").Op(":=").Add(gofile.Call(g.own("New"), append(args, all)...)),
		gofile.If(nil, gofile.Id("err").Op("!=").Nil()).Block(gofile.Id("t").Dot("Fatal").Call(gofile.Id("err"))),
		gofile.Return(gofile.Id("c")))
	return decl{"", code}
}

// signingSecret is what a handler of the fake's events is given: a secret in the
// form that the webhook wants, or the public key. It is nil where that is fetched.
func signingSecret(w *ir.Webhook, name string) *gofile.Code {
	value := "test-secret"
	if proofs := w.Verify.Proofs(); len(proofs) > 0 {
		s := proofs[0].Signature
		switch {
		case proofs[0].JWT != nil || s != nil && s.Fetch != nil || proofs[0].Asked != nil && proofs[0].Asked.Secret == "":
			return nil
		case s != nil && slices.Contains([]string{"rsa", "ecdsa", "ed25519"}, s.Scheme):
			return gofile.Var(name).Op("=").Qual(gofile.Fake, "PublicKey").Call(gofile.Lit(s.Scheme), gofile.Lit(s.KeyAs))
		case s != nil && s.KeyAs == "hex":
			value = "746573742d736563726574"
		case s != nil && s.KeyAs == "base64":
			value = "dGVzdC1zZWNyZXQ="
		}
		if s != nil {
			value = s.KeyPrefix + value
		}
	}
	return gofile.Op("const").Id(name).Op("=").Lit(value)
}

// eventSenders declares what delivers events of the fake.
func (g *generator) eventSenders() []decl {
	var out []decl
	for _, w := range g.c.Webhooks {
		event := g.eventType(w)
		secretName := event + "Secret"
		if secret := signingSecret(w, secretName); secret != nil {
			out = append(out, decl{fmt.Sprintf("%s is what a handler checks the events of the fake with.", secretName), secret})
		}
		if !provedBySecrets(w) {
			out = append(out, g.eventOptions(w, event))
		}
		out = append(out,
			g.webhookVar(w, true),
			g.sender(w, event, "", false),
			g.sender(w, event, "Tampered", true),
			g.tagFunc(w, event))
	}
	return out
}

// madeWith says what a handler of the fake's events needs.
func (g *generator) madeWith(w *ir.Webhook, event string) string {
	switch {
	case provedBySecrets(w):
		return fmt.Sprintf("with [%sSecret]", event)
	case signingSecret(w, "") == nil:
		return fmt.Sprintf("with [%sOptions]", event)
	}
	return fmt.Sprintf("with [%sSecret] and [%sOptions]", event, event)
}

// eventOptions declares what sets up a handler of the fake's events.
func (g *generator) eventOptions(w *ir.Webhook, event string) decl {
	// func EventOptions() []rt.WebhookOption { return fake.EventOptions(&webhookEvents) }
	return decl{fmt.Sprintf("%sOptions sets up a handler for the events of the fake, which has the keys and tokens that the handler needs.", event),
		gofile.Func(event + "Options").Params().Add(gofile.Slice(gofile.RT("WebhookOption"))).Block(
			gofile.Return(gofile.Qual(gofile.Fake, "EventOptions").Call(gofile.Op("&").Id(webhookVar(w)))))}
}

// sender declares Server.Event or Server.TamperedEvent.
func (g *generator) sender(w *ir.Webhook, event, prefix string, tamper bool) decl {
	// func (s *Server) Event(h http.Handler, e slack.Event) *http.Response {
	//	s.fake.T().Helper()
	//	tag, data := tagEvent(e)
	//	return s.fake.Deliver(h, fake.Delivery{Webhook: &webhookEvents, Secret: EventSecret, Tag: tag, Data: data})
	// }
	given := gofile.Id(event + "Secret")
	if signingSecret(w, "") == nil {
		given = nil
	}
	code := gofile.Method("s", gofile.Ptr(gofile.Id("Server")), prefix+event).
		Params(gofile.Param("h", gofile.Qual("net/http", "Handler")), gofile.Param("e", g.own(event))).
		Add(gofile.Ptr(gofile.Qual("net/http", "Response"))).Block(
		testOf().Dot("Helper").Call(),
		gofile.Id("tag").Op(",").Id("data").Op(":=").Id("tag"+event).Call(gofile.Id("e")),
		gofile.Return(gofile.Id("s").Dot("fake").Dot("Deliver").Call(gofile.Id("h"), gofile.Fields(gofile.Qual(gofile.Fake, "Delivery"),
			gofile.KV{Name: "Webhook", Value: gofile.Op("&").Id(webhookVar(w))},
			gofile.KV{Name: "Secret", Value: given},
			gofile.KV{Name: "Tag", Value: gofile.Id("tag")},
			gofile.KV{Name: "Data", Value: gofile.Id("data")},
			gofile.KV{Name: "Tamper", Value: gofile.True(tamper)}))))
	doc := fmt.Sprintf("%s signs an event as the provider does and delivers it to a handler that was made %s.", event, g.madeWith(w, event))
	if tamper {
		doc = fmt.Sprintf("%s%s is [Server.%s] with a body that was changed after it was signed.", prefix, event, event)
	}
	return decl{doc, code}
}

// tagFunc declares the function that knows the tag of an event's type. Where
// types share tags, the first is taken.
func (g *generator) tagFunc(w *ir.Webhook, event string) decl {
	var cases []*gofile.Code
	seen := map[string]bool{}
	for _, e := range w.Events {
		t := g.named[e.Type]
		if t == nil || seen[t.Go] {
			continue
		}
		seen[t.Go] = true
		cases = append(cases, gofile.Case(g.own(t.Go)).Block(gofile.Return(gofile.Lit(e.Tag), gofile.Id("e"))))
	}
	unknown := g.own("Unknown" + event)
	cases = append(cases, gofile.Case(unknown).Block(gofile.Return(gofile.Id("e").Dot("Tag"), gofile.Id("e").Dot("Data"))))
	// func tagEvent(e slack.Event) (tag string, data any) {
	//	switch e := e.(type) {
	//	case slack.MessageEvent:
	//		return "message", e
	//	}
	//	return "", e
	// }
	code := gofile.Func("tag"+event).Params(gofile.Param("e", g.own(event))).
		Params(gofile.Param("tag", gofile.Id("string")), gofile.Param("data", gofile.Id("any"))).Block(
		gofile.Switch(gofile.Id("e").Op(":=").Id("e").Assert(gofile.Id("type"))).Block(gofile.List(cases...)...),
		gofile.Return(gofile.Lit(""), gofile.Id("e")))
	return decl{"", code}
}
