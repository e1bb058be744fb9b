package twin

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// GrantLogin is the grant type in the journal of the request of an exchange whose
// answer has the token, and GrantStep of those on the way to it.
const (
	GrantLogin = "login"
	GrantStep  = "step"
)

// login is a request of an exchange.
type login struct {
	method *ir.Auth
	step   *ir.TokenStep
	last   bool
	renews bool   // It is one of those that renew a token.
	grant  *grant // Whose it is; nil when its secrets are nobody's.
}

// loginOf finds the step of an exchange that a request is, or nil.
func (x *exchange) loginOf() *login {
	var first *login
	for _, m := range x.t.spec.Auth {
		if m.OAuth2 == nil {
			continue
		}
		for _, list := range [][]*ir.TokenStep{m.OAuth2.Renew, m.OAuth2.Steps} {
			for i, s := range list {
				if s.Method != x.q.method || !x.to.endpoint.serves(parseURL(x.t.idx.stepURL(m, s))) {
					continue
				}
				l := &login{method: m, step: s, last: i == len(list)-1, renews: len(m.OAuth2.Renew) > 0 && list[0] == m.OAuth2.Renew[0]}
				if l.grant = x.asking(m, s); l.grant != nil {
					return l
				}
				first = cmp.Or(first, l)
			}
		}
	}
	return first
}

// asking finds the account whose secrets the request of a step has.
func (x *exchange) asking(m *ir.Auth, s *ir.TokenStep) *grant {
	for _, a := range x.t.accounts {
		for _, g := range a.grants {
			if g.method == m && x.proves(s, g) {
				return g
			}
		}
	}
	return nil
}

// proves reports whether a request has everything that a step declares, as it is
// for an account.
func (x *exchange) proves(s *ir.TokenStep, g *grant) bool {
	ref := func(p ir.Part) string {
		if p.Scope == "step" {
			return x.t.captured(g, p.Path.String())
		}
		return x.t.credRef(g)(p)
	}
	for _, h := range s.Headers {
		if !x.signs(h.Value, x.q.header.Get(h.Name), g, ref) {
			return false
		}
	}
	for _, h := range s.Query {
		if !x.signs(h.Value, x.q.query.Get(h.Name), g, ref) {
			return false
		}
	}
	for _, list := range [][]*ir.Header{s.Form, s.JSON} {
		for _, h := range list {
			if v, _ := x.q.bodyAt(pathOf(h.Name)); !x.signs(h.Value, v, g, ref) {
				return false
			}
		}
	}
	if s.Sign != nil && !x.signedBy(s.Sign, ref) {
		return false
	}
	return !s.Basic || x.q.header.Get("Authorization") == "Basic "+basicOf(renderTemplate(s.User, ref), renderTemplate(s.Pass, ref))
}

// reads reports whether a text is what a template yields. A time and a nonce are
// the client's to choose.
func reads(t ir.Template, text string, ref func(ir.Part) string) bool {
	_, ok := readParts(t, text, ref)
	return ok
}

// readParts is what a text has at the parts of a template that the client chooses,
// in order.
func readParts(t ir.Template, text string, ref func(ir.Part) string) ([]string, bool) {
	var b strings.Builder
	for _, p := range t.Parts {
		switch p.Scope {
		case "":
			b.WriteString(regexp.QuoteMeta(p.Text))
		case "now", "nonce", "jwt", "oauth":
			if !p.Whole() { // What it is a part of is not on the wire.
				b.WriteString("(.*)")
				continue
			}
			b.WriteString("(.+)")
		default:
			b.WriteString(regexp.QuoteMeta(p.Cut(ref(p))))
		}
	}
	found := regexp.MustCompile("^(?s:" + b.String() + ")$").FindStringSubmatch(text) // What is quoted parses.
	if found == nil {
		return nil, false
	}
	return found[1:], true
}

// signs reports whether the tokens in a text are signed with the key of an account.
func (x *exchange) signs(t ir.Template, text string, g *grant, ref func(ir.Part) string) bool {
	j := g.method.OAuth2.JWT
	found, ok := readParts(t, text, ref)
	for _, p := range t.Parts {
		if !ok || p.Scope != "now" && p.Scope != "nonce" && p.Scope != "jwt" && p.Scope != "oauth" {
			continue
		}
		switch p.Scope {
		case "jwt":
			key := ref(ir.Part{Scope: "cred", Path: ir.Path{{Name: j.Key}}})
			until, signed := x.t.readJWT(j, found[0], key, ref, x.now)
			ok = signed && x.now.Before(until)
		case "oauth":
			ok = x.consented(g, p.Path.String(), found[0])
		}
		found = found[1:]
	}
	return ok
}

