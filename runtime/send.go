package runtime

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// reply is what came of a request: a response, or the failure to get one. A
// response whose body could not be read to its end has both a status and an
// error, and the part of the body that was read.
type reply struct {
	status int
	header http.Header
	body   []byte
	err    error
	unsent bool // The request surely did not reach the provider.
}

// errAttemptTimeout is the cause of a request that got no answer in time.
var errAttemptTimeout = errors.New("no complete answer within the timeout of an attempt")

// request builds an attempt's request; it gets its context when it is sent. The
// body can be rewound, so that the transport may send it again on a new
// connection when an idle one was closed.
func (k *call) request() *http.Request {
	u := k.req.url
	req := &http.Request{
		Method: k.op.Method, URL: &u, Host: u.Host, Header: k.requestHeader(),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	switch {
	case k.req.hasBody:
		setBody(req, k.req.body)
	case k.op.Effect == EffectCreate || k.op.Effect == EffectIrreversible:
		// The transport would send a GET again when the connection breaks, even
		// after the provider has read it. It does not touch a request with a
		// body that cannot be rewound; this one is empty and not sent.
		req.Body = noBody
	}
	return req
}

// noBody has nothing in it, and is not known for that.
var noBody io.ReadCloser = emptyBody{}

type emptyBody struct{}

func (emptyBody) Read([]byte) (int, error) { return 0, io.EOF }
func (emptyBody) Close() error             { return nil }

func setBody(req *http.Request, body []byte) {
	req.ContentLength = int64(len(body))
	if len(body) == 0 {
		req.Body = http.NoBody
		return
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
}

// timeout is how long one attempt may take: the caller's word counts before that of
// the spec.
func (k *call) timeout() time.Duration {
	return cmp.Or(k.client.cfg.attemptTimeout, k.op.Timeout, k.app.api.Timeout, DefaultAttemptTimeout)
}

// send makes one attempt: it sends the request, follows redirects within the
// origin, reads the response and closes it.
func (k *call) send(ctx context.Context, req *http.Request) reply {
	ctx, cancel := context.WithTimeoutCause(ctx, k.timeout(), errAttemptTimeout)
	defer cancel()
	var sent *wire
	if k.op.Effect != EffectRead {
		sent = &wire{}
		ctx = sent.trace(ctx)
	}
	req = req.WithContext(ctx)
	for hops := 0; ; hops++ {
		resp, err := k.client.http.Do(req)
		if err != nil {
			return reply{err: withoutURL(err), unsent: hops == 0 && sent.never(err)}
		}
		next, err := k.redirect(req, resp, hops)
		if next == nil && err == nil {
			return k.read(ctx, resp)
		}
		drain(resp)
		if err != nil {
			return reply{status: resp.StatusCode, header: resp.Header, err: err}
		}
		req = next
		if again, ok := k.client.cred.(resigner); ok && again.signs() { // The address is another one.
			if _, err := k.client.cred.Authorize(ctx, req); err != nil {
				return reply{status: resp.StatusCode, header: resp.Header, err: err}
			}
		}
	}
}

// read reads the body, up to the cap.
func (k *call) read(ctx context.Context, resp *http.Response) reply {
	defer resp.Body.Close()
	r := reply{status: resp.StatusCode, header: resp.Header}
	body := io.Reader(resp.Body)
	if !resp.Uncompressed && strings.EqualFold(resp.Header.Get("Content-Encoding"), "gzip") {
		// Only a transport that did not ask for it leaves a body compressed.
		z, err := gzip.NewReader(resp.Body)
		if err == nil {
			body = z
		} else if err != io.EOF { // A body without bytes is no fault of its encoding.
			r.err = err
			return r
		}
	}
	limit := k.client.cfg.maxResponse
	r.body, r.err = readAll(ctx, body, limit, resp.ContentLength)
	if r.err == nil && int64(len(r.body)) > limit {
		r.body, r.err = r.body[:limit], ErrResponseTooLarge
	}
	return r
}

// readAll reads up to a little more than limit. The size, where it is known
// and modest, saves growing. A small body may unpack into a large one, of which the
// network knows nothing: the context ends that, too.
func readAll(ctx context.Context, r io.Reader, limit, size int64) ([]byte, error) {
	if size < 0 || size > 1<<20 {
		size = bytes.MinRead
	}
	b := make([]byte, 0, size+1) // One more, for the read that finds the end.
	for int64(len(b)) <= limit {
		if ctx.Err() != nil {
			return b, context.Cause(ctx)
		}
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err == io.EOF {
			break
		}
		if err != nil {
			return b, err
		}
	}
	return b, nil
}

// drain closes the body of a response that is not wanted. One that is known to
// be short is read first, so that the connection can be used again.
func drain(resp *http.Response) {
	if resp.ContentLength > 0 && resp.ContentLength <= 2<<10 {
		_, _ = io.CopyN(io.Discard, resp.Body, resp.ContentLength)
	}
	_ = resp.Body.Close()
}

// wire follows a request to the network. Its zero value knows nothing yet; a
// nil one is of a request that may be repeated anyway.
type wire struct {
	traced atomic.Bool // The transport tells what it does.
	begun  atomic.Bool // A request's headers were written out.
}

func (w *wire) trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:      func(string) { w.traced.Store(true) },
		WroteHeaders: func() { w.begun.Store(true) },
	})
}

// never reports whether a request that failed with err surely did not reach
// the provider: no connection was made or, if the transport tells, no complete
// headers were written. Without both one can only guess, and the answer is no.
func (w *wire) never(err error) bool {
	if w == nil || w.begun.Load() {
		return false
	}
	if w.traced.Load() {
		return true
	}
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}

// withoutURL takes the error of a transport out of those that quote the URL,
// whose query may hold secrets. A transport that is made of clients has several.
func withoutURL(err error) error {
	for {
		e, ok := errors.AsType[*url.Error](err)
		if !ok {
			return err
		}
		err = e.Err
	}
}

// lost returns the error of a request whose answer is missing or incomplete.
func (k *call) lost(ctx context.Context, r *reply) *APIError {
	class := ClassUnavailable
	cause := r.err
	switch {
	case ctx.Err() != nil:
		e := k.stopped(ctx.Err())
		e.unsent, e.StatusCode = r.unsent, r.status
		return e
	case isTimeout(r.err):
		class, cause = ClassTimeout, errAttemptTimeout
	case r.status != 0:
		class = ClassDecode
	}
	e := k.failed(class, cause)
	e.unsent = r.unsent
	if r.status != 0 {
		e = k.answered(class)
		e.cause = cause
	}
	e.final = errors.Is(r.err, ErrResponseTooLarge)
	return e
}

// isTimeout reports whether time ran out. The standard transport gives the
// cause of a context in place of its error while it reads a body.
func isTimeout(err error) bool {
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return true
	}
	return errors.Is(err, errAttemptTimeout) || errors.Is(err, context.DeadlineExceeded)
}
