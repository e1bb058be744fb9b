package gauntlet

import (
	"context"
	"errors"
	"testing"

	"github.com/porin-dev/porin/runtime"
)

// connecting is the right client with a callback of its own, which sins.
type connecting struct {
	clientDriver
	sin string
}

func (d connecting) App(t Target) (App, error) {
	app, err := d.clientDriver.App(t)
	if err != nil {
		return nil, err
	}
	return &connectingApp{app.(*clientApp), d.sin}, nil
}

type connectingApp struct {
	*clientApp
	sin string
}

func (a *connectingApp) AuthCodeURL(r runtime.AuthRequest) (*runtime.AuthAttempt, error) {
	return a.app.AuthCodeURL(r)
}

func (a *connectingApp) Exchange(ctx context.Context, c runtime.CodeGrant) (*runtime.Connected, error) {
	switch a.sin {
	case "redeems nothing":
		c.Error, c.Code = "", "none"
	case "says nothing":
		return &runtime.Connected{Account: c.Account}, nil
	case "plain errors":
		return nil, errors.New("the user refused")
	case "keeps something":
		if _, err := a.target.Store.Save(ctx, c.Account, "main", runtime.Token{Access: runtime.NewSecret("none")}, 0); err != nil {
			return nil, err
		}
	}
	return a.app.Exchange(ctx, c)
}

// TestRefusedConsent: a client that is right passes, and each that is wrong fails.
func TestRefusedConsent(t *testing.T) {
	s := scenarioOf(t, "auth/denied")
	if r := Try(t, planFor(s), connecting{}, s, 1); r.Outcome != Pass {
		t.Errorf("a client that is right: %s %s", r.Outcome, r.Why)
	}
	for _, sin := range []string{"redeems nothing", "says nothing", "plain errors", "keeps something"} {
		if r := Try(t, planFor(s), connecting{sin: sin}, s, 1); r.Outcome != Fail {
			t.Errorf("a client that %s: %s %s", sin, r.Outcome, r.Why)
		}
	}
}
