package codegen

import (
	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// webhookVar is the variable that holds a webhook: webhookEvents.
func webhookVar(w *ir.Webhook) string { return "webhook" + exported(w.Name) }

// webhookVar declares how deliveries are checked and read.
//
// The test package has no operations: there the fake answers what is asked about a
// delivery.
func (g *generator) webhookVar(w *ir.Webhook, inTest bool) decl {
	var challenges []*gofile.Code
	for _, c := range w.Challenge {
		challenges = append(challenges, g.challenge(c))
	}
	status := w.AckStatus
	if status == 200 {
		status = 0
	}
	// var webhookEvents = rt.Webhook{Name: "slack events", HMAC: &rt.WebhookHMAC{...}, ...}
	return decl{webhookVar(w) + " is how deliveries are checked and read.", gofile.Var(webhookVar(w)).Op("=").Add(gofile.FieldLines(gofile.RT("Webhook"),
		gofile.KV{Name: "Name", Value: gofile.Lit(g.c.Name + " " + w.Name)},
		gofile.KV{Name: "Proofs", Value: gofile.ElemLines(gofile.Slice(gofile.RT("WebhookProof")), g.proofs(w, inTest)...)},
		gofile.KV{Name: "Unsigned", Value: gofile.True(w.Verify.None != "")},
		gofile.KV{Name: "Challenges", Value: gofile.ElemLines(gofile.Slice(gofile.RT("Challenge")), challenges...)},
		gofile.KV{Name: "Many", Value: gofile.True(w.Many)},
		gofile.KV{Name: "Each", Value: g.path(w.Each)},
		gofile.KV{Name: "Tag", Value: g.path(w.Tag)},
		gofile.KV{Name: "TagHeader", Value: gofile.String(w.TagHeader)},
		gofile.KV{Name: "ID", Value: g.path(w.ID)},
		gofile.KV{Name: "IDHeader", Value: gofile.String(w.IDHeader)},
		gofile.KV{Name: "Form", Value: gofile.True(w.Form)},
		gofile.KV{Name: "Data", Value: g.path(w.Data)},
		gofile.KV{Name: "Status", Value: gofile.Int(status)},
	))}
}

func (g *generator) proofs(w *ir.Webhook, inTest bool) []*gofile.Code {
	var out []*gofile.Code
	for _, v := range w.Verify.Proofs() {
		if v.Signature == nil && v.Token == nil && v.JWT == nil && v.Asked == nil {
			g.fail("%s: a delivery that is verified by %s", v.Pos, v.Kind)
			continue
		}
		out = append(out, gofile.Fields(nil,
			gofile.KV{Name: "When", Value: g.whenRef(v.When)},
			gofile.KV{Name: "Signature", Value: g.verifySignature(v.Signature)},
			gofile.KV{Name: "Shared", Value: g.sharedToken(v.Token)},
			gofile.KV{Name: "JWT", Value: g.webhookJWT(v.JWT, inTest)},
			gofile.KV{Name: "Asked", Value: g.verifyCall(v.Asked, inTest)}))
	}
	return out
}

func (g *generator) verifySignature(s *ir.VerifySignature) *gofile.Code {
	if s == nil {
		return nil
	}
	scheme := map[string]string{"hash": "SchemeDigest", "rsa": "SchemeRSA", "ecdsa": "SchemeECDSA", "ed25519": "SchemeEd25519"}[s.Scheme]
	return gofile.Op("&").Add(gofile.FieldLines(gofile.RT("WebhookSignature"),
		gofile.KV{Name: "Scheme", Value: optionalRT(scheme)},
		gofile.KV{Name: "Hash", Value: hashConst(s.Algorithm)},
		gofile.KV{Name: "Key", Value: g.webhookKey(s)},
		gofile.KV{Name: "Signed", Value: gofile.ElemLines(gofile.Slice(gofile.RT("WebhookPart")), g.webhookParts(s.Signed, s)...)},
		gofile.KV{Name: "Header", Value: gofile.String(s.Header)},
		gofile.KV{Name: "Body", Value: g.path(s.Body)},
		gofile.KV{Name: "Event", Value: g.path(s.Event)},
		gofile.KV{Name: "Prefix", Value: gofile.String(s.Prefix)},
		gofile.KV{Name: "Split", Value: gofile.String(s.Split)},
		gofile.KV{Name: "Encoding", Value: encodingConst(s.Encoding)},
		gofile.KV{Name: "Age", Value: g.age(s)}))
}

// hashConst is the runtime's constant; the zero one is SHA-256.
func hashConst(name string) *gofile.Code {
	return optionalRT(map[string]string{"sha1": "SHA1", "sha512": "SHA512"}[name])
}

// encodingConst is the runtime's constant; the zero one is plain text.
func encodingConst(name string) *gofile.Code {
	return optionalRT(map[string]string{"hex": "EncodingHex", "base64": "EncodingBase64", "pem": "EncodingPEM"}[name])
}

func (g *generator) webhookKey(s *ir.VerifySignature) *gofile.Code {
	if s.KeyPrefix == "" && s.KeyHash == "" && s.Fetch == nil && encodingConst(s.KeyAs) == nil {
		return nil
	}
	return gofile.Fields(gofile.RT("WebhookKey"),
		gofile.KV{Name: "As", Value: encodingConst(s.KeyAs)},
		gofile.KV{Name: "Prefix", Value: gofile.String(s.KeyPrefix)},
		gofile.KV{Name: "Hashed", Value: gofile.True(s.KeyHash != "")},
		gofile.KV{Name: "Fetch", Value: g.webhookFetch(s.Fetch)})
}

func (g *generator) webhookFetch(f *ir.KeyFetch) *gofile.Code {
	if f == nil {
		return nil
	}
	return gofile.Op("&").Add(gofile.Fields(gofile.RT("WebhookFetch"),
		gofile.KV{Name: "URL", Value: g.path(f.URL)},
		gofile.KV{Name: "Hosts", Value: gofile.Strings(f.Hosts)},
		gofile.KV{Name: "At", Value: g.path(f.At)}))
}

func (g *generator) age(s *ir.VerifySignature) *gofile.Code {
	a := s.Age
	if a == nil {
		return nil
	}
	split := s.Split
	if a.Member == "" || split == "," {
		split = ""
	}
	return gofile.Op("&").Add(gofile.Fields(gofile.RT("WebhookAge"),
		gofile.KV{Name: "From", Value: g.source(&a.From)},
		gofile.KV{Name: "Key", Value: gofile.String(a.Member)},
		gofile.KV{Name: "Split", Value: gofile.String(split)},
		gofile.KV{Name: "Within", Value: g.duration(a.Within)}))
}

func (g *generator) sharedToken(t *ir.VerifyToken) *gofile.Code {
	if t == nil {
		return nil
	}
	return gofile.Op("&").Add(gofile.Fields(gofile.RT("WebhookShared"),
		gofile.KV{Name: "Header", Value: gofile.Lit(t.Header)},
		gofile.KV{Name: "Prefix", Value: gofile.String(t.Prefix)}))
}

// verifyCall is a call about a delivery.
func (g *generator) verifyCall(c *ir.VerifyCall, inTest bool) *gofile.Code {
	if c == nil {
		return nil
	}
	var args []*gofile.Code
	for _, a := range c.With {
		args = append(args, gofile.Fields(nil,
			gofile.KV{Name: "Name", Value: gofile.Lit(a.Name)},
			gofile.KV{Name: "Value", Value: gofile.Elems(gofile.Slice(gofile.RT("WebhookPart")), g.webhookParts(a.Value, nil)...)},
			gofile.KV{Name: "JSON", Value: gofile.True(a.JSON)}))
	}
	var op *gofile.Code
	if !inTest {
		op = g.opOf(c.Action)
	}
	return gofile.Op("&").Add(gofile.FieldLines(gofile.RT("WebhookCall"),
		gofile.KV{Name: "Op", Value: op},
		gofile.KV{Name: "With", Value: gofile.ElemLines(gofile.Slice(gofile.RT("WebhookArg")), args...)},
		gofile.KV{Name: "Answer", Value: g.whenRef(c.Answer)},
		gofile.KV{Name: "At", Value: g.path(c.At)}))
}

func (g *generator) webhookJWT(j *ir.VerifyJWT, inTest bool) *gofile.Code {
	if j == nil {
		return nil
	}
	return gofile.Op("&").Add(gofile.FieldLines(gofile.RT("WebhookJWT"),
		gofile.KV{Name: "Header", Value: gofile.Lit(j.Header)},
		gofile.KV{Name: "Prefix", Value: gofile.String(j.Prefix)},
		gofile.KV{Name: "Issuers", Value: gofile.Strings(j.Issuers)},
		gofile.KV{Name: "Audience", Value: gofile.True(j.Audience)},
		gofile.KV{Name: "Keys", Value: gofile.String(j.Keys)},
		gofile.KV{Name: "Key", Value: g.verifyCall(j.Key, inTest)},
		gofile.KV{Name: "BodyHash", Value: gofile.String(j.BodyHash)},
		gofile.KV{Name: "Within", Value: g.duration(j.Within)}))
}

// webhookParts is a template over a delivery. The signature is the one whose
// header {signature.NAME} is a member of; nil in a reply.
func (g *generator) webhookParts(t ir.Template, s *ir.VerifySignature) []*gofile.Code {
	var out []*gofile.Code
	for _, p := range t.Parts {
		part := map[string]string{
			"header": "PartHeader", "body": "PartBody", "method": "PartMethod", "url": "PartURL",
			"form": "PartForm", "query": "PartQuery", "secret": "PartSecret", "signature": "PartSigned",
			"event": "PartEvent", "kid": "PartKeyID",
		}[p.Scope]
		if p.Scope != "" && part == "" {
			g.fail("%s: a webhook that is signed over {%s}", t.Pos, p.Scope)
		}
		var text, key, path, split *gofile.Code
		switch {
		case p.Scope == "":
			text = gofile.Lit(p.Text)
		case p.Scope == "header" || p.Scope == "query":
			text = gofile.Lit(headerName(p.Path))
		case p.Scope == "body" || p.Scope == "event":
			path = g.path(p.Path)
		case p.Scope == "signature" && s != nil:
			part, text, key = "PartHeader", gofile.Lit(s.Header), gofile.Lit(p.Path.String())
			if s.Split != "," {
				split = gofile.String(s.Split)
			}
		}
		out = append(out, gofile.Fields(nil,
			gofile.KV{Name: "From", Value: optionalRT(part)},
			gofile.KV{Name: "Text", Value: text},
			gofile.KV{Name: "Key", Value: key},
			gofile.KV{Name: "Split", Value: split},
			gofile.KV{Name: "Path", Value: path}))
	}
	return out
}

// headerName is a header in a template. A path of one step is one name, with
// whatever characters it has.
func headerName(p ir.Path) string {
	if len(p) == 1 {
		return p[0].Name
	}
	return p.String()
}

func (g *generator) challenge(c *ir.Challenge) *gofile.Code {
	status := c.Status
	if status == 200 {
		status = 0
	}
	parts := func(t ir.Template) *gofile.Code {
		return gofile.Elems(gofile.Slice(gofile.RT("WebhookPart")), g.webhookParts(t, nil)...)
	}
	var members, headers []*gofile.Code
	for _, m := range c.JSON {
		members = append(members, gofile.Fields(nil,
			gofile.KV{Name: "Name", Value: gofile.Lit(m.Name)},
			gofile.KV{Name: "Value", Value: parts(m.Value)},
			gofile.KV{Name: "Literal", Value: gofile.String(m.Literal)}))
	}
	for _, h := range c.Headers {
		headers = append(headers, gofile.Fields(nil,
			gofile.KV{Name: "Name", Value: gofile.Lit(h.Name)},
			gofile.KV{Name: "Value", Value: parts(h.Value)}))
	}
	var learn, sign *gofile.Code
	if c.Learn != nil {
		learn = gofile.Op("&").Add(g.source(c.Learn))
	}
	if c.Sign != nil {
		sign = gofile.Op("&").Add(gofile.Fields(gofile.RT("ChallengeProof"),
			gofile.KV{Name: "Hash", Value: hashConst(c.Sign.Algorithm)},
			gofile.KV{Name: "Signed", Value: parts(c.Sign.Signed)},
			gofile.KV{Name: "Encoding", Value: encodingConst(c.Sign.Encoding)}))
	}
	return gofile.Fields(nil,
		gofile.KV{Name: "Method", Value: gofile.String(c.Method)},
		gofile.KV{Name: "When", Value: g.when(&c.When)},
		gofile.KV{Name: "Query", Value: g.matches(c.Query)},
		gofile.KV{Name: "Open", Value: gofile.True(c.Open != "")},
		gofile.KV{Name: "Token", Value: gofile.String(c.Token)},
		gofile.KV{Name: "Learn", Value: learn},
		gofile.KV{Name: "Confirm", Value: g.webhookFetch(c.Confirm)},
		gofile.KV{Name: "Status", Value: gofile.Int(status)},
		gofile.KV{Name: "Text", Value: parts(c.Text)},
		gofile.KV{Name: "JSON", Value: gofile.Elems(gofile.Slice(gofile.RT("ReplyMember")), members...)},
		gofile.KV{Name: "Header", Value: gofile.Elems(gofile.Slice(gofile.RT("ReplyMember")), headers...)},
		gofile.KV{Name: "Sign", Value: sign})
}
