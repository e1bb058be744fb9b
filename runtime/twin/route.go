package twin

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// Paths of the twin's own on any server. They are under a name that no
// provider uses.
const (
	uploadPath  = "/_porin/upload/"
	foreignPath = "/_porin/foreign/"
	foreignHost = "foreign.invalid" // RFC 6761: never a real host.
)

// mount is a declared server.
type mount struct {
	name     string
	url      *url.URL // As declared, with the settings filled in.
	served   string   // Its path in server mode.
	exact    map[string][]*op
	patterns map[int][]*pattern // By number of segments.
}

// endpoint is an address of an OAuth 2.0 method.
type endpoint struct {
	route  string
	url    *url.URL
	served string
	method *ir.Auth
	verbs  []string // The methods that it takes.
	op     *op      // The action of the same address, whose result a token response looks like.
}

// pattern is the address of an action with parameters in its path.
type pattern struct {
	op       *op
	segments [][]ir.Part
	literal  int // Bytes of literal text: the more, the earlier it is tried.
}

// addMounts arranges the servers and the OAuth 2.0 endpoints. Each keeps its
// own path in server mode, unless an earlier one has it already.
func (x *index) addMounts() {
	taken := map[string]bool{}
	serve := func(path, name string) string {
		if taken[path] {
			path = "/" + name + path
		}
		taken[path] = true
		return path
	}
	byName := map[string]*mount{}
	for _, s := range x.spec.Servers {
		u := parseURL(x.render(s.URL))
		if !strings.HasSuffix(u.Path, "/") {
			u.Path += "/"
		}
		m := &mount{name: s.Name, url: u, served: serve(u.Path, s.Name), exact: map[string][]*op{}, patterns: map[int][]*pattern{}}
		x.servers = append(x.servers, m)
		byName[s.Name] = m
	}
	for _, a := range x.spec.AllActions() {
		m := byName[a.Server]
		if m == nil && len(x.servers) > 0 {
			m = x.servers[0]
		}
		if m != nil {
			m.add(x.ops[a.Path])
		}
	}
	for _, m := range x.servers {
		for _, ps := range m.patterns {
			slices.SortStableFunc(ps, func(a, b *pattern) int { return b.literal - a.literal })
		}
	}
	x.addEndpoints(serve)
}

func (x *index) addEndpoints(serve func(path, name string) string) {
	seen := map[string]*endpoint{}
	for _, a := range x.spec.Auth {
		if a.OAuth2 == nil {
			continue
		}
		all := []*endpoint{
			{route: RouteToken, verbs: []string{http.MethodPost}, url: parseURL(x.render(a.OAuth2.Token)), method: a},
			{route: RouteAuthorize, verbs: []string{http.MethodGet, http.MethodHead, http.MethodPost}, url: parseURL(x.render(a.OAuth2.Authorize)), method: a},
		}
		if a.OAuth2.Grant == "device" {
			all[1].route, all[1].verbs = RouteDevice, []string{http.MethodPost, http.MethodGet}
		}
		if !a.OAuth2.Pushed.IsZero() {
			all = append(all, &endpoint{route: RoutePushed, verbs: []string{http.MethodPost}, url: parseURL(x.render(a.OAuth2.Pushed)), method: a})
		}
		for _, s := range append(slices.Clone(a.OAuth2.Steps), a.OAuth2.Renew...) {
			all = append(all, &endpoint{route: RouteToken, verbs: []string{s.Method}, url: parseURL(x.stepURL(a, s)), method: a})
		}
		for _, e := range all {
			if e.url.Host == "" {
				continue
			}
			key := e.route + e.url.Host + e.url.Path
			if seen[key] != nil { // Two methods of one provider share an endpoint.
				seen[key].verbs = append(seen[key].verbs, e.verbs...)
				continue
			}
			seen[key] = e
			e.served = serve(cmp.Or(e.url.Path, "/"), a.Name)
			x.endpoints = append(x.endpoints, e)
			for _, m := range x.servers {
				if rest, ok := strings.CutPrefix(e.url.EscapedPath(), m.url.EscapedPath()); ok && m.url.Host == e.url.Host {
					e.op = m.find(&request{method: e.verbs[0]}, rest).op
				}
			}
		}
	}
}

// addressPath is the path of an address; that of a host alone is "/" (RFC 3986, 6.2.3).
func addressPath(u *url.URL) string { return cmp.Or(u.EscapedPath(), "/") }

// serves reports whether the endpoint is at an address.
func (e *endpoint) serves(u *url.URL) bool {
	return e.url.Host == u.Host && addressPath(e.url) == addressPath(u)
}

