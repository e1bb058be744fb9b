package compiler

import (
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

func (c *compilation) lowerAuth() {
	for _, n := range c.root.get("auth").fields() {
		c.declare("auth", n.name, n.labelPos())
		a := &ir.Auth{Name: n.name, Pos: n.labelPos(), Doc: n.get("doc").str(), Go: n.get("go").str()}
		for _, f := range n.fields() {
			switch f.name {
			case "doc", "go":
			case "oauth2":
				a.Kind, a.OAuth2 = f.name, c.lowerOAuth2(f)
				a.Place = c.bearerPlace(f.get("to"), "Bearer")
				a.Accepts = c.lowerSlots(f.get("accepts"))
			case "exchange":
				a.Kind, a.OAuth2 = f.name, c.lowerExchange(f, n.name)
				a.Place = c.exchangePlace(f)
				a.Accepts = c.lowerSlots(f.get("accepts"))
			case "jwt":
				a.Kind, a.JWT = f.name, c.lowerJWT(f.get("token"))
				a.Place = c.exchangePlace(f)
			case "sign":
				a.Kind = f.name
				a.Sign = c.lowerSign(f, scopes{allowed: []string{"cred", "conn", "now", "nonce"}, check: c.stepScope(nil)})
			case "mtls":
				a.Kind, a.MTLS = f.name, &ir.MTLS{Certificate: "certificate", Key: "certificate_key"}
				if n := f.get("certificate"); n.exists() {
					a.MTLS.Certificate = c.credName(n)
				}
				if n := f.get("key"); n.exists() {
					a.MTLS.Key = c.credName(n)
				}
			case "bearer":
				a.Kind = f.name
				a.Place = c.bearerPlace(node{}, or(f.get("scheme").str(), "Bearer"))
				a.Accepts = c.lowerSlots(f.get("accepts"))
			case "basic":
				a.Kind = f.name
				a.User = c.credTemplate(f.get("user"), "user")
				a.Pass = c.credTemplate(f.get("password"), "password")
			case "key":
				a.Kind = f.name
				a.Place = []*ir.AuthPlace{{To: c.lowerSlot(f.get("to")), Value: c.credTemplate(f.get("value"), "key")}}
				c.checkKeyPlace(f.get("to"))
			case "keys":
				a.Kind = "key" // As one key is, with more places.
				for _, k := range f.fields() {
					a.Place = append(a.Place, &ir.AuthPlace{To: c.lowerSlot(k.get("to")), Value: c.credTemplate(k.get("value"), k.name)})
					c.checkKeyPlace(k.get("to"))
				}
			default:
				a.Kind, a.Other = f.name, f.data()
			}
		}
		c.out.Auth = append(c.out.Auth, a)
	}
}

func (c *compilation) bearerPlace(to node, scheme string) []*ir.AuthPlace {
	slot := &ir.Slot{Header: "Authorization"}
	value := ir.Template{Parts: []ir.Part{{Text: scheme + " "}, {Scope: "token", Path: ir.Path{{Name: "access"}}}}}
	if to.exists() {
		slot = c.lowerSlot(to)
		value.Parts = value.Parts[1:]
	}
	return []*ir.AuthPlace{{To: slot, Value: value}}
}

func (c *compilation) credTemplate(n node, name string) ir.Template {
	if !n.exists() {
		return ir.Template{Parts: []ir.Part{{Scope: "cred", Path: ir.Path{{Name: name}}}}}
	}
	return c.lowerTemplate(n, scopes{allowed: []string{"cred", "conn"}, check: c.connScope})
}

func (c *compilation) checkKeyPlace(to node) {
	if q := to.get("query"); q.exists() {
		c.warn(diag.KeyInQuery, q.labelPos(), "a key in the query ends up in the logs of every proxy").
			Help("use a header when the provider accepts one")
	}
}

func (c *compilation) lowerOAuth2(n node) *ir.OAuth2 {
	o := &ir.OAuth2{
		Client:         or(n.get("send").str(), "post"),
		ScopeSep:       or(n.get("scopes").get("separator").str(), " "),
		Scopes:         n.get("scopes").get("default").strs(),
		Rotates:        n.get("refresh").get("rotates").bool(),
		ExpiryOptional: n.get("refresh").get("expiry").get("optional").bool(),
		Margin:         ir.Duration(n.get("refresh").get("margin").str()),
		Grace:          ir.Duration(n.get("refresh").get("grace").str()),
		PKCE:           "none",
	}
	c.lowerAssertion(n, o)
	if g := n.get("code"); g.exists() {
		o.Grant = "code"
		o.Authorize = c.lowerAddress(g.get("authorize"))
		o.Token = c.lowerAddress(g.get("token"))
		o.PKCE = or(g.get("pkce").str(), "S256")
		o.Params = c.lowerHeaders(g.get("params").fields(), c.connOnly())
		if o.PKCE == "plain" {
			c.warn(diag.WeakPKCE, g.get("pkce").pos(), "`plain` protects against nothing that S256 does not").
				Help("use S256, or none for a provider that refuses it")
		}
	}
	if g := n.get("client"); g.exists() {
		o.Grant = "client"
		o.Token = c.lowerAddress(g.get("token"))
		o.Params = c.lowerHeaders(g.get("params").fields(), c.connOnly())
	}
	o.Tokens = c.lowerTokens(n.get("tokens"))
	if f := n.get("failed"); f.exists() {
		o.Failed = c.lowerWhen(f)
	}
	if d := n.get("dead"); d.exists() {
		o.Dead = c.lowerWhen(d)
	}
	return o
}

// lowerAddress lowers the address of an OAuth endpoint.
func (c *compilation) lowerAddress(n node) ir.Template {
	t := c.lowerTemplate(n, c.connOnly())
	c.checkServerURL(n, t)
	return t
}

// lowerTokens lowers the tokens of a token response. Without any, the response
// is as RFC 6749 section 5.1 has it.
func (c *compilation) lowerTokens(n node) []*ir.OAuthToken {
	var list []*ir.OAuthToken
	for _, t := range n.fields() {
		at, _ := c.lowerPath(t.get("at"))
		beside := func(field, name string) ir.Path {
			if f := t.get(field); f.exists() {
				p, _ := c.lowerPath(f)
				return p
			}
			return sibling(at, name)
		}
		list = append(list, &ir.OAuthToken{
			Name: t.name, Go: t.get("go").str(), Pos: t.labelPos(), At: at,
			Refresh: beside("refresh", "refresh_token"), Expires: beside("expires", "expires_in"), Scope: beside("scope", "scope"),
			Optional: t.get("optional").bool(),
		})
	}
	if list == nil {
		name := func(s string) ir.Path { return ir.Path{{Name: s}} }
		list = []*ir.OAuthToken{{Name: "access", Pos: n.pos(), At: name("access_token"), Refresh: name("refresh_token"), Expires: name("expires_in"), Scope: name("scope")}}
	}
	return list
}

// sibling is the path of a member beside the one that p leads to.
func sibling(p ir.Path, name string) ir.Path {
	if len(p) == 0 {
		return ir.Path{{Name: name}}
	}
	return append(append(ir.Path{}, p[:len(p)-1]...), ir.Step{Name: name})
}
