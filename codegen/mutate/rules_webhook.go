package mutate

import (
	"fmt"
	"slices"

	"github.com/porin-dev/porin/compiler/ir"
)

func (l *list) webhooks() {
	for _, w := range l.c.Webhooks {
		l.webhook(w)
	}
}

func (l *list) webhook(w *ir.Webhook) {
	at := func(kind Kind, pos ir.Pos, format string, args ...any) *Mutant {
		if !pos.IsValid() {
			pos = w.Pos
		}
		return l.at(kind, pos, "", "%s: %s", w.Name, fmt.Sprintf(format, args...))
	}
	for _, v := range w.Verify.Proofs() {
		if v.Signature != nil {
			signature(at, v.Pos, v.Signature)
		}
		if t := v.Token; t != nil {
			set(at(SignaturePart, v.Pos, "the token is in another header"), &t.Header, t.Header+"-X")
			if t.Prefix != "" {
				set(at(SignaturePart, v.Pos, "the prefix %s is not taken off", t.Prefix), &t.Prefix, "")
			}
		}
		if j := v.JWT; j != nil {
			set(at(SignaturePart, v.Pos, "the token is in another header"), &j.Header, j.Header+"-X")
			set(at(SignaturePart, v.Pos, "the audience is, or is not, looked at"), &j.Audience, !j.Audience)
		}
		if c := v.Call(); c != nil {
			asked(at, c)
		}
	}
	if w.Many {
		set(at(EventPath, w.Pos, "the events of a delivery are looked for at %s", wrongPath(w.Each)), &w.Each, wrongPath(w.Each))
	}
	if len(w.Tag) > 0 {
		set(at(EventPath, w.Pos, "the type of an event is looked for at %s", wrongPath(w.Tag)), &w.Tag, wrongPath(w.Tag))
	}
	if len(w.ID) > 0 {
		set(at(EventPath, w.Pos, "the id of a delivery is looked for at %s", wrongPath(w.ID)), &w.ID, wrongPath(w.ID))
	}
	if w.TagHeader != "" {
		set(at(EventPath, w.Pos, "the type of an event is in another header"), &w.TagHeader, w.TagHeader+"-X")
	}
	if w.IDHeader != "" {
		set(at(EventPath, w.Pos, "the id of a delivery is in another header"), &w.IDHeader, w.IDHeader+"-X")
	}
	if len(w.Data) > 0 {
		set(at(EventPath, w.Pos, "the event is looked for at %s", wrongPath(w.Data)), &w.Data, wrongPath(w.Data))
	}
	for _, c := range w.Challenge {
		handshake(at, c)
	}
}

// signature changes each part of what is signed, and how.
func signature(at func(Kind, ir.Pos, string, ...any) *Mutant, pos ir.Pos, s *ir.VerifySignature) {
	for i, p := range s.Signed.Parts {
		parts := slices.Delete(slices.Clone(s.Signed.Parts), i, i+1)
		text := ir.Template{Parts: []ir.Part{p}}.String()
		set(at(SignaturePart, pos, "%q is not part of what is signed", text), &s.Signed.Parts, parts)
	}
	if s.Header != "" {
		set(at(SignaturePart, pos, "the signature is in another header"), &s.Header, s.Header+"-X")
	}
	if len(s.Body) > 0 {
		set(at(SignaturePart, pos, "the signature is at %s", wrongPath(s.Body)), &s.Body, wrongPath(s.Body))
	}
	if len(s.Event) > 0 {
		set(at(SignaturePart, pos, "the signature of an event is at %s", wrongPath(s.Event)), &s.Event, wrongPath(s.Event))
	}
	if s.Prefix != "" {
		set(at(SignaturePart, pos, "the prefix %s is not taken off", s.Prefix), &s.Prefix, "")
	}
	if s.Split != "" {
		split := another(s.Split, "|", ";")
		set(at(SignaturePart, pos, "signatures are separated by %s", split), &s.Split, split)
	}
	if s.Algorithm != "" {
		hash := another(s.Algorithm, "sha512", "sha256")
		set(at(SignaturePart, pos, "the hash is %s in place of %s", hash, s.Algorithm), &s.Algorithm, hash)
	}
	encoding := another(s.Encoding, "base64", "hex")
	set(at(SignaturePart, pos, "the encoding is %s in place of %s", encoding, s.Encoding), &s.Encoding, encoding)
	if a := s.Age; a != nil {
		set(at(SignaturePart, pos, "a delivery may be a day old"), &a.Within, "1d")
		if a.From.As != "" {
			other := a.From
			other.As = another(a.From.As, "unix_ms", "unix")
			set(at(Unit, pos, "the time of a delivery is in %s in place of %s", other.As, a.From.As), &a.From, other)
		}
	}
}

// asked makes what the provider is asked with about a delivery wrong.
func asked(at func(Kind, ir.Pos, string, ...any) *Mutant, c *ir.VerifyCall) {
	for _, a := range c.With {
		set(at(SignaturePart, c.Pos, "the provider is told another %s", a.Name), &a.Value, ir.Template{Parts: []ir.Part{{Text: "wrong"}}})
	}
	if c.Answer != nil {
		set(at(SignaturePart, c.Pos, "any answer will do"), &c.Answer, (*ir.When)(nil))
	}
	if len(c.At) > 0 {
		set(at(SignaturePart, c.Pos, "the key is looked for at %s", wrongPath(c.At)), &c.At, wrongPath(c.At))
	}
}

func handshake(at func(Kind, ir.Pos, string, ...any) *Mutant, c *ir.Challenge) {
	for _, m := range slices.Concat(c.When.Header, c.When.Body, c.Query) {
		set(at(Handshake, c.Pos, "a handshake is told by %s in place of %s", wrongPath(m.At), m.At), &m.At, wrongPath(m.At))
	}
	if !c.Text.IsZero() {
		set(at(Handshake, c.Pos, "a handshake is answered otherwise"), &c.Text, wrongTemplate(c.Text))
	}
	for _, m := range c.JSON {
		set(at(Handshake, c.Pos, "a handshake is answered with %s", wrong(m.Name)), &m.Name, wrong(m.Name))
	}
}
