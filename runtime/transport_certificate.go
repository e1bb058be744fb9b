package runtime

import (
	"crypto/tls"
	"fmt"
	"net/http"
)

// CertificateTransport is an [http.RoundTripper], other than an [http.Transport], that can
// present client certificates. One that wraps another transport passes the certificate on:
//
//	func (l logging) WithCertificate(c *tls.Certificate) (http.RoundTripper, error) {
//		next, err := runtime.TransportWithCertificate(l.next, c)
//		return logging{next}, err
//	}
type CertificateTransport interface {
	http.RoundTripper

	// WithCertificate returns a transport that does what this one does, and presents the
	// certificate on the connections it makes. They are its own: no request of another
	// transport goes over them.
	WithCertificate(certificate *tls.Certificate) (http.RoundTripper, error)
}

// TransportWithCertificate returns a transport that does what t does, nil being
// [http.DefaultTransport], and presents a client certificate on connections of its own:
// a clone of an [http.Transport], or what a [CertificateTransport] says. Of any other it
// cannot be known who would present the certificate, nor of an [http.Transport] that has
// others make its TLS connections: that is an error, which matches [ErrCredential].
func TransportWithCertificate(t http.RoundTripper, certificate *tls.Certificate) (http.RoundTripper, error) {
	if certificate == nil {
		return nil, fmt.Errorf("%w: there is no certificate", ErrCredential)
	}
	if t == nil {
		t = http.DefaultTransport
	}
	switch t := t.(type) {
	case *http.Transport:
		if t == nil {
			return nil, fmt.Errorf("%w: the transport is a nil *http.Transport", ErrCredential)
		}
		if t.DialTLSContext != nil || t.DialTLS != nil { //nolint:staticcheck // Deprecated, and in use.
			return nil, fmt.Errorf("%w: the transport presents no certificate, since its DialTLSContext makes the TLS connections; set TLSClientConfig and DialContext instead", ErrCredential)
		}
		return presentingTransport(t, certificate), nil
	case CertificateTransport:
		own, err := t.WithCertificate(certificate)
		if own == nil && err == nil {
			err = fmt.Errorf("%w: WithCertificate of %T returns no transport", ErrCredential, t)
		}
		return own, err
	}
	return nil, fmt.Errorf("%w: a transport of type %T presents no certificate; use an *http.Transport, or give it the method WithCertificate of runtime.CertificateTransport", ErrCredential, t)
}

// presentingTransport is a clone of t that presents the certificate.
func presentingTransport(t *http.Transport, certificate *tls.Certificate) *http.Transport {
	t = ownConnections(t)
	if t.TLSClientConfig == nil {
		t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	t.TLSClientConfig.Certificates = []tls.Certificate{*certificate}
	t.TLSClientConfig.GetClientCertificate = nil // It would come first.
	t.TLSClientConfig.ClientSessionCache = nil   // A session that is resumed is that of who began it.
	return t
}
