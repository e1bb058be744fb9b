package codegen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// auth writes auth.go: Auth with a function for each kind of credential, the
// facts of the OAuth 2.0 method, and App.
func (g *generator) auth() {
	makes := " make one."
	if len(g.authNames()) == 1 {
		makes = " makes one."
	}
	// type Auth struct{ cred rt.Credential }
	out := []decl{
		{"Auth is how a client authenticates: " + andList(g.authNames()) + makes + " It prints no secret, and the zero Auth is refused by [New].",
			gofile.Type("Auth").Struct(gofile.Param("cred", gofile.RT("Credential")))},
	}
	for _, a := range g.c.Auth {
		out = append(out, g.authFuncs(a)...)
	}
	if g.noAuth() {
		out = append(out, g.authFunc(noAuth, noAuth+" sends no credential. The spec has no auth method; a transport of your own may add one.",
			nil, gofile.Call(gofile.RT("Anonymous"))))
	}
	out = append(out, g.forAccountDecl())
	out = append(out, g.oauthDecls()...)
	g.add("auth", append(out, g.appDecls()...)...)
}

// authNames are the functions that make an Auth, as links.
func (g *generator) authNames() []string {
	var names []string
	for _, a := range g.c.Auth {
		if a.Kind != "oauth2" {
			if authSupported(a) {
				names = append(names, "["+authName(a)+"]")
			}
			continue
		}
		for _, t := range a.OAuth2.Tokens {
			names = append(names, "["+tokenName(t)+"]")
		}
	}
	if len(names) == 0 {
		return []string{"[" + noAuth + "]"}
	}
	return names
}

// noAuth is the function that makes an Auth where no method does. Without it a
// client could not be made at all.
const noAuth = "NoAuth"

// noAuth reports whether the connector has no method that a client can use.
func (g *generator) noAuth() bool { return !slices.ContainsFunc(g.c.Auth, authSupported) }

func authSupported(a *ir.Auth) bool {
	switch a.Kind {
	case "oauth2", "exchange", "jwt", "sign", "mtls", "bearer", "basic", "key", "none":
		return true
	}
	return false // The compiler said that the method is not built yet.
}

func authName(a *ir.Auth) string {
	if a.Go != "" {
		return a.Go
	}
	return capital(exported(a.Name))
}

func tokenName(t *ir.OAuthToken) string {
	if t.Go != "" {
		return t.Go
	}
	return capital(exported(t.Name)) + "Token"
}

// authFuncs declares the functions of one method.
func (g *generator) authFuncs(a *ir.Auth) []decl {
	switch a.Kind {
	case "oauth2":
		var out []decl
		for _, t := range a.OAuth2.Tokens {
			doc := fmt.Sprintf("%s authenticates with a token that the caller already has. It is never renewed; see [App.Client] for tokens that are.", tokenName(t))
			if a.OAuth2.Proof != "" {
				// func UserToken(token, key string) Auth { return Auth{rt.BoundToken(rt.NewSecret(token), rt.NewSecret(key))} }
				doc = fmt.Sprintf("%s authenticates with a token that the caller already has, and the private key that it is bound to, in PEM. It is never renewed; see [App.Client] for tokens that are.", tokenName(t))
				out = append(out, g.authFunc(tokenName(t), doc, []string{"token", "key"}, gofile.Call(gofile.RT("BoundToken"), secret(gofile.Id("token")), secret(gofile.Id("key")))))
				continue
			}
			out = append(out, g.authFunc(tokenName(t), doc, []string{"token"}, g.bearer(a)))
		}
		return out
	case "exchange":
		return g.exchangeFuncs(a)
	case "jwt":
		return g.jwtFuncs(a)
	case "sign":
		return g.signFuncs(a)
	case "mtls":
		// func Partner(certificate, privateKey string) Auth { return Auth{rt.ClientCertificate(rt.NewSecret(certificate), rt.NewSecret(privateKey))} }
		doc := fmt.Sprintf("%s authenticates with a client certificate and its private key, in PEM. A transport of one's own is an [http.Transport], or one that says how it presents certificates.", authName(a))
		names := argNames(a.Secrets())
		cred := gofile.Call(gofile.RT("ClientCertificate"), secret(gofile.Id(names[0])), secret(gofile.Id(names[1])))
		return []decl{g.authFunc(authName(a), authDoc(a, doc), a.Secrets(), cred)}
	case "bearer":
		doc := fmt.Sprintf("%s authenticates with a token.", authName(a))
		return []decl{g.authFunc(authName(a), authDoc(a, doc), []string{"token"}, g.bearer(a))}
	case "basic":
		doc := fmt.Sprintf("%s authenticates with HTTP Basic (RFC 7617).", authName(a))
		cred := gofile.Call(gofile.RT("Basic"), g.secretText(a.User), g.secretText(a.Pass))
		return []decl{g.authFunc(authName(a), authDoc(a, doc), a.Secrets(), cred)}
	case "key":
		return []decl{g.keyFunc(a)}
	case "none":
		doc := fmt.Sprintf("%s sends no credential.", authName(a))
		return []decl{g.authFunc(authName(a), authDoc(a, doc), nil, gofile.Call(gofile.RT("Anonymous")))}
	}
	return nil
}

