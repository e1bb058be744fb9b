package twin

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/pem"

	"github.com/porin-dev/porin/runtime/internal/keypair"
)

// appCertificate is the certificate that the application has at present.
func (t *Twin) appCertificate() keypair.Pair {
	return keypair.New("ecdsa", "twin application "+t.certificate)
}

// thumbprint is how a token names the certificate that it is bound to (x5t#S256 of RFC
// 8705, 3.1).
func thumbprint(der []byte) string {
	sum := sha256.Sum256(der)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// appThumbprint is that of the application's certificate.
func (t *Twin) appThumbprint() string {
	block, _ := pem.Decode([]byte(t.appCertificate().Certificate()))
	return thumbprint(block.Bytes)
}

// presented reports whether the certificate with the thumbprint came with a request. On a
// socket without TLS none can come, and any is taken to have.
func (x *exchange) presented(print string) bool {
	return x.q.plain || x.q.peer != nil && thumbprint(x.q.peer.Raw) == print
}

// elsewhere reports whether a request uses a token that is bound to a certificate on a
// connection without it (RFC 8705, 3).
func (x *exchange) elsewhere() bool {
	return x.grant.bound != "" && !x.presented(x.grant.bound)
}
