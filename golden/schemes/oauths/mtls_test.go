package oauths_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/golden/schemes/auths/authstest"
	"github.com/porin-dev/porin/golden/schemes/oauths"
	"github.com/porin-dev/porin/golden/schemes/oauths/oauthstest"
	rt "github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/twin"
)

// overTLS serves a twin over TLS, and returns how it is reached with a certificate; a nil
// pair is none.
func overTLS(t *testing.T, sim *oauthstest.Sim) (twin.Ready, func(pair *tls.Certificate) *http.Transport) {
	served := httptest.NewUnstartedServer(sim.Handler())
	served.TLS = sim.TLSConfig()
	served.TLS.ClientAuth = tls.RequestClientCert // Any may come, so that it is the token that is refused.
	served.Config.ErrorLog = log.New(io.Discard, "", 0)
	served.StartTLS()
	t.Cleanup(served.Close)
	trusted := x509.NewCertPool()
	require.True(t, trusted.AppendCertsFromPEM([]byte(sim.Authority())))
	return sim.Ready(served.URL), func(pair *tls.Certificate) *http.Transport {
		config := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: trusted}
		if pair != nil {
			config.Certificates = []tls.Certificate{*pair}
		}
		through := &http.Transport{TLSClientConfig: config}
		t.Cleanup(through.CloseIdleConnections)
		return through
	}
}

func tlsPair(t *testing.T, certificate, key string) *tls.Certificate {
	t.Helper()
	pair, err := tls.X509KeyPair([]byte(certificate), []byte(key))
	require.NoError(t, err)
	return &pair
}

// TestBoundToken: over TLS, the client gets a token by its certificate, without a secret, and
// the token is of use on connections with that certificate alone (RFC 8705, 2 and 3).
func TestBoundToken(t *testing.T) {
	sim := oauthstest.Twin(t)
	ready, through := overTLS(t, sim)
	store := rt.NewMemoryStore()
	options := func(transport *http.Transport) []oauths.Option {
		return []oauths.Option{oauths.WithTransport(transport), oauths.WithServer("api", ready.Servers["api"]), oauths.WithServer("oauth.token", endpoint(ready))}
	}
	config := oauths.AppConfig{
		ClientID: ready.OAuth.ClientID, Store: store,
		Certificate: oauths.NewSecret(ready.OAuth.Certificate), CertificateKey: oauths.NewSecret(ready.OAuth.CertificateKey),
	}
	app, err := oauths.NewApp(config, options(through(nil))...)
	require.NoError(t, err)
	call := func(app *oauths.App) error {
		c, err := app.BankClient("a", oauths.Settings{})
		require.NoError(t, err)
		_, err = c.Parcels.List(t.Context(), oauths.ParcelsListParams{})
		return err
	}
	require.NoError(t, call(app))
	entries := sim.Journal().Entries()
	require.Len(t, entries, 2)
	assert.Equal(t, "client_credentials", entries[0].Grant)

	token, _, err := store.Load(t.Context(), "a", "bank")
	require.NoError(t, err)
	other := authstest.Twin(t).Accounts()[0].Cred
	own, another := tlsPair(t, ready.OAuth.Certificate, ready.OAuth.CertificateKey), tlsPair(t, other["certificate"], other["certificate_key"])
	for name, tc := range map[string]struct {
		pair *tls.Certificate
		want int
	}{"the certificate": {own, http.StatusOK}, "another one": {another, http.StatusUnauthorized}, "none": {nil, http.StatusUnauthorized}} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, ready.Servers["api"]+"parcels", nil)
		require.NoError(t, err)
		req.Header.Set("Authorization", "Bearer "+token.Access.Reveal())
		assert.Equal(t, tc.want, status(t, through(tc.pair), req), "a token with %s", name)

		form := url.Values{"grant_type": {"client_credentials"}, "client_id": {ready.OAuth.ClientID}}
		req, err = http.NewRequestWithContext(t.Context(), http.MethodPost, endpoint(ready), strings.NewReader(form.Encode()))
		require.NoError(t, err)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		assert.Equal(t, tc.want, status(t, through(tc.pair), req), "the token endpoint with %s", name)
	}

	config.Certificate, config.CertificateKey = oauths.Secret{}, oauths.Secret{}
	config.Store = nil
	app, err = oauths.NewApp(config, options(through(own))...)
	require.NoError(t, err)
	require.NoError(t, call(app), "the transport has the certificate")
	n := len(sim.Journal().Entries())
	app, err = oauths.NewApp(config, options(through(nil))...)
	require.NoError(t, err)
	require.ErrorContains(t, call(app), "WithOAuthCertificate")
	assert.Len(t, sim.Journal().Entries(), n, "it asked for a token without a certificate")
}

// endpoint is where a served twin has the bank's token endpoint.
func endpoint(ready twin.Ready) string {
	base, _, _ := strings.Cut(ready.Control, twin.ControlPath)
	return base + "/bank/token"
}

func status(t *testing.T, through *http.Transport, req *http.Request) int {
	t.Helper()
	resp, err := through.RoundTrip(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp.StatusCode
}

// TestCertificateThatCannotBe: a pair that does not go together, and a transport that
// presents none, are told when the app is made.
func TestCertificateThatCannotBe(t *testing.T) {
	accounts := authstest.Twin(t, func(o *twin.Options) { o.Accounts = 2 }).Accounts()
	one, other := accounts[0].Cred, accounts[1].Cred
	pair := func(certificate, key map[string]string) oauths.AppConfig {
		return oauths.AppConfig{ClientID: "c1", Certificate: oauths.NewSecret(certificate["certificate"]), CertificateKey: oauths.NewSecret(key["certificate_key"])}
	}
	_, err := oauths.NewApp(pair(one, other))
	require.ErrorIs(t, err, rt.ErrCredential)
	require.ErrorContains(t, err, "the private key is not that of the certificate")
	_, err = oauths.NewApp(pair(one, one), oauths.WithTransport(&wire{}))
	require.ErrorIs(t, err, rt.ErrCredential)
	require.ErrorContains(t, err, "WithCertificate")
	_, err = oauths.NewApp(pair(one, one))
	require.NoError(t, err)
}
