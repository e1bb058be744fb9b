package twin

import (
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

const deviceURL = "https://acme.test/oauth/device"

// onDevices adds a method whose users agree on another device.
func onDevices(c *ir.Connector) *ir.Connector {
	c.Auth = append(c.Auth, &ir.Auth{Name: "console", Kind: "oauth2", OAuth2: &ir.OAuth2{
		Grant: "device", Client: "post", ScopeSep: " ", PKCE: "none",
		Authorize: ir.Template{Parts: []ir.Part{{Text: deviceURL}}},
		Token:     ir.Template{Parts: []ir.Part{{Text: "https://acme.test/oauth/device/token"}}},
		Tokens:    []*ir.OAuthToken{{Name: "console", At: ir.Path{{Name: "access_token"}}, Expires: ir.Path{{Name: "expires_in"}}, Scope: ir.Path{{Name: "scope"}}}},
	}})
	return c
}

// paired asks for a code.
func (c *client) paired() got {
	c.t.Helper()
	return c.do(http.MethodPost, deviceURL, url.Values{"client_id": {"twin-client"}, "client_secret": {"twin-secret"}, "scope": {"channels:read"}})
}

// poll asks whether the user has agreed.
func (c *client) poll(device got) got {
	c.t.Helper()
	return c.do(http.MethodPost, "https://acme.test/oauth/device/token", url.Values{
		"client_id": {"twin-client"}, "client_secret": {"twin-secret"}, "grant_type": {GrantDevice}, "device_code": {textOf(device.at(c.t, "device_code"))},
	})
}

func TestDevice(t *testing.T) {
	bubble := func(name string, run func(*testing.T, *client)) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				run(t, &client{t: t, tw: New(onDevices(connector()), Options{Accounts: 2})})
			})
		})
	}
	failed := func(t *testing.T, g got, code string) {
		t.Helper()
		equal(t, "status", g.status, http.StatusBadRequest)
		equal(t, "code", textOf(g.at(t, "error")), code)
	}
	bubble("users agree by themselves", func(t *testing.T, c *client) {
		device := c.paired()
		equal(t, "interval", textOf(device.at(t, "interval")), "7")
		for range devicePolls {
			failed(t, c.poll(device), "authorization_pending")
			time.Sleep(DeviceInterval)
		}
		g := c.poll(device)
		equal(t, "scope", textOf(g.at(t, "scope")), "channels:read")
		c.token = textOf(g.at(t, "access_token"))
		equal(t, "works", c.get(api+"auth.test").at(t, "ok"), any(true))
		failed(t, c.poll(device), "invalid_grant")
	})
	bubble("a page is visited", func(t *testing.T, c *client) {
		device := c.paired()
		equal(t, "page", c.get(textOf(device.at(t, "verification_uri_complete"))+"&login_hint=acct-2").status, http.StatusOK)
		c.token = textOf(c.poll(device).at(t, "access_token"))
		c.get(api + "auth.test")
		equal(t, "account", c.last().Account, "acct-2")
		equal(t, "no code", c.get(deviceURL).status, http.StatusNotFound)
	})
	bubble("a test refuses", func(t *testing.T, c *client) {
		device := c.paired()
		equal(t, "known", c.tw.Agree(textOf(device.at(t, "user_code")), "", true), true)
		equal(t, "unknown", c.tw.Agree("none", "", true), false)
		failed(t, c.poll(device), "access_denied")
	})
	bubble("asked too early", func(t *testing.T, c *client) {
		device := c.paired()
		failed(t, c.poll(device), "authorization_pending")
		failed(t, c.poll(device), "slow_down")
		time.Sleep(DeviceInterval)
		failed(t, c.poll(device), "slow_down")
		time.Sleep(DeviceInterval + 2*DeviceSlower)
		failed(t, c.poll(device), "authorization_pending")
	})
	bubble("too late", func(t *testing.T, c *client) {
		device := c.paired()
		time.Sleep(deviceLife)
		failed(t, c.poll(device), "expired_token")
		equal(t, "page", c.get(textOf(device.at(t, "verification_uri_complete"))).status, http.StatusNotFound)
	})
	bubble("not the application", func(t *testing.T, c *client) {
		g := c.do(http.MethodPost, deviceURL, url.Values{"client_id": {"other"}})
		equal(t, "code", textOf(g.at(t, "error")), "invalid_client")
	})
}
