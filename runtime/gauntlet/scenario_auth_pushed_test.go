package gauntlet

import (
	"context"
	"errors"
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime"
)

const pushedAddress = "https://shelf.example/oauth/par"

// pushedPlan is the shelf, whose requests for an authorization are pushed.
func pushedPlan() *Plan {
	c := shelf()
	for _, a := range c.Auth {
		if a.OAuth2 != nil {
			a.OAuth2.Pushed = ir.Template{Parts: []ir.Part{{Text: pushedAddress}}}
		}
	}
	return NewPlan(c)
}

// pushingDriver is the right client with a start of its own, which sins.
type pushingDriver struct {
	clientDriver
	sin string
}

func (d pushingDriver) App(t Target) (App, error) {
	app, err := d.clientDriver.App(t)
	if err != nil {
		return nil, err
	}
	a := app.(*clientApp)
	method := *shelfAPI.OAuth
	method.Pushed = pushedAddress
	return &pushingApp{clientApp: a, method: &method, sin: d.sin}, nil
}

type pushingApp struct {
	*clientApp
	method *runtime.OAuth2
	sin    string
	first  *runtime.AuthAttempt
}

func (a *pushingApp) Connecting(string) Connecting { return Pushes(a) }

func (a *pushingApp) AuthCodeURL(ctx context.Context, r runtime.AuthRequest) (*runtime.AuthAttempt, error) {
	if a.sin == "sends the same address again" && a.first != nil {
		return a.first, nil
	}
	attempt, err := a.app.Pushed(a.method).AuthCodeURL(ctx, r)
	switch {
	case err == nil:
		a.first = attempt
		if a.sin == "puts it into the address, too" {
			attempt.URL += "&scope=x"
		}
	case a.sin == "goes on without":
		plain := *a.method
		plain.Pushed = ""
		return a.app.Grants(&plain).AuthCodeURL(r)
	case a.sin == "pushes again by itself":
		return a.app.Pushed(a.method).AuthCodeURL(ctx, r)
	case a.sin == "plain errors":
		return nil, errors.New("no luck")
	}
	return attempt, err
}

func (a *pushingApp) Exchange(ctx context.Context, c runtime.CodeGrant) (*runtime.Connected, error) {
	return a.app.Pushed(a.method).Exchange(ctx, c)
}

// TestPushed: a client that is right passes, and each that is wrong fails.
func TestPushed(t *testing.T) {
	all := []string{"auth/connect", "auth/denied", "auth/pushed-refused", "auth/pushed-expired"}
	for _, id := range all {
		if r := Try(t, pushedPlan(), pushingDriver{}, scenarioOf(t, id), 1); r.Outcome != Pass {
			t.Errorf("%s: a client that is right: %s %s", id, r.Outcome, r.Why)
		}
	}
	for sin, ids := range map[string][]string{
		"sends the same address again":  all[3:],
		"puts it into the address, too": all[:1],
		"goes on without":               all[2:3],
		"pushes again by itself":        all[2:3],
		"plain errors":                  all[2:3],
	} {
		for _, id := range ids {
			if r := Try(t, pushedPlan(), pushingDriver{sin: sin}, scenarioOf(t, id), 1); r.Outcome != Fail {
				t.Errorf("%s: a client that %s: %s %s", id, sin, r.Outcome, r.Why)
			}
		}
	}
}
