package mutate

import "github.com/porin-dev/porin/compiler/ir"

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
		if a.OAuth2 != nil {
			l.oauth(a, a.OAuth2)
		}
	}
}

func (l *list) oauth(a *ir.Auth, o *ir.OAuth2) {
	at := func(kind Kind, what string) *Mutant { return l.at(kind, a.Pos, "", "%s: %s", a.Name, what) }
	set(at(Grant, "tokens come from another address"), &o.Token, wrongTemplate(o.Token))
	if o.Grant == "code" {
		set(at(Grant, "users are sent to another address"), &o.Authorize, wrongTemplate(o.Authorize))
		pkce := another(o.PKCE, "S256", "none")
		set(at(Grant, "the code is proved by "+pkce+" in place of "+o.PKCE), &o.PKCE, pkce)
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
