package twin

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

const tokenURL = api + "oauth.access"

// ask posts to the token endpoint as the twin's client.
func (c *client) ask(args ...string) (got, error) {
	form := url.Values{"client_id": {"twin-client"}, "client_secret": {"twin-secret"}}
	for i := 0; i+1 < len(args); i += 2 {
		form.Set(args[i], args[i+1])
	}
	return c.try(c.request(http.MethodPost, tokenURL, form))
}

func (c *client) refresh(token string) got {
	c.t.Helper()
	g, err := c.ask("grant_type", "refresh_token", "refresh_token", token)
	if err != nil {
		c.t.Fatal(err)
	}
	return g
}

// consent walks through the authorize page and returns the code.
func (c *client) consent(args url.Values) string {
	c.t.Helper()
	args.Set("client_id", "twin-client")
	args.Set("redirect_uri", "https://app.test/callback?x=1")
	args.Set("state", "s1")
	g := c.get("https://acme.test/oauth/authorize?" + args.Encode())
	equal(c.t, "status", g.status, http.StatusFound)
	to := parseURL(g.header.Get("Location"))
	equal(c.t, "host", to.Host, "app.test")
	equal(c.t, "state", to.Query().Get("state"), "s1")
	equal(c.t, "kept", to.Query().Get("x"), "1")
	return to.Query().Get("code")
}

func TestCodeExchange(t *testing.T) {
	inBubble(t, Options{Accounts: 2}, func(t *testing.T, tw *Twin) {
		c := &client{t: t, tw: tw}
		sum := sha256.Sum256([]byte("verifier"))
		code := c.consent(url.Values{"login_hint": {"acct-2"}, "scope": {"channels:read"}, "code_challenge_method": {"S256"}, "code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}})
		bad, _ := c.ask("grant_type", "authorization_code", "code", code, "code_verifier", "wrong")
		equal(t, "bad verifier", bad.at(t, "ok"), any(false))
		before := c.last().Body

		g, _ := c.ask("grant_type", "authorization_code", "code", code, "code_verifier", "verifier")
		equal(t, "what the journal knows the body by, whatever is drawn at random", c.last().Body, before)
		equal(t, "envelope", g.at(t, "ok"), any(true))
		equal(t, "scope", textOf(g.at(t, "scope")), "channels:read")
		equal(t, "life", textOf(g.at(t, "expires_in")), "3600")
		for _, p := range []string{"access_token", "authed_user.access_token"} {
			c.token = textOf(g.at(t, p))
			equal(t, p, c.get(api+"auth.test").at(t, "ok"), any(true))
			equal(t, "account", c.last().Account, "acct-2")
		}
		c.token = textOf(g.at(t, "access_token"))
		failed(t, c.do("POST", api+"channels", `{"name":"x"}`), "missing_scope", ir.ScopeMissing, c.last())

		again, _ := c.ask("grant_type", "authorization_code", "code", code, "code_verifier", "verifier")
		equal(t, "code twice", again.at(t, "ok"), any(false))
		failed(t, c.get(api+"auth.test"), "token_revoked", ir.Disconnected, c.last())
	})
}

func TestRefreshRotatesAndDetectsReuse(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		first, _ := tw.Account("")
		time.Sleep(time.Hour)
		failed(t, c.get(api+"auth.test"), "token_expired", ir.AuthExpired, c.last())
		equal(t, "state", c.last().TokenState, TokenExpired)

		g := c.refresh(first.Token.Refresh)
		c.token = textOf(g.at(t, "access_token"))
		equal(t, "new token", c.get(api+"auth.test").at(t, "ok"), any(true))
		equal(t, "version", c.last().TokenVersion, 2)
		now, _ := tw.Account("")
		equal(t, "current", now.Token.Access, c.token)

		equal(t, "reuse", textOf(c.refresh(first.Token.Refresh).at(t, "error")), "invalid_refresh_token")
		equal(t, "class", c.last().Class, string(ir.Disconnected))
		equal(t, "refresh token", c.last().TokenState, TokenRotated)
		failed(t, c.get(api+"auth.test"), "token_revoked", ir.Disconnected, c.last())
		equal(t, "family", textOf(c.refresh(now.Token.Refresh).at(t, "error")), "token_revoked")
	})
}

func TestGraceForgivesReuse(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
		tw.spec.Auth[0].OAuth2.Grace = "30s"
		c := clientOf(t, tw)
		first, _ := tw.Account("")
		one := c.refresh(first.Token.Refresh)
		time.Sleep(29 * time.Second)
		equal(t, "same answer", textOf(c.refresh(first.Token.Refresh).at(t, "access_token")), textOf(one.at(t, "access_token")))
		time.Sleep(2 * time.Second)
		equal(t, "too late", c.refresh(first.Token.Refresh).at(t, "ok"), any(false))
	})
}

