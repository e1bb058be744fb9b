package compiler

import (
	"strings"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

func (c *compilation) lowerWebhooks() {
	for _, n := range c.root.get("webhooks").fields() {
		if !n.isStruct() {
			continue
		}
		w := &ir.Webhook{
			Name: n.name, Pos: n.labelPos(), Doc: n.get("doc").str(),
			AckWithin: ir.Duration(n.get("ack").get("within").str()), AckStatus: n.get("ack").get("status").int(),
		}
		w.Verify = c.lowerVerify(n.get("verify"))
		for _, e := range n.get("challenge").list() {
			w.Challenge = append(w.Challenge, c.lowerChallenge(e))
		}
		c.lowerEvents(n.get("event"), w)
		c.out.Webhooks = append(c.out.Webhooks, w)
	}
}

func (c *compilation) lowerEvents(n node, w *ir.Webhook) {
	w.Data, _ = c.lowerPath(n.get("data"))
	if e := n.get("envelope"); e.exists() {
		w.Envelope = c.lowerEventType(e, "the envelope")
	}
	for _, e := range n.get("of").fields() {
		if name := c.lowerEventType(e, "the event `"+e.name+"`"); name != "" {
			w.Events = append(w.Events, &ir.Event{Tag: e.name, Pos: e.labelPos(), Type: name})
		}
	}
	w.Tag = c.lowerEventPath(n.get("at"), w)
	w.ID = c.lowerEventPath(n.get("id"), w)
	if n.sound() && n.get("of").isStruct() && len(n.get("of").fields()) == 0 {
		c.report.Errorf(diag.WebhookWithoutEvents, n.get("of").labelPos(), "the webhook `%s` has no events", w.Name)
	}
}

// lowerEventType returns the name of the object type at n, or reports that it is
// none.
func (c *compilation) lowerEventType(n node, what string) string {
	t := c.lowerType(n)
	if r := c.resolve(t); t.Kind == ir.Ref && r != nil && r.Kind == ir.Object {
		return t.Ref
	}
	if n.sound() {
		c.report.Errorf(diag.EventNotObject, n.pos(), "the type of %s is not a named object", what).
			Help("declare #%s: {...} and name it here", goName(n.name))
	}
	return ""
}

// lowerEventPath lowers a path into a delivery. What of it lies in the event's
// own object is checked against the types of the events.
func (c *compilation) lowerEventPath(n node, w *ir.Webhook) ir.Path {
	if !n.sound() {
		return nil
	}
	steps, _ := c.pathSteps(n, n.str())
	path := ir.PathOf(steps)
	if len(path) <= len(w.Data) || path[:len(w.Data)].String() != w.Data.String() {
		return path
	}
	for _, e := range w.Events {
		c.follow(n, steps[len(w.Data):], c.named[e.Type])
	}
	return path
}

func (c *compilation) lowerChallenge(n node) *ir.Challenge {
	reply := scopes{allowed: []string{"body", "header"}}
	ch := &ir.Challenge{Pos: n.pos(), When: *c.lowerWhen(n.get("when")), Status: n.get("status").int()}
	if ch.Status == 0 {
		ch.Status = 200
	}
	if t := n.get("reply").get("text"); t.exists() {
		ch.Text = c.lowerTemplate(t, reply)
	}
	ch.JSON = c.lowerHeaders(n.get("reply").get("json").fields(), reply)
	return ch
}

func (c *compilation) lowerVerify(n node) ir.Verify {
	v := ir.Verify{Pos: n.labelPos()}
	for _, f := range n.fields() {
		v.Kind = f.name
		switch f.name {
		case "hmac":
			v.HMAC = c.lowerHMAC(f)
		case "token":
			v.Token = &ir.VerifyToken{Header: f.get("header").str(), Secret: c.credName(f.get("secret"))}
		case "none":
			v.None = f.str()
			if f.sound() && len(strings.TrimSpace(v.None)) < 20 {
				c.report.Errorf(diag.VerifyNoneUnexplained, f.pos(), "a webhook that verifies nothing needs a reason").
					Label("anyone can send events").
					Help("say in a sentence why the provider offers no signature and what protects the endpoint instead")
			}
		default:
			v.Other = f.data()
		}
	}
	return v
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

func (c *compilation) lowerHMAC(n node) *ir.VerifyHMAC {
	sig := n.get("signature")
	h := &ir.VerifyHMAC{
		Algorithm: n.get("algorithm").str(), Secret: c.credName(n.get("secret")), SecretAs: n.get("secret_as").str(),
		Signed: c.lowerTemplate(n.get("signed"), scopes{allowed: []string{"header", "body", "conn", "url", "method"}, check: c.connScope}),
		Header: sig.get("header").str(), Prefix: sig.get("prefix").str(), Split: sig.get("split").str(), Encoding: sig.get("encoding").str(),
	}
	signedHeaders := map[string]bool{}
	hasBody := false
	for _, p := range h.Signed.Parts {
		hasBody = hasBody || p.Scope == "body"
		if p.Scope == "header" && len(p.Path) > 0 {
			signedHeaders[strings.ToLower(p.Path[0].Name)] = true
		}
	}
	if len(h.Signed.Parts) > 0 && !hasBody {
		c.report.Errorf(diag.BodyNotSigned, n.get("signed").pos(), "the signed text leaves the body out, so anyone may change it").
			Help("add {body} where the provider puts it")
	}
	if h.Algorithm == "sha1" {
		c.warn(diag.WeakHash, n.get("algorithm").pos(), "sha1 is weak").Help("use sha256 if the provider offers it")
	}
	c.lowerAge(n, h, signedHeaders)
	return h
}

func (c *compilation) lowerAge(n node, h *ir.VerifyHMAC, signedHeaders map[string]bool) {
	age := n.get("age")
	if !age.exists() {
		if len(signedHeaders) > 0 {
			c.warn(diag.TimestampWithoutAge, n.get("signed").pos(), "a header is signed and its age is not checked, so an old delivery can be replayed").
				Help("add age: {header: \"...\", as: \"unix\", within: \"5m\"} if the header is a timestamp")
		}
		return
	}
	h.Age = &ir.Age{From: ir.Source{Pos: age.pos(), Header: age.get("header").str(), As: age.get("as").str()}, Within: ir.Duration(age.get("within").str())}
	if b := age.get("body"); b.exists() {
		h.Age.From.Body, _ = c.lowerPath(b)
	}
	if name := h.Age.From.Header; name != "" && !signedHeaders[strings.ToLower(name)] {
		c.report.Errorf(diag.AgeNotSigned, age.get("header").pos(), "`%s` is not part of the signed text, so anyone may change it", name).
			Also(n.get("signed").pos(), "the signed text")
	}
}
