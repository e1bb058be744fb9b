package runtime

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"hash/maphash"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	// ErrChecksum says that a download is not what the provider says it has.
	ErrChecksum = errors.New("the download has another checksum than the provider says")

	// ErrChanged says that a download broke off, and that the provider has another file
	// by now. What was read is a part of one that is no more.
	ErrChanged = errors.New("the file changed during its download")
)

// Download is a file that is read as it arrives, so that it may be larger than memory
// and than the largest response of the client. It is not safe for concurrent use.
//
// A connection that breaks is no error of Read: what is missing is asked for, on the
// condition that the file is the same (RFC 9110, 13.1.5 and 14.2), or all of it, and what
// was read already is compared and left out. Each such request is a call of the operation
// with its credential, limits and retries. Where nothing new came in as many of them as a
// call has attempts, that is the error. A checksum of the provider's (Repr-Digest and
// Content-Digest of RFC 9530, Digest of RFC 3230, Content-MD5) is compared at the end:
// Read returns [ErrChecksum] in place of io.EOF.
type Download struct {
	// Header is that of the first response.
	Header http.Header

	// Size is how many bytes the file has, or the part of it that the call asks for, and
	// -1 where the provider does not say.
	Size int64

	// MaxSize is how many bytes may be read; 0 is any number. It is set before the first
	// Read, which fails with [ErrResponseTooLarge] where Size is more.
	MaxSize int64

	ctx    context.Context
	client *Client
	op     *Op
	in     any
	opts   []CallOption

	tap   tap
	call  *call
	told  int64     // How many bytes the response has; -1 where it does not say.
	body  io.Reader // Without compression.
	same  string    // By which the provider knows the file again; empty where it does not serve ranges.
	from  int64     // Where the part begins that the call asks for.
	total int64     // Bytes of the file, also where the call asks for a part; -1 where the provider does not say.
	n     int64     // Bytes that were read.
	hash  maphash.Hash
	sum   *checksum
	known int64 // Bytes that were read when the connection before broke.
	tries int   // Since something new came.
	fault error // What Read returns from now on.
}

// Open calls op, whose answer is a file, and returns when its first bytes can be read.
// The context is that of the whole download: it ends a Read that waits, too. The timeout
// of an attempt is that of the headers and then of each wait for more; how long the caller
// takes between two reads does not count. Permits of limits are held until the end. The
// caller has to close the download. Errors are of type [*APIError], as of [Client.Do].
func Open(ctx context.Context, c *Client, op *Op, in any, opts []CallOption) (*Download, error) {
	d := &Download{ctx: ctx, client: c, op: op, in: in, opts: slices.Clone(opts), Size: -1, total: -1}
	if e := d.connect(); e != nil {
		return nil, e
	}
	d.Header = d.call.last.header.Clone()
	if _, zipped := d.body.(*lateGzip); zipped { // All that the headers say is of the compressed bytes.
		return d, nil
	}
	part := d.call.last.status == http.StatusPartialContent
	d.sum = checksumOf(d.Header, part)
	d.Size, d.total = d.told, d.told
	if part {
		d.from, d.total, _ = contentRange(d.Header)
	}
	if part && d.Size >= 0 || strings.EqualFold(strings.TrimSpace(d.Header.Get("Accept-Ranges")), "bytes") {
		d.same = strongValidator(d.Header)
	}
	return d, nil
}

// Read reads what comes next. Its errors are io.EOF, at the end of all of the file, and
// otherwise an [*APIError].
func (d *Download) Read(p []byte) (int, error) {
	if d.MaxSize > 0 && d.fault == nil {
		if d.Size > d.MaxSize {
			return 0, d.end(d.tap.broken(d.call, ErrResponseTooLarge))
		}
		p = p[:min(int64(len(p)), d.MaxSize-d.n+1)] // One more, which tells that there is more.
	}
	for d.fault == nil {
		n, err := d.body.Read(p)
		if d.MaxSize > 0 && int64(n) > d.MaxSize-d.n {
			n = int(d.MaxSize - d.n)
			return n, d.end(d.tap.broken(d.call, ErrResponseTooLarge))
		}
		d.took(p[:n])
		if err == io.EOF {
			if d.Size < 0 || d.n >= d.Size {
				return n, d.finish()
			}
			err = io.ErrUnexpectedEOF
		}
		if n > 0 || err == nil { // An error comes again with the next read.
			return n, nil
		}
		if e := d.resume(cmp.Or(d.broke(), err)); e != nil {
			return 0, d.end(e)
		}
	}
	return 0, d.fault
}

// Close ends the download. It may be called twice.
func (d *Download) Close() error {
	if d.fault == nil {
		_ = d.end(errClosed)
	}
	return nil
}

var errClosed = errors.New("the download is closed")

// took notes bytes that were read.
func (d *Download) took(p []byte) {
	d.n += int64(len(p))
	_, _ = d.hash.Write(p)
	if d.sum != nil {
		_, _ = d.sum.hash.Write(p)
	}
}

// finish is the error of a file that was read to its end.
func (d *Download) finish() error {
	switch {
	case d.Size >= 0 && d.n > d.Size:
		return d.end(d.tap.broken(d.call, ErrChanged))
	case d.sum != nil && !bytes.Equal(d.sum.hash.Sum(nil), d.sum.want):
		return d.end(d.tap.broken(d.call, ErrChecksum))
	}
	return d.end(io.EOF)
}

