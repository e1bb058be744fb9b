package mutate

import (
	"fmt"
	"slices"

	"github.com/porin-dev/porin/compiler/ir"
)

func (l *list) auth() {
	for _, a := range l.c.Auth {
		for _, p := range a.Place {
			if p.To == nil {
				continue
			}
			l.slot(CredentialPlace, a.Pos, "", &p.To, "the credential of "+a.Name)
			set(l.at(CredentialPlace, a.Pos, "", "the credential of %s is written in another form", a.Name), &p.Value, wrongTemplate(p.Value))
		}
		if a.Kind == "basic" {
			set(l.at(CredentialPlace, a.Pos, "", "the password of %s is another one", a.Name), &a.Pass, wrongTemplate(a.Pass))
		}
		for _, s := range a.Signs() {
			l.sign(a, s)
		}
		if a.OAuth2 != nil {
			l.oauth(a, a.OAuth2)
		}
	}
}

// sign changes each part of what is signed of requests, and how.
func (l *list) sign(a *ir.Auth, s *ir.Sign) {
	at := func(format string, args ...any) *Mutant {
		return l.at(SignaturePart, s.Pos, "", "%s: %s", a.Name, fmt.Sprintf(format, args...))
	}
	for i, p := range s.Signed.Parts {
		set(at("%q is not part of what is signed", ir.Template{Parts: []ir.Part{p}}.String()), &s.Signed.Parts, slices.Delete(slices.Clone(s.Signed.Parts), i, i+1))
	}
	for _, list := range [][]*ir.Header{s.Headers, s.Query} {
		for _, h := range list {
			set(at("%s has another name", h.Name), &h.Name, wrong(h.Name))
		}
	}
	for _, t := range []*ir.Template{&s.Service, &s.Region, &s.Session, &s.Realm} {
		if len(t.Parts) > 0 {
			set(at("%q is another one", t.String()), t, wrongTemplate(*t))
		}
	}
	if s.To != nil {
		l.slot(SignaturePart, s.Pos, "", &s.To, "the signature of "+a.Name)
		set(at("the signature is written in another form"), &s.Value, wrongTemplate(s.Value))
	}
	switch s.Scheme {
	case "aws4":
		set(at("the body is signed, or not, otherwise"), &s.UnsignedBody, !s.UnsignedBody)
	case "oauth1":
		set(at("the method is another one"), &s.Algorithm, another(s.Algorithm, "HMAC-SHA256", "HMAC-SHA1"))
	default:
		if s.Algorithm != "" {
			set(at("the hash is another one"), &s.Algorithm, another(s.Algorithm, "sha512", "sha256"))
		}
		set(at("the encoding is another one"), &s.Encoding, another(s.Encoding, "base64", "hex"))
	}
}

func (l *list) oauth(a *ir.Auth, o *ir.OAuth2) {
	at := func(kind Kind, what string) *Mutant { return l.at(kind, a.Pos, "", "%s: %s", a.Name, what) }
	set(at(Grant, "tokens come from another address"), &o.Token, wrongTemplate(o.Token))
	if o.Attended() {
		set(at(Grant, "users are sent to another address"), &o.Authorize, wrongTemplate(o.Authorize))
	}
	if len(o.Pushed.Parts) > 0 {
		set(at(Grant, "requests are pushed to another address"), &o.Pushed, wrongTemplate(o.Pushed))
	}
	if o.Grant == "code" {
		pkce := another(o.PKCE, "S256", "none")
		set(at(Grant, "the code is proved by "+pkce+" in place of "+o.PKCE), &o.PKCE, pkce)
	}
	if o.Proof != "" {
		set(at(Grant, "requests prove nothing"), &o.Proof, "")
	}
	client := another(o.Client, "post", "basic")
	set(at(Grant, "the application proves itself by "+client), &o.Client, client)
	set(at(ScopeSeparator, "scopes are separated otherwise"), &o.ScopeSep, another(o.ScopeSep, ",", " "))
	set(at(Expiry, "a token without expires_in is taken otherwise"), &o.ExpiryOptional, !o.ExpiryOptional)
	set(at(Grant, "refresh tokens are used up, or not, otherwise"), &o.Rotates, !o.Rotates)
	for _, h := range o.Params {
		set(l.at(Grant, h.Pos, "", "%s: the parameter %s has another name", a.Name, h.Name), &h.Name, wrong(h.Name))
	}
	if o.Failed != nil {
		l.when(o.Failed, a.Pos, "")
	}
	if o.Dead != nil {
		l.when(o.Dead, a.Pos, "")
	}
	for _, t := range o.Tokens {
		pos := t.Pos
		if !pos.IsValid() {
			pos = a.Pos
		}
		for _, p := range []struct {
			kind Kind
			name string
			path *ir.Path
		}{{TokenPath, "access token", &t.At}, {TokenPath, "refresh token", &t.Refresh}, {Expiry, "expiry", &t.Expires}, {TokenPath, "scopes", &t.Scope}} {
			if len(*p.path) > 0 {
				set(l.at(p.kind, pos, "", "the %s of %s is looked for at %s in place of %s", p.name, t.Name, wrongPath(*p.path), *p.path), p.path, wrongPath(*p.path))
			}
		}
	}
}
