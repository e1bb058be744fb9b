package twin

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

func authFaults() []*definition {
	return slices.Concat(credentialFaults(), tokenEndpointFaults(), deviceFaults(), pushedFaults(), possessionFaults())
}

// credentialFaults happen to the credential of a request.
func credentialFaults() []*definition {
	return []*definition{
		define("auth/early-expiry", StageAuth, "the access token expires before its time", func(x *exchange, _ *Armed) bool {
			return x.endToken(func(g *grant) { g.token.Expires = x.now })
		}).needs(aCredential),
		define("auth/expiry-mid-list", StageAuth, "the access token expires between two pages of a list", func(x *exchange, _ *Armed) bool {
			return x.continues() && x.endToken(func(g *grant) { g.token.Expires = x.now })
		}).needs(func(t *Twin, o *op, a *Armed) string {
			if why := aCredential(t, o, a); why != "" {
				return why
			}
			return pages(nil, "")(t, o, a)
		}),
		define("auth/rotation", StageAuth, "another replica refreshed the token: it stops working at once", func(x *exchange, _ *Armed) bool {
			if x.grant == nil || x.grant.spec == nil || x.grant.state(x.now) != TokenLive {
				return false
			}
			x.t.rotate(x.acct.id)
			x.grant.kill(TokenRotated, x.now)
			return true
		}).needs(aToken),
		define("auth/rotation-grace", StageAuth, "another replica refreshed the token: it goes on working for a while", func(x *exchange, a *Armed) bool {
			if x.grant == nil || x.grant.spec == nil || x.grant.state(x.now) != TokenLive {
				return false
			}
			x.t.rotate(x.acct.id)
			x.grant.killed = x.now.Add(a.span("grace"))
			return true
		}, param("grace", "30s", "how long")).needs(aToken),
		define("auth/revoked", StageAuth, "the user disconnects: every token of the account is dead", func(x *exchange, _ *Armed) bool {
			return x.revokeAccount()
		}).needs(aCredential),
		define("auth/scope-reduced", StageAuth, "the token loses the scopes that the action needs", func(x *exchange, _ *Armed) bool {
			if x.op == nil || x.grant == nil || len(x.op.Scopes) == 0 {
				return false
			}
			kept := []string{}
			for _, s := range x.grant.token.Scopes {
				if !slices.Contains(x.op.Scopes, s) {
					kept = append(kept, s)
				}
			}
			lost := len(kept) < len(x.grant.token.Scopes)
			x.grant.token.Scopes = kept
			return lost
		}).needs(func(t *Twin, o *op, a *Armed) string {
			if o == nil || len(o.Scopes) == 0 {
				return "names no scope"
			}
			return aCredential(t, o, a)
		}),
		define("auth/clock-skew", StageArrival, "the provider's clock differs from the client's, as its Date header shows", func(x *exchange, a *Armed) bool {
			x.skew = a.span("by")
			return true
		}, param("by", "-10m", "how far the provider's clock is ahead")),
		define("auth/denied", StageBefore, "the user does not consent", func(x *exchange, _ *Armed) bool {
			x.denied = true
			return true
		}).at("@" + RouteAuthorize),
	}
}

// aCredential is what a fault needs that happens to the credential of a request.
func aCredential(t *Twin, o *op, _ *Armed) string {
	if o == nil || len(t.accounts[0].grants) == 0 {
		return "takes no credential of an account"
	}
	return ""
}

// aToken is what a fault needs that happens to a token that can be replaced.
func aToken(t *Twin, o *op, _ *Armed) string {
	if o == nil || !slices.ContainsFunc(t.accounts[0].grants, func(g *grant) bool { return g.spec != nil }) {
		return "takes no token that is replaced by another"
	}
	return ""
}

