package twin

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// issue writes a token response, in the places that the spec declares.
func (t *Twin) issue(x *exchange, m *ir.Auth, issued []*grant) *answer {
	a := &answer{status: http.StatusOK, header: http.Header{}, body: &object{}}
	a.header.Set("Cache-Control", "no-store")
	if o := x.to.endpoint.op; o != nil {
		y := &exchange{t: t, op: o, in: args{}}
		a.body = y.result()
		for _, spec := range m.OAuth2.Tokens {
			for _, p := range []ir.Path{spec.At, spec.Refresh, spec.Expires, spec.Scope} {
				remove(a.body, p)
			}
		}
		t.settle(o, a)
	}
	kind := "bearer"
	if m.OAuth2.Proof != "" {
		kind = "DPoP"
	}
	a.body = put(a.body, ir.Path{{Name: "token_type"}}, kind)
	for _, g := range issued {
		g.bindTo(x.proof)
		t.tell(x, a, g)
	}
	for _, s := range t.spec.Settings {
		if s.From == "token" {
			a.body = put(a.body, pathOf(s.At), t.idx.settings[s.Name])
		}
	}
	for _, w := range []*ir.When{m.OAuth2.Failed, m.OAuth2.Dead} {
		if w != nil {
			deny(w, a)
		}
	}
	if len(issued) > 0 {
		x.entry.Account, x.entry.Auth = issued[0].acct.id, issued[0].method.Name
		x.entry.TokenVersion = issued[0].token.Version
		x.entry.Effect = &Effect{Do: "issue", ID: issued[0].method.Name + "/" + issued[0].token.Name}
	}
	return a
}

// tell writes one token into a response.
func (t *Twin) tell(x *exchange, a *answer, g *grant) {
	if len(g.spec.At) > 0 {
		a.body = put(a.body, g.spec.At, g.token.Access)
	}
	for _, k := range g.spec.Also {
		a.body = put(a.body, k.At, g.token.Also[k.Name])
	}
	if g.token.Refresh != "" && len(g.spec.Refresh) > 0 {
		a.body = put(a.body, g.spec.Refresh, g.token.Refresh)
	}
	if !g.token.Expires.IsZero() && len(g.spec.Expires) > 0 {
		a.body = put(a.body, g.spec.Expires, g.expiresAs(x.now))
	}
	if len(g.spec.Scope) > 0 {
		sep := g.method.OAuth2.ScopeSep
		if sep == "" {
			sep = " "
		}
		a.body = put(a.body, g.spec.Scope, strings.Join(g.token.Scopes, sep))
	}
}

// expiresAs is the expiry of a token as its response has it: seconds from now
// unless the spec says its unit.
func (g *grant) expiresAs(now time.Time) any {
	left := g.token.Expires.Sub(now)
	switch unit := g.spec.ExpiresAs; unit {
	case "":
		return number(strconv.FormatInt(int64(left/time.Second), 10))
	case "http_date", "rfc3339", "duration":
		return formatWait(left, now, unit)
	default:
		return number(formatWait(left, now, unit))
	}
}

// refuseToken is the failure of the token endpoint: as declared, or status 400
// with a code (RFC 6749, 5.2). A dead grant is one that only the user can renew.
func (t *Twin) refuseToken(x *exchange, m *ir.Auth, code string, dead bool) *answer {
	a := &answer{status: http.StatusBadRequest, header: http.Header{}, body: &object{}, class: ir.Rejected, code: x.tokenCode(code)}
	o := m.OAuth2
	if o.Failed != nil && len(o.Failed.Status) == 0 {
		a.status = http.StatusOK
	}
	if o.Grant == "exchange" && a.status != http.StatusOK {
		a.status = http.StatusUnauthorized
	}
	if code == "invalid_client" && a.status != http.StatusOK {
		a.status = http.StatusUnauthorized
	}
	at := ir.Path{{Name: "error"}}
	if dead && o.Dead == nil {
		a.code = "invalid_grant"
	}
	if o.Dead != nil && len(o.Dead.Body) > 0 {
		at = o.Dead.Body[0].At
	}
	a.body = put(a.body, at, a.code)
	if o.Failed != nil {
		satisfy(o.Failed, a, nil, "", []string{code}) // What it says where the code would be comes first.
	}
	if dead {
		a.class = ir.Disconnected
		if o.Dead != nil {
			satisfy(o.Dead, a, &ir.Source{Body: at}, x.deadAs, []string{code, "refresh", "grant"})
			a.code, _ = readSource(a, &ir.Source{Body: at})
		}
	}
	return a
}

// tokenHints are parts of the names that vendors have for the codes of RFC 6749,
// section 5.2.
var tokenHints = map[string][]string{
	"invalid_client":         {"client"},
	"invalid_grant":          {"code", "grant"},
	"unsupported_grant_type": {"grant_type"},
}

// tokenCode returns the vendor's name of a code, where the spec documents those
// of the token endpoint, and else the code itself.
func (x *exchange) tokenCode(code string) string {
	o := x.to.endpoint.op
	if o == nil || slices.Contains(o.Codes, code) {
		return code
	}
	for _, hint := range tokenHints[code] {
		if i := slices.IndexFunc(o.Codes, func(c string) bool { return strings.Contains(c, hint) }); i >= 0 {
			return o.Codes[i]
		}
	}
	return code
}
