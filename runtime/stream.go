package runtime

import (
	"cmp"
	"context"
	"io"
	"iter"
	"net/http"
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
		s := &stream{as: as}
		defer s.close()
		k, err := s.open(ctx, c, op, in, opts, s)
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

// StreamAs is how items stand in the body of a response: [StreamEvents], [StreamLines],
// [StreamArray] or [StreamCSV].
type StreamAs interface {
	// fits reports whether a body of this media type can be such a stream.
	fits(media string) bool

	// items reads the body. The function returns each item and, after the last one,
	// io.EOF.
	items(r *itemReader) func() (Raw, error)
}

// stream is the response to one call, of which items are read as they come.
type stream struct {
	tap
	as   StreamAs
	read func() (Raw, error)
	item *itemReader
}

// takes begins to read the items of a response, unless it is none of a stream.
func (s *stream) takes(resp *http.Response, body io.Reader) bool {
	if !s.as.fits(mediaType(resp.Header)) || s.call.plan.rules.classify(resp.StatusCode, resp.Header, nil).rule != nil {
		return false
	}
	most := s.client.cfg.maxResponse
	s.item = &itemReader{unsure: unframed(resp), most: most, left: most}
	s.item.from = unzipped(resp, body)
	s.read = s.as.items(s.item)
	return true
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

// errNoStream is an answer of success in another form.
type errNoStream struct{ media string }

func (e errNoStream) Error() string {
	if e.media == "" {
		return "the answer is no stream of items"
	}
	return "the answer is no stream of items, but " + printable(e.media)
}

// unframed reports whether a body ends with its connection, so that one that breaks off
// looks like a whole one (RFC 9112, 8). What is compressed says by itself how it ends.
func unframed(resp *http.Response) bool {
	return resp.ProtoMajor == 1 && resp.ContentLength < 0 && len(resp.TransferEncoding) == 0 &&
		!resp.Uncompressed && resp.Header.Get("Content-Encoding") == ""
}

// itemReader reads, between two items, so many bytes and no more.
type itemReader struct {
	from  io.Reader
	most  int64
	left  int64
	fault error

	unsure bool // Its end may be that of the connection alone.
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