func TestTokenEndpointRefusals(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		wrong, _ := c.ask("client_secret", "wrong", "grant_type", "refresh_token")
		equal(t, "status", wrong.status, 200)
		equal(t, "code", textOf(wrong.at(t, "error")), "invalid_client")
		odd, _ := c.ask("grant_type", "password")
		equal(t, "code", textOf(odd.at(t, "error")), "unsupported_grant_type")
		none := c.refresh("no-such-token")
		equal(t, "code", textOf(none.at(t, "error")), "invalid_refresh_token")

		o := tw.spec.Auth[0].OAuth2
		o.Failed, o.Dead = nil, nil
		plain := c.refresh("no-such-token")
		equal(t, "status", plain.status, 400)
		equal(t, "code", textOf(plain.at(t, "error")), "invalid_grant")
		wrong, _ = c.ask("client_secret", "wrong", "grant_type", "refresh_token")
		equal(t, "status", wrong.status, 401)
	})
}

func TestClientCredentialsAndBasicClient(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		r := c.request("POST", tokenURL, url.Values{"grant_type": {"client_credentials"}})
		r.SetBasicAuth("twin-client", "twin-secret")
		g, err := c.try(r)
		if err != nil {
			t.Fatal(err)
		}
		c.token = textOf(g.at(t, "access_token"))
		equal(t, "ok", c.get(api+"auth.test").at(t, "ok"), any(true))
		equal(t, "version", c.last().TokenVersion, 2)
	})
}

func TestIssueRotateRevoke(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		next := tw.Rotate("")
		failed(t, c.get(api+"auth.test"), "token_expired", ir.AuthExpired, c.last())
		equal(t, "state", c.last().TokenState, TokenRotated)
		c.token = next.Access
		equal(t, "next", c.get(api+"auth.test").at(t, "ok"), any(true))
		fresh, ok := tw.Issue("", "app")
		equal(t, "issued", ok, true)
		equal(t, "old goes on", c.get(api+"auth.test").at(t, "ok"), any(true))
		tw.Revoke("")
		failed(t, c.get(api+"auth.test"), "token_revoked", ir.Disconnected, c.last())
		equal(t, "refresh", textOf(c.refresh(fresh.Refresh).at(t, "error")), "token_revoked")
		tok, _ := tw.Issue("", "token")
		c.token = tok.Access
		tw.Expire("")
		failed(t, c.get(api+"auth.test"), "token_expired", ir.AuthExpired, c.last())
	})
}

