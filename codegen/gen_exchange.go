package codegen

import (
	"fmt"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// exchangeFuncs declares the function of a method whose secrets are exchanged for a
// token, and what the runtime has to know of it.
func (g *generator) exchangeFuncs(a *ir.Auth) []decl {
	facts := unexported(authName(a)) + "Exchange"
	doc := fmt.Sprintf("%s authenticates with a token that it gets for its secrets, and renews.", authName(a))
	// func Login(user, password string) Auth {
	//	return Auth{rt.Exchange(&loginExchange, map[string]rt.Secret{"user": rt.NewSecret(user), ...})}
	// }
	return []decl{
		g.authFunc(authName(a), authDoc(a, doc), a.Secrets(), gofile.Call(gofile.RT("Exchange"), gofile.Op("&").Id(facts), g.secretMap(a))),
		{facts + " is how tokens are got and renewed.", gofile.Var(facts).Op("=").Add(g.tokenFacts(a, "GrantExchange"))},
	}
}

// secretMap is the secrets of a method by name, from the parameters of its function.
func (g *generator) secretMap(a *ir.Auth) *gofile.Code {
	names := a.Secrets()
	var pairs []*gofile.Code
	for i, arg := range argNames(names) {
		pairs = append(pairs, gofile.Lit(names[i]).Op(":").Add(secret(gofile.Id(arg))))
	}
	return gofile.Elems(gofile.Map(gofile.RT("Secret")), pairs...)
}

// tokenSteps are the requests that yield or renew a token.
func (g *generator) tokenSteps(steps []*ir.TokenStep) *gofile.Code {
	var out []*gofile.Code
	for _, s := range steps {
		var basic *gofile.Code
		if s.Basic {
			basic = gofile.Op("&").Add(gofile.Fields(gofile.RT("BasicPair"),
				gofile.KV{Name: "User", Value: g.authParts(s.User)},
				gofile.KV{Name: "Password", Value: g.authParts(s.Pass)}))
		}
		out = append(out, gofile.FieldLines(nil,
			gofile.KV{Name: "Method", Value: gofile.Lit(s.Method)},
			gofile.KV{Name: "URL", Value: gofile.Lit(g.address(s.URL))},
			gofile.KV{Name: "Hosts", Value: gofile.Strings(s.Hosts)},
			gofile.KV{Name: "Query", Value: g.authMembers(s.Query)},
			gofile.KV{Name: "Header", Value: g.authMembers(s.Headers)},
			gofile.KV{Name: "Form", Value: g.authMembers(s.Form)},
			gofile.KV{Name: "JSON", Value: g.authMembers(s.JSON)},
			gofile.KV{Name: "Basic", Value: basic},
			gofile.KV{Name: "Sign", Value: g.signingRef(s.Sign)},
			gofile.KV{Name: "Capture", Value: g.captures(s.Capture)}))
	}
	return gofile.ElemLines(gofile.Slice(gofile.RT("TokenStep")), out...)
}

// captures are values of an answer by name.
func (g *generator) captures(list []*ir.Capture) *gofile.Code {
	var out []*gofile.Code
	for _, k := range list {
		out = append(out, gofile.Fields(nil,
			gofile.KV{Name: "Name", Value: gofile.Lit(k.Name)},
			gofile.KV{Name: "At", Value: g.path(k.At)}))
	}
	return gofile.Elems(gofile.Slice(gofile.RT("Capture")), out...)
}

func (g *generator) authMembers(list []*ir.Header) *gofile.Code {
	var out []*gofile.Code
	for _, h := range list {
		out = append(out, gofile.Fields(nil,
			gofile.KV{Name: "Name", Value: gofile.Lit(h.Name)},
			gofile.KV{Name: "Value", Value: g.authParts(h.Value)}))
	}
	return gofile.ElemLines(gofile.Slice(gofile.RT("AuthMember")), out...)
}

// authSources are the runtime's names of what the texts of credentials refer to.
var authSources = map[string]string{
	"cred": "FromCred", "conn": "FromConn", "step": "FromStep", "token": "FromToken", "now": "FromNow", "nonce": "FromNonce", "jwt": "FromJWT",
	"method": "FromMethod", "url": "FromURL", "header": "FromHeader", "body": "FromBody", "digest": "FromDigest", "signature": "FromSignature", "oauth": "FromOAuth",
}

// authParts is a text that a credential is made of.
func (g *generator) authParts(t ir.Template) *gofile.Code {
	var out []*gofile.Code
	for _, p := range t.Parts {
		text := p.Text
		if p.Scope != "" {
			text = headerName(p.Path)
		}
		from, ok := authSources[p.Scope]
		if p.Scope != "" && !ok {
			g.fail("%s: a credential made with {%s}", t.Pos, p.Scope)
		}
		out = append(out, gofile.Fields(nil,
			gofile.KV{Name: "From", Value: optionalRT(from)},
			gofile.KV{Name: "Text", Value: gofile.String(text)},
			gofile.KV{Name: "Start", Value: gofile.Int(p.Start)},
			gofile.KV{Name: "End", Value: gofile.Int(p.End)}))
	}
	return gofile.Elems(gofile.Slice(gofile.RT("AuthPart")), out...)
}
