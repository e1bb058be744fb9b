package runtime

import (
	"bytes"
	"io"
	"net/http"
	"strings"
)

// provingTransport is a transport for requests with a proof. It remembers the nonces that servers
// give, with any answer (RFC 9449, 8.2), and where one is wanted that the proof does not have
// it sends the request again with it, once: the server did nothing else with it.
type provingTransport struct {
	app  *App
	next http.RoundTripper
}

// nonceHeader has the nonce that a server wants in proofs from then on (RFC 9449, 8).
const nonceHeader = "DPoP-Nonce"

// RoundTrip sends a request, and again where its proof lacks a nonce.
func (p *provingTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := p.next.RoundTrip(req)
	if err != nil {
		return resp, err
	}
	nonce := resp.Header.Get(nonceHeader)
	if nonce == "" || len(nonce) > maxNonce {
		return resp, nil
	}
	p.app.proving().keepNonce(req.URL, nonce)
	again := p.again(req, resp, nonce)
	if again == nil {
		return resp, nil
	}
	drain(resp)
	resp, err = p.next.RoundTrip(again)
	if err != nil {
		return resp, err
	}
	if nonce = resp.Header.Get(nonceHeader); nonce != "" && len(nonce) <= maxNonce {
		p.app.proving().keepNonce(req.URL, nonce)
	}
	return resp, nil
}

// maxNonce is the longest nonce that is taken; a header has to carry it, in Base64.
const maxNonce = 2048

// again is the request with another nonce, or nil where that was not what is wrong with
// it, or it can be sent once.
func (p *provingTransport) again(req *http.Request, resp *http.Response, nonce string) *http.Request {
	head, _, _ := strings.Cut(req.Header.Get(proofHeader), ".")
	key := p.app.proving().key(head)
	if head == "" || key == nil || !wantsNonce(resp) {
		return nil
	}
	next := req.Clone(req.Context())
	switch {
	case req.GetBody != nil:
		body, err := req.GetBody()
		if err != nil {
			return nil
		}
		next.Body = body
	case req.Body != nil && req.Body != http.NoBody && req.Body != noBody:
		return nil
	}
	_, access, _ := strings.Cut(req.Header.Get("Authorization"), proofHeader+" ")
	if key.prove(next, access, nonce, p.app.cfg.clock.Now()) != nil {
		return nil
	}
	return next
}

// wantsNonce reports whether a request was refused for the nonce of its proof: by a server
// with resources in a challenge (RFC 9449, 9), or by one with tokens in the body (8).
func wantsNonce(resp *http.Response) bool {
	const code = "use_dpop_nonce"
	if resp.StatusCode != http.StatusBadRequest && resp.StatusCode != http.StatusUnauthorized {
		return false
	}
	for _, challenge := range resp.Header.Values("WWW-Authenticate") {
		if strings.Contains(challenge, code) {
			return true
		}
	}
	read, err := io.ReadAll(io.LimitReader(resp.Body, maxRefusal))
	resp.Body = readAgain{io.MultiReader(bytes.NewReader(read), failing{resp.Body, err}), resp.Body}
	return err == nil && textAt(read, Path{"error"}) == code
}

// maxRefusal is how much of a body is read to see what is wrong with a proof.
const maxRefusal = 16 << 10

// readAgain is a body of which something was read before.
type readAgain struct {
	io.Reader
	io.Closer
}

// failing goes on with a reader, or with the error that it had.
type failing struct {
	io.Reader
	err error
}

func (f failing) Read(b []byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return f.Reader.Read(b)
}
