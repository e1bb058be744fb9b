package compiler

import (
	"slices"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// lowerExchange lowers the requests that yield a token of a method.
func (c *compilation) lowerExchange(n node, name string) *ir.OAuth2 {
	o := &ir.OAuth2{Grant: "exchange", PKCE: "none", Client: "none", ScopeSep: " ", ExpiryOptional: true}
	allowed := []string{"cred", "conn", "now", "nonce"}
	if j := n.get("jwt"); j.exists() {
		o.JWT = c.lowerJWT(j)
		allowed = append(allowed, "jwt")
	}
	c.beside = nil
	for _, k := range n.get("token").get("also").fields() {
		c.beside = append(c.beside, k.name)
	}
	o.Steps = c.lowerTokenSteps(n.get("steps"), allowed...)
	if s := n.get("steps"); s.sound() && len(o.Steps) == 0 {
		c.report.Errorf(diag.MissingField, s.pos(), "an exchange needs a request").
			Help("write what yields a token: steps: [{POST: \"https://...\", form: {...}}]")
	}
	refresh := n.get("refresh")
	o.Renew = c.lowerTokenSteps(refresh.get("steps"), append(allowed, "token")...)
	o.Extends, o.Margin = refresh.get("extends").bool(), ir.Duration(refresh.get("margin").str())
	t := n.get("token")
	token := &ir.OAuthToken{Name: name, Pos: t.pos(), Life: ir.Duration(t.get("ttl").str())}
	token.At = c.tokenPart(t.get("at"), "access", token)
	token.Refresh = c.tokenPart(t.get("refresh"), "refresh", token)
	token.Expires = c.tokenPart(t.get("expires"), "expires", token)
	for _, k := range t.get("also").fields() {
		at, _ := c.lowerPath(k)
		token.Also = append(token.Also, &ir.Capture{Name: k.name, At: at})
	}
	c.checkCaptured(t, token, o.Steps)
	o.Tokens = []*ir.OAuthToken{token}
	if f := n.get("failed"); f.exists() {
		o.Failed = c.lowerWhen(f)
	}
	if d := n.get("dead"); d.exists() {
		o.Dead = c.lowerWhen(d)
	}
	return o
}

// exchangePlace is where the token of an exchange goes.
func (c *compilation) exchangePlace(n node) []*ir.AuthPlace {
	place := c.bearerPlace(n.get("to"), "Bearer")
	if v := n.get("value"); v.exists() {
		place[0].Value = c.lowerTemplate(v, scopes{allowed: []string{"token"}, check: c.stepScope(nil)})
	}
	if q := n.get("to"); q.exists() {
		c.checkKeyPlace(q)
	}
	return place
}

// lowerTokenSteps lowers requests. What one captures, the ones after it may use.
func (c *compilation) lowerTokenSteps(n node, allowed ...string) []*ir.TokenStep {
	var list []*ir.TokenStep
	captured := []string{}
	for _, e := range n.list() {
		s := c.lowerTokenStep(e, scopes{allowed: append(slices.Clone(allowed), "step"), check: c.stepScope(captured), cuts: true})
		for _, k := range s.Capture {
			captured = append(captured, k.Name)
		}
		list = append(list, s)
	}
	return list
}

func (c *compilation) lowerTokenStep(n node, sc scopes) *ir.TokenStep {
	s := &ir.TokenStep{Pos: n.pos()}
	for _, method := range []string{"GET", "POST", "PUT"} {
		if u := n.get(method); u.exists() {
			s.Method, s.URL = method, c.lowerStepAddress(u, sc)
		}
	}
	s.Hosts = c.lowerStepHosts(n, s)
	s.Headers = c.lowerNamedHeaders(n.get("headers").fields(), sc)
	s.Query = c.lowerHeaders(n.get("query").fields(), sc)
	s.Form = c.lowerHeaders(n.get("form").fields(), sc)
	s.JSON = c.lowerHeaders(n.get("json").fields(), sc)
	if b := n.get("basic"); b.exists() {
		s.Basic = true
		s.User = c.credText(b.get("user"), "user", sc)
		s.Pass = c.credText(b.get("password"), "password", sc)
	}
	if g := n.get("sign"); g.exists() {
		s.Sign = c.lowerSign(g, sc)
	}
	for _, k := range n.get("capture").fields() {
		at, _ := c.lowerPath(k)
		s.Capture = append(s.Capture, &ir.Capture{Name: k.name, At: at})
	}
	return s
}

// lowerStepAddress lowers the address of a request on the way to a token, which may
// begin with one that was captured before.
func (c *compilation) lowerStepAddress(n node, sc scopes) ir.Template {
	t := c.lowerTemplate(n, scopes{allowed: []string{"conn", "step"}, check: sc.check})
	for i, p := range t.Parts {
		if p.Scope == "step" && i > 0 {
			c.report.Errorf(diag.ScopeNotHere, n.pos(), "an address that was captured stands at the beginning").
				Help("write what is captured elsewhere into the query or the body")
		}
	}
	c.checkServerURL(n, t)
	return t
}

// lowerStepHosts lowers where a captured address may lead.
func (c *compilation) lowerStepHosts(n node, s *ir.TokenStep) []string {
	hosts := n.get("hosts")
	captured := s.Captured() != ""
	switch {
	case captured && len(hosts.list()) == 0:
		c.report.Errorf(diag.CaptureWithoutHosts, s.URL.Pos, "the address is captured, and nothing says at which hosts it may be").
			Label("whoever controls the answer chooses where credentials go").
			Help("add hosts: [\"*.example.com\"] with the hosts that the provider uses")
	case !captured && hosts.exists():
		c.report.Errorf(diag.MisplacedField, hosts.labelPos(), "the address is not captured").Help("leave hosts out")
	}
	c.checkHosts(hosts)
	return hosts.strs()
}

// digests are the forms of a digest of a body.
var digests = []string{
	"md5.hex", "md5.base64", "sha1.hex", "sha1.base64", "sha256.hex", "sha256.base64", "sha512.hex", "sha512.base64",
}

// stepScope checks the names that the texts of a request refer to.
func (c *compilation) stepScope(captured []string) func(node, ir.SpannedPart) bool {
	known := map[string][]string{
		"step": captured, "token": append([]string{"access", "refresh"}, c.beside...), "oauth": {"code", "redirect_uri", "state", "verifier", "scopes"},
		"now": {"unix", "unix_ms", "rfc3339", "http_date", "basic"}, "nonce": {"", "uuid", "base64"},
		"method": {""}, "body": {""}, "signature": {""}, "url": {"", "host", "path", "query"}, "digest": digests,
	}
	return func(n node, p ir.SpannedPart) bool {
		names, ok := known[p.Scope]
		name := p.Path.String()
		if !ok || slices.Contains(names, name) {
			return c.connScope(n, p)
		}
		names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == "" })
		c.report.Errorf(diag.UnknownScope, n.textPos(p.From+1, p.To-1), "`%s` has no `%s`", p.Scope, name).DidYouMean(name, names)
		return false
	}
}
