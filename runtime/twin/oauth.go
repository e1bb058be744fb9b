package twin

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// codeLife is how long an authorization code is good for (RFC 6749, 4.1.2
// recommends ten minutes at most).
const codeLife = 10 * time.Minute

// consent is an authorization that a user gave, as its code stands for it.
type consent struct {
	acct      *account
	method    *ir.Auth
	redirect  string
	challenge string
	print     string // Thumbprint of the key that tokens are to be bound to; empty is any.
	plain     bool
	scopes    []string
	until     time.Time
	family    int // Of the tokens it was exchanged for; 0 is not yet.
}

func (t *Twin) consent(x *exchange, v url.Values, a *account, m *ir.Auth) string {
	t.minted++
	r := newRNG(t.opt.Seed, "code", strconv.Itoa(t.minted))
	code := "code-" + r.hex(20)
	t.secrets = append(t.secrets, code)
	x.entry.Account = a.id
	t.codes[code] = &consent{
		acct:      a,
		method:    m,
		redirect:  v.Get("redirect_uri"),
		challenge: v.Get("code_challenge"),
		print:     v.Get("dpop_jkt"),
		plain:     v.Get("code_challenge_method") == "plain",
		scopes:    splitScopes(v.Get("scope"), m.OAuth2.ScopeSep),
		until:     x.now.Add(codeLife),
	}
	return code
}

// splitScopes reads a scope parameter in the vendor's separator or RFC 6749's.
func splitScopes(s, sep string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || sep != "" && strings.ContainsRune(sep, r) })
}

// tokenParam reads a parameter of the token endpoint from a form, a JSON body or
// the query, by the provider's name for it.
func (x *exchange) tokenParam(name string) string {
	if e := x.to.endpoint; e != nil && e.method.OAuth2.Request != nil {
		if to, ok := e.method.OAuth2.Request.Rename[name]; ok {
			name = to
		}
	}
	v, _ := x.q.bodyAt(ir.Path{{Name: name}})
	return v
}

// asks reports whether a token request has the form that the provider declares.
func (x *exchange) asks(r *ir.TokenRequest) bool {
	if r == nil {
		return true
	}
	if r.JSON != x.q.isDoc {
		return false
	}
	said := map[string]string{}
	for _, h := range r.Headers {
		if !listen(h.Value, x.q.header.Get(h.Name), x.t.appRef, said) {
			return false
		}
	}
	for _, h := range r.Params {
		if v, _ := x.q.bodyAt(ir.Path{{Name: h.Name}}); !listen(h.Value, v, x.t.appRef, said) {
			return false
		}
	}
	return true
}

// appRef is what the requests of an application refer to.
func (t *Twin) appRef(p ir.Part) string {
	name := p.Path.String()
	switch {
	case p.Scope == "conn":
		return t.idx.settings[name]
	case name == "client_id":
		return t.opt.ClientID
	}
	return t.opt.ClientSecret
}

// exchangeToken is the token endpoint (RFC 6749, 4.1.3, 4.4.2 and 6).
func (t *Twin) exchangeToken(x *exchange) *answer {
	if l := x.loginOf(); l != nil {
		return t.login(x, l)
	}
	m := x.to.endpoint.method
	grantType := x.tokenParam("grant_type")
	if grantType == "" { // Some vendors infer it, and their SDKs leave it out.
		grantType = "authorization_code"
	}
	x.entry.Grant = grantType
	if code := t.notClient(x, m); code != "" {
		return t.refuseToken(x, m, code, false)
	}
	if code := x.proofTrouble(m); code != "" {
		return t.refuseToken(x, m, code, false)
	}
	switch grantType {
	case "authorization_code":
		return t.redeem(x, m)
	case "refresh_token":
		return t.refresh(x, m)
	case GrantDevice:
		return t.answerPoll(x, m)
	case "client_credentials":
		for _, p := range m.OAuth2.Params {
			if m.OAuth2.Grant == "client" && x.tokenParam(p.Name) != t.idx.render(p.Value) {
				return t.refuseToken(x, m, "invalid_request", false)
			}
		}
		var issued []*grant
		for _, g := range t.accounts[0].grants {
			if g.spec != nil && g.method.OAuth2 == m.OAuth2 {
				issued = append(issued, t.grant(g.acct, g.method, g.spec, g.family, g.token.Version+1))
			}
		}
		return t.issue(x, m, issued)
	}
	return t.refuseToken(x, m, "unsupported_grant_type", false)
}

// notClient is the code of a request that is not the application's, or not of the form
// that the provider declares; else empty.
func (t *Twin) notClient(x *exchange, m *ir.Auth) string {
	if !x.asks(m.OAuth2.Request) {
		return "invalid_request"
	}
	if m.OAuth2.Client == "jwt" {
		if !t.asserted(x, m.OAuth2.JWT) {
			return "invalid_client"
		}
	} else if m.OAuth2.Bound() { // RFC 8705, 2.
		if id, secret := x.client(); id != t.opt.ClientID || secret != "" || !x.presented(t.appThumbprint()) {
			return "invalid_client"
		}
	} else if id, secret := x.client(); id != t.opt.ClientID || secret != t.opt.ClientSecret && m.OAuth2.Client != "none" {
		if x.tokenParam("code_verifier") == "" || id != t.opt.ClientID || secret != "" { // A public client has no secret.
			return "invalid_client"
		}
	}
	return ""
}

