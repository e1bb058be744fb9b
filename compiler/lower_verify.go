package compiler

import (
	"net/url"
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// lowerVerify lowers how deliveries prove where they come from.
func (c *compilation) lowerVerify(n node) *ir.Verify {
	v := &ir.Verify{Pos: n.labelPos()}
	for _, f := range n.fields() {
		if f.name == "when" {
			v.When = c.lowerWhen(f)
			continue
		}
		v.Kind = f.name
		switch f.name {
		case "hmac", "hash", "rsa", "ecdsa", "ed25519":
			v.Signature = c.lowerSignature(f)
		case "token":
			v.Token = &ir.VerifyToken{Header: f.get("header").str(), Prefix: f.get("prefix").str(), Secret: c.credName(f.get("secret"))}
		case "jwt":
			v.JWT = c.lowerWebhookJWT(f)
		case "any":
			v.Any = c.lowerAny(f)
		case "none":
			v.None = f.str()
			c.wantReason(f, "a webhook that verifies nothing needs a reason",
				"say in a sentence why the provider offers no signature and what protects the endpoint instead")
		case "callback":
			v.Asked = c.lowerCallback(f)
		}
	}
	return v
}

// lowerAny lowers several ways to prove a delivery. Each has to prove something.
func (c *compilation) lowerAny(n node) []*ir.Verify {
	list := []*ir.Verify{}
	for _, e := range n.list() {
		v := c.lowerVerify(e)
		if v.Kind == "none" || v.Kind == "any" {
			c.report.Errorf(diag.WebhookWithoutVerify, e.pos(), "`%s` proves nothing beside other ways", v.Kind).
				Help("leave it out")
		}
		list = append(list, v)
	}
	if n.sound() && len(list) == 0 {
		c.report.Errorf(diag.WebhookWithoutVerify, n.pos(), "the list of ways to prove a delivery is empty").
			Help("name at least one scheme, such as hmac: {...}")
	}
	return list
}

// credName reads "cred.signing_secret".
func (c *compilation) credName(n node) string {
	name, ok := strings.CutPrefix(n.str(), "cred.")
	if n.sound() && (!ok || name == "") {
		c.report.Errorf(diag.SecretNotCred, n.pos(), "`%s` does not name a secret", n.str()).
			Help("write cred.NAME, for example cred.signing_secret")
	}
	return name
}

func (c *compilation) lowerSignature(n node) *ir.VerifySignature {
	sig := n.get("signature")
	s := &ir.VerifySignature{
		Scheme: n.name, Algorithm: n.get("algorithm").str(),
		KeyAs: or(n.get("secret_as").str(), n.get("key_as").str()), KeyPrefix: n.get("secret_prefix").str(), KeyHash: n.get("secret_hash").str(),
		Header: sig.get("header").str(), Prefix: sig.get("prefix").str(), Split: sig.get("split").str(), Encoding: sig.get("encoding").str(),
	}
	for _, key := range []string{"secret", "key"} {
		if k := n.get(key); k.exists() {
			s.Secret = c.credName(k)
		}
	}
	if f := n.get("fetch"); f.exists() {
		s.Fetch = c.lowerFetch(f)
	}
	if b := sig.get("body"); b.exists() {
		s.Body, _ = c.lowerPath(b)
	}
	if e := sig.get("event"); e.exists() {
		s.Event, _ = c.lowerPath(e)
	}
	allowed := []string{"header", "body", "form", "url", "method"}
	if len(s.Event) > 0 {
		allowed = append(allowed, "event")
	}
	if s.Header != "" {
		allowed = append(allowed, "signature")
	}
	if s.Scheme == "hash" {
		allowed = append(allowed, "secret")
	}
	s.Signed = c.lowerTemplate(n.get("signed"), scopes{allowed: allowed})
	if s.Algorithm == "sha1" {
		c.warn(diag.WeakHash, n.get("algorithm").pos(), "sha1 is weak").Help("use sha256 if the provider offers it")
	}
	c.checkSigned(n, s)
	c.lowerAge(n, s)
	return s
}

// checkSigned reports a signature that leaves out what it is for.
func (c *compilation) checkSigned(n node, s *ir.VerifySignature) {
	if len(s.Signed.Parts) == 0 {
		return
	}
	if len(s.Event) > 0 && !signs(s, "event") {
		c.report.Errorf(diag.BodyNotSigned, n.get("signed").pos(), "the signed text leaves the event out, so anyone may change it").
			Help("add {event.NAME} for each member that the provider signs")
		return
	}
	if len(s.Body)+len(s.Event) == 0 && !signs(s, "body") && !signs(s, "form") {
		c.report.Errorf(diag.BodyNotSigned, n.get("signed").pos(), "the signed text leaves the body out, so anyone may change it").
			Help("add {body} where the provider puts it")
	}
	if s.Scheme == "hash" && !signs(s, "secret") {
		c.report.Errorf(diag.BodyNotSigned, n.get("signed").pos(), "the hash leaves the secret out, so anyone may make it").
			Help("add {secret} where the provider puts it")
	}
}

// signs reports whether the signed text has a part of a scope.
func signs(s *ir.VerifySignature, scope string) bool {
	return slices.ContainsFunc(s.Signed.Parts, func(p ir.Part) bool { return p.Scope == scope })
}

// signsHeader reports whether the signed text has a header.
func signsHeader(s *ir.VerifySignature, name string) bool {
	return slices.ContainsFunc(s.Signed.Parts, func(p ir.Part) bool {
		return p.Scope == "header" && strings.EqualFold(p.Path[0].Name, name)
	})
}

func (c *compilation) lowerAge(n node, s *ir.VerifySignature) {
	age, signed := n.get("age"), n.get("signed").pos()
	if !age.exists() {
		if signs(s, "header") || signs(s, "signature") {
			c.warn(diag.TimestampWithoutAge, signed, "a header is signed and its age is not checked, so an old delivery can be replayed").
				Help("add age: {header: \"...\", as: \"unix\", within: \"5m\"} if the header is a timestamp")
		}
		return
	}
	s.Age = &ir.Age{
		From:   ir.Source{Pos: age.pos(), Header: age.get("header").str(), As: age.get("as").str()},
		Member: age.get("signature").str(), Within: ir.Duration(age.get("within").str()),
	}
	if b := age.get("body"); b.exists() {
		s.Age.From.Body, _ = c.lowerPath(b)
		return
	}
	covered := signsHeader(s, s.Age.From.Header)
	at, what := age.get("header").pos(), s.Age.From.Header
	if s.Age.Member != "" {
		s.Age.From.Header = s.Header
		covered = signs(s, "signature")
		at, what = age.get("signature").pos(), s.Age.Member
	}
	if what != "" && len(s.Signed.Parts) > 0 && !covered {
		c.report.Errorf(diag.AgeNotSigned, at, "`%s` is not part of the signed text, so anyone may change it", what).
			Also(signed, "the signed text")
	}
}

// lowerFetch lowers an address in a delivery, and the hosts that it may have.
func (c *compilation) lowerFetch(n node) *ir.KeyFetch {
	f := &ir.KeyFetch{Hosts: n.get("hosts").strs()}
	f.URL, _ = c.lowerPath(n.get("url"))
	if at := n.get("at"); at.exists() {
		f.At, _ = c.lowerPath(at)
	}
	c.checkHosts(n.get("hosts"))
	return f
}

// checkHosts reports hosts of an allow-list below which anybody may have one.
func (c *compilation) checkHosts(hosts node) {
	for _, h := range hosts.list() {
		if labels := strings.Split(h.str(), "."); len(labels) < 2 || labels[len(labels)-1] == "*" || labels[len(labels)-2] == "*" {
			c.report.Errorf(diag.CaptureWithoutHosts, h.pos(), "`%s` is a host of anybody", h.str()).
				Help("name the provider's domain: keys.example.com, or keys.*.example.com")
		}
	}
}

func (c *compilation) lowerWebhookJWT(n node) *ir.VerifyJWT {
	j := &ir.VerifyJWT{
		Header: n.get("header").str(), Prefix: n.get("prefix").str(), Issuers: n.get("issuers").strs(),
		Audience: n.get("audience").bool(), Keys: n.get("keys").str(),
		BodyHash: n.get("body_hash").str(), Within: ir.Duration(n.get("within").str()),
	}
	if k := n.get("key"); k.exists() {
		j.Key = c.lowerVerifyCall(k, "kid")
		j.Key.At, _ = c.lowerPath(k.get("at"))
	}
	if u, err := url.Parse(j.Keys); n.get("keys").sound() && (err != nil || u.Scheme != "https" || u.Host == "") {
		c.report.Errorf(diag.BadURL, n.get("keys").pos(), "`%s` is no address that keys could be fetched from safely", j.Keys).
			Help("write the address of the key set, beginning with https://")
	}
	return j
}
