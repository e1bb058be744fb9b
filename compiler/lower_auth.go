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
				a.Kind, a.OAuth2 = f.name, c.lowerOAuth2(f, n.name)
				a.Place = c.bearerPlace(f.get("to"), "Bearer")
				if a.OAuth2.Proof != "" {
					a.Place = c.bearerPlace(node{}, "DPoP")
				}
				a.Accepts = c.lowerSlots(f.get("accepts"))
			case "exchange":
				a.Kind, a.OAuth2 = f.name, c.lowerExchange(f, n.name)
				if g := f.get("sign"); g.exists() {
					a.Sign = c.lowerSign(g, scopes{allowed: []string{"cred", "conn", "now", "nonce", "token"}, check: c.stepScope(nil), cuts: true})
				} else {
					a.Place = c.exchangePlace(f)
				}
				a.Accepts = c.lowerSlots(f.get("accepts"))
			case "jwt":
				a.Kind, a.JWT = f.name, c.lowerJWT(f.get("token"))
				a.Place = c.exchangePlace(f)
			case "sign":
				a.Kind = f.name
				a.Sign = c.lowerSign(f, scopes{allowed: []string{"cred", "conn", "now", "nonce"}, check: c.stepScope(nil), cuts: true})
			case "mtls":
				a.Kind, a.MTLS = f.name, &ir.MTLS{Certificate: "certificate", Key: "certificate_key"}
				if n := f.get("certificate"); n.exists() {
					a.MTLS.Certificate = c.credName(n)
				}
				if n := f.get("key"); n.exists() {
					a.MTLS.Key = c.credName(n)
				}
				if a.MTLS.Key == a.MTLS.Certificate {
					c.report.Errorf(diag.SecretNotCred, f.pos(), "the certificate and its key are one secret, `cred.%s`", a.MTLS.Key).
						Help("name two: certificate: \"cred.certificate\", key: \"cred.certificate_key\"")
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
