package runtime

import (
	"cmp"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// tap takes the body of a response for whoever reads it as it comes. It is a transport,
// which has the body before the call reads it: the stages of a call do not know of taps,
// and programs without them do not have the code.
type tap struct {
	ctx    context.Context
	taker  taker
	asks   func(http.Header) // Adds to the headers of each request; nil adds nothing.
	client *Client
	call   *call

	body   *patientReader // nil until it is taken.
	pass   pass           // That of the attempt.
	cancel context.CancelFunc
}

// taker reads a body that is tapped.
type taker interface {
	// takes is given a response of success, and its body, of which each read has to be
	// done in time. It reports false where the call is to read resp.
	takes(resp *http.Response, body io.Reader) bool
}

// open makes a call through the tap.
func (t *tap) open(ctx context.Context, c *Client, op *Op, in any, opts []CallOption, by taker) (*call, error) {
	t.ctx, t.client, t.taker = ctx, c, by
	through, h := *c, *c.http
	h.Transport = t
	through.http = &h
	return through.do(ctx, op, in, nil, append(slices.Clip(opts), func(k *call) { t.call = k }), nil)
}

// RoundTrip sends a request whose time, that of an attempt, ends with the headers where
// the body is taken.
func (t *tap) RoundTrip(req *http.Request) (*http.Response, error) {
	attempt := req.Context()
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(attempt))
	late := context.AfterFunc(attempt, func() { cancel(context.Cause(attempt)) })
	req = req.WithContext(ctx)
	if t.asks != nil {
		req.Header = req.Header.Clone()
		t.asks(req.Header)
	}
	resp, err := cmp.Or(t.client.http.Transport, http.DefaultTransport).RoundTrip(req)
	inTime := late()
	switch {
	case err != nil:
		cancel(nil)
		if !inTime {
			err = context.Cause(attempt)
		}
		return nil, err
	case !inTime || !t.take(resp, ctx, cancel):
		resp.Body = &endingBody{resp.Body, context.AfterFunc(attempt, func() { cancel(context.Cause(attempt)) }), cancel}
	}
	return resp, nil
}

// take takes the body of a response of success.
func (t *tap) take(resp *http.Response, ctx context.Context, cancel context.CancelCauseFunc) bool {
	if resp.StatusCode < 200 || resp.StatusCode > 299 || resp.StatusCode == http.StatusNoContent {
		return false
	}
	k := t.call
	left := context.AfterFunc(t.ctx, func() { cancel(context.Cause(t.ctx)) })
	body := &patientReader{from: resp.Body, patience: k.timeout(), ctx: ctx, cancel: cancel}
	if !t.taker.takes(resp, body) {
		left()
		return false
	}
	t.cancel = func() { left(); cancel(nil) }
	t.body = body
	t.pass, k.pass = k.pass, pass{}
	resp.Body, resp.ContentLength = http.NoBody, 0
	return true
}

// unzipped is a body as it was before it was compressed. Only a transport that did not
// ask for it leaves a body compressed.
func unzipped(resp *http.Response, body io.Reader) io.Reader {
	if resp.Uncompressed || !strings.EqualFold(resp.Header.Get("Content-Encoding"), "gzip") {
		return body
	}
	resp.Header.Del("Content-Encoding")
	return &lateGzip{from: body}
}

// lost is the error of a response that ends before its end.
func (t *tap) lost(k *call, cause error) *APIError {
	e := k.lost(k.ctx, &reply{status: k.last.status, header: k.last.header, err: cause})
	e.OutcomeUnknown = k.mayHaveRun(e)
	return e
}

// broken is the error of a response that cannot be read.
func (t *tap) broken(k *call, cause error) *APIError {
	e := k.answered(ClassDecode)
	e.cause, e.OutcomeUnknown = cause, k.mayHaveRun(e)
	return e
}

// close ends the response, also in the middle. One that was read to its end leaves
// a connection that can be used again.
func (t *tap) close() {
	if t.body != nil {
		_ = t.body.from.Close()
		t.cancel()
		t.pass.release()
		t.body = nil
	}
}

// endingBody is a body that the call reads: the request ends with it.
type endingBody struct {
	io.ReadCloser
	late   func() bool
	cancel context.CancelCauseFunc
}

func (b *endingBody) Close() error {
	err := b.ReadCloser.Close()
	b.late()
	b.cancel(nil)
	return err
}

// patientReader reads a body of which each read, but not the whole, has to be done in
// time.
type patientReader struct {
	from     io.ReadCloser
	patience time.Duration
	ctx      context.Context // Of the request.
	cancel   context.CancelCauseFunc
	fault    error // That ended it.
}

func (r *patientReader) Read(p []byte) (int, error) {
	late := time.AfterFunc(r.patience, func() { r.cancel(errAttemptTimeout) })
	n, err := r.from.Read(p)
	late.Stop()
	if err != nil && err != io.EOF {
		r.fault = err
		if r.ctx.Err() != nil {
			r.fault = context.Cause(r.ctx)
		}
	}
	return n, err
}

// lateGzip unpacks a body whose first bytes may come late.
type lateGzip struct {
	from io.Reader
	zip  *gzip.Reader
}

func (z *lateGzip) Read(p []byte) (int, error) {
	if z.zip == nil {
		zip, err := gzip.NewReader(z.from)
		if err != nil {
			return 0, err // io.EOF of a body without bytes, too.
		}
		z.zip = zip
	}
	return z.zip.Read(p)
}
