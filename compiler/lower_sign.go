package compiler

import (
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// lowerSign lowers how requests are signed. Its texts may use the scopes of sc, and
// the parts of the request that is signed.
func (c *compilation) lowerSign(n node, sc scopes) *ir.Sign {
	fields := n.fields() // The shape of the spec lets one stand.
	if len(fields) == 0 {
		return nil
	}
	f := fields[0]
	s := &ir.Sign{Pos: f.labelPos(), Scheme: f.name, Algorithm: f.get("algorithm").str()}
	switch f.name {
	case "aws4":
		c.lowerAWS4(f, s, sc)
	case "oauth1":
		c.lowerOAuth1(f, s, sc)
	default:
		c.lowerSignedText(f, s, sc)
	}
	return s
}

// also is a scope with further names.
func (s scopes) also(names ...string) scopes {
	s.allowed = append(slices.Clone(s.allowed), names...)
	return s
}

func (c *compilation) lowerSignedText(n node, s *ir.Sign, sc scopes) {
	request := sc.also("method", "url", "body", "digest")
	s.Headers = c.lowerNamedHeaders(n.get("headers").fields(), request)
	s.Query = c.lowerHeaders(n.get("query").fields(), request)
	s.Signed = c.lowerTemplate(n.get("signed"), request.also("header"))
	s.SignedAs, s.Encoding, s.KeyAs = n.get("signed_as").str(), n.get("encoding").str(), n.get("key_as").str()
	s.To = c.lowerSlot(n.get("to"))
	if t := n.get("to"); s.To != nil && s.To.Header == "" && s.To.Query == "" && len(t.fields()) > 0 {
		c.report.Errorf(diag.MisplacedField, t.pos(), "a signature goes into a header or the query").Help("write to: header: \"X-Signature\"")
	}
	s.Value = ir.Template{Parts: []ir.Part{{Scope: "signature"}}}
	if v := n.get("value"); v.exists() {
		s.Value = c.lowerTemplate(v, sc.also("signature"))
		c.checkValueSigned(v, s)
	}
	if k := n.get("key"); k.exists() {
		s.Key = c.keyTemplate(k, sc)
	}
	if as := n.get("key_as"); as.exists() && s.Scheme != "hmac" {
		c.report.Errorf(diag.MisplacedField, as.labelPos(), "the key of `%s` is PEM", s.Scheme).Help("leave key_as out")
	}
	if s.Algorithm == "sha1" {
		c.warn(diag.WeakHash, n.get("algorithm").pos(), "sha1 is weak").Help("use sha256 if the provider takes it")
	}
	c.checkSignedText(n, s)
}

// checkValueSigned reports a value that leaves the signature out.
func (c *compilation) checkValueSigned(v node, s *ir.Sign) {
	if len(s.Value.Parts) > 0 && !uses(s.Value, "signature") {
		c.report.Errorf(diag.BodyNotSigned, v.pos(), "the value has no signature in it").Help("add {signature} where the provider looks for it")
	}
}

// checkSignedText reports what a provider could not verify.
func (c *compilation) checkSignedText(n node, s *ir.Sign) {
	at := n.get("signed").pos()
	if s.Scheme == "hash" && len(s.Signed.Parts) > 0 && !uses(s.Signed, "cred") && !uses(s.Signed, "token") {
		c.report.Errorf(diag.BodyNotSigned, at, "the hash leaves the secret out, so anyone may make it").
			Help("add {cred.NAME} where the provider puts the secret")
	}
	sent := []ir.Template{s.Value}
	for _, h := range append(slices.Clone(s.Headers), s.Query...) {
		sent = append(sent, h.Value)
	}
	for _, p := range s.Signed.Parts {
		if p.Scope != "now" && p.Scope != "nonce" || slices.ContainsFunc(sent, func(t ir.Template) bool { return tells(t, p) }) {
			continue
		}
		ref := ir.Template{Parts: []ir.Part{p}}.String()
		c.report.Errorf(diag.SignedUnsent, at, "`%s` is signed and not sent, so that the provider cannot know it", ref).
			Help("send it: headers: \"X-Timestamp\": %q", ref)
		return // Once is enough.
	}
}

// uses reports whether a template has a part of a scope.
func uses(t ir.Template, scope string) bool {
	return slices.ContainsFunc(t.Parts, func(p ir.Part) bool { return p.Scope == scope })
}

// tells reports whether a text tells the time or the nonce of a part.
func tells(t ir.Template, part ir.Part) bool {
	return slices.ContainsFunc(t.Parts, func(p ir.Part) bool {
		return p.Scope == part.Scope && (p.Scope == "now" || (p.Path.String() == "uuid") == (part.Path.String() == "uuid"))
	})
}

// keyTemplate reads "cred.api_secret", or "token.secret" where a token signs.
func (c *compilation) keyTemplate(n node, sc scopes) ir.Template {
	scope, name, _ := strings.Cut(n.str(), ".")
	part := ir.Part{Scope: scope, Path: ir.Path{{Name: name}}}
	if scope == "cred" || !slices.Contains([]string{"token", "step"}, scope) || !slices.Contains(sc.allowed, scope) {
		part = ir.Part{Scope: "cred", Path: ir.Path{{Name: c.credName(n)}}}
	}
	return ir.Template{Pos: n.pos(), Parts: []ir.Part{part}}
}

// credText is a template, or the secret of that name unless it is written.
func (c *compilation) credText(n node, name string, sc scopes) ir.Template {
	if !n.exists() {
		return ir.Template{Parts: []ir.Part{{Scope: "cred", Path: ir.Path{{Name: name}}}}}
	}
	return c.lowerTemplate(n, sc)
}

// keyText is a named secret, or that of the usual name.
func (c *compilation) keyText(n node, name string, sc scopes) ir.Template {
	if n.exists() {
		return c.keyTemplate(n, sc)
	}
	return c.credText(n, name, sc)
}

func (c *compilation) lowerAWS4(n node, s *ir.Sign, sc scopes) {
	s.Service, s.Region = c.lowerTemplate(n.get("service"), sc), c.lowerTemplate(n.get("region"), sc)
	s.KeyID = c.credText(n.get("key_id"), "access_key_id", sc)
	s.Key = c.keyText(n.get("key"), "secret_access_key", sc)
	if t := n.get("session"); t.exists() {
		s.Session = c.lowerTemplate(t, sc)
	}
	s.UnsignedBody = n.get("unsigned_body").bool()
}

func (c *compilation) lowerOAuth1(n node, s *ir.Sign, sc scopes) {
	s.Algorithm = or(s.Algorithm, "HMAC-SHA1")
	s.KeyID = c.credText(n.get("consumer"), "consumer_key", sc)
	s.Key = c.keyText(n.get("consumer_secret"), "consumer_secret", sc)
	if t := n.get("token"); t.exists() && t.str() == "" {
		return // The application signs for itself.
	}
	s.Token = c.credText(n.get("token"), "token", sc)
	s.TokenSecret = c.keyText(n.get("token_secret"), "token_secret", sc)
	if r := n.get("realm"); r.exists() {
		s.Realm = c.lowerTemplate(r, sc)
	}
}
