package runtime

import (
	"context"
	"net/http"
)

// SignedRequests returns a credential that signs each request, with the secrets. It is
// never renewed: a signature that the provider refuses is refused for good.
func SignedRequests(m *Signing, secrets map[string]Secret) Credential {
	return &signCredential{signing: m, secrets: secrets, account: secretsAccount("sign", secrets), clock: systemClock{}}
}

type signCredential struct {
	signing  *Signing
	secrets  map[string]Secret
	account  string
	clock    Clock
	settings map[string]string
}

func (c *signCredential) bind(a *App, _ string, settings map[string]string) Credential {
	return &signCredential{c.signing, c.secrets, c.account, a.cfg.clock, settings}
}

func (c *signCredential) signs() bool { return true }

// Authorize signs the request.
func (c *signCredential) Authorize(_ context.Context, req *http.Request) (int64, error) {
	return 0, c.signing.sign(req, &authScope{
		cred: func(name string) Secret { return c.secrets[name] }, settings: c.settings, now: c.clock.Now(),
	})
}

func (c *signCredential) Renew(context.Context, int64) (bool, error) { return false, nil }

// Account returns the account's name.
func (c *signCredential) Account() string { return c.account }
