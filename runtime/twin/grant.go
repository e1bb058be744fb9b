package twin

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// grant is one issued version of a credential.
type grant struct {
	acct   *account
	method *ir.Auth
	spec   *ir.OAuthToken // nil for a credential that is not a token of OAuth 2.0.
	family int            // Grants that came from one authorization.
	token  Token
	dead   string            // TokenRotated, TokenRevoked or "": why the access token stopped working.
	killed time.Time         // When it stopped, or stops after the grace.
	lived  *time.Time        // How long it would have lived, when it was made to expire.
	used   time.Time         // When the refresh token was used; zero is never.
	next   *grant            // What it was exchanged for.
	creds  map[string]string // What its templates call cred.NAME.
	bound  string            // Thumbprint of the certificate that the access token is bound to.
	print  string            // Thumbprint of the key that it is bound to.
	early  bool              // It was told by a step before the last.
	wires  []wireValue
}

// wireValue is one place of a request with the value a credential has there.
type wireValue struct {
	slot  *ir.Slot
	value string
}

// key is what a credential is looked up by.
func (w wireValue) key() string { return slotKey(w.slot) + "\x00" + w.value }

// accepted reports whether the provider reads the token alone at a place that
// clients of its own need not use.
func (g *grant) accepted(at *ir.Slot) bool {
	return slices.ContainsFunc(g.method.Accepts, func(s *ir.Slot) bool { return slotKey(s) == slotKey(at) })
}

// grantAll issues one credential for each token of an auth method, as a fresh
// family.
func (t *Twin) grantAll(a *account, m *ir.Auth) []*grant {
	t.issued++
	var out []*grant
	if m.OAuth2 == nil {
		if m.Kind != "none" {
			out = append(out, t.grant(a, m, nil, t.issued, 1))
		}
		return out
	}
	for _, spec := range m.OAuth2.Tokens {
		out = append(out, t.grant(a, m, spec, t.issued, 1))
	}
	return out
}

// grant issues a credential and makes it the current one of its name.
func (t *Twin) grant(a *account, m *ir.Auth, spec *ir.OAuthToken, family int, version int64) *grant {
	g := &grant{acct: a, method: m, spec: spec, family: family, creds: map[string]string{}}
	r := newRNG(t.opt.Seed, "token", a.id, m.Name, strconv.Itoa(family), strconv.FormatInt(version, 10))
	g.token = Token{Method: m.Name, Version: version, Scopes: t.idx.scopes}
	if spec != nil {
		g.token.Name = spec.Name
		if m.OAuth2.Bound() {
			g.bound = t.appThumbprint()
		}
		if m.OAuth2.Proof != "" {
			g.creds[proofKey], g.print = t.ownKey(a, m)
			t.hideKey(g.creds[proofKey])
		}
		r = newRNG(r.next(), spec.Name)
		o := m.OAuth2
		if o.Grant == "exchange" && len(spec.Refresh) > 0 || o.Attended() && (o.Rotates || !o.ExpiryOptional) {
			g.token.Refresh = "refresh-" + r.hex(24)
		}
		if o.Grant == "exchange" || o.Rotates || !o.ExpiryOptional || spec.Life != "" {
			g.token.Expires = t.expiry(g)
		}
		for _, k := range spec.Also {
			if g.token.Also == nil {
				g.token.Also = map[string]string{}
			}
			g.token.Also[k.Name] = "secret-" + r.hex(16)
			t.secrets = append(t.secrets, g.token.Also[k.Name])
		}
	}
	if m.JWT == nil && m.Kind != "sign" && m.MTLS == nil { // Else the client makes them.
		g.token.Access = "access-" + r.hex(24)
	}
	if m.Kind == "exchange" || m.Kind == "sign" || m.JWT != nil || m.MTLS != nil {
		for _, name := range m.Secrets() {
			g.creds[name] = t.secretOf(a, m, name)
		}
	}
	t.place(g)
	t.keep(g)
	return g
}

// secretOf is what an account has under a name. Methods that share one have the
// same secret there.
func (t *Twin) secretOf(a *account, m *ir.Auth, name string) string {
	for _, g := range a.grants {
		if v, ok := g.creds[name]; ok {
			return v
		}
	}
	for _, j := range m.JWTs() {
		if j.Key == name {
			return jwtKey(j, a.id+" "+name)
		}
	}
	if c := m.MTLS; c != nil && (name == c.Certificate || name == c.Key) {
		return certificateOf(a.id, m, name == c.Key)
	}
	for _, s := range m.Signs() {
		if len(s.Key.Parts) == 1 && s.Key.Parts[0].Scope == "cred" && s.Key.Parts[0].Path.String() == name {
			return signKey(s, a.id+" "+name)
		}
	}
	r := newRNG(t.opt.Seed, "cred", a.id, name)
	return "cred-" + r.hex(16)
}

