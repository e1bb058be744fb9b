package compiler

import (
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

func (c *compilation) lowerOAuth2(n node, method string) *ir.OAuth2 {
	o := &ir.OAuth2{
		Client:         or(n.get("send").str(), "post"),
		ScopeSep:       or(n.get("scopes").get("separator").str(), " "),
		Scopes:         n.get("scopes").get("default").strs(),
		Rotates:        n.get("refresh").get("rotates").bool(),
		ExpiryOptional: n.get("refresh").get("expiry").get("optional").bool(),
		Margin:         ir.Duration(n.get("refresh").get("margin").str()),
		Grace:          ir.Duration(n.get("refresh").get("grace").str()),
		PKCE:           "none",
		Proof:          n.get("proof").str(),
	}
	c.lowerAssertion(n, o)
	if g := n.get("code"); g.exists() {
		o.Grant = "code"
		o.Authorize = c.lowerAddress(g.get("authorize"))
		if t := g.get("token"); t.exists() {
			o.Token = c.lowerAddress(t)
		}
		if t := g.get("pushed"); t.exists() {
			o.Pushed = c.lowerAddress(t)
		}
		o.Rename = c.lowerRenames(g.get("rename"))
		o.Steps = c.lowerTokenSteps(g.get("steps"), c.oauthScopes(o)...)
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
	if g := n.get("device"); g.exists() {
		o.Grant = "device"
		o.Authorize = c.lowerAddress(g.get("authorize"))
		o.Token = c.lowerAddress(g.get("token"))
		o.Params = c.lowerHeaders(g.get("params").fields(), c.connOnly())
	}
	refresh := n.get("refresh")
	o.Renew = c.lowerTokenSteps(refresh.get("steps"), append(c.oauthScopes(o), "token")...)
	o.Extends = refresh.get("extends").bool()
	o.Request = c.lowerTokenRequest(n.get("request"), o)
	o.Tokens = c.lowerTokens(n.get("tokens"), c.defaultToken(method), o)
	c.checkAppSecrets(n, o)
	c.checkCertified(n, o)
	c.checkProof(n, o)
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

// oauthScopes are the scopes of requests that redeem a code or renew its tokens.
func (c *compilation) oauthScopes(o *ir.OAuth2) []string {
	allowed := []string{"cred", "conn", "now", "nonce", "oauth"}
	if o.JWT != nil {
		allowed = append(allowed, "jwt")
	}
	return allowed
}

// defaultToken is the name of a token that the spec does not name. An application
// keeps the tokens of all methods in one place.
func (c *compilation) defaultToken(method string) string {
	if slices.ContainsFunc(c.out.Auth, func(a *ir.Auth) bool { return a.Kind == "oauth2" }) {
		return method
	}
	return "access"
}

func (c *compilation) lowerTokenRequest(n node, o *ir.OAuth2) *ir.TokenRequest {
	if !n.exists() {
		return nil
	}
	sc := scopes{allowed: c.oauthScopes(o)[:4], check: c.stepScope(nil), cuts: true}
	return &ir.TokenRequest{
		JSON: n.get("as").exists(), Headers: c.lowerNamedHeaders(n.get("headers").fields(), sc), Params: c.lowerHeaders(n.get("params").fields(), sc),
		Rename: c.lowerRenames(n.get("rename")),
	}
}

func (c *compilation) lowerRenames(n node) map[string]string {
	var names map[string]string
	for _, f := range n.fields() {
		if names == nil {
			names = map[string]string{}
		}
		names[f.name] = f.str()
	}
	return names
}

// checkCertified reports requests for tokens that cannot carry a certificate.
func (c *compilation) checkCertified(n node, o *ir.OAuth2) {
	if !o.Bound() {
		return
	}
	for _, at := range []node{n.get("code").get("token"), n.get("code").get("pushed"), n.get("client").get("token"), n.get("device").get("token")} {
		if strings.HasPrefix(at.str(), "http:") {
			c.report.Errorf(diag.CertificateWithoutTLS, at.pos(), "without TLS no certificate is presented").Help("write the address with https, or another `send`")
		}
	}
}

// checkProof reports what says where bound tokens go, and requests for them that cannot
// have a proof.
func (c *compilation) checkProof(n node, o *ir.OAuth2) {
	if o.Proof == "" {
		return
	}
	for _, at := range []node{n.get("to"), n.get("accepts")} {
		if at.exists() {
			c.report.Errorf(diag.ProofUnfit, at.pos(), "tokens with a proof go to `Authorization: DPoP`, and nowhere else").Help("leave it out")
		}
	}
	for _, at := range []node{n.get("code").get("steps"), n.get("refresh").get("steps")} {
		if at.exists() {
			c.report.Errorf(diag.ProofUnfit, at.pos(), "requests of the provider's own have no proof").Help("ask for tokens at `token`, or leave `proof` out")
		}
	}
}

// checkAppSecrets reports secrets that an application has not.
func (c *compilation) checkAppSecrets(n node, o *ir.OAuth2) {
	var templates []ir.Template
	for _, s := range append(slices.Clone(o.Steps), o.Renew...) {
		templates = append(templates, s.Templates()...)
	}
	if o.Request != nil {
		for _, h := range append(slices.Clone(o.Request.Headers), o.Request.Params...) {
			templates = append(templates, h.Value)
		}
	}
	for _, t := range templates {
		for _, p := range t.Parts {
			name := p.Path.String()
			if p.Scope == "cred" && name == "client_secret" && o.Bound() {
				c.report.Errorf(diag.SecretNotCred, t.Pos, "an application with a certificate has no secret").Help("leave {cred.client_secret} out, or send: \"mtls\"")
			}
			if p.Scope == "cred" && name != "client_id" && name != "client_secret" {
				at := t.Pos
				if !at.IsValid() {
					at = n.pos()
				}
				c.report.Errorf(diag.SecretNotCred, at, "an application has no `cred.%s`", name).Help("write {cred.client_id} or {cred.client_secret}")
			}
		}
	}
}
