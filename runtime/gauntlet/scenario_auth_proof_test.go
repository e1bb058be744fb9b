package gauntlet

import (
	"context"
	"net/http"
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime"
)

// provingPlan is the shelf, whose tokens are bound to a key.
func provingPlan() *Plan {
	c := shelf()
	for _, a := range c.Auth {
		if a.OAuth2 != nil {
			a.OAuth2.Proof, a.OAuth2.Client = "dpop", "none"
			a.Place = []*ir.AuthPlace{{To: &ir.Slot{Header: "Authorization"}, Value: ir.Template{Parts: []ir.Part{{Text: "DPoP "}, {Scope: "token", Path: names("access")}}}}}
		}
	}
	return NewPlan(c)
}

// provingDriver is the right client, over a transport or a store that makes it sin.
type provingDriver struct {
	clientDriver
	sin string
}

func (d provingDriver) App(t Target) (App, error) {
	t.Transport = sinning{t.Transport, d.sin, new(string)}
	if d.sin == "forgets the key" {
		t.Store = forgetful{t.Store}
	}
	t.ClientSecret = ""
	app, err := d.clientDriver.App(t)
	if err != nil {
		return nil, err
	}
	method := *shelfAPI.OAuth
	method.Proof, method.ClientAuth = runtime.DPoP, runtime.ClientNone
	method.Place = []runtime.Place{{In: runtime.InHeader, Name: "Authorization", Value: []runtime.PlacePart{{Text: "DPoP "}, {Secret: runtime.PlaceToken}}}}
	return &provingApp{app.(*clientApp), &method}, nil
}

type provingApp struct {
	*clientApp
	method *runtime.OAuth2
}

func (a *provingApp) Connecting(string) Connecting { return a.app.Grants(a.method) }

func (a *provingApp) Session(acct Account) (Session, error) {
	c, err := a.app.Client(a.app.Grants(a.method).Connection(acct.ID, acct.Stored))
	return &clientSession{c}, err
}

// forgetful is a store that keeps what it knows of tokens alone.
type forgetful struct{ runtime.TokenStore }

func (s forgetful) Save(ctx context.Context, account, name string, t runtime.Token, ifVersion int64) (int64, error) {
	t.Also = nil
	return s.TokenStore.Save(ctx, account, name, t, ifVersion)
}

type sinning struct {
	http.RoundTripper
	sin   string
	first *string // Proof of the first request.
}

func (s sinning) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	switch s.sin {
	case "sends no proof":
		r.Header.Del("DPoP")
	case "sends one proof twice":
		if *s.first == "" {
			*s.first = r.Header.Get("DPoP")
		}
		r.Header.Set("DPoP", *s.first)
	}
	resp, err := s.RoundTripper.RoundTrip(r)
	if err == nil && (s.sin == "reads no nonce" || s.sin == "reads nonces of refusals alone" && resp.StatusCode < 400) {
		resp.Header.Del("DPoP-Nonce")
	}
	return resp, err
}

// TestProof: a client that is right passes, and each that is wrong fails.
func TestProof(t *testing.T) {
	all := []string{"auth/proof-nonce", "auth/proof-renonce", "auth/proof-kept", "auth/connect", "auth/every-token", "auth/rotation", "auth/lost-refresh-answer"}
	for _, id := range all {
		if r := Try(t, provingPlan(), provingDriver{}, scenarioOf(t, id), 1); r.Outcome != Pass {
			t.Errorf("%s: a client that is right: %s %s", id, r.Outcome, r.Why)
		}
	}
	for sin, ids := range map[string][]string{
		"sends no proof":                 all[:5],
		"sends one proof twice":          all[:3],
		"reads no nonce":                 all[:2],
		"reads nonces of refusals alone": all[1:2],
		"forgets the key":                all[2:3],
	} {
		for _, id := range ids {
			if r := Try(t, provingPlan(), provingDriver{sin: sin}, scenarioOf(t, id), 1); r.Outcome != Fail {
				t.Errorf("%s: a client that %s: %s %s", id, sin, r.Outcome, r.Why)
			}
		}
	}
}
