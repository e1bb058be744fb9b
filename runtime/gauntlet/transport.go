package gauntlet

import (
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/porin-dev/porin/runtime/twin"
)

const (
	// maxSends ends a client that sends without end. The largest workload of a
	// right client needs a third of it.
	maxSends = 3000

	// keepBody is how much of a response is kept to compare results with.
	keepBody = 256 << 10
)

// What a client without bounds is told, so that a run ends.
var (
	errTooManyRequests = errors.New("gauntlet: the client sends requests without end")
	errReadsTooMuch    = errors.New("gauntlet: the client reads an answer without end")
)

// recorder is the transport that a driver is given. It passes requests on to
// the twin, and notes what only the sending side can see.
type recorder struct {
	next    http.RoundTripper
	origins map[string]bool          // Where credentials may go.
	secrets func() []string          // Canaries.
	saved   func(*http.Request) bool // Every token on the request was persisted.

	mu    sync.Mutex
	sends []*Sent
}

// RoundTrip implements [http.RoundTripper].
func (t *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	s := &Sent{
		Call:    callOf(req.Context()),
		Time:    time.Now(),
		Origin:  req.URL.Scheme + "://" + req.URL.Host,
		Path:    req.URL.Path,
		Query:   req.URL.Query(),
		Unsaved: !t.saved(req),
	}
	s.Foreign = !t.origins[s.Origin]
	s.Leaked = s.Foreign && carries(req, t.secrets())
	t.mu.Lock()
	t.sends = append(t.sends, s)
	s.ID = len(t.sends)
	s.Refused = s.ID > maxSends
	t.mu.Unlock()
	if s.Refused {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		if s.ID > 2*maxSends { // It does not listen. Nothing that it does from here on counts.
			<-req.Context().Done()
		}
		return nil, errTooManyRequests
	}
	resp, err := t.next.RoundTrip(req.WithContext(twin.Mark(req.Context(), strconv.Itoa(s.ID))))
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	s.Status, s.Header = resp.StatusCode, resp.Header.Clone()
	if resp.Body != nil && resp.Body != http.NoBody {
		s.Opened = true
		resp.Body = &watchedBody{resp.Body, t, s}
	}
	resp.Request = req
	return resp, nil
}

// WithCertificate makes the recorder a [runtime.CertificateTransport].
func (t *recorder) WithCertificate(certificate *tls.Certificate) (http.RoundTripper, error) {
	return twin.Presenting(t, certificate)
}

// carries reports whether a request bears one of the secrets, in its address or
// its headers.
func carries(req *http.Request, secrets []string) bool {
	var b strings.Builder
	b.WriteString(req.URL.String())
	for name, values := range req.Header {
		b.WriteString("\n" + name + ": " + strings.Join(values, "\n"))
	}
	return leaks(b.String(), secrets)
}

// watchedBody notes what is read of a response and whether it is closed.
type watchedBody struct {
	io.ReadCloser
	t *recorder
	s *Sent
}

// Read implements [io.Reader].
func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.t.mu.Lock()
	defer b.t.mu.Unlock()
	b.s.Read += int64(n)
	b.s.Body = append(b.s.Body, p[:min(n, max(0, keepBody-len(b.s.Body)))]...)
	if b.s.Read > readCap {
		return n, errReadsTooMuch
	}
	return n, err
}

// Close implements [io.Closer].
func (b *watchedBody) Close() error {
	b.t.mu.Lock()
	b.s.Closed = true
	b.t.mu.Unlock()
	return b.ReadCloser.Close()
}
