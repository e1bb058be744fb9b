package codegen

import (
	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// webhookVar is the variable that holds a webhook: webhookEvents.
func webhookVar(w *ir.Webhook) string { return "webhook" + exported(w.Name) }

// webhookVar declares how deliveries are checked and read.
func (g *generator) webhookVar(w *ir.Webhook) decl {
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
		gofile.KV{Name: "HMAC", Value: g.hmac(w.Verify.HMAC)},
		gofile.KV{Name: "Shared", Value: g.sharedToken(w.Verify.Token)},
		gofile.KV{Name: "Unsigned", Value: gofile.True(w.Verify.None != "")},
		gofile.KV{Name: "Challenges", Value: gofile.ElemLines(gofile.Slice(gofile.RT("Challenge")), challenges...)},
		gofile.KV{Name: "Tag", Value: g.path(w.Tag)},
		gofile.KV{Name: "ID", Value: g.path(w.ID)},
		gofile.KV{Name: "Data", Value: g.path(w.Data)},
		gofile.KV{Name: "Status", Value: gofile.Int(status)},
	))}
}

func (g *generator) hmac(h *ir.VerifyHMAC) *gofile.Code {
	if h == nil {
		return nil
	}
	return gofile.Op("&").Add(gofile.FieldLines(gofile.RT("WebhookHMAC"),
		gofile.KV{Name: "Hash", Value: optionalRT(map[string]string{"sha1": "SHA1", "sha512": "SHA512"}[h.Algorithm])},
		gofile.KV{Name: "SecretAs", Value: encodingConst(h.SecretAs)},
		gofile.KV{Name: "Signed", Value: gofile.ElemLines(gofile.Slice(gofile.RT("WebhookPart")), g.webhookParts(h.Signed)...)},
		gofile.KV{Name: "Header", Value: gofile.String(h.Header)},
		gofile.KV{Name: "Prefix", Value: gofile.String(h.Prefix)},
		gofile.KV{Name: "Split", Value: gofile.String(h.Split)},
		gofile.KV{Name: "Encoding", Value: encodingConst(h.Encoding)},
		gofile.KV{Name: "Age", Value: g.age(h.Age)}))
}

// encodingConst is the runtime's constant; the zero one is plain text.
func encodingConst(name string) *gofile.Code {
	return optionalRT(map[string]string{"hex": "EncodingHex", "base64": "EncodingBase64"}[name])
}

func (g *generator) age(a *ir.Age) *gofile.Code {
	if a == nil {
		return nil
	}
	return gofile.Op("&").Add(gofile.Fields(gofile.RT("WebhookAge"),
		gofile.KV{Name: "From", Value: g.source(&a.From)},
		gofile.KV{Name: "Within", Value: g.duration(a.Within)}))
}

func (g *generator) sharedToken(t *ir.VerifyToken) *gofile.Code {
	if t == nil {
		return nil
	}
	return gofile.Op("&").Add(gofile.Fields(gofile.RT("WebhookShared"), gofile.KV{Name: "Header", Value: gofile.Lit(t.Header)}))
}

// webhookParts is a template over a delivery.
func (g *generator) webhookParts(t ir.Template) []*gofile.Code {
	var out []*gofile.Code
	for _, p := range t.Parts {
		var from, text, path *gofile.Code
		switch p.Scope {
		case "":
			text = gofile.Lit(p.Text)
		case "header":
			from, text = gofile.RT("PartHeader"), gofile.Lit(headerName(p.Path))
		case "body":
			from, path = gofile.RT("PartBody"), g.path(p.Path)
		case "method":
			from = gofile.RT("PartMethod")
		case "url":
			from = gofile.RT("PartURL")
		default:
			g.fail("%s: a webhook that is signed over {%s}", t.Pos, p.Scope)
		}
		out = append(out, gofile.Fields(nil,
			gofile.KV{Name: "From", Value: from},
			gofile.KV{Name: "Text", Value: text},
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
	var members []*gofile.Code
	for _, m := range c.JSON {
		members = append(members, gofile.Fields(nil,
			gofile.KV{Name: "Name", Value: gofile.Lit(m.Name)},
			gofile.KV{Name: "Value", Value: gofile.Elems(gofile.Slice(gofile.RT("WebhookPart")), g.webhookParts(m.Value)...)}))
	}
	return gofile.Fields(nil,
		gofile.KV{Name: "When", Value: g.when(&c.When)},
		gofile.KV{Name: "Status", Value: gofile.Int(status)},
		gofile.KV{Name: "Text", Value: gofile.Elems(gofile.Slice(gofile.RT("WebhookPart")), g.webhookParts(c.Text)...)},
		gofile.KV{Name: "JSON", Value: gofile.Elems(gofile.Slice(gofile.RT("ReplyMember")), members...)})
}