// place works out what the credential looks like on the wire.
func (t *Twin) place(g *grant) {
	m := g.method
	switch {
	case g.token.Access == "" || m.Sign != nil:
		return
	case m.Kind == "basic":
		ref := t.credRef(g)
		user, pass := renderTemplate(m.User, ref), renderTemplate(m.Pass, ref)
		g.wires = []wireValue{{&ir.Slot{Header: "Authorization"}, "basic " + basicOf(user, pass)}}
		return
	case len(m.Place) == 0:
		g.wires = []wireValue{{&ir.Slot{Header: "Authorization"}, "bearer " + g.token.Access}}
		return
	}
	for _, p := range m.Place {
		g.wires = append(g.wires, wireValue{p.To, wireForm(p.To, renderTemplate(p.Value, t.credRef(g)))})
	}
}

// credRef resolves the references of a credential's templates. The first name
// under cred is the access token itself; further ones have values of their own.
func (t *Twin) credRef(g *grant) func(ir.Part) string {
	return func(p ir.Part) string {
		name := p.Path.String()
		switch p.Scope {
		case "conn":
			return t.idx.settings[name]
		case "token":
			return g.tokenPart(name)
		case "cred":
			if g.method.Kind == "oauth2" && g.spec != nil {
				return t.appRef(p)
			}
			v, ok := g.creds[name]
			if !ok {
				v = g.token.Access
				if len(g.creds) > 0 {
					r := newRNG(t.opt.Seed, "cred", v, name)
					v = "cred-" + r.hex(16)
				}
				g.creds[name] = v
			}
			return v
		}
		return g.token.Access
	}
}

// tokenPart is what comes with a token, by its name.
func (g *grant) tokenPart(name string) string {
	switch name {
	case "access":
		return g.token.Access
	case "refresh":
		return g.token.Refresh
	}
	return g.token.Also[name]
}

// keep registers a grant for lookup and makes it current.
func (t *Twin) keep(g *grant) {
	for _, w := range g.wires {
		t.wires[w.key()] = g
	}
	for _, s := range g.method.Accepts {
		t.wires[wireValue{s, g.token.Access}.key()] = g
	}
	if g.token.Access != "" {
		t.secrets = append(t.secrets, g.token.Access)
	}
	for _, name := range sortedKeys(g.creds) {
		if v := g.creds[name]; v != g.token.Access {
			t.secrets = append(t.secrets, v)
		}
	}
	if g.token.Refresh != "" {
		t.refreshes[g.token.Refresh] = g
		t.secrets = append(t.secrets, g.token.Refresh)
	}
	for i, old := range g.acct.grants {
		if old.method == g.method && old.spec == g.spec {
			g.acct.grants[i] = g
			return
		}
	}
	g.acct.grants = append(g.acct.grants, g)
}

// state says whether the access token works.
func (g *grant) state(now time.Time) string {
	switch {
	case g.dead != "" && !now.Before(g.killed):
		return g.dead
	case !g.token.Expires.IsZero() && !now.Before(g.token.Expires):
		return TokenExpired
	}
	return TokenLive
}

// kill stops an access token at a time.
func (g *grant) kill(why string, at time.Time) {
	if g.dead == "" || why == TokenRevoked {
		g.dead, g.killed = why, at
	}
	if why == TokenRevoked {
		g.token.Revoked = true
	}
}

// revokeFamily kills every grant that came from one authorization.
func (t *Twin) revokeFamily(family int, now time.Time) {
	for _, all := range []map[string]*grant{t.wires, t.refreshes} {
		for _, g := range all {
			if g.family == family {
				g.kill(TokenRevoked, now)
			}
		}
	}
}

// renew exchanges a refresh token for the next version.
func (t *Twin) renew(g *grant, now time.Time) *grant {
	next := t.grant(g.acct, g.method, g.spec, g.family, g.token.Version+1)
	next.token.Scopes = g.token.Scopes
	next.print, next.creds = g.print, maps.Clone(g.creds)
	if g.method.OAuth2.Rotates {
		g.used, g.next = now, next
		return next
	}
	if g.token.Refresh == "" {
		return next
	}
	// The refresh token stays, so it now leads to the newest version.
	delete(t.refreshes, next.token.Refresh)
	next.token.Refresh = g.token.Refresh
	t.refreshes[g.token.Refresh] = next
	return next
}

// wireForm brings a value to the form it is compared in: the scheme of an
// Authorization header has no case (RFC 9110, 11.1).
func wireForm(s *ir.Slot, v string) string {
	if !strings.EqualFold(s.Header, "Authorization") {
		return v
	}
	scheme, rest, ok := strings.Cut(v, " ")
	if !ok {
		return v
	}
	return strings.ToLower(scheme) + " " + strings.TrimSpace(rest)
}
