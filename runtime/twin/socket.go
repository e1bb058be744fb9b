package twin

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"strconv"
	"time"
)

// ServeHTTP answers a request through a socket. Each declared server keeps its
// own path, and control requests are served by [Twin.Control] alone. Faults of
// the transport take over the connection, so they are real to the client.
func (t *Twin) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	q, err := readRequest(r, true)
	if err != nil {
		http.Error(rw, "the request's body could not be read", http.StatusBadRequest)
		return
	}
	x := t.serve(q)
	defer t.release(x.draws)
	out, w := &x.out, &x.out.wire
	if w.hang {
		<-r.Context().Done()
		t.gaveUp(x)
		sever(rw) // Not to be taken for an empty answer when the server stops.
		return
	}
	if w.refuse || w.reset {
		sever(rw)
		return
	}
	if pause(r.Context(), nil, t.opt.Latency+w.delay) != nil {
		t.gaveUp(x)
		sever(rw)
		return
	}
	if w.cut != cutNone || w.length != nil || w.chunk > 0 || len(out.body) > 0 && !bodyAllowed(out.status) {
		x.writeRaw(rw, r)
		return
	}
	h := rw.Header()
	for name, values := range out.header {
		h[name] = values
	}
	if bodyAllowed(out.status) && out.rest == nil {
		h.Set("Content-Length", strconv.Itoa(len(out.body)))
	}
	rw.WriteHeader(out.status)
	if r.Method == http.MethodHead || len(out.body) == 0 {
		return
	}
	rw.Write(out.body) //nolint:errcheck // The client is gone; there is nobody to tell.
	if out.rest != nil {
		io.Copy(rw, out.rest) //nolint:errcheck // The same.
	}
}

func bodyAllowed(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// sever resets the connection. Without one, as in a recorder, the handler is
// aborted in the way net/http documents.
func sever(rw http.ResponseWriter) {
	conn, _, err := http.NewResponseController(rw).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	reset(conn)
}

// reset closes a connection so that the other side sees a reset.
func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0) //nolint:errcheck // It is closed anyway.
	}
	conn.Close()
}

// writeRaw writes an answer on the bare connection, with what goes wrong on the
// way.
func (x *exchange) writeRaw(rw http.ResponseWriter, r *http.Request) {
	conn, buf, err := http.NewResponseController(rw).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer conn.Close()
	// The server no longer knows a connection that was taken over.
	defer context.AfterFunc(r.Context(), func() { conn.Close() })()
	out, w := &x.out, &x.out.wire
	writeHead(buf.Writer, out)
	data := out.arrives()
	if r.Method == http.MethodHead {
		data = http.NoBody
	}
	if out.writeBody(buf.Writer, data) != nil {
		return
	}
	switch w.cut {
	case cutReset:
		// What was sent would be lost with an immediate reset, and the client
		// would see one before the headers instead.
		time.Sleep(5 * time.Millisecond)
		reset(conn)
	case cutHang:
		io.Copy(io.Discard, conn) //nolint:errcheck // Until the client leaves.
		x.t.gaveUp(x)
	}
}

// inChunks reports whether the body is sent in chunks (RFC 9112, 7.1), as one is whose
// length is not known.
func (o *output) inChunks() bool { return o.rest != nil && o.wire.length == nil }

func writeHead(w *bufio.Writer, out *output) {
	fmt.Fprintf(w, "HTTP/1.1 %d %s\r\n", out.status, http.StatusText(out.status))
	h := out.header.Clone()
	switch {
	case out.inChunks():
		h.Set("Transfer-Encoding", "chunked")
	case out.wire.length != nil:
		h.Set("Content-Length", strconv.FormatInt(*out.wire.length, 10))
	default:
		h.Set("Content-Length", strconv.Itoa(len(out.body)))
	}
	h.Set("Connection", "close")
	h.Write(w) //nolint:errcheck // The flush that follows tells.
	w.WriteString("\r\n")
}

// writeBody writes what arrives of a body, a few bytes at a time where that is asked for.
// The end of chunks that are cut is not written.
func (o *output) writeBody(w *bufio.Writer, data io.Reader) error {
	var to io.Writer = w
	if o.inChunks() {
		to = httputil.NewChunkedWriter(w)
	}
	from := bufio.NewReader(data)
	for n := int64(o.wire.chunk); n > 0; {
		io.CopyN(to, from, n) //nolint:errcheck // The flush tells.
		if err := w.Flush(); err != nil {
			return err
		}
		if _, err := from.Peek(1); err != nil {
			break
		}
		time.Sleep(o.wire.every)
	}
	if _, err := io.Copy(to, from); err != nil {
		return err
	}
	if o.inChunks() && o.wire.cut == cutNone {
		w.WriteString("0\r\n\r\n") //nolint:errcheck // The flush tells.
	}
	return w.Flush()
}
