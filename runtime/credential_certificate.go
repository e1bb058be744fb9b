package runtime

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"net/http"
)

// ClientCertificate returns a credential that is a client certificate, with the
// private key that it is of, both in PEM. The client presents it over TLS on
// connections of its own, see [TransportWithCertificate].
func ClientCertificate(certificate, key Secret) Credential {
	pair, err := tls.X509KeyPair([]byte(certificate.Reveal()), []byte(key.Reveal()))
	if err != nil {
		return brokenCredential{fmt.Errorf("%w: %s", ErrCredential, pairTrouble(certificate.Reveal(), key.Reveal()))}
	}
	leaf, all := sha256.Sum256(pair.Certificate[0]), sha256.New()
	for _, der := range pair.Certificate {
		all.Write(der)
	}
	all.Write([]byte(key.Reveal()))
	return &certificateCredential{&pair, "mtls-" + hex.EncodeToString(leaf[:8]), [sha256.Size]byte(all.Sum(nil))}
}

// pairTrouble says what is wrong with a certificate and a key that do not make a pair.
// The errors of the library may quote what they could not read.
func pairTrouble(certificate, key string) string {
	block, _ := pem.Decode([]byte(certificate))
	if block == nil || block.Type != "CERTIFICATE" {
		return "the certificate is not one in PEM"
	}
	if _, err := x509.ParseCertificate(block.Bytes); err != nil {
		return "the certificate cannot be read"
	}
	if _, err := signingKey(key); err != nil {
		return "the key " + err.Error()
	}
	return "the private key is not that of the certificate"
}

type certificateCredential struct {
	pair    *tls.Certificate
	account string
	digest  [sha256.Size]byte // Of all that is presented: the certificates, in order, and the key.
}

// Authorize leaves the request as it is: what counts is the connection that it goes over.
func (c *certificateCredential) Authorize(context.Context, *http.Request) (int64, error) {
	return 0, nil
}

func (c *certificateCredential) Renew(context.Context, int64) (bool, error) { return false, nil }

// Account returns the account's name.
func (c *certificateCredential) Account() string { return c.account }

// presenter is a [Credential] that is presented when a connection is made.
type presenter interface {
	// present is the client whose connections present the credential, or nil for the
	// app's own.
	present(a *App) (*http.Client, error)
}

// present shares a client, and so its connections, with the others that have the
// certificates and the key; what was presented on a connection is for nobody else.
func (c *certificateCredential) present(a *App) (*http.Client, error) {
	a.presentingMu.Lock()
	defer a.presentingMu.Unlock()
	if own, ok := a.presenting[c.digest]; ok {
		return own, nil
	}
	transport, err := TransportWithCertificate(a.http.Transport, c.pair)
	if err != nil {
		return nil, err
	}
	own := *a.http
	own.Transport = transport
	if a.presenting == nil {
		a.presenting = map[[sha256.Size]byte]*http.Client{}
	}
	if len(a.presenting) >= maxPresenting {
		a.forgetPresenting()
	}
	a.presenting[c.digest] = &own
	return &own, nil
}

// maxPresenting is how many certificates have connections that further clients share.
const maxPresenting = 256

// forgetPresenting drops one certificate's connections. Clients that have them keep them.
func (a *App) forgetPresenting() {
	for key, old := range a.presenting {
		old.CloseIdleConnections()
		delete(a.presenting, key)
		return
	}
}
