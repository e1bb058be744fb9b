package runtime

import (
	"cmp"
	"compress/gzip"
	"context"
	"io"
	"iter"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Stream calls op, whose answer is items that come one by one, and yields each as it
// arrives. It ends after the first error: an [*APIError], as of [Client.Do]. The timeout
// of an attempt is that of the headers and then of each wait for more; how long the
// caller takes for an item does not count, nor how long the whole lasts. Permits of
// limits are held until the end. The largest response of the client is the largest item.
//
// A call is tried again as that of Do is, until the provider has begun to answer. What
// breaks off after that is an error, whose [ErrOutcomeUnknown] stands as it does for any
// answer that did not come whole.
func Stream[T any](ctx context.Context, c *Client, op *Op, in any, opts []CallOption, as StreamAs) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		s := &stream{ctx: ctx, as: as, client: c}
		defer s.close()
		k, err := s.through().do(ctx, op, in, nil, append(slices.Clip(opts), func(k *call) { s.call = k }), nil)
		if err != nil {
			yield(none, err)
			return
		}
		s.begin(k)
		for {
			var item T
			more, err := s.next(k, &item)
			if err != nil {
				yield(none, err)
				return
			}
			if !more || !yield(item, nil) {
				return
			}
		}
	}
}

// StreamAs is how items stand in the body of a response: [StreamEvents], [StreamLines]
// or [StreamArray].
type StreamAs interface {
	// fits reports whether a body of this media type can be such a stream.
	fits(media string) bool

	// items reads the body. The function returns each item and, after the last one,
	// io.EOF.
	items(r io.Reader) func() (Raw, error)
}

// stream is the response to one call, which comes in parts. As a transport it takes the
// body of the response before the call reads it: the stages of a call do not know of
// streams, and programs without streams do not have them.
type stream struct {
	ctx    context.Context
	as     StreamAs
	client *Client
	call   *call

	read   func() (Raw, error)
	body   *patientReader // nil until it is taken.
	item   *itemReader
	pass   pass // That of the attempt.
	cancel context.CancelFunc
}

// through is the client with the stream as its transport.
func (s *stream) through() *Client {
	c, h := *s.client, *s.client.http
	h.Transport = s
	c.http = &h
	return &c
}

// RoundTrip sends a request whose time, that of an attempt, ends with the headers where
// the body is taken.
func (s *stream) RoundTrip(req *http.Request) (*http.Response, error) {
	attempt := req.Context()
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(attempt))
	late := context.AfterFunc(attempt, func() { cancel(context.Cause(attempt)) })
	resp, err := cmp.Or(s.client.http.Transport, http.DefaultTransport).RoundTrip(req.WithContext(ctx))
	inTime := late()
	switch {
	case err != nil:
		cancel(nil)
		if !inTime {
			err = context.Cause(attempt)
		}
		return nil, err
	case !inTime || !s.take(resp, ctx, cancel):
		resp.Body = &endingBody{resp.Body, context.AfterFunc(attempt, func() { cancel(context.Cause(attempt)) }), cancel}
	}
	return resp, nil
}

// take takes the body of a response, unless it is none of a stream.
func (s *stream) take(resp *http.Response, ctx context.Context, cancel context.CancelCauseFunc) bool {
	k := s.call
	if resp.StatusCode < 200 || resp.StatusCode > 299 || resp.StatusCode == http.StatusNoContent || !s.as.fits(mediaType(resp.Header)) ||
		k.plan.rules.classify(resp.StatusCode, resp.Header, nil).rule != nil {
		return false
	}
	body := resp.Body
	left := context.AfterFunc(s.ctx, func() { cancel(context.Cause(s.ctx)) })
	s.cancel = func() { left(); cancel(nil) }
	s.body = &patientReader{from: body, patience: k.timeout(), ctx: ctx, cancel: cancel}
	s.item = &itemReader{from: unzipped(resp, s.body), most: k.client.cfg.maxResponse, left: k.client.cfg.maxResponse}
	s.read = s.as.items(s.item)
	s.pass, k.pass = k.pass, pass{}
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

// begin makes the answer of a call that of the stream's items, whose media type is JSON
// whatever that of all of them is.
func (s *stream) begin(k *call) {
	if s.body != nil {
		k.last.header = k.last.header.Clone()
		k.last.header.Del("Content-Type")
	}
}

// next reads an item, unless the stream has ended.
func (s *stream) next(k *call, item any) (more bool, err error) {
	if s.body == nil { // An answer of success that is no stream.
		return false, s.broken(k, errNoStream{mediaType(k.last.header)})
	}
	if err := k.ctx.Err(); err != nil { // Items may have come before it was done.
		return false, s.lost(k, err)
	}
	data, err := s.read()
	if err == io.EOF {
		return false, nil
	}
	s.item.left = s.item.most
	k.last.body = data
	v := k.plan.rules.classify(k.last.status, k.last.header, data)
	switch {
	case v.rule != nil: // What came is a failure.
		e := k.refused(v, v.rule.Class)
		e.OutcomeUnknown = k.mayHaveRun(e)
		return false, e
	case err != nil:
		return false, s.lost(k, cmp.Or(s.item.fault, s.body.fault, err)) // Not what a decoder made of it.
	}
	if err := k.decodeJSON(data, item); err != nil {
		return false, s.broken(k, err)
	}
	return true, nil
}

// lost is the error of a stream that ends before its end.
func (s *stream) lost(k *call, cause error) error {
	e := k.lost(k.ctx, &reply{status: k.last.status, header: k.last.header, err: cause})
	e.OutcomeUnknown = k.mayHaveRun(e)
	return e
}

// broken is the error of a response that cannot be read.
func (s *stream) broken(k *call, cause error) error {
	e := k.answered(ClassDecode)
	e.cause, e.OutcomeUnknown = cause, k.mayHaveRun(e)
	return e
}

// close ends the response, also in the middle. A stream that was read to its end leaves
// a connection that can be used again.
func (s *stream) close() {
	if s.body != nil {
		_ = s.body.from.Close()
		s.cancel()
		s.pass.release()
	}
}

// errNoStream is an answer of success in another form.
type errNoStream struct{ media string }

func (e errNoStream) Error() string {
	if e.media == "" {
		return "the answer is no stream of items"
	}
	return "the answer is no stream of items, but " + printable(e.media)
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

// itemReader reads, between two items, so many bytes and no more.
type itemReader struct {
	from  io.Reader
	most  int64
	left  int64
	fault error
}

func (r *itemReader) Read(p []byte) (int, error) {
	if r.left <= 0 {
		r.fault = ErrResponseTooLarge
		return 0, r.fault
	}
	n, err := r.from.Read(p)
	r.left -= int64(n)
	return n, err
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
