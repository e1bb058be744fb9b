package runtime_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	rt "github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/internal/keypair"
)

// tlsProvider is an API over TLS that asks for certificates and notes whose came.
type tlsProvider struct {
	*httptest.Server
	roots *x509.CertPool
	came  []string // The keys in PEM; empty for none.
}

func newTLSProvider(t *testing.T) *tlsProvider {
	p := &tlsProvider{roots: x509.NewCertPool()}
	p.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		whose := ""
		if len(r.TLS.PeerCertificates) > 0 {
			whose = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: r.TLS.PeerCertificates[0].Raw}))
		}
		p.came = append(p.came, whose)
		_, _ = io.WriteString(w, `{}`)
	}))
	p.TLS = &tls.Config{ClientAuth: tls.RequestClientCert, MinVersion: tls.VersionTLS12}
	p.EnableHTTP2 = true
	p.Config.ErrorLog = log.New(io.Discard, "", 0)
	p.StartTLS()
	t.Cleanup(p.Close)
	p.roots.AddCert(p.Certificate())
	return p
}

// transport trusts the provider.
func (p *tlsProvider) transport(t *testing.T) *http.Transport {
	through := &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: p.roots}}
	t.Cleanup(through.CloseIdleConnections)
	return through
}

// call makes a call with a credential, in an app over a transport.
func (p *tlsProvider) call(t *testing.T, app *rt.App, cred rt.Credential) {
	t.Helper()
	c, err := app.Client(cred)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Do(t.Context(), &rt.Op{Name: "look", Method: "GET", Path: "look"}, nil, nil, nil); err != nil {
		t.Fatal(err)
	}
}

func (p *tlsProvider) app(t *testing.T, through http.RoundTripper) *rt.App {
	t.Helper()
	app, err := rt.NewApp(&rt.API{Name: "acme", Servers: []rt.Server{{Name: "api", URL: p.URL + "/"}}}, rt.WithTransport(through))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(app.CloseIdleConnections)
	return app
}

func certificate(name string) (keypair.Pair, rt.Credential) {
	pair := keypair.New("ecdsa", name)
	return pair, rt.ClientCertificate(rt.NewSecret(pair.Certificate()), rt.NewSecret(pair.PrivatePEM()))
}

// broken is a transport that answers nothing.
type broken struct{}

func (broken) RoundTrip(*http.Request) (*http.Response, error) { return nil, io.EOF }

// passing wraps a transport and counts what it passes on.
type passing struct {
	next   http.RoundTripper
	passed *int
}

func (p passing) RoundTrip(r *http.Request) (*http.Response, error) {
	*p.passed++
	return p.next.RoundTrip(r)
}

// presentingToo is one that passes certificates on, too.
type presentingToo struct{ passing }

func (p presentingToo) WithCertificate(c *tls.Certificate) (http.RoundTripper, error) {
	next, err := rt.TransportWithCertificate(p.next, c)
	return passing{next, p.passed}, err
}

func TestCertificateIsPresented(t *testing.T) {
	anothers, _ := certificate("another's")
	for name, set := range map[string]func(*http.Transport){
		"a transport": func(*http.Transport) {},
		"one with a certificate of its own": func(through *http.Transport) {
			pair, err := tls.X509KeyPair([]byte(anothers.Certificate()), []byte(anothers.PrivatePEM()))
			if err != nil {
				t.Fatal(err)
			}
			through.TLSClientConfig.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
		},
		"one that resumes sessions": func(through *http.Transport) {
			through.TLSClientConfig.ClientSessionCache = tls.NewLRUClientSessionCache(8)
			through.DisableKeepAlives = true
		},
		"one with HTTP/2": func(through *http.Transport) { through.ForceAttemptHTTP2 = true },
		"one with somebody's HTTP/2": func(through *http.Transport) {
			through.TLSClientConfig.NextProtos = []string{"h2", "http/1.1"}
			through.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{"h2": func(_ string, c *tls.Conn) http.RoundTripper {
				t.Error("the connection is shared with those of the transport")
				_ = c.Close()
				return broken{}
			}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newTLSProvider(t)
			through := p.transport(t)
			set(through)
			app := p.app(t, through)
			one, first := certificate("one")
			two, second := certificate("two")
			for range 2 {
				p.call(t, app, first)
				p.call(t, app, rt.ForAccount("b", second))
			}
			want := []string{one.Certificate(), two.Certificate(), one.Certificate(), two.Certificate()}
			if strings.Join(p.came, "") != strings.Join(want, "") {
				t.Errorf("came %q", p.came)
			}
		})
	}
}