func (m *mount) add(o *op) {
	var segments [][]ir.Part
	var segment []ir.Part
	literal, dynamic := 0, false
	for _, p := range o.URL.Parts {
		if p.Scope != "" {
			segment, dynamic = append(segment, p), true
			continue
		}
		text, _, _ := strings.Cut(p.Text, "?")
		literal += len(text)
		for i, piece := range strings.Split(text, "/") {
			if i > 0 {
				segments, segment = append(segments, segment), nil
			}
			if piece != "" {
				segment = append(segment, ir.Part{Text: piece})
			}
		}
	}
	segments = append(segments, segment)
	if !dynamic {
		path := strings.TrimPrefix(renderTemplate(o.URL, nil), "/")
		path, _, _ = strings.Cut(path, "?")
		m.exact[path] = append(m.exact[path], o)
		return
	}
	if len(segments[0]) == 0 { // The address began with a slash.
		segments = segments[1:]
	}
	n := len(segments)
	m.patterns[n] = append(m.patterns[n], &pattern{o, segments, literal})
}

// target is where a request goes.
type target struct {
	route    string
	op       *op
	endpoint *endpoint
	path     map[string]string // Path parameters by JSON name.
	allowed  bool              // False: the address exists, not with this method.
	takes    []string          // The methods of the address, when not this one.
}

// part reports whether a request is for a part of the twin that is no action.
func (to target) part() bool { return to.endpoint != nil || to.route == RouteUpload }

// find routes a request. In process a request names a declared host; served, the
// path alone says which server is meant.
func (x *index) find(q *request) target {
	method, path, host, served := q.method, addressPath(q.url), q.host, q.served
	switch {
	case strings.HasPrefix(path, uploadPath):
		return target{route: RouteUpload, allowed: true}
	case strings.HasPrefix(path, foreignPath):
		return target{route: RouteForeign, allowed: true}
	}
	to := x.findAction(q)
	if to.allowed && to.op.Path == q.meant {
		return to // Also of the address of an endpoint, which documents describe as an operation.
	}
	for _, e := range x.endpoints {
		if served && path == e.served || !served && host == e.url.Host && path == addressPath(e.url) {
			formed := e.route == RouteAuthorize && method == http.MethodPost // From its page, which no action serves.
			if slices.Contains(e.verbs, method) && !(formed && to.allowed) {
				return target{route: e.route, endpoint: e, allowed: true}
			}
			to.takes = append(to.takes, e.verbs...)
		}
	}
	return to
}

// findAction routes a request to an action of the server that its address names
// most fully.
func (x *index) findAction(q *request) target {
	path := q.url.EscapedPath()
	known, best := q.served, target{}
	longest := -1
	for _, m := range x.servers {
		base := m.url.EscapedPath()
		if q.served {
			base = m.served
		}
		known = known || q.host == m.url.Host
		rest, ok := strings.CutPrefix(path, base)
		if !ok || !q.served && q.host != m.url.Host || len(base) <= longest {
			continue
		}
		if t := m.find(q, rest); t.op != nil && (t.allowed || best.op == nil) {
			best, longest = t, len(base)
		}
	}
	if best.op == nil {
		best.route = RouteUnknown
		if !known {
			best.route = RouteForeign
		}
	}
	return best
}

func (m *mount) find(q *request, path string) target {
	method := q.method
	path = strings.TrimPrefix(path, "/")
	ops := m.exact[path]
	args := map[*op]map[string]string{}
	if len(ops) == 0 {
		segments := strings.Split(path, "/")
		for _, p := range m.patterns[len(segments)] {
			if values, ok := p.match(segments); ok {
				ops = append(ops, p.op)
				args[p.op] = values
			}
		}
	}
	for _, as := range []string{method, strings.Replace(method, http.MethodHead, http.MethodGet, 1)} {
		if o := choose(q, ops, as); o != nil {
			return target{route: RouteAction, op: o, path: args[o], allowed: true}
		}
	}
	// Providers that name methods in paths take GET and POST alike, and their
	// own SDKs rely on it.
	for _, as := range []string{http.MethodGet, http.MethodPost} {
		if o := choose(q, ops, as); o != nil && isCall(method) {
			return target{route: RouteAction, op: o, path: args[o], allowed: true}
		}
	}
	to := target{}
	for _, o := range ops {
		to.route, to.op = RouteAction, ops[0]
		to.takes = append(to.takes, o.Method)
	}
	return to
}

func isCall(method string) bool { return method == http.MethodGet || method == http.MethodPost }

// match reads the parameters of a path.
func (p *pattern) match(segments []string) (map[string]string, bool) {
	values := map[string]string{}
	for i, want := range p.segments {
		if !matchSegment(want, segments[i], values) {
			return nil, false
		}
	}
	return values, true
}

func matchSegment(want []ir.Part, got string, values map[string]string) bool {
	for i, p := range want {
		if p.Scope == "" {
			rest, ok := strings.CutPrefix(got, p.Text)
			if !ok {
				return false
			}
			got = rest
			continue
		}
		end := len(got)
		if i+1 < len(want) {
			end = strings.Index(got, want[i+1].Text)
		}
		if end <= 0 {
			return false
		}
		v, err := url.PathUnescape(got[:end])
		if err != nil {
			return false
		}
		if p.Scope == "in" {
			values[p.Path.String()] = v
		}
		got = got[end:]
	}
	return got == ""
}
