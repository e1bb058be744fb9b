package twin

import (
	"maps"
	"strconv"
	"time"
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
	// Also has the further secrets that came with it, by name.
	Also map[string]string `json:"also,omitempty"`
	// Cred holds what the templates of its method call cred.NAME.
	Cred map[string]string `json:"cred,omitempty"`
}

// Account is one connection to the provider, with data of its own. It is a
// snapshot.
type Account struct {
	ID   string `json:"id"`
	Plan string `json:"plan,omitempty"` // Of the limits that have tiers.
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
	plan   string
	grants []*grant // The current ones.
}

func (t *Twin) newAccount(i int) *account {
	a := &account{id: "acct-" + strconv.Itoa(i+1), plan: t.opt.Plan}
	if i < len(t.opt.Plans) && t.opt.Plans[i] != "" {
		a.plan = t.opt.Plans[i]
	}
	for _, m := range t.spec.Auth {
		t.grantAll(a, m)
	}
	return a
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
	s := Account{ID: a.id, Plan: a.plan, Settings: maps.Clone(t.idx.settings)}
	for _, g := range a.grants {
		token := g.token
		token.Cred = maps.Clone(g.creds)
		s.Tokens = append(s.Tokens, token)
		for name, v := range g.creds {
			if s.Cred == nil {
				s.Cred = map[string]string{}
			}
			if _, taken := s.Cred[name]; !taken { // Methods may share a name; the first one has it.
				s.Cred[name] = v
			}
		}
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
			if g.lived == nil {
				until := g.token.Expires
				g.lived = &until
			}
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
	if a != nil {
		for _, g := range a.grants { // Of those that sign there is nothing to look up.
			g.kill(TokenRevoked, now)
		}
	}
}

// Rotate refreshes the account's tokens as another replica would: the current
// access and refresh tokens are replaced, and stop working after the declared
// grace. A static token, which has no other to take its place, goes on; one that
// [Twin.Expire] ended is good again. It returns the new first token; of an account that
// has static ones alone, the first that is good again.
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
	var first, again Token
	for _, g := range append([]*grant(nil), a.grants...) {
		if g.spec == nil {
			if g.lived != nil {
				g.token.Expires, g.lived = *g.lived, nil
				if again.Access == "" {
					again = g.token
				}
			}
			continue
		}
		next := t.renew(g, now)
		g.kill(TokenRotated, now.Add(duration(g.method.OAuth2.Grace)))
		if first.Access == "" {
			first = next.token
		}
	}
	if first.Access == "" {
		return again
	}
	return first
}
