package runtime

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"hash/maphash"
	"io"
	"math"
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
// with its credential, limits and retries. A break is a failed attempt: where nothing new
// came in as many as a call has, or where its errors of class decode are not to be tried
// again, it is the error. A checksum of the provider's (Repr-Digest and
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

	tap    tap
	call   *call
	told   int64     // How many bytes the response has; -1 where it does not say.
	ranged bool      // The caller asks for a part.
	zipped bool      // The response is compressed: what its headers say is of other bytes.
	body   io.Reader // Without compression.
	same   string    // By which the provider knows the file again; empty where it does not serve ranges.
	from   int64     // Where the part begins that the call asks for.
	total  int64     // Bytes of the file, also where the call asks for a part; -1 where the provider does not say.
	n      int64     // Bytes that were read.
	hash   maphash.Hash
	sum    *checksum
	known  int64 // Bytes that were read when the connection before broke.
	tries  int   // Since something new came.
	spent  int   // Of the retry budget, since then.
	fault  error // What Read returns from now on.
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
	if d.zipped { // All that the headers say is of the compressed bytes.
		return d, nil
	}
	d.sum = checksumOf(d.Header, d.part())
	ranges := strings.EqualFold(strings.TrimSpace(d.Header.Get("Accept-Ranges")), "bytes")
	d.Size, d.total = d.told, d.told
	if d.part() {
		from, to, total, ok := contentRange(d.Header)
		if !d.ranged && (!ok || from != 0 || to != total-1) {
			return nil, d.end(d.tap.broken(d.call, errPart))
		}
		d.from, d.total, ranges = from, total, ok
		if ok {
			d.Size = to - from + 1
		}
	}
	if ranges {
		d.same = strongValidator(d.Header)
	}
	return d, nil
}

var errPart = errors.New("the answer is a part of the file, and all of it was asked for")

// part reports whether the last response says that it is a part of the file.
func (d *Download) part() bool { return d.call.last.status == http.StatusPartialContent }

// Read reads what comes next. Its errors are io.EOF, at the end of all of the file, and
// otherwise an [*APIError].
func (d *Download) Read(p []byte) (int, error) {
	for d.fault == nil {
		room, full := d.room()
		if room < 0 || d.MaxSize > 0 && d.Size > d.MaxSize {
			return 0, d.end(d.tap.broken(d.call, full))
		}
		if int64(len(p)) > room {
			p = p[:room+1] // One more, which tells that there is more.
		}
		n, err := d.body.Read(p)
		if int64(n) > room {
			d.took(p[:room])
			return int(room), d.end(d.tap.broken(d.call, full))
		}
		d.took(p[:n])
		if err == io.EOF {
			if d.n >= d.Size {
				return n, d.finish()
			}
			err = io.ErrUnexpectedEOF
		}
		if n > 0 || err == nil { // An error comes again with the next read.
			return n, nil
		}
		if d.n == d.Size {
			return 0, d.finish()
		}
		if e := d.resume(cmp.Or(d.broke(), err)); e != nil {
			return 0, d.end(e)
		}
	}
	return 0, d.fault
}

// room is how many bytes may still come, and what it means when more do.
func (d *Download) room() (bytes int64, more error) {
	bytes, more = math.MaxInt64, ErrChanged
	if d.Size >= 0 {
		bytes = d.Size - d.n
	}
	if left := d.MaxSize - d.n; d.MaxSize > 0 && (left < bytes || d.Size > d.MaxSize) {
		return left, ErrResponseTooLarge
	}
	return bytes, more
}

// Close ends the download. It may be called twice.
func (d *Download) Close() error {
	if d.fault == nil {
		_ = d.end(d.call.failed(ClassInvalid, errClosed))
	}
	return nil
}

var errClosed = errors.New("the download is closed")

// took notes bytes that were read.
func (d *Download) took(p []byte) {
	d.n += int64(len(p))
	if d.spent > 0 && len(p) > 0 {
		d.client.app.budgets.refund(d.client.cred.Account(), d.spent)
		d.spent = 0
	}
	_, _ = d.hash.Write(p)
	if d.sum != nil {
		_, _ = d.sum.hash.Write(p)
	}
}

