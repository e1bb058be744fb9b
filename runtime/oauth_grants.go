package runtime

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
)

// Grants is how an app gets tokens by one OAuth 2.0 method of its connector. It is made
// by [App.Grants], and cheap.
type Grants struct {
	app  *App
	from *OAuth2
}

// Grants returns how the app gets tokens by a method; nil is that of the connector.
func (a *App) Grants(o *OAuth2) Grants {
	if o == nil {
		o = a.api.OAuth
	}
	return Grants{a, o}
}

// AuthCodeURL is [Grants.AuthCodeURL] by the connector's method.
func (a *App) AuthCodeURL(r AuthRequest) (*AuthAttempt, error) { return a.Grants(nil).AuthCodeURL(r) }

// Connection is [Grants.Connection] by the connector's method.
func (a *App) Connection(account, token string) Credential {
	return a.Grants(nil).Connection(account, token)
}

var (
	errNoOAuth    = errors.New("the connector has no OAuth 2.0 method")
	errNoClientID = errors.New("the app has no client id: use WithOAuthClient")

	errNoCertificate = errors.New("the app has no certificate: use WithOAuthCertificate, or a transport that has one in TLSClientConfig")
)

// begin says why a request of the method cannot be made, if it cannot.
func (g Grants) begin(ctx context.Context, op string) error {
	if ctx == nil {
		return g.app.oauthError(op, ClassInvalid, fmt.Errorf("%w: nil Context", ErrInvalidParams))
	}
	return g.ready(op)
}

// ready says why the app cannot use the method, if it cannot.
func (g Grants) ready(op string) error {
	switch {
	case g.from == nil:
		return g.app.oauthError(op, ClassInvalid, errNoOAuth)
	case g.app.cfg.clientID == "":
		return g.app.oauthError(op, ClassInvalid, errNoClientID)
	case g.from.ClientAuth == ClientMTLS && !g.app.certified():
		return g.app.oauthError(op, ClassInvalid, errNoCertificate)
	}
	return nil
}

// certified reports whether the connections of the app present a certificate: that of
// [WithOAuthCertificate], or one of the transport's own, whose key may be in a device.
func (a *App) certified() bool {
	if a.cfg.presents != nil {
		return true
	}
	t, ok := a.http.Transport.(*http.Transport)
	return ok && t.TLSClientConfig != nil && (len(t.TLSClientConfig.Certificates) > 0 || t.TLSClientConfig.GetClientCertificate != nil)
}

// appSecret is what requests for tokens call cred.NAME: the application's own.
func (a *App) appSecret(name string) Secret {
	switch name {
	case "client_id":
		return NewSecret(a.cfg.clientID)
	case "client_secret":
		return a.cfg.clientSecret
	}
	return Secret{}
}

// renamed returns the values with the names that a provider has for them.
func renamed[V any](values map[string]V, names map[string]string) map[string]V {
	out := make(map[string]V, len(values))
	for name, v := range values {
		out[cmp.Or(names[name], name)] = v
	}
	return out
}
