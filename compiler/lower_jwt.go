package compiler

import (
	"strings"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// lowerJWT lowers a token that the client signs.
func (c *compilation) lowerJWT(n node) *ir.JWT {
	j := &ir.JWT{
		Pos: n.pos(), Algorithm: n.get("algorithm").str(), Key: c.credName(n.get("key")), KeyAs: n.get("key_as").str(),
		Life: ir.Duration(or(n.get("ttl").str(), "5m")),
	}
	sc := scopes{allowed: []string{"cred", "conn", "now", "nonce"}, check: c.stepScope(nil), cuts: true}
	if k := n.get("key_id"); k.exists() {
		j.KeyID = c.lowerTemplate(k, sc)
	}
	j.Claims = c.lowerHeaders(n.get("claims").fields(), sc)
	if as := n.get("key_as"); as.exists() && !strings.HasPrefix(j.Algorithm, "HS") {
		c.report.Errorf(diag.MisplacedField, as.labelPos(), "the key of `%s` is PEM", j.Algorithm).
			Help("leave key_as out")
	}
	return j
}

// lowerAssertion lowers the JWT by which a client proves who it is (RFC 7523
// section 3): it is issuer and subject, and the token endpoint the audience.
func (c *compilation) lowerAssertion(n node, o *ir.OAuth2) {
	j := n.get("jwt")
	switch {
	case o.Client != "jwt" && !j.exists():
		return
	case o.Client != "jwt":
		c.report.Errorf(diag.MisplacedField, j.labelPos(), "nothing is signed here").Help("add send: \"jwt\"")
		return
	case !j.exists():
		c.report.Errorf(diag.MissingField, n.get("send").pos(), "`jwt` has to say what is signed").
			Help("add jwt: {algorithm: \"RS256\", key: \"cred.client_secret\"}")
		return
	}
	o.JWT = c.lowerJWT(j)
	if o.JWT.Key != "client_secret" {
		c.report.Errorf(diag.SecretNotCred, j.get("key").pos(), "the key of an application is its client secret").
			Help("write cred.client_secret")
	}
	for _, claim := range o.JWT.Claims {
		for _, p := range claim.Value.Parts {
			if p.Scope == "cred" && p.Path.String() != "client_id" {
				c.report.Errorf(diag.SecretNotCred, claim.Pos, "an application has no `cred.%s`", p.Path).Help("write {cred.client_id}")
			}
		}
	}
	c.claim(o.JWT, "iss", ir.Part{Scope: "cred", Path: ir.Path{{Name: "client_id"}}})
	c.claim(o.JWT, "sub", ir.Part{Scope: "cred", Path: ir.Path{{Name: "client_id"}}})
	c.claim(o.JWT, "jti", ir.Part{Scope: "nonce"})
}

// claim adds a claim unless it is written.
func (c *compilation) claim(j *ir.JWT, name string, value ir.Part) {
	for _, h := range j.Claims {
		if h.Name == name {
			return
		}
	}
	j.Claims = append(j.Claims, &ir.Header{Name: name, Pos: j.Pos, Value: ir.Template{Pos: j.Pos, Parts: []ir.Part{value}}})
}
