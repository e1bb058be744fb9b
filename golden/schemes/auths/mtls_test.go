package auths_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/golden/schemes/auths"
	"github.com/porin-dev/porin/golden/schemes/auths/authstest"
	rt "github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/twin"
)

// TestCertificates: over TLS, an account's certificate lets in, another one does not
// get through the handshake, and without one there is the declared refusal.
func TestCertificates(t *testing.T) {
	sim := authstest.Twin(t, func(o *twin.Options) { o.Accounts = 2 })
	served := httptest.NewUnstartedServer(sim.Handler())
	served.TLS = sim.TLSConfig()
	served.Config.ErrorLog = log.New(io.Discard, "", 0) // Of handshakes that are refused.
	served.StartTLS()
	t.Cleanup(served.Close)
	trusted := x509.NewCertPool()
	require.True(t, trusted.AppendCertsFromPEM([]byte(sim.Authority())))
	through := &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: trusted}}
	t.Cleanup(through.CloseIdleConnections)
	app, err := auths.NewApp(auths.AppConfig{}, auths.WithTransport(through), auths.WithServer("api", sim.Ready(served.URL).Servers["api"]))
	require.NoError(t, err)
	call := func(auth auths.Auth) error {
		c, err := app.ClientWith(auth, auths.Settings{}, auths.WithMaxAttempts(1))
		require.NoError(t, err)
		_, err = c.Parcels.List(t.Context(), auths.ParcelsListParams{})
		return err
	}
	one, two := sim.Accounts()[0], sim.Accounts()[1]
	require.NoError(t, call(auths.Partner(one.Cred["certificate"], one.Cred["certificate_key"])))
	require.NoError(t, call(auths.Partner(two.Cred["certificate"], two.Cred["certificate_key"])))
	entries := sim.Journal().Entries()
	assert.Equal(t, one.ID, entries[0].Account)
	assert.Equal(t, two.ID, entries[1].Account, "each certificate has connections of its own")

	sim.Revoke(one.ID)
	require.ErrorIs(t, call(auths.Partner(one.Cred["certificate"], one.Cred["certificate_key"])), auths.ErrDisconnected)
	n := len(sim.Journal().Entries())
	other := authstest.Twin(t, func(o *twin.Options) { o.Accounts = 3 }).Accounts()[2]
	err = call(auths.Partner(other.Cred["certificate"], other.Cred["certificate_key"]))
	require.Error(t, err)
	assert.Len(t, sim.Journal().Entries(), n, "it got through the handshake: %v", err)
	require.ErrorIs(t, call(auths.RevolutToken("nobody's")), rt.ErrUnauthorized)
	assert.Len(t, sim.Journal().Entries(), n+1)
}

// TestCertificateOfAnotherKey: a pair that does not go together is told before
// anything is sent, and not quoted.
func TestCertificateOfAnotherKey(t *testing.T) {
	accounts := authstest.Twin(t, func(o *twin.Options) { o.Accounts = 2 }).Accounts()
	certificate, key := accounts[0].Cred["certificate"], accounts[0].Cred["certificate_key"]
	unreadable := func(kind string) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: []byte("hunter3")}))
	}
	for _, pair := range [][3]string{
		{certificate, accounts[1].Cred["certificate_key"], "the private key is not that of the certificate"},
		{"hunter1", key, "the certificate is not one in PEM"}, {"", "", "the certificate is not one in PEM"}, {key, key, "the certificate is not one in PEM"},
		{unreadable("CERTIFICATE"), key, "the certificate cannot be read"},
		{certificate, "hunter2", "the key is not a private key in PEM"}, {certificate, unreadable("PRIVATE KEY"), "the key is not a private key that can be read"},
	} {
		w := &wire{}
		_, err := client(t, w, auths.Partner(pair[0], pair[1])).Parcels.List(t.Context(), auths.ParcelsListParams{})
		require.ErrorIs(t, err, rt.ErrCredential)
		require.ErrorContains(t, err, pair[2])
		assert.NotContains(t, err.Error(), "hunter")
		assert.NotContains(t, err.Error(), "BEGIN")
		assert.Empty(t, w.text)
	}
}
