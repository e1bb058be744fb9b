package twin

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"
)

// cutHow is how an answer stops in the middle.
type cutHow uint8

const (
	cutNone  cutHow = iota
	cutReset        // The connection is reset.
	cutHang         // Nothing more comes.
	cutEnd          // The connection ends as if all had been sent.
)

// wire is what happens to an answer on its way. The zero value is nothing.
type wire struct {
	refuse bool // No connection is accepted.
	reset  bool // The connection is reset before the headers.
	hang   bool // Nothing comes.
	cut    cutHow
	at     int           // Bytes of the body that arrive before the cut.
	chunk  int           // Bytes that come at a time; 0 is all.
	every  time.Duration // Between two chunks.
	delay  time.Duration // Before the headers, besides the latency.
	length *int64        // The Content-Length that is stated instead of the true one.
}

// answers reports whether a status arrives.
func (w *wire) answers() bool { return !w.refuse && !w.reset && !w.hang }

// loses reports whether an answer does not arrive whole.
func (w *wire) loses() bool { return !w.answers() || w.cut != cutNone }

// RoundTrip answers a request in process. It is for an [http.Client] whose
// servers are those of the connector. A fault that hangs blocks until the
// request's context ends, and no goroutine outlives the call.
func (t *Twin) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx := r.Context()
	if err := ctx.Err(); err != nil {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, err
	}
	if key := t.serveKey(r); key != nil {
		return key, pause(ctx, nil, t.opt.Latency)
	}
	q, err := readRequest(r, false)
	if err != nil {
		return nil, err
	}
	x := t.serve(q)
	defer t.release(x.draws)
	w := &x.out.wire
	switch {
	case w.refuse:
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	case w.reset:
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	case w.hang:
		<-ctx.Done()
		t.gaveUp(x)
		return nil, ctx.Err()
	}
	if err := pause(ctx, nil, t.opt.Latency+w.delay); err != nil {
		t.gaveUp(x)
		return nil, err
	}
	return x.response(r), nil
}

// gaveUp notes in the journal that the client stopped waiting.
func (t *Twin) gaveUp(x *exchange) {
	now := t.opt.Now()
	t.journal.change(x.entry.Seq, func(e *Entry) { e.Lost, e.Duration = true, now.Sub(e.Time) })
}

// response is the answer as a transport would hand it over.
func (x *exchange) response(r *http.Request) *http.Response {
	out := &x.out
	resp := &http.Response{
		Status:        fmt.Sprintf("%d %s", out.status, http.StatusText(out.status)),
		StatusCode:    out.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        out.header,
		ContentLength: int64(len(out.body)),
		Request:       r,
		Body:          http.NoBody,
	}
	w := &out.wire
	if out.rest != nil {
		resp.ContentLength = -1
	}
	if w.length != nil {
		resp.ContentLength = *w.length
		if *w.length >= out.size() && w.cut == cutNone {
			w.cut, w.at = cutEnd, len(out.body)
		}
	}
	if r.Method == http.MethodHead || len(out.body) == 0 && w.cut == cutNone {
		return resp
	}
	from := out.arrives()
	if w.length != nil {
		from = io.LimitReader(from, *w.length)
	}
	body := &body{ctx: r.Context(), from: bufio.NewReader(from), wire: w, closed: make(chan struct{}), hung: func() { x.t.gaveUp(x) }}
	resp.Body = body
	if r.Header.Get("Accept-Encoding") == "" && strings.EqualFold(out.header.Get("Content-Encoding"), "gzip") {
		// The standard transport asked for gzip by itself, so it also decodes.
		resp.Header.Del("Content-Encoding")
		resp.ContentLength, resp.Uncompressed = -1, true
		resp.Body = &gunzip{from: body}
	}
	return resp
}

// body is a response body that stops, hangs or dribbles.
type body struct {
	ctx    context.Context
	from   *bufio.Reader
	begun  bool
	wire   *wire
	closed chan struct{}
	shut   bool
	hung   func()
}

func (b *body) Read(p []byte) (int, error) {
	if b.shut {
		return 0, http.ErrBodyReadAfterClose
	}
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	if _, err := b.from.Peek(1); err != nil {
		return 0, b.stop()
	}
	if n := b.wire.chunk; n > 0 {
		if b.begun {
			if err := pause(b.ctx, b.closed, b.wire.every); err != nil {
				return 0, err
			}
		}
		p = p[:min(len(p), n)]
	}
	b.begun = true
	return b.from.Read(p)
}

// stop is how reading ends.
func (b *body) stop() error {
	switch b.wire.cut {
	case cutReset:
		return &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	case cutEnd:
		return io.ErrUnexpectedEOF
	case cutHang:
		defer b.hung()
		select {
		case <-b.ctx.Done():
			return b.ctx.Err()
		case <-b.closed:
			return http.ErrBodyReadAfterClose
		}
	}
	return io.EOF
}

// Close ends a read that hangs. It may be called twice, not at once.
func (b *body) Close() error {
	if !b.shut {
		b.shut = true
		close(b.closed)
	}
	return nil
}

// gunzip decodes on the first read, as the standard transport does.
type gunzip struct {
	from io.ReadCloser
	zip  *gzip.Reader
	err  error
}

func (g *gunzip) Read(p []byte) (int, error) {
	if g.zip == nil && g.err == nil {
		g.zip, g.err = gzip.NewReader(g.from)
	}
	if g.err != nil {
		return 0, g.err
	}
	return g.zip.Read(p)
}

func (g *gunzip) Close() error { return g.from.Close() }

// pause waits, unless the context ends or the channel closes before.
func pause(ctx context.Context, closed <-chan struct{}, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-closed:
		return http.ErrBodyReadAfterClose
	case <-ctx.Done():
		return ctx.Err()
	}
}

// zipped compresses a body.
func zipped(b []byte) []byte {
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	if _, err := w.Write(b); err != nil { // A buffer takes everything.
		return b
	}
	if err := w.Close(); err != nil {
		return b
	}
	return buf.Bytes()
}
