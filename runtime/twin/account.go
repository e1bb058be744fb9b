package twin

import (
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// Token is one credential of an account.
type Token struct {
	Method  string    `json:"method"`         // Name of the auth method.
	Name    string    `json:"name,omitempty"` // OAuth 2.0: which token of the response.
	Access  string    `json:"token"`
	Refresh string    `json:"refresh_token,omitempty"`
	Expires time.Time `json:"expires,omitzero"` // Zero: it does not expire.
	Scopes  []string  `json:"scopes,omitempty"`
	Version int64     `json:"version"` // From 1; each refresh adds one.
	Revoked bool      `json:"revoked,omitempty"`
}

// Account is one connection to the provider, with data of its own. It is a
// snapshot.
type Account struct {
	ID string `json:"id"`
	Token
	// Tokens has one current credential for each auth method and each named
	// token of it. The first is also the embedded one.
	Tokens []Token `json:"tokens"`
	// Cred holds what the templates of basic and key methods call cred.NAME.
	Cred     map[string]string `json:"cred,omitempty"`
	Settings map[string]string `json:"settings,omitempty"`
}

// account is an account's state.
type account struct {
	id     string
	cred   map[string]string
	grants []*grant // The current ones.
}

// grant is one issued version of a credential.
type grant struct {
	acct   *account
	method *ir.Auth
	spec   *ir.OAuthToken // nil for a credential that is not a token of OAuth 2.0.
	family int            // Grants that came from one authorization.
	token  Token
	dead   string    // TokenRotated, TokenRevoked or "": why the access token stopped working.
	killed time.Time // When it stopped, or stops after the grace.
	used   time.Time // When the refresh token was used; zero is never.
	next   *grant    // What it was exchanged for.
	wires  []wireValue
}

// wireValue is one place of a request with the value a credential has there.
type wireValue struct {
	slot  *ir.Slot
	value string
}

func (t *Twin) newAccount(i int) *account {
	a := &account{id: "acct-" + strconv.Itoa(i+1), cred: map[string]string{}}
	for _, m := range t.spec.Auth {
		t.grantAll(a, m)
	}
	return a
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
	g := &grant{acct: a, method: m, spec: spec, family: family}
	r := newRNG(t.opt.Seed, "token", a.id, m.Name, strconv.Itoa(family), strconv.FormatInt(version, 10))
	g.token = Token{Method: m.Name, Version: version, Scopes: t.idx.scopes}
	if spec != nil {
		g.token.Name = spec.Name
		r = newRNG(r.next(), spec.Name)
		if o := m.OAuth2; o.Grant != "client" && (o.Rotates || !o.ExpiryOptional) {
			g.token.Refresh = "refresh-" + r.hex(24)
		}
		if m.OAuth2.Rotates || !m.OAuth2.ExpiryOptional {
			g.token.Expires = t.opt.Now().Add(t.opt.TokenLife)
		}
	}
	g.token.Access = "access-" + r.hex(24)
	t.place(g)
	t.keep(g)
	return g
}

// place works out what the credential looks like on the wire.
func (t *Twin) place(g *grant) {
	m := g.method
	switch {
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

// credRef resolves the references of a credential's templates. The names under
// cred of a method that is not OAuth 2.0 are made up, and told by Account.
func (t *Twin) credRef(g *grant) func(ir.Part) string {
	return func(p ir.Part) string {
		name := p.Path.String()
		switch p.Scope {
		case "conn":
			return t.idx.settings[name]
		case "cred":
			if v, ok := g.acct.cred[name]; ok {
				return v
			}
			v := g.token.Access
			if len(g.acct.cred) > 0 { // One name is the access token itself; further ones differ.
				r := newRNG(t.opt.Seed, "cred", g.acct.id, name)
				v = "cred-" + r.hex(16)
				t.secrets = append(t.secrets, v)
			}
			g.acct.cred[name] = v
			return v
		}
		return g.token.Access
	}
}

// keep registers a grant for lookup and makes it current.
func (t *Twin) keep(g *grant) {
	for _, w := range g.wires {
		t.wires[slotKey(w.slot)+"\x00"+w.value] = g
	}
	t.secrets = append(t.secrets, g.token.Access)
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

func (t *Twin) accountOf(id string) *account {
	for _, a := range t.accounts {
		if id == "" || a.id == id {
			return a
		}
	}
	return nil
}

// Accounts returns every account, in order.
func (t *Twin) Accounts() []Account {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make([]Account, len(t.accounts))
	for i, a := range t.accounts {
		out[i] = t.snapshot(a)
	}
	return out
}

// Account returns one account. The empty id is the first.
func (t *Twin) Account(id string) (Account, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.accountOf(id)
	if a == nil {
		return Account{}, false
	}
	return t.snapshot(a), true
}

func (t *Twin) snapshot(a *account) Account {
	s := Account{ID: a.id, Cred: maps.Clone(a.cred), Settings: maps.Clone(t.idx.settings)}
	for _, g := range a.grants {
		s.Tokens = append(s.Tokens, g.token)
	}
	if len(s.Tokens) > 0 {
		s.Token = s.Tokens[0]
	}
	return s
}

// Issue gives an account fresh tokens of an auth method, as if the user had
// connected again, and returns the first. The tokens it had go on working. The
// empty method is the first. It reports false for an unknown name.
func (t *Twin) Issue(account, method string) (Token, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.accountOf(account)
	for _, m := range t.spec.Auth {
		if a == nil || method != "" && m.Name != method {
			continue
		}
		if issued := t.grantAll(a, m); len(issued) > 0 {
			return issued[0].token, true
		}
	}
	return Token{}, false
}

// Expire ends the life of the account's current access tokens now, those that
// never expired on their own included. Refresh tokens still work.
func (t *Twin) Expire(account string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.expire(account)
}

func (t *Twin) expire(account string) {
	now := t.opt.Now()
	if a := t.accountOf(account); a != nil {
		for _, g := range a.grants {
			g.token.Expires = now
		}
	}
}

// Revoke takes the grant back, as a user does who disconnects: every token of
// the account is dead.
func (t *Twin) Revoke(account string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.revoke(account)
}

func (t *Twin) revoke(account string) {
	now := t.opt.Now()
	a := t.accountOf(account)
	for _, all := range []map[string]*grant{t.wires, t.refreshes} {
		for _, g := range all {
			if g.acct == a {
				g.kill(TokenRevoked, now)
			}
		}
	}
}

// Rotate refreshes the account's tokens as another replica would: the current
// access and refresh tokens are replaced, and stop working after the declared
// grace. It returns the new first token.
func (t *Twin) Rotate(account string) Token {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.rotate(account)
}

func (t *Twin) rotate(account string) Token {
	a := t.accountOf(account)
	if a == nil {
		return Token{}
	}
	now := t.opt.Now()
	var first Token
	for _, g := range append([]*grant(nil), a.grants...) {
		if g.spec == nil {
			continue
		}
		next := t.renew(g, now)
		g.kill(TokenRotated, now.Add(duration(g.method.OAuth2.Grace)))
		if first.Access == "" {
			first = next.token
		}
	}
	return first
}

// renew exchanges a refresh token for the next version.
func (t *Twin) renew(g *grant, now time.Time) *grant {
	next := t.grant(g.acct, g.method, g.spec, g.family, g.token.Version+1)
	next.token.Scopes = g.token.Scopes
	if g.method.OAuth2.Rotates {
		g.used, g.next = now, next
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