func authDoc(a *ir.Auth, doc string) string {
	if a.Doc == "" {
		return doc
	}
	return doc + " " + sentence(a.Doc)
}

// authFunc is func BotToken(token string) Auth { return Auth{rt.Bearer(rt.NewSecret(token))} }.
func (g *generator) authFunc(name, doc string, args []string, cred *gofile.Code) decl {
	var params []*gofile.Code
	if len(args) > 0 {
		params = append(params, gofile.Param(strings.Join(argNames(args), ", "), gofile.Id("string")))
	}
	return decl{doc, gofile.Func(name).Params(gofile.List(params...)...).Id("Auth").Block(
		gofile.Return(gofile.Elems(gofile.Id("Auth"), cred)))}
}

// bearer is rt.Bearer(rt.NewSecret(token), places...).
func (g *generator) bearer(a *ir.Auth) *gofile.Code {
	args := append([]*gofile.Code{secret(gofile.Id("token"))}, g.places(a)...)
	return gofile.Call(gofile.RT("Bearer"), args...)
}

func secret(text *gofile.Code) *gofile.Code { return gofile.Call(gofile.RT("NewSecret"), text) }

// keyFunc declares a function whose secrets go to the method's own places.
func (g *generator) keyFunc(a *ir.Auth) decl {
	args := append([]*gofile.Code{g.secretMap(a)}, g.places(a)...)
	what := "a key"
	if len(a.Place) > 1 {
		what = "keys that go out together"
	}
	doc := fmt.Sprintf("%s authenticates with %s.", authName(a), what)
	return g.authFunc(authName(a), authDoc(a, doc), a.Secrets(), gofile.CallLines(gofile.RT("Key"), args...))
}

// places are where the credential goes; nothing for Authorization: Bearer, which
// is what the runtime does by itself.
func (g *generator) places(a *ir.Auth) []*gofile.Code {
	var out []*gofile.Code
	for _, p := range a.Place {
		if isBearer(p) {
			continue
		}
		out = append(out, g.place(p))
	}
	return out
}

func isBearer(p *ir.AuthPlace) bool {
	parts := p.Value.Parts
	return p.To != nil && strings.EqualFold(p.To.Header, "Authorization") &&
		len(parts) == 2 && parts[0].Text == "Bearer " && parts[1].Scope == "token"
}

// place is rt.Place{In: rt.InHeader, Name: "X-Key", Value: []rt.PlacePart{{Secret: "key"}}}.
func (g *generator) place(p *ir.AuthPlace) *gofile.Code {
	in, name := slotPlace(p.To)
	var parts []*gofile.Code
	for _, part := range p.Value.Parts {
		switch part.Scope {
		case "":
			parts = append(parts, gofile.Fields(nil, gofile.KV{Name: "Text", Value: gofile.Lit(part.Text)}))
		case "token":
			parts = append(parts, gofile.Fields(nil, gofile.KV{Name: "Secret", Value: gofile.RT("PlaceToken")}))
		case "cred":
			parts = append(parts, gofile.Fields(nil, gofile.KV{Name: "Secret", Value: gofile.Lit(part.Path.String())}))
		default:
			g.fail("%s: a credential made with {%s.%s}", p.Value.Pos, part.Scope, part.Path)
		}
	}
	return gofile.Fields(gofile.RT("Place"),
		gofile.KV{Name: "In", Value: g.placeConst(in)},
		gofile.KV{Name: "Name", Value: gofile.Lit(name)},
		gofile.KV{Name: "Value", Value: gofile.Elems(gofile.Slice(gofile.RT("PlacePart")), parts...)})
}

// argNames are the parameters for secrets: api_key is apiKey.
func argNames(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = unexported(exported(n))
	}
	return out
}

// secretText is a template as a secret: rt.NewSecret(user + "/token").
func (g *generator) secretText(t ir.Template) *gofile.Code {
	var expr *gofile.Code
	for _, p := range t.Parts {
		part := gofile.Lit(p.Text)
		if p.Scope == "cred" {
			part = gofile.Id(argNames([]string{p.Path.String()})[0])
		} else if p.Scope != "" {
			g.fail("%s: a credential made with {%s.%s}", t.Pos, p.Scope, p.Path)
		}
		if expr == nil {
			expr = part
			continue
		}
		expr.Op("+").Add(part)
	}
	if expr == nil {
		return gofile.Fields(gofile.RT("Secret"))
	}
	return secret(expr)
}

// forAccountDecl declares Auth.ForAccount.
func (g *generator) forAccountDecl() decl {
	// func (a Auth) ForAccount(account string) Auth { return Auth{rt.ForAccount(account, a.cred)} }
	return decl{
		"ForAccount returns a under the name of an account. Calls of one account share its limits; without a name a credential goes by a digest of itself.",
		gofile.Method("a", gofile.Id("Auth"), "ForAccount").Params(gofile.Param("account", gofile.Id("string"))).Id("Auth").Block(
			gofile.Return(gofile.Elems(gofile.Id("Auth"), gofile.Call(gofile.RT("ForAccount"), gofile.Id("account"), gofile.Id("a").Dot("cred"))))),
	}
}