// finish is the error of a file that was read to its end.
func (d *Download) finish() error {
	if d.sum != nil && !bytes.Equal(d.sum.hash.Sum(nil), d.sum.want) {
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
	connected := false
	defer func() {
		if !connected { // Also when an observer panics.
			d.tap.close()
		}
	}()
	k, err := d.tap.open(d.ctx, d.client, d.op, d.in, d.opts, d)
	d.call, connected = k, err == nil
	return err
}

// asks makes a request one for bytes as they are, since ranges and checksums are of them.
func (d *Download) asks(h http.Header) {
	h.Set("Accept-Encoding", "identity")
	d.ranged = h.Get("Range") != ""
	if d.n > 0 && d.same != "" {
		last := ""
		if d.ranged && d.Size >= 0 { // The caller wants no more than this.
			last = strconv.FormatInt(d.from+d.Size-1, 10)
		}
		h.Set("Range", "bytes="+strconv.FormatInt(d.from+d.n, 10)+"-"+last)
		h.Set("If-Range", d.same)
	}
}

// takes implements taker. An error with a status of success is for the call to read: a
// document that begins as one of JSON is looked into, as far as an error is kept.
func (d *Download) takes(resp *http.Response, body io.Reader) bool {
	rules := d.tap.call.plan.rules
	if rules.classify(resp.StatusCode, resp.Header, nil).rule != nil {
		return false
	}
	body = unzipped(resp, body)
	_, d.zipped = body.(*lateGzip)
	start := bufio.NewReaderSize(body, maxErrorBody)
	if from, _, _, _ := contentRange(resp.Header); from == 0 && rules.slots > 0 && beginsAsJSON(start) {
		document, err := start.Peek(maxErrorBody)
		if err == io.EOF && rules.classify(resp.StatusCode, resp.Header, document).rule != nil {
			resp.Body = &readBody{start, resp.Body}
			return false
		}
	}
	d.body, d.told = start, resp.ContentLength
	return true
}

// beginsAsJSON waits for the first bytes that are no space.
func beginsAsJSON(r *bufio.Reader) bool {
	for n := 1; ; n++ {
		head, err := r.Peek(n)
		if head = bytes.TrimLeft(trimBOM(head), " \t\r\n"); len(head) > 0 && !bytes.HasPrefix([]byte("\xef\xbb\xbf"), head) {
			return head[0] == '{' || head[0] == '['
		}
		if err != nil {
			return false
		}
	}
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
		d.spent += k.spent
		if cause = d.align(); cause == nil || errors.Is(cause, ErrChanged) {
			return cause
		}
	}
}

// complete reports whether the provider says that nothing is missing (RFC 9110, 15.5.17).
func (d *Download) complete(err error) bool {
	e, ok := errors.AsType[*APIError](err)
	h := d.call.last.header
	return ok && e.StatusCode == http.StatusRequestedRangeNotSatisfiable && !d.isOther(h) &&
		strings.TrimSpace(h.Get("Content-Range")) == "bytes */"+strconv.FormatInt(d.from+d.n, 10)
}

// isOther reports whether a response says that it is of another file.
func (d *Download) isOther(h http.Header) bool {
	name := "Last-Modified"
	if strings.HasPrefix(d.same, `"`) {
		name = "ETag"
	}
	now := strings.TrimSpace(h.Get(name))
	return d.same != "" && now != "" && now != d.same
}

// align goes to where the bytes that are missing begin.
func (d *Download) align() error {
	from, total, ok := int64(0), d.told, true
	if d.part() {
		from, _, total, ok = contentRange(d.call.last.header)
	}
	if d.zipped {
		total = -1
	}
	if !ok || d.isOther(d.call.last.header) || total >= 0 && d.total >= 0 && total != d.total || from != d.from && from != d.from+d.n {
		return d.tap.broken(d.call, ErrChanged)
	}
	if d.total < 0 && total >= 0 {
		d.Size, d.total = total, total
	}
	if from > d.from {
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

// contentRange reads the first and the last byte of a response, and how many the file
// has: "bytes 100-199/200", or "*" for a number that nobody knows, which is -1.
func contentRange(h http.Header) (from, to, total int64, ok bool) {
	rest, ok := strings.CutPrefix(h.Get("Content-Range"), "bytes ")
	part, all, _ := strings.Cut(strings.TrimSpace(rest), "/")
	first, last, _ := strings.Cut(part, "-")
	from, err := strconv.ParseInt(first, 10, 64)
	to, errLast := strconv.ParseInt(last, 10, 64)
	total, errTotal := strconv.ParseInt(all, 10, 64)
	if all == "*" {
		total, errTotal = -1, nil
	}
	if !ok || err != nil || errLast != nil || errTotal != nil || from < 0 || to < from || total >= 0 && to >= total {
		return 0, 0, -1, false
	}
	return from, to, total, true
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