// consented reports whether a part of an authorization is one that the account gave.
func (x *exchange) consented(g *grant, name, text string) bool {
	switch name {
	case "state":
		return text != ""
	case "scopes":
		o := g.method.OAuth2
		return text == strings.Join(o.Scopes, o.ScopeSep)
	case "code":
		c := x.t.codes[text]
		if c == nil || c.acct != g.acct || c.method != g.method || c.family != 0 || !x.now.Before(c.until) {
			return false
		}
		x.consent = c
		return true
	}
	for _, c := range x.t.codes {
		if c.acct == g.acct && c.method == g.method && (name == "redirect_uri" && c.redirect == text || name == "verifier" && c.proved(text)) {
			return true
		}
	}
	return false
}

// captured is what a step yields for the steps after it.
func (t *Twin) captured(g *grant, name string) string {
	if address := toldAddress(g.method, name); address != "" {
		return address
	}
	if g.spec != nil {
		for part, step := range g.spec.Steps {
			if step == name && part != "expires" {
				return g.tokenPart(part)
			}
		}
	}
	r := newRNG(t.opt.Seed, "step", g.acct.id, g.method.Name, name)
	return "step-" + r.hex(16)
}

// toldAddress is the address that an exchange tells under a name, where a step leads to
// it; else empty.
func toldAddress(m *ir.Auth, name string) string {
	for _, s := range append(slices.Clone(m.OAuth2.Steps), m.OAuth2.Renew...) {
		if s.Captured() == name && len(s.Hosts) > 0 {
			return "https://" + strings.ReplaceAll(s.Hosts[0], "*", "login") + "/" + name
		}
	}
	return ""
}

// stepURL is the address of a step.
func (x *index) stepURL(m *ir.Auth, s *ir.TokenStep) string {
	return renderTemplate(s.URL, func(p ir.Part) string {
		if p.Scope == "step" {
			return toldAddress(m, p.Path.String())
		}
		return x.settings[p.Path.String()]
	})
}

// login answers a request of an exchange.
func (t *Twin) login(x *exchange, l *login) *answer {
	x.entry.Grant = GrantLogin
	if !l.last {
		x.entry.Grant = GrantStep
	}
	g := l.grant
	if g == nil {
		x.entry.TokenState = TokenUnknown
		return t.refuseToken(x, l.method, "invalid_grant", true)
	}
	x.entry.Account = g.acct.id
	if g.token.Revoked {
		x.entry.TokenState = TokenRevoked
		return t.refuseToken(x, l.method, "revoked", true)
	}
	if x.consent != nil {
		x.consent.family = g.family
	}
	if !l.last {
		return t.capture(x, l)
	}
	return t.issue(x, l.method, t.granted(x, l))
}

// granted are the tokens that the last request of an exchange yields.
func (t *Twin) granted(x *exchange, l *login) []*grant {
	g, o := l.grant, l.method.OAuth2
	switch {
	case l.renews && o.Extends:
		g.token.Version++
		g.token.Expires = t.expiry(g)
		return nil
	case g.early:
		g.early = false
		return []*grant{g}
	case !l.renews && o.Attended():
		return t.grantAll(g.acct, l.method)
	case o.Attended():
		return []*grant{t.renew(g, x.now)}
	}
	next := t.grant(g.acct, g.method, g.spec, g.family, g.token.Version+1)
	next.token.Scopes = g.token.Scopes
	return []*grant{next}
}

// capture answers with what the next step needs.
func (t *Twin) capture(x *exchange, l *login) *answer {
	a := t.issue(x, l.method, nil)
	for part, name := range l.grant.spec.Steps { // The token is told before the last request.
		if part != "expires" && !l.grant.early && slices.ContainsFunc(l.step.Capture, func(c *ir.Capture) bool { return c.Name == name }) {
			l.grant = t.grant(l.grant.acct, l.method, l.grant.spec, l.grant.family, l.grant.token.Version+1)
			l.grant.early = true
		}
	}
	for _, c := range l.step.Capture {
		v := t.captured(l.grant, c.Name)
		t.secrets = append(t.secrets, v)
		a.body = put(a.body, c.At, v)
	}
	return a
}

// expiry is when a token that is issued now expires; zero is never.
func (t *Twin) expiry(g *grant) time.Time {
	switch {
	case g.spec.Life != "" && len(g.spec.Expires) == 0:
		return t.opt.Now().Add(duration(g.spec.Life))
	case len(g.spec.Expires) == 0 && g.method.OAuth2.Grant == "exchange":
		return time.Time{}
	}
	return t.opt.Now().Add(t.opt.TokenLife)
}

// renewing is the grant that a request to the token endpoint would renew, or nil.
func (x *exchange) renewing() *grant {
	if l := x.loginOf(); l != nil && l.last {
		return l.grant
	}
	if token := x.tokenParam("refresh_token"); token != "" {
		return x.t.refreshes[token]
	}
	return nil
}
