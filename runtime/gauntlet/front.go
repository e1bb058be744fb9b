package gauntlet

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/porin-dev/porin/runtime/twin"
)

// front serves a twin over TCP, and notes what the recorder of a client in process
// does, as far as the provider sees it. The twin's control endpoints are not there:
// they are no business of a client.
type front struct {
	env  *Env
	base string
	srv  *http.Server
	stop context.CancelFunc
	busy sync.WaitGroup // The server, and the requests under way.
}

func newFront(e *Env) (*front, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	f := &front{env: e, base: "http://" + ln.Addr().String(), stop: stop}
	f.srv = &http.Server{Handler: f, BaseContext: func(net.Listener) context.Context { return ctx }, ReadHeaderTimeout: time.Minute}
	f.busy.Go(func() {
		_ = f.srv.Serve(ln) // Ends when it is closed.
	})
	return f, nil
}

// close ends the requests that hang, and the server. Nothing is noted after it.
func (f *front) close() {
	f.stop()
	_ = f.srv.Close()
	f.busy.Wait()
}

// ServeHTTP implements [http.Handler].
func (f *front) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	f.busy.Add(1)
	defer f.busy.Done()
	s := f.arrive(r)
	if s.Refused {
		panic(http.ErrAbortHandler)
	}
	ctx := twin.Mark(r.Context(), strconv.Itoa(s.ID))
	if s.Call != nil {
		ctx = twin.Meant(ctx, s.Call.Action.Path)
	}
	f.env.Twin.ServeHTTP(&noted{rw, f.env.wire, s}, r.WithContext(ctx))
}

// arrive notes a request. It is of the only call under way; of several, nobody can
// tell which.
func (f *front) arrive(r *http.Request) *Sent {
	s := &Sent{Call: f.env.underWay(), Time: time.Now(), Origin: "http://" + r.Host, Path: r.URL.Path}
	w := f.env.wire
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sends = append(w.sends, s)
	s.ID = len(w.sends)
	s.Refused = s.ID > maxSends
	return s
}

// underWay returns the only call that has begun and not ended, or nil.
func (e *Env) underWay() *Record {
	e.mu.Lock()
	defer e.mu.Unlock()
	var one *Record
	for _, r := range e.calls {
		switch {
		case !r.End.IsZero():
		case one != nil:
			return nil
		default:
			one = r
		}
	}
	return one
}

// noted keeps what the twin answers. An answer on a connection that a fault took
// over passes it by: then nothing is known of what arrived.
type noted struct {
	http.ResponseWriter
	wire *recorder
	s    *Sent
}

// Unwrap is for [http.ResponseController].
func (n *noted) Unwrap() http.ResponseWriter { return n.ResponseWriter }

// WriteHeader implements [http.ResponseWriter].
func (n *noted) WriteHeader(status int) {
	n.wire.mu.Lock()
	n.s.Status, n.s.Header = status, n.Header().Clone()
	n.wire.mu.Unlock()
	n.ResponseWriter.WriteHeader(status)
}

// Write implements [http.ResponseWriter].
func (n *noted) Write(p []byte) (int, error) {
	n.wire.mu.Lock()
	n.s.Body = append(n.s.Body, p[:min(len(p), max(0, keepBody-len(n.s.Body)))]...)
	n.wire.mu.Unlock()
	return n.ResponseWriter.Write(p)
}