// end gives back what the download holds.
func (d *Download) end(fault error) error {
	d.tap.close()
	d.fault = fault
	return fault
}

// broke is what ended the connection, where that is known better than by what a decoder
// makes of it.
func (d *Download) broke() error {
	if d.tap.body == nil {
		return nil
	}
	return d.tap.body.fault
}

// connect asks for the file or, where ranges are served, for the rest of it.
func (d *Download) connect() error {
	d.body, d.told = http.NoBody, -1
	d.tap = tap{asks: d.asks}
	k, err := d.tap.open(d.ctx, d.client, d.op, d.in, d.opts, d)
	d.call = k
	return err
}

// asks makes a request one for bytes as they are, since ranges and checksums are of them.
func (d *Download) asks(h http.Header) {
	h.Set("Accept-Encoding", "identity")
	if d.n > 0 && d.same != "" {
		last := ""
		if h.Get("Range") != "" { // Of the caller, who wants no more than this.
			last = strconv.FormatInt(d.from+d.Size-1, 10)
		}
		h.Set("Range", "bytes="+strconv.FormatInt(d.from+d.n, 10)+"-"+last)
		h.Set("If-Range", d.same)
	}
}

// takes implements taker. An error with a status of success is for the call to read.
func (d *Download) takes(resp *http.Response, body io.Reader) bool {
	d.told = resp.ContentLength
	body = unzipped(resp, body)
	d.body = body
	rules := d.tap.call.plan.rules
	if rules.classify(resp.StatusCode, resp.Header, nil).rule != nil {
		return false
	}
	if !strings.Contains(mediaType(resp.Header), "json") {
		return true
	}
	start := bufio.NewReaderSize(body, maxErrorBody)
	document, err := start.Peek(maxErrorBody)
	if err == io.EOF && rules.classify(resp.StatusCode, resp.Header, document).rule != nil {
		resp.Body = &readBody{start, resp.Body}
		return false
	}
	d.body = start
	return true
}

// readBody is a body of which a part was read.
type readBody struct {
	io.Reader
	io.Closer
}

// resume asks for what is missing, until it comes or there are no attempts left.
func (d *Download) resume(cause error) error {
	for {
		e := d.tap.lost(d.call, cause)
		d.tap.close()
		if d.n > d.known {
			d.known, d.tries = d.n, 0
		}
		k := d.call
		k.tries = d.tries
		again, e := k.again(d.ctx, e)
		if !again {
			return e
		}
		d.tries = k.tries
		if err := d.connect(); err != nil {
			if d.complete(err) {
				return nil
			}
			return err
		}
		d.client.app.budgets.refund(d.client.cred.Account(), k.spent)
		if cause = d.align(); cause == nil || errors.Is(cause, ErrChanged) {
			return cause
		}
	}
}

// complete reports whether the provider says that nothing is missing (RFC 9110, 15.5.17).
func (d *Download) complete(err error) bool {
	e, ok := errors.AsType[*APIError](err)
	return ok && e.StatusCode == http.StatusRequestedRangeNotSatisfiable &&
		strings.TrimSpace(d.call.last.header.Get("Content-Range")) == "bytes */"+strconv.FormatInt(d.n, 10)
}

// align goes to where the bytes that are missing begin.
func (d *Download) align() error {
	from, total, ok := int64(0), d.total, true
	if d.call.last.status == http.StatusPartialContent {
		from, total, ok = contentRange(d.call.last.header)
	}
	switch {
	case !ok || total >= 0 && d.total >= 0 && total != d.total || from != d.from && from != d.from+d.n:
		return d.tap.broken(d.call, ErrChanged)
	case from > d.from:
		return nil
	}
	var again maphash.Hash
	again.SetSeed(d.hash.Seed())
	if _, err := io.CopyN(&again, d.body, d.n); err != nil && err != io.EOF {
		return cmp.Or(d.broke(), err)
	}
	if again.Sum64() != d.hash.Sum64() {
		return d.tap.broken(d.call, ErrChanged)
	}
	return nil
}

// contentRange reads where the bytes of a response begin, and how many the file has:
// "bytes 100-199/200", or "*" for a number that nobody knows, which is -1.
func contentRange(h http.Header) (from, total int64, ok bool) {
	rest, ok := strings.CutPrefix(h.Get("Content-Range"), "bytes ")
	part, all, _ := strings.Cut(strings.TrimSpace(rest), "/")
	first, _, dash := strings.Cut(part, "-")
	from, err := strconv.ParseInt(first, 10, 64)
	if total, errTotal := strconv.ParseInt(all, 10, 64); errTotal == nil {
		return from, total, ok && dash && err == nil && from >= 0
	}
	return from, -1, ok && dash && err == nil && from >= 0 && all == "*"
}

// strongValidator is by what a provider knows for sure that a file is the same: an
// entity tag that is not weak or a time that is older than its answer (RFC 9110, 8.8).
func strongValidator(h http.Header) string {
	if tag := strings.TrimSpace(h.Get("ETag")); strings.HasPrefix(tag, `"`) {
		return tag
	}
	changed, err := http.ParseTime(h.Get("Last-Modified"))
	now, err2 := http.ParseTime(h.Get("Date"))
	if err != nil || err2 != nil || now.Sub(changed) < time.Second {
		return ""
	}
	return h.Get("Last-Modified")
}
