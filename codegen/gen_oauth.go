package codegen

import (
	"maps"
	"slices"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// oauths are the OAuth 2.0 methods of the connector.
func (g *generator) oauths() []*ir.Auth {
	var all []*ir.Auth
	for _, a := range g.c.Auth {
		if a.Kind == "oauth2" {
			all = append(all, a)
		}
	}
	return all
}

// oauth is the first of them, or nil. An application's own methods are of it.
func (g *generator) oauth() *ir.Auth {
	if all := g.oauths(); len(all) > 0 {
		return all[0]
	}
	return nil
}

// oauthVar is the variable with the facts of a method: oauth, or shopOAuth.
func (g *generator) oauthVar(a *ir.Auth) string {
	if a == g.oauth() {
		return "oauth"
	}
	return unexported(authName(a)) + "OAuth"
}

// oauthRef is &oauth for api, or nil.
func (g *generator) oauthRef() *gofile.Code {
	if g.oauth() == nil {
		return nil
	}
	return gofile.Op("&").Id("oauth")
}

// oauthDecls declares what the runtime has to know of the methods.
func (g *generator) oauthDecls() []decl {
	var out []decl
	for _, a := range g.oauths() {
		// var oauth = rt.OAuth2{Authorize: "https://...", Token: "https://...", ...}
		grant := map[string]string{"client": "GrantClient", "device": "GrantDevice"}[a.OAuth2.Grant]
		name := g.oauthVar(a)
		out = append(out, decl{name + " is how tokens are got and renewed.", gofile.Var(name).Op("=").Add(g.tokenFacts(a, grant))})
	}
	return out
}

// tokenFacts is how the tokens of a method are got and renewed.
func (g *generator) tokenFacts(a *ir.Auth, grant string) *gofile.Code {
	o, clientAuth := a.OAuth2, ""
	if o.Grant != "exchange" {
		clientAuth = map[string]string{"basic": "ClientBasic", "jwt": "ClientJWT", "mtls": "ClientMTLS", "none": "ClientNone"}[o.Client]
	}
	var params []*gofile.Code
	for _, h := range o.Params {
		params = append(params, g.header(h))
	}
	scopeSep := o.ScopeSep
	if scopeSep == " " {
		scopeSep = ""
	}
	pkce := map[string]string{"plain": "PKCEPlain", "none": "PKCENone"}[o.PKCE]
	if o.Grant != "code" {
		pkce = ""
	}
	return gofile.FieldLines(gofile.RT("OAuth2"),
		gofile.KV{Name: "Grant", Value: optionalRT(grant)},
		gofile.KV{Name: "Authorize", Value: gofile.String(g.address(o.Authorize))},
		gofile.KV{Name: "Pushed", Value: gofile.String(g.address(o.Pushed))},
		gofile.KV{Name: "Token", Value: gofile.String(g.address(o.Token))},
		gofile.KV{Name: "PKCE", Value: optionalRT(pkce)},
		gofile.KV{Name: "ClientAuth", Value: optionalRT(clientAuth)},
		gofile.KV{Name: "ScopeSep", Value: gofile.String(scopeSep)},
		gofile.KV{Name: "Scopes", Value: gofile.Strings(o.Scopes)},
		gofile.KV{Name: "Params", Value: gofile.ElemLines(gofile.Slice(gofile.RT("Header")), params...)},
		gofile.KV{Name: "Rename", Value: renames(o.Rename)},
		gofile.KV{Name: "Request", Value: g.tokenRequest(o.Request)},
		gofile.KV{Name: "Rotates", Value: gofile.True(o.Rotates)},
		gofile.KV{Name: "ExpiryOptional", Value: gofile.True(o.ExpiryOptional)},
		gofile.KV{Name: "Margin", Value: g.duration(o.Margin)},
		gofile.KV{Name: "Grace", Value: g.duration(o.Grace)},
		gofile.KV{Name: "Steps", Value: g.tokenSteps(o.Steps)},
		gofile.KV{Name: "Renew", Value: g.tokenSteps(o.Renew)},
		gofile.KV{Name: "Extends", Value: gofile.True(o.Extends)},
		gofile.KV{Name: "JWT", Value: g.jwtRef(o.JWT)},
		gofile.KV{Name: "Tokens", Value: gofile.ElemLines(gofile.Slice(gofile.RT("OAuthToken")), g.oauthTokens(o)...)},
		gofile.KV{Name: "Place", Value: gofile.Elems(gofile.Slice(gofile.RT("Place")), g.places(a)...)},
		gofile.KV{Name: "Proof", Value: optionalRT(map[string]string{"dpop": "DPoP"}[o.Proof])},
		gofile.KV{Name: "Sign", Value: g.signingRef(a.Sign)},
		gofile.KV{Name: "Failed", Value: g.whenRef(o.Failed)},
		gofile.KV{Name: "Dead", Value: g.whenRef(o.Dead)},
	)
}

// tokenRequest is how token requests differ from those of RFC 6749.
func (g *generator) tokenRequest(r *ir.TokenRequest) *gofile.Code {
	if r == nil {
		return nil
	}
	return gofile.Op("&").Add(gofile.FieldLines(gofile.RT("TokenRequest"),
		gofile.KV{Name: "JSON", Value: gofile.True(r.JSON)},
		gofile.KV{Name: "Header", Value: g.authMembers(r.Headers)},
		gofile.KV{Name: "Params", Value: g.authMembers(r.Params)},
		gofile.KV{Name: "Rename", Value: renames(r.Rename)}))
}

// renames is map[string]string{"client_id": "client_key"}; nil for none.
func renames(names map[string]string) *gofile.Code {
	if len(names) == 0 {
		return nil
	}
	var pairs []*gofile.Code
	for _, from := range slices.Sorted(maps.Keys(names)) {
		pairs = append(pairs, gofile.Lit(from).Op(":").Lit(names[from]))
	}
	return gofile.Elems(gofile.Map(gofile.Id("string")), pairs...)
}

func (g *generator) whenRef(w *ir.When) *gofile.Code {
	if w == nil {
		return nil
	}
	return gofile.Op("&").Add(g.when(w))
}

func (g *generator) oauthTokens(o *ir.OAuth2) []*gofile.Code {
	var out []*gofile.Code
	for _, t := range o.Tokens {
		out = append(out, gofile.FieldLines(nil,
			gofile.KV{Name: "Name", Value: gofile.Lit(t.Name)},
			gofile.KV{Name: "Access", Value: g.path(t.At)},
			gofile.KV{Name: "Refresh", Value: g.path(t.Refresh)},
			gofile.KV{Name: "Expires", Value: g.path(t.Expires)},
			gofile.KV{Name: "Scope", Value: g.path(t.Scope)},
			gofile.KV{Name: "ExpiresAs", Value: g.unit(t.ExpiresAs)},
			gofile.KV{Name: "Life", Value: g.duration(t.Life)},
			gofile.KV{Name: "Steps", Value: renames(t.Steps)},
			gofile.KV{Name: "Also", Value: g.captures(t.Also)},
			gofile.KV{Name: "Optional", Value: gofile.True(t.Optional)}))
	}
	return out
}

// appDecls declares App: what the clients of many connections share.
func (g *generator) appDecls() []decl {
	out := []decl{{"App is what the connections of an application share: transport, limits, tokens. Make one per process. It is safe for concurrent use.",
		gofile.Type("App").Struct(gofile.Param("rt", gofile.Ptr(gofile.RT("App"))))}}
	if g.oauth() == nil {
		return append(out, g.plainApp(), g.appClientWith())
	}
	out = append(out, g.appConfig(), g.oauthApp())
	if !isDevice(g.oauth()) {
		out = append(out, g.authCodeURL(), g.exchange())
	}
	for _, a := range g.oauths() {
		switch {
		case isDevice(a):
			out = append(out, g.appDevice(a))
		case a != g.oauth():
			out = append(out, g.appGrants(a))
		}
		out = append(out, g.appClients(a)...)
	}
	return append(out, g.appClientWith())
}

// appConfig declares what the application is at the provider.
func (g *generator) appConfig() decl {
	fields := []*gofile.Code{gofile.Param("ClientID", gofile.Id("string")), gofile.Param("ClientSecret", g.alias("Secret"))}
	if g.bound() {
		fields = append(fields, gofile.Trailing(gofile.Param("Certificate, CertificateKey", g.alias("Secret")), "The application's certificate and its private key, in PEM; empty where the transport has them."))
	}
	fields = append(fields, gofile.Trailing(gofile.Param("Store", gofile.RT("TokenStore")), "Where tokens are kept; nil is the memory of the process."))
	return decl{"AppConfig is what the provider knows the application by, and where tokens are kept.", gofile.Type("AppConfig").Add(gofile.Struct(fields...))}
}

// bound reports whether the application has a certificate.
func (g *generator) bound() bool {
	return slices.ContainsFunc(g.oauths(), func(a *ir.Auth) bool { return a.OAuth2.Bound() })
}

// oauthApp declares NewApp for a connector with OAuth 2.0.
func (g *generator) oauthApp() decl {
	option := gofile.Slice(g.alias("Option"))
	client := gofile.Call(gofile.RT("WithOAuthClient"), gofile.Id("cfg").Dot("ClientID"), gofile.Id("cfg").Dot("ClientSecret"))
	// Where a method has a certificate:
	//	if !cfg.Certificate.IsZero() {
	//		all = append(all, rt.WithOAuthCertificate(cfg.Certificate, cfg.CertificateKey))
	//	}
	var certificate *gofile.Code
	if g.bound() {
		certificate = gofile.If(nil, gofile.Op("!").Id("cfg").Dot("Certificate").Dot("IsZero").Call()).Block(
			gofile.Id("all").Op("=").Append(gofile.Id("all"), gofile.Call(gofile.RT("WithOAuthCertificate"), gofile.Id("cfg").Dot("Certificate"), gofile.Id("cfg").Dot("CertificateKey"))))
	}
	// func NewApp(cfg AppConfig, opts ...Option) (*App, error) {
	//	all := []Option{rt.WithOAuthClient(cfg.ClientID, cfg.ClientSecret)}
	//	if cfg.Store != nil {
	//		all = append(all, rt.WithTokenStore(cfg.Store))
	//	}
	//	a, err := rt.NewApp(&api, append(all, opts...)...)
	//	return &App{a}, err
	// }
	code := gofile.Func("NewApp").
		Params(gofile.Param("cfg", gofile.Id("AppConfig")), gofile.Id("opts").Op("...").Add(g.alias("Option"))).
		Params(gofile.Ptr(gofile.Id("App")), gofile.Id("error")).Block(
		gofile.Id("all").Op(":=").Add(gofile.Elems(option, client)),
		gofile.If(nil, gofile.Id("cfg").Dot("Store").Op("!=").Nil()).Block(
			gofile.Id("all").Op("=").Append(gofile.Id("all"), gofile.Call(gofile.RT("WithTokenStore"), gofile.Id("cfg").Dot("Store")))),
		certificate,
		gofile.Id("a").Op(",").Id("err").Op(":=").Add(gofile.Call(gofile.RT("NewApp"), gofile.Op("&").Id("api"),
			gofile.Id("append").Call(gofile.Id("all"), gofile.Id("opts").Op("...")).Op("..."))),
		gofile.If(nil, gofile.Id("err").Op("!=").Nil()).Block(gofile.Return(gofile.Id("nil"), gofile.Id("err"))),
		gofile.Return(gofile.Elems(gofile.Op("&").Id("App"), gofile.Id("a")), gofile.Id("nil")))
	return decl{"NewApp returns an app. It makes no request.", code}
}

// plainApp declares NewApp for a connector without OAuth 2.0.
func (g *generator) plainApp() decl {
	// func NewApp(opts ...Option) (*App, error) {
	//	a, err := rt.NewApp(&api, opts...)
	//	if err != nil {
	//		return nil, err
	//	}
	//	return &App{a}, nil
	// }
	code := gofile.Func("NewApp").Params(gofile.Id("opts").Op("...").Add(g.alias("Option"))).
		Params(gofile.Ptr(gofile.Id("App")), gofile.Id("error")).Block(
		gofile.Id("a").Op(",").Id("err").Op(":=").Add(gofile.Call(gofile.RT("NewApp"), gofile.Op("&").Id("api"), gofile.Id("opts").Op("..."))),
		gofile.If(nil, gofile.Id("err").Op("!=").Nil()).Block(gofile.Return(gofile.Id("nil"), gofile.Id("err"))),
		gofile.Return(gofile.Elems(gofile.Op("&").Id("App"), gofile.Id("a")), gofile.Id("nil")))
	return decl{"NewApp returns an app. It makes no request.", code}
}

// onApp starts a method of App.
func onApp(name string) *gofile.Code { return gofile.Method("a", gofile.Ptr(gofile.Id("App")), name) }

// authCodeURL declares App.AuthCodeURL.
func (g *generator) authCodeURL() decl {
	if isPushed(g.oauth()) {
		// func (a *App) AuthCodeURL(ctx context.Context, r rt.AuthRequest) (*rt.AuthAttempt, error) {
		//	return a.rt.Pushed(nil).AuthCodeURL(ctx, r)
		// }
		return decl{"AuthCodeURL starts the connection of an account: it pushes what is asked for to the provider, and returns where to send the user, and what to keep until they are back. The URL is for one user and one visit.",
			onApp("AuthCodeURL").Params(gofile.Param("ctx", gofile.Qual("context", "Context")), gofile.Param("r", gofile.RT("AuthRequest"))).
				Params(gofile.Ptr(gofile.RT("AuthAttempt")), gofile.Id("error")).
				Block(gofile.Return(gofile.Id("a").Dot("rt").Dot("Pushed").Call(gofile.Id("nil")).Dot("AuthCodeURL").Call(gofile.Id("ctx"), gofile.Id("r"))))}
	}
	// func (a *App) AuthCodeURL(r rt.AuthRequest) (*rt.AuthAttempt, error) { return a.rt.AuthCodeURL(r) }
	return decl{"AuthCodeURL starts the connection of an account: it returns where to send the user, and what to keep until they are back. It makes no request.",
		onApp("AuthCodeURL").Params(gofile.Param("r", gofile.RT("AuthRequest"))).
			Params(gofile.Ptr(gofile.RT("AuthAttempt")), gofile.Id("error")).
			Block(gofile.Return(gofile.Id("a").Dot("rt").Dot("AuthCodeURL").Call(gofile.Id("r"))))}
}

// exchange declares App.Exchange.
func (g *generator) exchange() decl {
	// func (a *App) Exchange(ctx context.Context, g rt.CodeGrant) (*rt.Connected, error) { return a.rt.Exchange(ctx, g) }
	return decl{"Exchange redeems the code that the user brought back, and stores the tokens before it returns.",
		onApp("Exchange").Params(gofile.Param("ctx", gofile.Qual("context", "Context")), gofile.Param("g", gofile.RT("CodeGrant"))).
			Params(gofile.Ptr(gofile.RT("Connected")), gofile.Id("error")).
			Block(gofile.Return(gofile.Id("a").Dot("rt").Dot("Exchange").Call(gofile.Id("ctx"), gofile.Id("g"))))}
}

// appGrants declares App.Shop, by which accounts are connected by a further method.
func (g *generator) appGrants(a *ir.Auth) decl {
	// func (a *App) Shop() rt.Grants { return a.rt.Grants(&shopOAuth) }
	name, typ, more := authName(a), "Grants", ", as [App.AuthCodeURL] and [App.Exchange] do it by the first."
	switch {
	case isPushed(a):
		typ, more = "Pushed", ": its AuthCodeURL pushes what is asked for to the provider before it returns where to send the user."
	case isPushed(g.oauth()) || isDevice(g.oauth()): // Methods of App that are otherwise, or absent.
		more = ", by its AuthCodeURL and Exchange."
	}
	return decl{name + " is how accounts are connected by the method " + a.Name + more,
		onApp(name).Params().Add(gofile.RT(typ)).Block(
			gofile.Return(gofile.Id("a").Dot("rt").Dot(typ).Call(gofile.Op("&").Id(g.oauthVar(a)))))}
}

// isPushed reports whether what a method asks for is pushed before the user is sent.
func isPushed(a *ir.Auth) bool { return !a.OAuth2.Pushed.IsZero() }

// isDevice reports whether users agree to a method on another device.
func isDevice(a *ir.Auth) bool { return a.OAuth2.Grant == "device" }

// appDevice declares App.Console, by which accounts are connected by a method whose
// users agree on another device. Programs that do not call it link none of that.
func (g *generator) appDevice(a *ir.Auth) decl {
	// func (a *App) Console() rt.Device { return a.rt.Device(&consoleOAuth) }
	name := authName(a)
	return decl{name + " is how accounts are connected by the method " + a.Name + ": it asks for a code, with which a user agrees on another device, and waits for that.",
		onApp(name).Params().Add(gofile.RT("Device")).Block(
			gofile.Return(gofile.Id("a").Dot("rt").Dot("Device").Call(gofile.Op("&").Id(g.oauthVar(a)))))}
}

// clientMethod is the method of App that makes a client for a token of a method:
// Client for the first, and UserClient and so on for the others.
func (g *generator) clientMethod(a *ir.Auth, t *ir.OAuthToken) string {
	if a == g.oauth() && t == a.OAuth2.Tokens[0] {
		return "Client"
	}
	return capital(exported(t.Name)) + "Client"
}

// appClients declares a method for each token of a method.
func (g *generator) appClients(a *ir.Auth) []decl {
	var out []decl
	for _, t := range a.OAuth2.Tokens {
		name := g.clientMethod(a, t)
		doc := name + " is [App.Client] with the token " + t.Name + " of the connection."
		if name == "Client" {
			doc = "Client returns a client for a connected account, whose token it renews when needed. It is cheap and makes no request. An account without a token makes calls fail with [ErrDisconnected]."
		}
		// func (a *App) Client(account string, opts ...Option) (*Client, error) {
		//	c, err := a.rt.Client(a.rt.Connection(account, "bot"), opts...)
		//	...
		// }
		from := gofile.Id("a").Dot("rt")
		if a != g.oauth() {
			from = from.Dot("Grants").Call(gofile.Op("&").Id(g.oauthVar(a)))
		}
		cred := from.Dot("Connection").Call(gofile.Id("account"), gofile.Lit(t.Name))
		out = append(out, decl{doc, g.appMethod(name, gofile.Param("account", gofile.Id("string")), cred)})
	}
	return out
}

// appClientWith declares App.ClientWith.
func (g *generator) appClientWith() decl {
	return decl{"ClientWith returns a client that authenticates with auth and shares what the app has. It is cheap and makes no request.",
		g.appMethod("ClientWith", gofile.Param("auth", gofile.Id("Auth")), gofile.Id("auth").Dot("cred"))}
}

// appMethod is a method of App that makes a client.
func (g *generator) appMethod(name string, param, cred *gofile.Code) *gofile.Code {
	options := gofile.Id("opts").Op("...")
	if g.hasSettings() {
		options = gofile.Id("settings").Dot("with").Call(gofile.Id("opts")).Op("...")
	}
	return onApp(name).Params(gofile.List(append([]*gofile.Code{param}, g.setupParams()...)...)...).
		Params(gofile.Ptr(gofile.Id("Client")), gofile.Id("error")).
		Add(g.clientFrom(gofile.Id("a").Dot("rt").Dot("Client").Call(cred, options)))
}
