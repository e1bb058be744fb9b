package fake

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime"
)

// Code is the type of a connector's provider codes.
type Code interface {
	~string
	error
}

// stub is a stub without its types.
type stub struct {
	server  *Server
	action  *ir.Action
	address *regexp.Regexp

	queue  []reply
	always reply // From Do: answers everything once the queue is empty.
	used   bool  // Of always.
	calls  [][]byte
}

// reply makes the answer to one request.
type reply struct {
	answer func(a *ir.Action, in []byte) output
}

// output is an answer as it goes over the wire.
type output struct {
	status int
	header http.Header
	body   []byte
	err    error // What keeps the reply from being written.
}

func (st *stub) push(answer func(a *ir.Action, in []byte) output) {
	st.server.mu.Lock()
	defer st.server.mu.Unlock()
	st.queue = append(st.queue, reply{answer})
}

func (st *stub) ready() bool { return len(st.queue) > 0 || st.always.answer != nil }

// take removes the next reply. The server's lock is held.
func (st *stub) take(in []byte) reply {
	st.calls = append(st.calls, in)
	if len(st.queue) == 0 {
		st.used = true
		return st.always
	}
	next := st.queue[0]
	st.queue = st.queue[1:]
	return next
}

func (st *stub) unused() int {
	if st.always.answer != nil && !st.used {
		return len(st.queue) + 1
	}
	return len(st.queue)
}

// matches reports whether a request is for the action, and returns its path
// parameters by their wire names.
func (st *stub) matches(r *http.Request) (path map[string]string, ok bool) {
	if r.Method != st.action.Method {
		return nil, false
	}
	u := *r.URL
	u.RawQuery, u.ForceQuery, u.Fragment = "", false, ""
	m := st.address.FindStringSubmatch(u.String())
	if m == nil {
		return nil, false
	}
	path = map[string]string{}
	group := 0
	for _, p := range st.action.URL.Parts {
		if p.Scope == "in" && len(p.Path) > 0 {
			group++
			value, err := url.PathUnescape(m[group])
			if err != nil {
				return nil, false
			}
			path[p.Path[0].Name] = value
		}
	}
	return path, true
}

// decodeCalls reads the parameters of every call so far.
func decodeCalls[P any](st *stub) []P {
	st.server.t.Helper()
	st.server.mu.Lock()
	defer st.server.mu.Unlock()
	out := make([]P, 0, len(st.calls))
	for _, in := range st.calls {
		out = append(out, decode[P](st, in))
	}
	return out
}

func decode[P any](st *stub, in []byte) P {
	var p P
	if err := runtime.UnmarshalRaw(in, &p); err != nil {
		st.server.t.Errorf("%s: its parameters cannot be read: %v", st.action.Path, err)
	}
	return p
}

// Stub answers the calls of one action: P is the type of its parameters, R that
// of its result, E that of the connector's codes. Replies are used in order,
// one a request, retries included. Its methods are safe for concurrent use.
type Stub[P, R any, E Code] struct{ st *stub }

// NewStub adds the stub of an action to a fake. Generated packages call it.
func NewStub[P, R any, E Code](s *Server, action string) *Stub[P, R, E] {
	s.t.Helper()
	return &Stub[P, R, E]{s.add(action)}
}

// Return adds successes. Without a result it adds one that holds nothing.
func (s *Stub[P, R, E]) Return(results ...R) *Stub[P, R, E] {
	if len(results) == 0 {
		results = make([]R, 1)
	}
	for _, r := range results {
		s.st.push(func(a *ir.Action, _ []byte) output { return success(a, r) })
	}
	return s
}

// Fail adds a failure with a code, in the provider's form.
func (s *Stub[P, R, E]) Fail(code E) *Stub[P, R, E] {
	s.st.push(func(a *ir.Action, _ []byte) output {
		return failure(a, string(code), s.st.server.classOf(string(code)))
	})
	return s
}

// RateLimit adds a refusal that asks to wait for some seconds.
func (s *Stub[P, R, E]) RateLimit(seconds int) *Stub[P, R, E] {
	s.st.push(func(a *ir.Action, _ []byte) output { return rateLimit(a, seconds) })
	return s
}

// Status adds an answer with a status and a body of one's own.
func (s *Stub[P, R, E]) Status(status int, body string) *Stub[P, R, E] {
	s.st.push(func(*ir.Action, []byte) output { return output{status: status, body: []byte(body)} })
	return s
}

// Do answers every request for which nothing else is scripted. An error that is
// a code becomes a failure with it, and any other error the status 500.
func (s *Stub[P, R, E]) Do(fn func(P) (R, error)) *Stub[P, R, E] {
	s.st.server.mu.Lock()
	defer s.st.server.mu.Unlock()
	s.st.always = reply{func(a *ir.Action, in []byte) output {
		r, err := fn(decode[P](s.st, in))
		if err != nil {
			return failed[E](s.st, err)
		}
		return success(a, r)
	}}
	return s
}

// Calls returns the parameters of every request so far, retries included.
func (s *Stub[P, R, E]) Calls() []P {
	s.st.server.t.Helper()
	return decodeCalls[P](s.st)
}

// failed is the answer for an error of a function given to Do.
func failed[E Code](st *stub, err error) output {
	if code, ok := errors.AsType[E](err); ok {
		return failure(st.action, string(code), st.server.classOf(string(code)))
	}
	return output{status: http.StatusInternalServerError}
}
