package runtime

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Exchange returns the credential of a connection whose secrets are exchanged
// for a token, as m says. The token is kept and renewed like those of
// [App.Connection], under the account and the method's name: once for all who
// wait, shortly before it expires, or when the provider calls it expired.
//
// Secrets that the provider refuses make calls fail with [ErrDisconnected], and
// are not tried again for a minute.
func Exchange(m *OAuth2, secrets map[string]Secret) Credential {
	return &connection{key: tokenKey{secretsAccount("exchange", secrets), m.Tokens[0].Name}, from: m, cred: secrets}
}

// secretsAccount names an account after its secrets.
func secretsAccount(kind string, secrets map[string]Secret) string {
	var all strings.Builder
	for _, name := range slices.Sorted(maps.Keys(secrets)) {
		fmt.Fprintf(&all, "%q %q\n", name, secrets[name].Reveal())
	}
	return digestAccount(kind, all.String())
}

// credential is a secret of the connection.
func (c *connection) credential(name string) Secret {
	if c.from.Grant == GrantExchange {
		return c.cred[name]
	}
	return c.app.appSecret(name)
}

// binder is a [Credential] that needs the app of its client.
type binder interface {
	bind(a *App, account string, settings map[string]string) Credential
}

// bind returns the credential in an app, with the settings of its client and under an account's name or, for an empty
// one, its own.
func (c *connection) bind(a *App, account string, settings map[string]string) Credential {
	if c.app != nil {
		return c
	}
	bound := *c
	bound.app, bound.settings = a, settings
	if account != "" {
		bound.key.account = account
	}
	return &bound
}

func (c namedCredential) bind(a *App, account string, settings map[string]string) Credential {
	b, ok := c.Credential.(binder)
	if !ok {
		return c
	}
	if account == "" {
		account = c.account
	}
	return namedCredential{b.bind(a, account, settings), account}
}