// TestCertificatesOfOneLeaf: other intermediates are other connections, also below one leaf.
func TestCertificatesOfOneLeaf(t *testing.T) {
	p := newTLSProvider(t)
	came := []int{}
	p.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		came = append(came, len(r.TLS.PeerCertificates))
		_, _ = io.WriteString(w, `{}`)
	})
	app := p.app(t, p.transport(t))
	pair, alone := certificate("one")
	over, _ := certificate("an intermediate's")
	chain := rt.ClientCertificate(rt.NewSecret(pair.Certificate()+over.Certificate()), rt.NewSecret(pair.PrivatePEM()))
	for range 2 {
		p.call(t, app, alone)
		p.call(t, app, chain)
	}
	if !slices.Equal(came, []int{1, 2, 1, 2}) {
		t.Errorf("certificates of the calls: %v", came)
	}
}

// nowhere is a transport that has none for a certificate, and does not say so.
type nowhere struct{ broken }

func (nowhere) WithCertificate(*tls.Certificate) (http.RoundTripper, error) { return nil, nil }

// TestCertificateTransportWithoutATransport is an error when the client is made.
func TestCertificateTransportWithoutATransport(t *testing.T) {
	p := newTLSProvider(t)
	_, cred := certificate("one")
	_, err := p.app(t, nowhere{}).Client(cred)
	if !errors.Is(err, rt.ErrCredential) || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("%v", err)
	}
}

// TestCertificateThroughAnotherTransport: what wraps a transport presents the certificate,
// or no client is made.
func TestCertificateThroughAnotherTransport(t *testing.T) {
	p := newTLSProvider(t)
	one, cred := certificate("one")
	passed := 0
	wrapped := passing{p.transport(t), &passed}
	for name, tc := range map[string]struct {
		through http.RoundTripper
		says    []string
	}{
		"no http.Transport":      {wrapped, []string{"runtime_test.passing", "http.Transport", "WithCertificate"}},
		"one around it":          {presentingToo{passing{wrapped, &passed}}, []string{"runtime_test.passing", "WithCertificate"}},
		"TLS by somebody else":   {&http.Transport{DialTLSContext: func(context.Context, string, string) (net.Conn, error) { return nil, io.EOF }}, []string{"DialTLSContext"}},
		"the same, in old style": {&http.Transport{DialTLS: func(string, string) (net.Conn, error) { return nil, io.EOF }}, []string{"DialTLSContext"}}, //nolint:staticcheck // In use.
	} {
		t.Run(name, func(t *testing.T) {
			for _, cred := range []rt.Credential{cred, rt.ForAccount("a", cred)} {
				_, err := p.app(t, tc.through).Client(cred)
				if !errors.Is(err, rt.ErrCredential) {
					t.Fatalf("a client is made: %v", err)
				}
				for _, part := range tc.says {
					if !strings.Contains(err.Error(), part) {
						t.Errorf("%q is not in %q", part, err)
					}
				}
			}
			if _, err := p.app(t, tc.through).Client(rt.Anonymous()); err != nil {
				t.Errorf("a client without a certificate: %v", err)
			}
		})
	}
	p.call(t, p.app(t, presentingToo{passing{p.transport(t), &passed}}), cred)
	if passed != 1 || len(p.came) != 1 || p.came[0] != one.Certificate() {
		t.Errorf("passed %d, came %q", passed, p.came)
	}
	app, err := rt.NewApp(&rt.API{Name: "acme", Servers: []rt.Server{{Name: "api", URL: p.URL + "/"}}}, rt.WithHTTPClient(&http.Client{}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := app.Client(cred); err != nil {
		t.Errorf("with the default transport: %v", err)
	}
}
