package gauntlet

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime"
)

// onDevice is a method whose users agree on another device.
var onDevice = runtime.OAuth2{
	Grant: runtime.GrantDevice, Authorize: "https://shelf.example/oauth/device", Token: "https://shelf.example/oauth/token",
	Tokens: []runtime.OAuthToken{{
		Name: "console", Access: runtime.Path{"access_token"}, Refresh: runtime.Path{"refresh_token"}, Expires: runtime.Path{"expires_in"}, Scope: runtime.Path{"scope"},
	}},
}

// devicePlan is the shelf with such a method.
func devicePlan() *Plan {
	c := shelf()
	a := &ir.Auth{Name: "console", Kind: "oauth2", OAuth2: &ir.OAuth2{
		Grant: "device", Client: "post", ScopeSep: " ", PKCE: "none",
		Authorize: ir.Template{Parts: []ir.Part{{Text: onDevice.Authorize}}},
		Token:     ir.Template{Parts: []ir.Part{{Text: onDevice.Token}}},
		Tokens: []*ir.OAuthToken{{
			Name: "console", At: names("access_token"), Refresh: names("refresh_token"), Expires: names("expires_in"), Scope: names("scope"),
		}},
	}}
	c.Auth = append([]*ir.Auth{a}, c.Auth...)
	p := NewPlan(c)
	p.Choose(a)
	return p
}

// pairing is the right client with a way to wait of its own, which sins.
type pairing struct {
	clientDriver
	sin string
}

func (d pairing) App(t Target) (App, error) {
	app, err := d.clientDriver.App(t)
	if err != nil {
		return nil, err
	}
	return &pairingApp{app.(*clientApp), d.sin}, nil
}

type pairingApp struct {
	*clientApp
	sin string
}

func (a *pairingApp) Pairing(string) Pairing { return a }

func (a *pairingApp) Start(ctx context.Context, r runtime.DeviceRequest) (*runtime.DeviceAttempt, error) {
	attempt, err := a.app.Device(&onDevice).Start(ctx, r)
	if err == nil && a.sin == "shows another code" {
		attempt.UserCode = "0000"
	}
	return attempt, err
}

func (a *pairingApp) Wait(ctx context.Context, attempt *runtime.DeviceAttempt, account string) (*runtime.Connected, error) {
	d := a.app.Device(&onDevice)
	switch a.sin {
	case "does not read the interval":
		attempt.Interval = 5 * time.Second
	case "ignores slow_down": // By beginning anew, which forgets what was said.
		return a.again(ctx, attempt, account)
	case "goes on after the last word":
		if _, err := d.Wait(ctx, attempt, account); err == nil {
			return nil, errors.New("the scenario has another end")
		}
	case "plain errors":
		c, err := d.Wait(ctx, attempt, account)
		if err != nil {
			err = errors.New("no luck")
		}
		return c, err
	}
	return d.Wait(ctx, attempt, account)
}

// again waits for one question at a time.
func (a *pairingApp) again(ctx context.Context, attempt *runtime.DeviceAttempt, account string) (*runtime.Connected, error) {
	for {
		once, cancel := context.WithTimeout(ctx, attempt.Interval+time.Second)
		c, err := a.app.Device(&onDevice).Wait(once, attempt, account)
		waited := once.Err() != nil
		cancel()
		if err == nil || !waited {
			return c, err
		}
	}
}

// TestDevice: a client that is right passes, and each that is wrong fails.
func TestDevice(t *testing.T) {
	all := []string{"auth/device", "auth/device-denied", "auth/device-expired"}
	for _, id := range all {
		if r := Try(t, devicePlan(), pairing{}, scenarioOf(t, id), 1); r.Outcome != Pass {
			t.Errorf("%s: a client that is right: %s %s", id, r.Outcome, r.Why)
		}
	}
	for sin, ids := range map[string][]string{
		"shows another code":          all[:1],
		"does not read the interval":  all,
		"ignores slow_down":           all[:1],
		"goes on after the last word": all[1:],
		"plain errors":                all[1:],
	} {
		for _, id := range ids {
			if r := Try(t, devicePlan(), pairing{sin: sin}, scenarioOf(t, id), 1); r.Outcome != Fail {
				t.Errorf("%s: a client that %s: %s %s", id, sin, r.Outcome, r.Why)
			}
		}
	}
}