// asserted reports whether a client proves who it is by a JWT that was signed for
// this endpoint (RFC 7523, 3).
func (t *Twin) asserted(x *exchange, j *ir.JWT) bool {
	token := x.tokenParam("client_assertion")
	until, ok := t.readJWT(j, token, t.opt.ClientSecret, func(p ir.Part) string {
		if p.Scope == "conn" {
			return t.idx.settings[p.Path.String()]
		}
		return t.opt.ClientID
	}, x.now)
	_, claims, _ := strings.Cut(token, ".")
	claims, _, _ = strings.Cut(claims, ".")
	doc, _ := decodedPart(claims)
	audience, _ := at(doc, ir.Path{{Name: "aud"}})
	declared := slices.ContainsFunc(j.Claims, func(h *ir.Header) bool { return h.Name == "aud" })
	return ok && x.now.Before(until) && (declared || textOf(audience) == x.q.url.String() || textOf(audience) == x.to.endpoint.url.String())
}

// client returns the client's credentials, from the header or the body.
func (x *exchange) client() (id, secret string) {
	r := &http.Request{Header: x.q.header}
	if id, secret, ok := r.BasicAuth(); ok {
		// Both are form-encoded before they are joined (RFC 6749, 2.3.1).
		if plainID, err := url.QueryUnescape(id); err == nil {
			id = plainID
		}
		if plainSecret, err := url.QueryUnescape(secret); err == nil {
			secret = plainSecret
		}
		return id, secret
	}
	return x.tokenParam("client_id"), x.tokenParam("client_secret")
}

// redeem exchanges a code. A code that comes twice takes back what the first one
// got (RFC 6749, 4.1.2).
func (t *Twin) redeem(x *exchange, m *ir.Auth) *answer {
	c := t.codes[x.tokenParam("code")]
	switch {
	case c == nil, !x.now.Before(c.until):
		return t.refuseToken(x, m, "invalid_grant", false)
	case c.family != 0:
		t.revokeFamily(c.family, x.now)
		return t.refuseToken(x, m, "invalid_grant", false)
	case c.redirect != x.tokenParam("redirect_uri") && x.tokenParam("redirect_uri") != "":
		return t.refuseToken(x, m, "invalid_grant", false)
	case c.print != "" && (x.proof == nil || x.proof.key != c.print):
		return t.refuseToken(x, m, "invalid_grant", false)
	case !c.proved(x.tokenParam("code_verifier")):
		return t.refuseToken(x, m, "invalid_grant", false)
	}
	issued := t.grantAll(c.acct, c.method)
	for i, g := range issued {
		c.family = g.family
		if i == 0 && len(c.scopes) > 0 { // Further tokens have scope parameters of their own.
			g.token.Scopes = c.scopes
		}
	}
	return t.issue(x, m, issued)
}

// proved checks the verifier of PKCE (RFC 7636, 4.6).
func (c *consent) proved(verifier string) bool {
	if c.challenge == "" || c.plain {
		return verifier == c.challenge || c.challenge == ""
	}
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:]) == c.challenge
}

// refresh exchanges a refresh token. One that was used before means that two
// parties hold it: the whole family is revoked (RFC 9700, 4.14.2).
func (t *Twin) refresh(x *exchange, m *ir.Auth) *answer {
	g := t.refreshes[x.tokenParam("refresh_token")]
	if g == nil {
		x.entry.TokenState = TokenUnknown
		return t.refuseToken(x, m, "invalid_grant", true)
	}
	x.entry.Account, x.entry.TokenState = g.acct.id, g.refreshState()
	if x.entry.TokenState == TokenRevoked {
		return t.refuseToken(x, m, "revoked", true)
	}
	if g.print != "" && m.OAuth2.Client == "none" && x.proved().key != g.print { // RFC 9449, 5.
		x.entry.Why = "the refresh token is bound to another key than that of the proof"
		return t.refuseToken(x, m, "invalid_grant", false)
	}
	if !g.used.IsZero() {
		if x.now.Before(g.used.Add(duration(g.method.OAuth2.Grace))) {
			return t.issue(x, m, []*grant{g.next})
		}
		t.revokeFamily(g.family, x.now)
		return t.refuseToken(x, m, "refresh", true)
	}
	return t.issue(x, m, []*grant{t.renew(g, x.now)})
}

// refreshState says whether the refresh token works: a used one is rotated.
func (g *grant) refreshState() string {
	switch {
	case g.token.Revoked || g.dead == TokenRevoked:
		return TokenRevoked
	case !g.used.IsZero():
		return TokenRotated
	}
	return TokenLive
}
