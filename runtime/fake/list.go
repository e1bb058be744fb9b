package fake

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime"
)

// Page is one page of a list: its items, and the position of the next page,
// which is empty on the last one. Lists that count items or pages need to know
// only whether Next is empty.
type Page[T any] struct {
	Items []T
	Next  string
}

// ListStub answers the calls of a list, a page a request: P is the type of its
// parameters, T that of its items, E that of the connector's codes.
type ListStub[P, T any, E Code] struct{ Stub[P, Page[T], E] }

// NewListStub adds the stub of a list to a fake. Generated packages call it.
func NewListStub[P, T any, E Code](s *Server, action string) *ListStub[P, T, E] {
	s.t.Helper()
	return &ListStub[P, T, E]{Stub[P, Page[T], E]{s.add(action)}}
}

// Return adds pages.
func (s *ListStub[P, T, E]) Return(pages ...Page[T]) *ListStub[P, T, E] {
	for _, p := range pages {
		s.st.push(func(a *ir.Action, in []byte) output { return page(a, in, p.Items, len(p.Items), p.Next) })
	}
	return s
}

// Do answers every request for which nothing else is scripted; see [Stub.Do].
func (s *ListStub[P, T, E]) Do(fn func(P) (Page[T], error)) *ListStub[P, T, E] {
	s.st.server.mu.Lock()
	defer s.st.server.mu.Unlock()
	s.st.always = reply{func(a *ir.Action, in []byte) output {
		p, err := fn(decode[P](s.st, in))
		if err != nil {
			return failed[E](s.st, err)
		}
		return page(a, in, p.Items, len(p.Items), p.Next)
	}}
	return s
}

// Fail adds a failure; see [Stub.Fail].
func (s *ListStub[P, T, E]) Fail(code E) *ListStub[P, T, E] {
	s.Stub.Fail(code)
	return s
}

// RateLimit adds a refusal; see [Stub.RateLimit].
func (s *ListStub[P, T, E]) RateLimit(seconds int) *ListStub[P, T, E] {
	s.Stub.RateLimit(seconds)
	return s
}

// Status adds an answer of one's own; see [Stub.Status].
func (s *ListStub[P, T, E]) Status(status int, body string) *ListStub[P, T, E] {
	s.Stub.Status(status, body)
	return s
}

// page writes a page in the declared style.
func page(a *ir.Action, in []byte, items any, n int, next string) output {
	raw, err := runtime.MarshalRaw(items)
	if err != nil {
		return output{status: http.StatusInternalServerError, err: err}
	}
	var doc tree
	doc.put(a.Page.Items, raw)
	header := http.Header{}
	w := pageWriter{a.Page, &doc, header}
	w.next(next)
	w.more(next != "")
	w.counts(in, n, next != "")
	doc.succeed(a)
	return output{http.StatusOK, header, doc.bytes(), nil}
}

// pageWriter writes what stands beside the items of a page.
type pageWriter struct {
	rule   *ir.Page
	doc    *tree
	header http.Header
}

// next names the next page where the style does so in the response. A last
// item names itself.
func (w pageWriter) next(next string) {
	src := w.rule.From
	switch {
	case src == nil:
	case src.Link != "":
		if next != "" {
			w.header.Add("Link", fmt.Sprintf("<%s>; rel=%q", next, src.Link))
		}
	case src.Header != "":
		if next != "" {
			w.header.Set(src.Header, next)
		}
	case next != "":
		w.doc.put(src.Body, quote(next))
	}
}

func (w pageWriter) more(more bool) { w.write(w.rule.More, strconv.FormatBool(more)) }

// counts writes totals that fit: what was asked for before this page, this
// page, and one more when there is another.
func (w pageWriter) counts(in []byte, n int, more bool) {
	if w.rule.Total == nil && w.rule.Pages == nil {
		return
	}
	at := w.position(in)
	one := 0
	if more {
		one = 1
	}
	total, pages := at+n+one, at+one
	if w.rule.Style == "number" {
		pages = at - w.rule.Start + 1 + one
		total = (at-w.rule.Start)*n + n + one
	}
	w.write(w.rule.Total, strconv.Itoa(total))
	w.write(w.rule.Pages, strconv.Itoa(pages))
}

// position is the offset or the page number of a request.
func (w pageWriter) position(in []byte) int {
	params := map[string]runtime.Raw{}
	to := w.rule.To
	if to == nil || runtime.UnmarshalRaw(in, &params) != nil {
		return w.rule.Start
	}
	for _, name := range []string{to.Query, to.Header, to.Path, to.Body.String()} {
		if n, err := strconv.Atoi(unquote(params[name])); err == nil && name != "" {
			return n
		}
	}
	return w.rule.Start
}

// write puts a value where a source reads it.
func (w pageWriter) write(src *ir.Source, value string) {
	switch {
	case src == nil:
	case src.Header != "":
		w.header.Set(src.Header, value)
	case len(src.Body) > 0:
		w.doc.put(src.Body, runtime.Raw(value))
	}
}
