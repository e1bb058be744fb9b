package runtime_test

import (
	"context"
	"fmt"
	"net/http"

	rt "github.com/porin-dev/porin/runtime"
)

var exampleAPI = &rt.API{
	Name:    "acme",
	Servers: []rt.Server{{Name: "api", URL: "https://api.acme.test/"}},
	OAuth: &rt.OAuth2{
		Authorize: "https://acme.test/authorize", Token: "https://acme.test/token", Rotates: true,
		Tokens: []rt.OAuthToken{{Name: "bot", Access: rt.Path{"access_token"}, Refresh: rt.Path{"refresh_token"}, Expires: rt.Path{"expires_in"}}},
	},
}

// An application that connects the accounts of its users makes one App, sends
// each user to the provider, and redeems what they bring back.
func ExampleApp_AuthCodeURL() {
	app, err := rt.NewApp(exampleAPI, rt.WithOAuthClient("client-id", rt.NewSecret("test-secret")))
	if err != nil {
		fmt.Println(err)
		return
	}
	attempt, err := app.AuthCodeURL(rt.AuthRequest{RedirectURL: "https://me.test/callback"})
	if err != nil {
		fmt.Println(err)
		return
	}
	// Keep attempt.State and attempt.Verifier in the user's session, and send
	// them to attempt.URL. In the callback:
	callback := func(ctx context.Context, code string) error {
		c, err := app.Exchange(ctx, rt.CodeGrant{
			Account: "customer-7", Code: code, Verifier: attempt.Verifier, RedirectURL: "https://me.test/callback",
		})
		if err != nil {
			return err
		}
		// From now on, on every replica that shares the token store:
		_, err = app.Client(app.Connection(c.Account, "bot"))
		return err
	}
	_ = callback
	fmt.Println(attempt.Verifier)
	// Output: [secret]
}

// A handler of deliveries that are signed with any of two secrets, while one
// replaces the other.
func ExampleHandle() {
	hook := &rt.Webhook{
		Name: "acme events", ID: rt.Path{"id"}, Tag: rt.Path{"type"},
		Proofs: []rt.WebhookProof{{Signature: &rt.WebhookSignature{
			Signed: []rt.WebhookPart{{From: rt.PartBody}}, Header: "X-Acme-Signature", Encoding: rt.EncodingHex,
		}}},
	}
	type event struct {
		ID string `json:"id"`
	}
	enqueue := func(_ context.Context, e event) error { return nil }
	handler, err := rt.Handle(hook, []rt.Secret{rt.NewSecret("new"), rt.NewSecret("old")}, rt.OpenEvent[event], enqueue)
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.Handle("POST /hooks/acme", handler)
}
