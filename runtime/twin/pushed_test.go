package twin

import (
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

const pushedURL, visitURL = "https://acme.test/shop/par", "https://acme.test/shop/authorize"

// pushing adds a method whose requests are pushed.
func pushing(c *ir.Connector) *ir.Connector {
	c.Auth = append(c.Auth, &ir.Auth{Name: "shop", Kind: "oauth2", OAuth2: &ir.OAuth2{
		Grant: "code", Client: "post", ScopeSep: " ", PKCE: "none", Pushed: text(pushedURL), Authorize: text(visitURL), Token: text("https://acme.test/shop/token"),
		Tokens: []*ir.OAuthToken{{Name: "shop", At: path("access_token"), Expires: path("expires_in")}},
	}})
	return c
}

// visit sends a user to the provider.
func (c *client) visit(v url.Values) got { return c.get(visitURL + "?" + v.Encode()) }

// pushedForm is a request that is right, but for what changes it.
func pushedForm(change func(url.Values)) url.Values {
	v := url.Values{
		"client_id": {"twin-client"}, "client_secret": {"twin-secret"}, "response_type": {"code"}, "redirect_uri": {"https://app.test/cb"}, "state": {"s1"},
	}
	if change != nil {
		change(v)
	}
	return v
}

func TestPushed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &client{t: t, tw: New(pushing(connector()), Options{})}
		push := func() string {
			t.Helper()
			g := c.do(http.MethodPost, pushedURL, pushedForm(nil))
			equal(t, "status", g.status, http.StatusCreated)
			equal(t, "life", textOf(g.at(t, "expires_in")), "60")
			return textOf(g.at(t, "request_uri"))
		}
		visit := func(v url.Values) int {
			t.Helper()
			return c.visit(v).status
		}
		first := push()
		equal(t, "what was pushed", c.tw.Pushed(first).Get("state"), "s1")
		equal(t, "the secret is kept", c.tw.Pushed(first).Has("client_secret"), false)
		equal(t, "another client", visit(url.Values{"client_id": {"x"}, "request_uri": {first}}), http.StatusBadRequest)
		equal(t, "a visit", visit(url.Values{"client_id": {"twin-client"}, "request_uri": {first}}), http.StatusFound)
		equal(t, "a second visit", visit(url.Values{"client_id": {"twin-client"}, "request_uri": {first}}), http.StatusBadRequest)
		equal(t, "a visit with all in it", visit(pushedForm(nil)), http.StatusBadRequest)
		late := push()
		time.Sleep(pushedLife)
		equal(t, "a late visit", visit(url.Values{"client_id": {"twin-client"}, "request_uri": {late}}), http.StatusBadRequest)
		push()
		equal(t, "references that are kept", len(c.tw.pushes), 1)
		for name, change := range map[string]func(url.Values){
			"another secret":         func(v url.Values) { v.Set("client_secret", "x") },
			"a reference":            func(v url.Values) { v.Set("request_uri", first) },
			"no redirect_uri":        func(v url.Values) { v.Del("redirect_uri") },
			"another response_type":  func(v url.Values) { v.Set("response_type", "token") },
			"the id of another name": func(v url.Values) { v.Del("client_id") },
		} {
			if g := c.do(http.MethodPost, pushedURL, pushedForm(change)); g.status/100 != 4 || g.has("request_uri") {
				t.Errorf("%s: %d %s", name, g.status, g.raw)
			}
		}
	})
}
