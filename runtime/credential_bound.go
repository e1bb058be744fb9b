package runtime

import (
	"context"
	"net/http"
)

// BoundToken returns a credential for an access token that the caller already has, with
// the private key that it is bound to, in PEM; see [DPoP]. It is never renewed.
func BoundToken(token, key Secret) Credential {
	return &boundCredential{token: token, key: key, account: digestAccount("key", token.Reveal())}
}

type boundCredential struct {
	app        *App
	token, key Secret
	account    string
}

func (c *boundCredential) bind(a *App, _ string, _ map[string]string) Credential {
	return &boundCredential{a, c.token, c.key, c.account}
}

// boundPlace is where RFC 9449, 7.1, puts an access token.
var boundPlace = Place{InHeader, "Authorization", []PlacePart{{Text: proofHeader + " "}, {Secret: PlaceToken}}}

// Authorize puts the token on a request, and a proof for it.
func (c *boundCredential) Authorize(_ context.Context, req *http.Request) (int64, error) {
	text, err := boundPlace.text(func(string) Secret { return c.token })
	if err != nil {
		return 0, err
	}
	boundPlace.put(req, text)
	return 0, dpop{}.prove(c.app, req, c.key, c.token)
}

func (c *boundCredential) Renew(context.Context, int64) (bool, error) { return false, nil }

// Account returns the account's name.
func (c *boundCredential) Account() string { return c.account }

func (c *boundCredential) signs() bool { return true }

func (c *boundCredential) present(a *App) (*http.Client, error) {
	return dpop{}.through(a, a.http), nil
}
