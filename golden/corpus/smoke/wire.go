package smoke

import (
	"bytes"
	"io"
	"net/http"
)

// Request is a request as it was sent.
type Request struct {
	Method string
	URL    string
	Header http.Header
	Body   []byte `json:",omitempty"`
}

// Response is an answer as it was received.
type Response struct {
	Status int
	Header http.Header
	Body   []byte `json:",omitempty"`
}

// wire is a transport that remembers the last exchange.
type wire struct {
	next     http.RoundTripper
	sent     *Request
	answered *Response
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.sent = &Request{Method: r.Method, URL: r.URL.String(), Header: r.Header.Clone()}
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r.Body.Close() // It has been read to its end.
		w.sent.Body = body
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	resp, err := w.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	resp.Body.Close() // As above.
	resp.Body = io.NopCloser(bytes.NewReader(body))
	w.answered = &Response{resp.StatusCode, resp.Header.Clone(), body}
	return resp, nil
}
