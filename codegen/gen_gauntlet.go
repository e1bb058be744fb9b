package codegen

import (
	"slices"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// testDriver writes what the gauntlet runs the client by: a driver that leads
// from the path of an action to its method, and the test that runs it.
func (g *generator) testDriver() {
	g.addTest("driver.go", g.driverDecls()...)
	// func TestGauntlet(t *testing.T) { gauntlet.Run(t, spec(t), Driver()) }
	g.addTest("gauntlet_test.go", decl{
		"TestGauntlet runs the client against the faults of its twin.",
		gofile.Func("TestGauntlet").Params(gofile.Param("t", gofile.Ptr(gofile.Qual("testing", "T")))).Block(
			gofile.Call(gofile.Qual(gofile.Gauntlet, "Run"), gofile.Id("t"), gofile.Call(gofile.Id("spec"), gofile.Id("t")), gofile.Call(gofile.Id("Driver")))),
	})
}

func gauntletType(name string) *gofile.Code { return gofile.Qual(gofile.Gauntlet, name) }

func (g *generator) driverDecls() []decl {
	recv := func(name string) *gofile.Code { return gofile.Func("").Params(gofile.Id("driver")).Id(name) }
	all := []decl{
		{"Driver sets the client up for the gauntlet.", gofile.Func("Driver").Params().Add(gauntletType("Driver")).Block(
			gofile.Return(gofile.Fields(gofile.Id("driver"))))},
		{"", gofile.Type("driver").Struct()},
		{"", recv("Name").Params().String().Block(gofile.Return(gofile.Lit("porin")))},
		{"", recv("ReportsDrift").Params().Bool().Block(gofile.Return(gofile.True(true)))},
		g.driverApp(),
		{"", gofile.Type("app").Struct(gofile.Ptr(g.own("App")), gofile.Param("target", gauntletType("Target")))},
		g.driverSession(),
		g.driverClient(),
		g.driverConnecting(),
		g.driverPairing(),
		g.driverHandler(),
		{"", onDriverApp("Explain").Params(gofile.Param("err", gofile.Id("error"))).Add(gauntletType("Failure")).Block(
			gofile.Return(gofile.Call(gauntletType("ExplainAPIError"), gofile.Id("err"))))},
		{"", onDriverApp("Close").Params().Block()},
		{"", gofile.Type("session").Struct(gofile.Param("client", gofile.Ptr(g.own("Client"))))},
		g.driverCall(),
		g.driverList(),
		g.driverWait(),
		g.driverInParts(),
	}
	return slices.DeleteFunc(all, func(d decl) bool { return d.code == nil })
}

func onDriverApp(name string) *gofile.Code { return gofile.Method("a", gofile.Id("app"), name) }

// driverApp declares driver.App.
func (g *generator) driverApp() decl {
	target := gofile.Id("t")
	args := []*gofile.Code{}
	if g.oauth() != nil {
		fields := []gofile.KV{
			{Name: "ClientID", Value: target.Clone().Dot("ClientID")},
			{Name: "ClientSecret", Value: gofile.Call(g.own("NewSecret"), target.Clone().Dot("ClientSecret"))},
			{Name: "Store", Value: target.Clone().Dot("Store")},
		}
		if g.bound() {
			fields = append(fields,
				gofile.KV{Name: "Certificate", Value: gofile.Call(g.own("NewSecret"), target.Clone().Dot("Certificate"))},
				gofile.KV{Name: "CertificateKey", Value: gofile.Call(g.own("NewSecret"), target.Clone().Dot("CertificateKey"))})
		}
		args = append(args, gofile.Fields(g.own("AppConfig"), fields...))
	}
	args = append(args, gofile.Call(gauntletType("Options"), target.Clone()).Op("..."))
	// func (driver) App(t gauntlet.Target) (gauntlet.App, error) {
	//	a, err := slack.NewApp(slack.AppConfig{...}, gauntlet.Options(t)...)
	//	return app{a, t}, err
	// }
	return decl{"", gofile.Func("").Params(gofile.Id("driver")).Id("App").Params(gofile.Param("t", gauntletType("Target"))).
		Params(gauntletType("App"), gofile.Id("error")).Block(
		gofile.Id("a").Op(",").Id("err").Op(":=").Add(gofile.Call(g.own("NewApp"), args...)),
		gofile.Return(gofile.Elems(gofile.Id("app"), gofile.Id("a"), gofile.Id("t")), gofile.Id("err")))}
}

// driverSession declares app.Session.
func (g *generator) driverSession() decl {
	// func (a app) Session(acct gauntlet.Account) (gauntlet.Session, error) {
	//	c, err := a.client(acct)
	//	return session{c}, err
	// }
	return decl{"", onDriverApp("Session").Params(gofile.Param("acct", gauntletType("Account"))).
		Params(gauntletType("Session"), gofile.Id("error")).Block(
		gofile.Id("c").Op(",").Id("err").Op(":=").Id("a").Dot("client").Call(gofile.Id("acct")),
		gofile.Return(gofile.Elems(gofile.Id("session"), gofile.Id("c")), gofile.Id("err")))}
}

// driverClient declares app.client: a stored token, or a credential by method.
func (g *generator) driverClient() decl {
	acct := func(field string) *gofile.Code { return gofile.Id("acct").Dot(field) }
	settings := g.testSettings(gofile.Id("a").Dot("target").Dot("Settings"))
	var cases []*gofile.Code
	for _, a := range g.oauths() {
		for _, t := range a.OAuth2.Tokens {
			name := g.clientMethod(a, t)
			cases = append(cases, gofile.Case(acct("Stored").Op("==").Lit(t.Name)).Block(
				gofile.Return(gofile.Id("a").Dot(name).Call(gofile.List(acct("ID"), settings)...))))
		}
	}
	for _, a := range g.c.Auth {
		if !authSupported(a) {
			continue
		}
		auth := g.credOrToken(a, acct)
		cases = append(cases, gofile.Case(acct("Method").Op("==").Lit(a.Name)).Block(
			gofile.Return(gofile.Id("a").Dot("ClientWith").Call(gofile.List(auth.Dot("ForAccount").Call(acct("ID")), settings)...))))
	}
	if g.noAuth() {
		cases = append(cases, gofile.Case(acct("Method").Op("==").Lit("")).Block(
			gofile.Return(gofile.Id("a").Dot("ClientWith").Call(gofile.List(gofile.Call(g.own(noAuth)), settings)...))))
	}
	// func (a app) client(acct gauntlet.Account) (*slack.Client, error) {
	//	switch {
	//	case acct.Stored == "bot":
	//		return a.Client(acct.ID)
	//	case acct.Method == "token":
	//		return a.ClientWith(slack.Token(acct.Token).ForAccount(acct.ID))
	//	}
	//	return nil, fmt.Errorf("no auth method %q", acct.Method)
	// }
	return decl{"", onDriverApp("client").Params(gofile.Param("acct", gauntletType("Account"))).
		Params(gofile.Ptr(g.own("Client")), gofile.Id("error")).Block(
		gofile.Switch(nil).Block(gofile.List(cases...)...),
		gofile.Return(gofile.Id("nil"), errorf("no auth method %q", acct("Method"))))}
}

// driverConnecting declares app.Connecting, by which accounts are connected.
func (g *generator) driverConnecting() decl {
	var cases []*gofile.Code
	for _, a := range g.oauths() {
		if isDevice(a) {
			continue
		}
		// case "shop":
		//	return a.Shop()
		by := gofile.Id("a").Dot("App")
		if a != g.oauth() {
			by = gofile.Id("a").Dot(authName(a)).Call()
		}
		if isPushed(a) {
			by = gofile.Call(gauntletType("Pushes"), by)
		}
		cases = append(cases, gofile.Case(gofile.Lit(a.Name)).Block(gofile.Return(by)))
	}
	if len(cases) == 0 {
		return decl{}
	}
	return decl{"", onDriverApp("Connecting").Params(gofile.Param("method", gofile.Id("string"))).Add(gauntletType("Connecting")).Block(
		gofile.Switch(gofile.Id("method")).Block(gofile.List(cases...)...),
		gofile.Return(gofile.Id("nil")))}
}

// driverPairing declares app.Pairing, by which accounts are connected on another device.
func (g *generator) driverPairing() decl {
	var cases []*gofile.Code
	for _, a := range g.oauths() {
		if !isDevice(a) {
			continue
		}
		// case "console":
		//	return a.Console()
		cases = append(cases, gofile.Case(gofile.Lit(a.Name)).Block(gofile.Return(gofile.Id("a").Dot(authName(a)).Call())))
	}
	if len(cases) == 0 {
		return decl{}
	}
	return decl{"", onDriverApp("Pairing").Params(gofile.Param("method", gofile.Id("string"))).Add(gauntletType("Pairing")).Block(
		gofile.Switch(gofile.Id("method")).Block(gofile.List(cases...)...),
		gofile.Return(gofile.Id("nil")))}
}

func (g *generator) credOrToken(a *ir.Auth, acct func(string) *gofile.Code) *gofile.Code {
	if a.Kind == "oauth2" {
		if a.OAuth2.Proof != "" {
			return gofile.Call(g.own(tokenName(a.OAuth2.Tokens[0])), acct("Token"), acct("Cred").Index(gofile.RT("ProofKey")))
		}
		return gofile.Call(g.own(tokenName(a.OAuth2.Tokens[0])), acct("Token"))
	}
	return g.credAuth(a, acct("Token"), acct("Cred"))
}

func errorf(format string, args ...*gofile.Code) *gofile.Code {
	return gofile.Call(gofile.Qual("fmt", "Errorf"), append([]*gofile.Code{gofile.Lit(format)}, args...)...)
}

// driverHandler declares app.Handler.
func (g *generator) driverHandler() decl {
	fn := gofile.Func("").Params(
		gofile.Param("ctx", gofile.Qual("context", "Context")), gofile.Param("id", gofile.Id("string")), gofile.Param("event", gauntletType("JSON"))).Error()
	var cases []*gofile.Code
	for _, w := range g.c.Webhooks {
		event := g.eventType(w)
		receive := gofile.Func("").Params(gofile.Param("ctx", gofile.Qual("context", "Context")), gofile.Param("d", g.own(event+"Delivery"))).Error().Block(
			gofile.Return(gofile.Call(gauntletType("Received"), gofile.Id("ctx"), gofile.Id("fn"), gofile.Id("d").Dot("ID"), gofile.Id("d").Dot("Event"))))
		// case "events":
		//	return slack.EventHandler(gauntlet.WebhookSecrets(a.target, webhook), func(ctx context.Context, d slack.EventDelivery) error {
		//		return gauntlet.Received(ctx, fn, d.ID, d.Event)
		//	})
		args := []*gofile.Code{gofile.Call(gauntletType("WebhookSecrets"), gofile.Id("a").Dot("target"), gofile.Id("webhook")), receive}
		if !provedBySecrets(w) {
			args = append(args, gofile.Call(gauntletType("WebhookOptions"), gofile.Id("a").Dot("target")).Op("..."))
		}
		var body []*gofile.Code
		if asks(w) {
			// client, err := a.client(a.target.Asking)
			// if err != nil {
			//	return nil, err
			// }
			body = append(body,
				gofile.Id("client").Op(",").Id("err").Op(":=").Id("a").Dot("client").Call(gofile.Id("a").Dot("target").Dot("Asking")),
				gofile.If(nil, gofile.Id("err").Op("!=").Nil()).Block(gofile.Return(gofile.Id("nil"), gofile.Id("err"))))
			args = append([]*gofile.Code{gofile.Id("client")}, args...)
		}
		body = append(body, gofile.Return(gofile.Call(g.own(event+"Handler"), args...)))
		cases = append(cases, gofile.Case(gofile.Lit(w.Name)).Block(gofile.List(body...)...))
	}
	return decl{"", onDriverApp("Handler").Params(gofile.Param("webhook", gofile.Id("string")), gofile.Param("fn", fn)).
		Params(gofile.Qual("net/http", "Handler"), gofile.Id("error")).Block(
		gofile.Switch(gofile.Id("webhook")).Block(gofile.List(cases...)...),
		gofile.Return(gofile.Id("nil"), errorf("no webhook %q", gofile.Id("webhook"))))}
}

// driverCall declares session.Call: a switch from the path of a group to the
// function that knows its actions.
func (g *generator) driverCall() decl {
	return decl{"", onSession("Call").Params(gauntletType("JSON"), gofile.Id("error")).Block(
		gofile.Switch(groupOfAction()).Block(gofile.List(g.groupCases("call", func(*ir.Action) bool { return true })...)...),
		gofile.Return(gofile.Id("nil"), errorf("no action %q", gofile.Id("action"))))}
}

// driverList declares session.List.
func (g *generator) driverList() decl {
	return decl{"", onSession("List").Add(seqOfJSON()).Block(
		gofile.Switch(groupOfAction()).Block(gofile.List(g.groupCases("list", isList)...)...),
		gofile.Return(gofile.Call(gauntletType("NoList"), gofile.Id("action"))))}
}

// driverWait declares session.Wait, where there are jobs.
func (g *generator) driverWait() decl {
	var cases []*gofile.Code
	for gr, a := range g.c.AllActions() {
		if a.Wait == "" {
			continue
		}
		args, fn := []*gofile.Code{gofile.Id("ctx"), gofile.Id("params"), g.onService(gr, a.Wait)}, "Call"
		if !hasParams(a) {
			args, fn = []*gofile.Code{args[0], args[2]}, "Get"
		}
		// case "exports.get":
		//	return gauntlet.Call(ctx, params, s.client.Exports.Wait)
		cases = append(cases, gofile.Case(gofile.Lit(a.Path)).Block(gofile.Return(gofile.Call(gauntletType(fn), args...))))
	}
	if len(cases) == 0 {
		return decl{}
	}
	return decl{"", onSession("Wait").Params(gauntletType("JSON"), gofile.Id("error")).Block(
		gofile.Switch(gofile.Id("action")).Block(gofile.List(cases...)...),
		gofile.Return(gofile.Id("nil"), errorf("no job %q", gofile.Id("action"))))}
}

// driverInParts declares session.InParts, where there are batches.
func (g *generator) driverInParts() decl {
	var cases []*gofile.Code
	for gr, a := range g.c.AllActions() {
		if a.Batch == nil {
			continue
		}
		// case "tasks.createMany":
		//	return gauntlet.InParts(ctx, params, s.client.Tasks.CreateManyInParts)
		cases = append(cases, gofile.Case(gofile.Lit(a.Path)).Block(gofile.Return(
			gofile.Call(gauntletType("InParts"), gofile.Id("ctx"), gofile.Id("params"), g.onService(gr, a.Parts)))))
	}
	if len(cases) == 0 {
		return decl{}
	}
	return decl{"", onSession("InParts").Params(gofile.Slice(gauntletType("ItemResult")), gofile.Id("error")).Block(
		gofile.Switch(gofile.Id("action")).Block(gofile.List(cases...)...),
		gofile.Return(gofile.Id("nil"), errorf("no batch %q", gofile.Id("action"))))}
}

func isList(a *ir.Action) bool { return a.Page != nil }

func groupOfAction() *gofile.Code { return gofile.Call(gauntletType("Group"), gofile.Id("action")) }

func seqOfJSON() *gofile.Code {
	return gofile.Qual("iter", "Seq2").Types(gauntletType("JSON"), gofile.Id("error"))
}

// groupCases lead to the function of each group that has such actions.
func (g *generator) groupCases(verb string, has func(*ir.Action) bool) []*gofile.Code {
	var cases []*gofile.Code
	var visit func(groups []*ir.Group)
	visit = func(groups []*ir.Group) {
		for _, gr := range groups {
			if slices.ContainsFunc(gr.Actions, has) {
				// case "chat":
				//	return s.callChat(ctx, action, params)
				cases = append(cases, gofile.Case(gofile.Lit(gr.Path)).Block(
					gofile.Return(gofile.Id("s").Dot(verb+gr.Go).Call(gofile.Id("ctx"), gofile.Id("action"), gofile.Id("params")))))
			}
			visit(gr.Groups)
		}
	}
	visit(g.c.Groups)
	return cases
}

// driverCases declares the functions that know the actions of a group.
func (g *generator) driverCases(gr *ir.Group) []decl {
	var calls, lists []*gofile.Code
	for _, a := range gr.Actions {
		calls = append(calls, g.callCase(gr, a))
		if isList(a) {
			lists = append(lists, g.listCase(gr, a))
		}
	}
	action := gofile.Id("action")
	var out []decl
	if len(calls) > 0 {
		out = append(out, decl{"", onSession("call"+gr.Go).Params(gauntletType("JSON"), gofile.Id("error")).Block(
			gofile.Switch(action).Block(gofile.List(calls...)...),
			gofile.Return(gofile.Id("nil"), errorf("no action %q", action)))})
	}
	if len(lists) > 0 {
		out = append(out, decl{"", onSession("list"+gr.Go).Add(seqOfJSON()).Block(
			gofile.Switch(action).Block(gofile.List(lists...)...),
			gofile.Return(gofile.Call(gauntletType("NoList"), action)))})
	}
	return out
}

// callCase is the case of an action in a function that calls.
func (g *generator) callCase(gr *ir.Group, a *ir.Action) *gofile.Code {
	typ, _ := g.result(gr, a)
	returns := typ != nil || isList(a)
	fn := map[[2]bool]string{{true, true}: "Call", {false, true}: "Get", {true, false}: "Send", {false, false}: "Act"}[[2]bool{hasParams(a), returns}]
	if a.Stream != nil {
		fn = "StreamAll"
		if hasParams(a) {
			fn = "Stream"
		}
	}
	args := []*gofile.Code{gofile.Id("ctx"), nil, g.onService(gr, a.Go)}
	if hasParams(a) {
		args[1] = gofile.Id("params")
	}
	// case "chat.postMessage":
	//	return gauntlet.Call(ctx, params, s.client.Chat.PostMessage)
	return gofile.Case(gofile.Lit(a.Path)).Block(gofile.Return(gofile.Call(gauntletType(fn), args...)))
}

// listCase is the case of a list in a function that lists.
func (g *generator) listCase(gr *ir.Group, a *ir.Action) *gofile.Code {
	args, fn := []*gofile.Code{gofile.Id("ctx"), gofile.Id("params"), g.onService(gr, a.All)}, "Items"
	if !hasParams(a) {
		args, fn = []*gofile.Code{args[0], args[2]}, "AllItems"
	}
	// case "conversations.list":
	//	return gauntlet.Items(ctx, params, s.Conversations.All)
	return gofile.Case(gofile.Lit(a.Path)).Block(gofile.Return(gofile.Call(gauntletType(fn), args...)))
}

// onService is a method of a group's service in a session: s.client.Admin.Apps.Approve.
func (g *generator) onService(gr *ir.Group, name string) *gofile.Code {
	expr := gofile.Id("s").Dot("client")
	if !isRoot(gr) {
		for _, field := range g.fieldsTo(g.c.Groups, gr) {
			expr.Dot(field)
		}
	}
	return expr.Dot(name)
}

// fieldsTo are the fields that lead from a client to the service of a group.
func (g *generator) fieldsTo(groups []*ir.Group, to *ir.Group) []string {
	for _, gr := range groups {
		if gr == to {
			return []string{gr.Field}
		}
		if rest := g.fieldsTo(gr.Groups, to); rest != nil {
			return append([]string{gr.Field}, rest...)
		}
	}
	return nil
}

// onSession starts a method of session with the parameters that all have.
func onSession(name string) *gofile.Code {
	return gofile.Method("s", gofile.Id("session"), name).Params(gofile.List(
		gofile.Param("ctx", gofile.Qual("context", "Context")),
		gofile.Param("action", gofile.Id("string")),
		gofile.Param("params", gauntletType("JSON")))...)
}
