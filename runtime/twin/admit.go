package twin

import (
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// identify finds the credential of a request, whatever its state, so that the
// limits and the scopes of faults know whose request it is.
func (x *exchange) identify() {
	x.entry.TokenState = TokenNone
	if x.to.part() {
		x.entry.TokenState = ""
		return
	}
	for _, s := range x.t.idx.slots {
		v, ok := x.q.slot(s)
		if !ok || v == "" {
			continue
		}
		x.entry.TokenState = TokenUnknown
		if g := x.t.wires[wireValue{s, wireForm(s, v)}.key()]; g != nil && (g.accepted(s) || x.carries(g)) {
			x.grant, x.acct = g, g.acct
			break
		}
	}
	if x.grant == nil && x.entry.TokenState == TokenUnknown {
		g := x.meetJWT()
		if g == nil {
			g = x.meetSigned()
		}
		if g != nil {
			x.grant, x.acct = g, g.acct
		}
	}
	if x.grant == nil && x.q.peer != nil {
		x.entry.TokenState = TokenUnknown
		if g := x.meetCertificate(); g != nil {
			x.grant, x.acct = g, g.acct
		}
	}
	if x.grant == nil && x.entry.TokenState == TokenNone && x.op != nil && x.t.public(x.op) {
		x.acct = x.t.accounts[0] // Whoever asks without a credential sees what the first account sees.
		x.entry.Account = x.acct.id
	}
	if g := x.grant; g != nil {
		x.entry.Account, x.entry.Auth = g.acct.id, g.method.Name
		x.entry.TokenVersion, x.entry.TokenState = g.token.Version, x.currentState()
	}
}

// carries reports whether a request has every part of a credential.
func (x *exchange) carries(g *grant) bool {
	return !slices.ContainsFunc(g.wires, func(w wireValue) bool {
		v, _ := x.q.slot(w.slot)
		return wireForm(w.slot, v) != w.value
	})
}

// admit refuses a request that its credential or its parameters do not let in.
func (x *exchange) admit() {
	if x.op == nil {
		return
	}
	if !x.to.allowed {
		x.answer = x.notTaken()
		return
	}
	if f, ok := x.unauthorized(); ok {
		x.answer = x.t.refuse(x.op, f)
		return
	}
	if x.onlyCursor() {
		x.flaws.missing = nil
	}
	why := x.flaws.String()
	if why == "" {
		return
	}
	x.entry.Why = why
	f := failure{class: ir.Invalid, or: []ir.Class{ir.Rejected}, why: why, about: x.flaws.unfit}
	if len(x.flaws.missing) > 0 {
		f.about, f.lacks, f.why = x.flaws.missing, true, "the request is "+why
	}
	x.answer = x.t.refuse(x.op, f)
}

// unauthorized says how the credential fails, if it does.
func (x *exchange) unauthorized() (failure, bool) {
	if len(x.t.spec.Auth) == 0 || x.t.public(x.op) {
		return failure{}, false
	}
	gone := failure{class: ir.Disconnected, hints: []string{"revoked", "inactive"}, or: []ir.Class{ir.AuthExpired}}
	stale := failure{class: ir.AuthExpired, or: []ir.Class{ir.Disconnected}}
	switch x.entry.TokenState = x.currentState(); x.entry.TokenState {
	case TokenNone:
		x.entry.Why = "no credential came where " + x.op.credentials(x.t.spec) + " is read"
		stale.hints = []string{"not_auth", "missing", "unauth", "invalid"}
		return stale, true
	case TokenUnknown:
		if x.entry.Why == "" {
			x.entry.Why = x.unknown()
		}
		stale.hints = []string{"invalid"}
		return stale, true
	case TokenExpired, TokenRotated:
		stale.hints = []string{"expired", "invalid"}
		return stale, true
	case TokenRevoked:
		return gone, true
	}
	if x.proof != nil && x.staleProof() {
		stale.hints = []string{"nonce", "invalid"}
		return stale, true
	}
	if !x.t.spec.Accepts(x.op.Action, x.grant.method) {
		x.entry.Why = "the action takes no credential of " + x.grant.method.Name + ", but of " + x.op.credentials(x.t.spec)
		return failure{class: ir.Forbidden, hints: []string{"not_allowed", "forbidden", "type"}, or: []ir.Class{ir.Rejected}}, true
	}
	// Where an action names several scopes, each opens a part of it.
	if len(x.op.Scopes) > 0 && !slices.ContainsFunc(x.op.Scopes, func(s string) bool { return slices.Contains(x.grant.token.Scopes, s) }) {
		x.entry.Why = "the credential has none of the scopes " + strings.Join(x.op.Scopes, ", ")
		return failure{class: ir.ScopeMissing, hints: []string{"scope"}, or: []ir.Class{ir.Forbidden, ir.Rejected}}, true
	}
	return failure{}, false
}

// currentState looks at the credential again: a fault may have changed it.
func (x *exchange) currentState() string {
	if x.grant == nil {
		return x.entry.TokenState
	}
	if x.elsewhere() {
		x.entry.Why = "the token is bound to another certificate than the connection has (RFC 8705, 3)"
		return TokenExpired // Of no use to who sends it.
	}
	if why := x.unproved(); why != "" {
		x.entry.Why = why
		return TokenUnknown // To who sends it.
	}
	return x.grant.state(x.now)
}

// public reports whether an action needs no credential.
func (t *Twin) public(o *op) bool {
	return slices.ContainsFunc(o.Auth, func(name string) bool { return t.idx.auths[name] != nil && t.idx.auths[name].Kind == "none" }) ||
		!slices.ContainsFunc(t.spec.Auth, func(a *ir.Auth) bool { return a.Kind != "none" })
}

// onlyCursor reports whether a page was asked for by its cursor alone, as some
// providers want it.
func (x *exchange) onlyCursor() bool {
	p := x.op.Page
	if p == nil || p.Keep != "cursor_only" || p.To == nil {
		return false
	}
	v, ok := x.q.slot(p.To)
	return ok && v != ""
}
