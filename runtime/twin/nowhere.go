package twin

import (
	"cmp"
	"fmt"
	"html"
	"net/http"
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/internal/misread"
)

// nowhere answers a request for an address that the spec has no action at: as a
// provider does, with a page, which tells whoever looks at it what is near.
func (x *exchange) nowhere() *answer {
	if len(x.to.takes) > 0 {
		return x.notTaken()
	}
	x.entry.Why = "the spec has no action there"
	text := fmt.Sprintf("The spec has no action at %s %s.", x.q.method, x.q.url.EscapedPath())
	if near := x.t.idx.near(x.q); len(near) > 0 {
		x.entry.Why += "; it has " + strings.Join(near, ", ")
		text += " It has " + strings.Join(near, ", ") + "."
	}
	return plain(http.StatusNotFound, "text/html; charset=utf-8", "<!doctype html><title>Not found</title><h1>Not found</h1>\n<p>"+html.EscapeString(text)+"</p>\n")
}

// notTaken answers a request whose address is there, for other methods (RFC 9110, 15.5.6).
func (x *exchange) notTaken() *answer {
	methods := slices.Clone(x.to.takes)
	if slices.Contains(methods, http.MethodGet) {
		methods = append(methods, http.MethodHead)
	}
	slices.Sort(methods)
	allow := strings.Join(slices.Compact(methods), ", ")
	x.entry.Why = "the address takes " + allow
	a := plain(http.StatusMethodNotAllowed, "text/plain; charset=utf-8", fmt.Sprintf("method not allowed: this address takes %s, not %s\n", allow, x.q.method))
	a.header.Set("Allow", allow)
	return a
}

// near lists the actions whose addresses begin as the request's does, at most three:
// those of its method and of as many segments first.
func (x *index) near(q *request) []string {
	type place struct {
		text string
		rank []int
	}
	var all []place
	asked := strings.Split(q.url.EscapedPath(), "/")
	for _, m := range x.servers {
		base := m.url.EscapedPath()
		if q.served {
			base = m.served
		} else if q.host != m.url.Host {
			continue
		}
		for _, o := range m.ops() {
			address := base + strings.TrimPrefix(renderTemplate(o.URL, func(p ir.Part) string { return "{" + p.Path.String() + "}" }), "/")
			segments := strings.Split(address, "/")
			rank := []int{alike(segments, asked), -max(len(segments)-len(asked), len(asked)-len(segments)), 0}
			if o.Method == q.method {
				rank[2] = 1
			}
			all = append(all, place{fmt.Sprintf("%s at %s %s", o.Path, o.Method, address), rank})
		}
	}
	slices.SortFunc(all, func(a, b place) int {
		return cmp.Or(slices.Compare(b.rank, a.rank), strings.Compare(a.text, b.text))
	})
	var texts []string
	for _, p := range all[:min(3, len(all))] {
		texts = append(texts, p.text)
	}
	return texts
}

// alike counts the bytes that a path begins with as an address does. A segment of the
// address with a parameter is like any.
func alike(address, path []string) int {
	n := 0
	for i := range min(len(address), len(path)) {
		same := misread.Common(address[i], path[i])
		if strings.Contains(address[i], "{") && path[i] != "" {
			same = len(path[i])
		} else if address[i] != path[i] {
			return n + same
		}
		n += same + 1
	}
	return n
}

// ops lists the actions of a server.
func (m *mount) ops() []*op {
	var all []*op
	for _, ops := range m.exact {
		all = append(all, ops...)
	}
	for _, ps := range m.patterns {
		for _, p := range ps {
			all = append(all, p.op)
		}
	}
	return all
}
