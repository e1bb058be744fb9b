package twin

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
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
	length := int64(len(out.body))
	if w.length != nil {
		length = *w.length
	}
	writeHead(buf.Writer, out, length)
	data := out.body
	if w.cut != cutNone {
		data = data[:min(len(data), w.at)]
	}
	if r.Method == http.MethodHead {
		data = nil
	}
	if writeChunks(buf.Writer, data, w) != nil {
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

func writeHead(w *bufio.Writer, out *output, length int64) {
	fmt.Fprintf(w, "HTTP/1.1 %d %s\r\n", out.status, http.StatusText(out.status))
	h := out.header.Clone()
	h.Set("Content-Length", strconv.FormatInt(length, 10))
	h.Set("Connection", "close")
	h.Write(w) //nolint:errcheck // The flush that follows tells.
	w.WriteString("\r\n")
}

func writeChunks(w *bufio.Writer, data []byte, how *wire) error {
	for how.chunk > 0 && len(data) > how.chunk {
		w.Write(data[:how.chunk]) //nolint:errcheck // The flush tells.
		data = data[how.chunk:]
		if err := w.Flush(); err != nil {
			return err
		}
		time.Sleep(how.every)
	}
	w.Write(data) //nolint:errcheck // The flush tells.
	return w.Flush()
}
