package twin

import (
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/internal/keypair"
)

// certificateOf is the client certificate of an account, or its private key, in PEM.
func certificateOf(account string, m *ir.Auth, key bool) string {
	pair := certificatePair(account, m)
	if key {
		return pair.PrivatePEM()
	}
	return pair.Certificate()
}

func certificatePair(account string, m *ir.Auth) keypair.Pair {
	return keypair.New("ecdsa", "twin certificate "+account+" "+m.Name)
}

// meetCertificate finds the account of the certificate that a client presented. That
// it has the private key was proved when it connected.
func (x *exchange) meetCertificate() *grant {
	for _, a := range x.t.accounts {
		for _, g := range a.grants {
			if g.method.MTLS == nil {
				continue
			}
			if key, ok := x.q.peer.PublicKey.(*ecdsa.PublicKey); ok && key.Equal(certificatePair(a.id, g.method).Signer.Public()) {
				return g
			}
		}
	}
	return nil
}

// WithCertificate makes the twin a [runtime.CertificateTransport]: in process there is no
// TLS, and the requests say in their TLS field what was presented.
func (t *Twin) WithCertificate(certificate *tls.Certificate) (http.RoundTripper, error) {
	return Presenting(t, certificate)
}

// Presenting returns a transport for what is in front of a twin in process: its requests
// say in their TLS field that the certificate was presented.
func Presenting(next http.RoundTripper, certificate *tls.Certificate) (http.RoundTripper, error) {
	leaf, err := x509.ParseCertificate(certificate.Certificate[0])
	return presenting{next, &tls.ConnectionState{PeerCertificates: []*x509.Certificate{leaf}}}, err
}

type presenting struct {
	next  http.RoundTripper
	state *tls.ConnectionState
}

// RoundTrip implements [http.RoundTripper].
func (p presenting) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.WithContext(r.Context())
	r.TLS = p.state
	return p.next.RoundTrip(r)
}

// TLSConfig is how the twin is served over TLS: as the hosts of its servers and this
// machine, by [Twin.Authority]. Clients are asked for a certificate, and one that is no
// account's, nor the application's, ends the handshake. Without one, an action answers as to anybody.
func (t *Twin) TLSConfig() *tls.Config {
	pair := keypair.New("ecdsa", "twin server")
	own := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "twin"},
		NotBefore: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, s := range t.idx.servers {
		own.DNSNames = append(own.DNSNames, s.url.Hostname())
	}
	der, err := x509.CreateCertificate(nil, own, own, pair.Signer.Public(), pair.Signer)
	if err != nil { // ECDSA needs no randomness (RFC 6979).
		panic(err)
	}
	clients := x509.NewCertPool()
	for _, a := range t.Accounts() {
		for _, m := range t.spec.Auth {
			if m.MTLS != nil {
				clients.AppendCertsFromPEM([]byte(certificateOf(a.ID, m, false)))
			}
		}
	}
	if c := t.client().Certificate; c != "" {
		clients.AppendCertsFromPEM([]byte(c))
	}
	return &tls.Config{
		MinVersion:   tls.VersionTLS12,
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: pair.Signer}},
		ClientAuth:   tls.VerifyClientCertIfGiven,
		ClientCAs:    clients,
	}
}

// Authority is the certificate, in PEM, that a client has to trust of a twin that is
// served over TLS.
func (t *Twin) Authority() string {
	der := t.TLSConfig().Certificates[0].Certificate[0]
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}