func TestAuthFaults(t *testing.T) {
	refreshed := func(c *client) (got, error) {
		a, _ := c.tw.Account("")
		return c.ask("grant_type", "refresh_token", "refresh_token", a.Token.Refresh)
	}
	refusedAs := func(code string, class ir.Class) func(*testing.T, *client) {
		return func(t *testing.T, c *client) { failed(t, c.get(api+"auth.test"), code, class, c.last()) }
	}
	everyFault(t, GroupAuth, map[string]func(*testing.T, *client){
		"early-expiry": refusedAs("token_expired", ir.AuthExpired),
		"revoked":      refusedAs("token_revoked", ir.Disconnected),
		"rotation":     refusedAs("token_expired", ir.AuthExpired),
		"rotation-grace": func(t *testing.T, c *client) {
			equal(t, "within", c.get(api+"auth.test").at(t, "ok"), any(true))
			c.tw.DisarmAll()
			time.Sleep(30 * time.Second)
			failed(t, c.get(api+"auth.test"), "token_expired", ir.AuthExpired, c.last())
		},
		"expiry-mid-list": func(t *testing.T, c *client) {
			g := c.get(api + "channels.list")
			equal(t, "first page", g.at(t, "ok"), any(true))
			failed(t, c.get(api+"channels.list?cursor="+url.QueryEscape(textOf(g.at(t, "meta.next_cursor")))), "token_expired", ir.AuthExpired, c.last())
		},
		"scope-reduced": func(t *testing.T, c *client) {
			failed(t, c.get(api+"channels.list"), "missing_scope", ir.ScopeMissing, c.last())
		},
		"revoked-at-refresh": func(t *testing.T, c *client) {
			g, _ := refreshed(c)
			equal(t, "error", textOf(g.at(t, "error")), "token_revoked")
		},
		"reuse-revokes": func(t *testing.T, c *client) {
			g, _ := refreshed(c)
			equal(t, "error", textOf(g.at(t, "error")), "invalid_refresh_token")
			failed(t, c.get(api+"auth.test"), "token_revoked", ir.Disconnected, c.last())
		},
		"no-expires-in": func(t *testing.T, c *client) {
			g, _ := refreshed(c)
			equal(t, "expires_in", g.has("expires_in"), false)
			equal(t, "token", g.has("access_token"), true)
		},
		"lost-refresh-answer": func(t *testing.T, c *client) {
			before, _ := c.tw.Account("")
			if _, err := refreshed(c); err == nil {
				t.Fatal("the answer came")
			}
			after, _ := c.tw.Account("")
			equal(t, "version", after.Token.Version, before.Token.Version+1)
			equal(t, "lost", c.last().Lost, true)
		},
		"token-endpoint-500": func(t *testing.T, c *client) {
			g, _ := refreshed(c)
			equal(t, "status", g.status, 500)
		},
		"token-endpoint-html": func(t *testing.T, c *client) {
			g, _ := refreshed(c)
			equal(t, "html", g.status == 200 && strings.Contains(g.raw, "<form>"), true)
		},
		"token-endpoint-200-error": func(t *testing.T, c *client) {
			g, _ := refreshed(c)
			equal(t, "error", textOf(g.at(t, "error")), "temporarily_unavailable")
			equal(t, "status", g.status, 200)
		},
		"token-endpoint-hang": func(t *testing.T, c *client) {
			if _, err := refreshed(c); !isTimeout(err) {
				t.Fatalf("got %v", err)
			}
		},
		"clock-skew": func(t *testing.T, c *client) {
			equal(t, "date", c.get(api+"auth.test").header.Get("Date"), "Fri, 31 Dec 1999 23:50:00 GMT")
		},
		"device-slow-down": func(t *testing.T, c *client) {
			device := c.paired()
			equal(t, "first", textOf(c.poll(device).at(t, "error")), "slow_down")
			c.tw.DisarmAll()
			time.Sleep(DeviceInterval)
			equal(t, "at the old interval", textOf(c.poll(device).at(t, "error")), "slow_down")
		},
		"device-denied": func(t *testing.T, c *client) {
			equal(t, "error", textOf(c.poll(c.paired()).at(t, "error")), "access_denied")
		},
		"device-expired": func(t *testing.T, c *client) {
			equal(t, "error", textOf(c.poll(c.paired()).at(t, "error")), "expired_token")
		},
		"pushed-refused": func(t *testing.T, c *client) {
			equal(t, "error", textOf(c.do(http.MethodPost, pushedURL, pushedForm(nil)).at(t, "error")), "invalid_request")
		},
		"pushed-expired": func(t *testing.T, c *client) {
			g := c.do(http.MethodPost, pushedURL, pushedForm(nil))
			equal(t, "status", c.visit(url.Values{"client_id": {"twin-client"}, "request_uri": {textOf(g.at(t, "request_uri"))}}).status, http.StatusBadRequest)
		},
		"proof-nonce": func(t *testing.T, c *client) {
			token, p := c.bound()
			c.token = ""
			refused := c.call(token.Access, p.proof("GET", api+"auth.test", forToken(token.Access)))
			equal(t, "status", refused.status, http.StatusUnauthorized)
			c.tw.DisarmAll()
			wantsNonce(t, refused, func(nonce string) got {
				return c.call(token.Access, p.proof("GET", api+"auth.test", func(head, claims map[string]any) {
					forToken(token.Access)(head, claims)
					claims["nonce"] = nonce
				}))
			})
			refused = c.renewBound(token.Refresh, p.proof("POST", boundURL, nil))
			equal(t, "code", textOf(refused.at(t, "error")), useNonce)
			wantsNonce(t, refused, func(nonce string) got {
				return c.renewBound(token.Refresh, p.proof("POST", boundURL, func(_, claims map[string]any) { claims["nonce"] = nonce }))
			})
		},
		"proof-renonce": func(t *testing.T, c *client) {
			token, p := c.bound()
			c.token = ""
			first := c.call(token.Access, p.proof("GET", api+"auth.test", forToken(token.Access)))
			equal(t, "ok", first.at(t, "ok"), any(true))
			equal(t, "nonce", first.header.Get("DPoP-Nonce") != "", true)
			c.tw.DisarmAll()
			equal(t, "without it", c.call(token.Access, p.proof("GET", api+"auth.test", forToken(token.Access))).status, http.StatusUnauthorized)
		},
		"denied": func(t *testing.T, c *client) {
			g := c.get("https://acme.test/oauth/authorize?client_id=twin-client&redirect_uri=https://app.test/")
			equal(t, "error", parseURL(g.header.Get("Location")).Query().Get("error"), "access_denied")
		},
	})
}