// tokenEndpointFaults happen where tokens are issued.
func tokenEndpointFaults() []*definition {
	return []*definition{
		onToken(define("auth/revoked-at-refresh", StageBefore, "the user disconnects while a refresh is under way", func(x *exchange, a *Armed) bool {
			g := x.renewing()
			if g == nil {
				return false
			}
			x.deadAs = a.text("code")
			x.t.revoke(g.acct.id)
			return true
		}, param("code", "", "the code, of those that call a grant dead; empty is any"))),
		onToken(define("auth/no-expires-in", StageData, "the token response does not say when the token expires", func(x *exchange, _ *Armed) bool {
			done := false
			for _, spec := range x.to.endpoint.method.OAuth2.Tokens {
				if _, ok := at(x.answer.body, spec.Expires); ok && len(spec.Expires) > 0 {
					remove(x.answer.body, spec.Expires)
					done = true
				}
			}
			return done
		})),
		onToken(define("auth/lost-refresh-answer", StageWire, "the refresh takes effect, and its answer never arrives", func(x *exchange, a *Armed) bool {
			if x.entry.Grant != "refresh_token" && x.entry.Grant != GrantLogin || x.entry.Effect == nil {
				return false
			}
			if a.text("how") == "hang" {
				x.out.wire.hang = true
			} else {
				x.out.wire.reset = true
			}
			return true
		}, oneOf("how", "how it is lost", "reset", "hang"))),
		onToken(define("auth/reuse-revokes", StageBefore, "the refresh token was used by somebody else before: the family is revoked", func(x *exchange, _ *Armed) bool {
			g := x.t.refreshes[x.tokenParam("refresh_token")]
			if g == nil || !g.method.OAuth2.Rotates {
				return false
			}
			g.used = time.Unix(0, 1)
			return true
		})),
		onToken(define("auth/token-endpoint-500", StageBefore, "the token endpoint fails with status 500", bare(http.StatusInternalServerError), param("retry-after", "", "Retry-After header, where one is sent"))),
		onToken(define("auth/token-endpoint-html", StageBefore, "the token endpoint answers 200 with an HTML page", func(x *exchange, _ *Armed) bool {
			x.answer = plain(http.StatusOK, "text/html; charset=utf-8", "<!doctype html><title>Sign in</title><form></form>\n")
			return true
		})),
		onToken(define("auth/token-endpoint-200-error", StageBefore, "the token endpoint answers 200 with an error in the body", func(x *exchange, a *Armed) bool {
			x.answer = x.t.refuseToken(x, x.to.endpoint.method, a.text("code"), a.text("dead") == "true")
			x.answer.status = http.StatusOK
			return true
		}, param("code", "temporarily_unavailable", "the code"), oneOf("dead", "true: the code says that the grant is gone", "false", "true"))),
		onToken(define("auth/token-endpoint-hang", StageArrival, "the token endpoint does not answer; nothing takes effect", func(x *exchange, _ *Armed) bool {
			x.out.wire.hang, x.answer = true, nothing()
			return true
		})),
	}
}

// at makes an entry meet a part of the twin where the scope names none.
func (d *definition) at(part string) *definition {
	d.about = part
	return d
}

// endToken ends a live token, for the request at hand too.
func (x *exchange) endToken(end func(*grant)) bool {
	if x.grant == nil || x.grant.state(x.now) != TokenLive {
		return false
	}
	end(x.grant)
	return true
}

func (x *exchange) revokeAccount() bool {
	if x.acct == nil {
		return false
	}
	return x.endToken(func(*grant) { x.t.revoke(x.acct.id) })
}

// continues reports whether the request is for a page after the first.
func (x *exchange) continues() bool {
	if x.op == nil || x.op.Page == nil {
		return false
	}
	to := x.op.Page.To
	if to == nil {
		link, _ := linkParam(x.op.Action)
		to = &ir.Slot{Query: link}
	}
	v, ok := x.q.slot(to)
	return ok && v != "" && v != "0" && !(counted(x.op.Page) && v == strconv.Itoa(x.op.Page.Start))
}
