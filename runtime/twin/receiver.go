package twin

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
)

// receiverURL is the address of a receiver in process.
const receiverURL = "https://receiver.invalid/"

// Receiver takes a delivery and returns what the other side answered, like the
// Do of an [http.Client].
type Receiver func(*http.Request) (*http.Response, error)

// ToHandler delivers to a handler in process.
func ToHandler(h http.Handler) Receiver {
	return func(r *http.Request) (*http.Response, error) {
		r.RequestURI = r.URL.RequestURI()
		rec := &recorder{header: http.Header{}}
		h.ServeHTTP(rec, r)
		return rec.response(r), nil
	}
}

// ToURL delivers to an address with a client.
func ToURL(c *http.Client, address string) Receiver {
	return func(r *http.Request) (*http.Response, error) {
		to := r.Clone(r.Context())
		to.URL, to.Host = parseURL(address), ""
		if r.URL.RawQuery != "" { // Of a handshake.
			to.URL.RawQuery = r.URL.RawQuery
		}
		return c.Do(to)
	}
}

// recorder keeps what a handler writes.
type recorder struct {
	header http.Header
	status int
	sent   http.Header // As it was when the status was written.
	body   bytes.Buffer
}

func (w *recorder) Header() http.Header { return w.header }

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status, w.sent = status, w.header.Clone()
	}
}

func (w *recorder) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(b)
}

func (w *recorder) response(r *http.Request) *http.Response {
	w.WriteHeader(http.StatusOK)
	return &http.Response{
		StatusCode:    w.status,
		Status:        strconv.Itoa(w.status) + " " + http.StatusText(w.status),
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        w.sent,
		ContentLength: int64(w.body.Len()),
		Body:          io.NopCloser(&w.body),
		Request:       r,
	}
}
