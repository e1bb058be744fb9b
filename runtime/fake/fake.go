// Package fake is what the test packages of generated clients are made of: an
// API in memory that answers as its stubs are told, in the provider's own wire
// form. The client under test runs all of its real code: it builds requests,
// authorizes, classifies, retries and pages.
//
// A fake is strict. A request that no stub expects, and a reply that no request
// used, fail the test.
package fake

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
)

// Server is a fake of one API. It is an [http.RoundTripper], opens no port and
// starts no goroutine, and is safe for concurrent use.
type Server struct {
	t    testing.TB
	spec *ir.Connector

	mu         sync.Mutex // Guards what follows and the stubs.
	stubs      []*stub
	deliveries int
}

// New returns a fake of the connector. When the test ends, replies that nobody
// asked for are errors of it.
func New(t testing.TB, spec *ir.Connector) *Server {
	s := &Server{t: t, spec: spec}
	t.Cleanup(s.finish)
	return s
}

// finish reports what was scripted in vain.
func (s *Server) finish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, st := range s.stubs {
		if n := st.unused(); n > 0 {
			s.t.Errorf("%s: %d of its replies were not used", st.action.Path, n)
		}
	}
}

// RoundTrip answers a request by the stub of its action.
func (s *Server) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := readAll(r)
	if err != nil {
		return nil, err
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	st, in, problem := s.match(r, body)
	var next reply
	if problem == "" {
		next = st.take(in)
	}
	s.mu.Unlock()
	if problem != "" {
		s.t.Errorf("unexpected request %s %s: %s", r.Method, r.URL.Path, problem)
		return respond(r, http.StatusBadRequest, nil, []byte(problem)), nil
	}
	out := next.answer(st.action, in)
	if out.err != nil {
		s.t.Errorf("%s: %v", st.action.Path, out.err)
	}
	return respond(r, out.status, out.header, out.body), nil
}

// match finds the stub that answers a request, and reads the request's
// parameters. It says what the matter is when there is none.
func (s *Server) match(r *http.Request, body []byte) (st *stub, in []byte, problem string) {
	var known *stub
	for _, candidate := range s.stubs {
		path, ok := candidate.matches(r)
		if !ok {
			continue
		}
		known = candidate
		if !candidate.ready() {
			continue
		}
		in, err := s.params(candidate.action, r, body, path)
		if err != nil {
			return nil, nil, fmt.Sprintf("the parameters of %s: %v", candidate.action.Path, err)
		}
		return candidate, in, ""
	}
	if known != nil {
		return nil, nil, known.action.Path + " has no reply left"
	}
	if near := s.nearest(r); near != "" {
		return nil, nil, "there is no such action; the nearest is " + near
	}
	return nil, nil, "there is no such action"
}

// nearest is the action whose address has the most in common with a request's.
func (s *Server) nearest(r *http.Request) string {
	best, name := 0, ""
	for _, st := range s.stubs {
		n := 0
		for _, word := range strings.FieldsFunc(st.action.Path, func(c rune) bool { return c == '.' }) {
			if strings.Contains(strings.ToLower(r.URL.Path), strings.ToLower(word)) {
				n += len(word)
			}
		}
		if st.action.Method == r.Method {
			n++
		}
		if n > best {
			best, name = n, st.action.Path+" ("+st.action.Method+" "+st.address.String()+")"
		}
	}
	return name
}

// add makes the stub of an action. An action that the connector lacks is an
// error of the generated package, and fails the test at once.
func (s *Server) add(action string) *stub {
	s.t.Helper()
	a := s.spec.Action(action)
	if a == nil {
		s.t.Fatalf("the connector has no action %s", action)
		return nil
	}
	st := &stub{server: s, action: a, address: s.address(a)}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stubs = append(s.stubs, st)
	return st
}

// classOf is the class that the connector says a code has, where it does.
func (s *Server) classOf(code string) ir.Class {
	for _, r := range s.spec.Resources {
		if r.Missing == code {
			return ir.NotFound
		}
	}
	return ""
}

// address matches the whole address of an action without its query. Settings
// and path parameters match anything within a segment.
func (s *Server) address(a *ir.Action) *regexp.Regexp {
	base := ir.Template{}
	for _, server := range s.spec.Servers {
		if server.Name == a.Server || a.Server == "" {
			base = server.URL
			break
		}
	}
	left, right := strings.TrimSuffix(pattern(base), "/"), pattern(a.URL)
	if right != "" {
		left += "/" + strings.TrimPrefix(right, "/")
	}
	return regexp.MustCompile("^" + left + "$")
}

// pattern is a template as a regular expression. References are groups named
// after their place, for path parameters.
func pattern(t ir.Template) string {
	var b strings.Builder
	for i, p := range t.Parts {
		switch p.Scope {
		case "":
			b.WriteString(regexp.QuoteMeta(p.Text))
		case "in":
			fmt.Fprintf(&b, "(?P<p%d>[^/]+)", i)
		default:
			// A setting may be a whole address.
			b.WriteString(".+?")
		}
	}
	return b.String()
}

func readAll(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	defer r.Body.Close()
	return io.ReadAll(r.Body)
}

// respond makes a response. Its length is stated and its body is in memory.
func respond(r *http.Request, status int, header http.Header, body []byte) *http.Response {
	if header == nil {
		header = http.Header{}
	}
	if header.Get("Content-Type") == "" && len(body) > 0 {
		header.Set("Content-Type", "application/json")
	}
	return &http.Response{
		Status:        fmt.Sprintf("%d %s", status, http.StatusText(status)),
		StatusCode:    status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        header,
		Body:          io.NopCloser(strings.NewReader(string(body))),
		ContentLength: int64(len(body)),
		Request:       r,
	}
}

// T is the test that the fake belongs to.
func (s *Server) T() testing.TB { return s.t }
