package runtime

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// encoded is what a call sends, made once and the same in each attempt.
type encoded struct {
	url         url.URL
	header      []Header
	cookies     []Header
	body        []byte
	contentType string
	hasBody     bool

	inputs   map[string]string // Members that limits are kept by.
	position string            // Where in the list the page is, as the caller or At said.
	size     int               // Items that the page was asked for; 0 when nobody said.
}

// member is one member of the parameters: its name and its JSON.
type member struct {
	name  string
	value Raw
}

// params are the parameters on their way to their places.
type params struct {
	json    []byte // As they were written.
	members []member
	edited  bool // The members are no longer those of json.
}

// set replaces or adds a member.
func (p *params) set(name string, value Raw) {
	p.edited = true
	for i := range p.members {
		if p.members[i].name == name {
			p.members[i].value = value
			return
		}
	}
	p.members = append(p.members, member{name, value})
}

// keep drops the members that keep does not want.
func (p *params) keep(keep func(member) bool) {
	all := len(p.members)
	p.members = slices.DeleteFunc(p.members, func(m member) bool { return !keep(m) })
	p.edited = p.edited || len(p.members) < all
}

// find returns the value of a member, or nil.
func (p *params) find(name string) Raw {
	for i := range p.members {
		if p.members[i].name == name {
			return p.members[i].value
		}
	}
	return nil
}

// encode turns the parameters into a request. They are written as JSON once;
// the members then go where the operation says.
func (k *call) encode(in any) *APIError {
	var p params
	var files files
	var err error
	if p.json, files, err = k.marshal(in); err != nil {
		return k.invalid(memberOf(err), errors.New("cannot be written as JSON"))
	}
	if !k.plan.direct {
		if p.members, err = members(p.json); err != nil {
			return k.invalid("", err)
		}
		if name := k.missing(&p); name != "" {
			return k.invalid(name, errors.New("it is required"))
		}
		k.pagePosition(&p)
	}
	if err := k.idempotencyKey(&p); err != nil {
		return k.invalid("", err)
	}
	k.limitInputs(&p)
	r := router{call: k}
	if name, err := r.route(&p); err != nil {
		return k.invalid(name, err)
	}
	if name, err := r.address(); err != nil {
		return k.invalid(name, err)
	}
	if name, err := k.encodeBody(&p, in != nil, files); err != nil {
		return k.invalid(name, err)
	}
	return nil
}

// invalid returns the error of parameters that cannot be sent. It never quotes
// a value.
func (k *call) invalid(param string, err error) *APIError {
	cause := fmt.Errorf("%w: %w", ErrInvalidParams, err)
	if param != "" {
		cause = fmt.Errorf("%w: %s: %w", ErrInvalidParams, param, err)
	}
	e := k.failed(ClassInvalid, cause)
	e.Param, e.final = param, true
	return e
}

// marshal writes the parameters as JSON. Bodies that are not JSON can carry
// bytes: those are taken out and returned as files.
func (k *call) marshal(in any) (data []byte, files files, err error) {
	if in == nil {
		return []byte("{}"), files, nil
	}
	if k.op.Body.As == BodyRaw || k.op.Body.As == BodyMultipart {
		return marshalFiles(in, k.app.cfg.random)
	}
	data, err = marshalSent(in)
	return data, files, err
}

// members splits an object. Names and values are parts of one copy of it.
func members(data []byte) ([]member, error) {
	if Raw(data).Kind() != '{' {
		return nil, errors.New("the parameters must be a struct")
	}
	s := newScan(data, nil)
	if _, err := s.dec.ReadToken(); err != nil {
		return nil, err
	}
	ms := make([]member, 0, 8)
	for s.dec.PeekKind() == '"' {
		name, err := s.name()
		if err != nil {
			return nil, err
		}
		value, err := s.read()
		if err != nil {
			return nil, err
		}
		ms = append(ms, member{name, value})
	}
	return ms, nil
}

// missing returns the first required member that is absent or empty, or "".
func (k *call) missing(p *params) string {
	for _, name := range k.op.Required {
		switch string(p.find(name)) {
		case "", "null", `""`, "[]", "{}":
			return name
		}
	}
	return ""
}

// limitInputs keeps the members that limits are kept by.
func (k *call) limitInputs(p *params) {
	if len(k.plan.inputs) == 0 {
		return
	}
	k.req.inputs = make(map[string]string, len(k.plan.inputs))
	for _, name := range k.plan.inputs {
		k.req.inputs[name] = rawText(p.find(name))
	}
}

// router puts members where they belong outside the body.
type router struct {
	call  *call
	query strings.Builder
	path  map[string]string
}

// route places the members that are not part of the body, and leaves those that
// are. It returns the member at fault with an error.
func (r *router) route(p *params) (name string, err error) {
	p.keep(func(m member) bool {
		if err != nil {
			return true
		}
		to, ok := r.call.plan.params[m.name]
		switch {
		case !ok && r.call.op.Body.As != BodyNone:
			return true
		case !ok: // Without a body there is only the query.
			to = Param{Name: m.name}
		}
		if err = r.place(to, m.value); err != nil {
			name = m.name
		}
		return false
	})
	return name, err
}

// place puts one member in its place.
func (r *router) place(to Param, v Raw) error {
	req := &r.call.req
	switch to.In {
	case InPath:
		if r.path == nil {
			r.path = map[string]string{}
		}
		r.path[to.Name] = commaList(v)
	case InHeader, InCookie:
		text := commaList(v)
		if strings.ContainsFunc(text, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
			return errors.New("a control character cannot be sent there")
		}
		if to.In == InHeader {
			req.header = append(req.header, Header{to.Name, text})
		} else {
			req.cookies = append(req.cookies, Header{to.Name, text})
		}
	default:
		appendStyled(&r.query, to.Name, v, to.Style)
	}
	return nil
}

// address makes the URL. It returns the parameter at fault with an error.
func (r *router) address() (param string, err error) {
	k := r.call
	base := k.client.bases[k.op.Server]
	u := &k.req.url
	*u = *base
	if next := k.link(); next != "" {
		return "", k.follow(next)
	}
	u.RawQuery = r.query.String()
	if k.plan.fixedPath && base.RawPath == "" {
		u.Path = joinPath(base.Path, k.op.Path)
		return "", nil
	}
	var plain, escaped strings.Builder
	for _, part := range k.plan.path {
		value, shown := part.text, part.text
		if part.param != "" {
			value = r.path[part.param]
			if value == "" {
				value = k.client.cfg.settings[part.param]
			}
			if err := pathValue(value); err != nil {
				return part.param, err
			}
			shown = url.PathEscape(value)
		}
		plain.WriteString(value)
		escaped.WriteString(shown)
	}
	u.Path = joinPath(base.Path, plain.String())
	u.RawPath = joinPath(base.EscapedPath(), escaped.String())
	return "", nil
}

// pathValue refuses what would name another resource than the one meant.
func pathValue(value string) error {
	switch value {
	case "":
		return errors.New("it is part of the path and must not be empty")
	case ".", "..": // Removed by servers and proxies, escaped or not (RFC 3986, 6.2.2.3).
		return errors.New("it is part of the path and must not be a dot segment")
	}
	return nil
}

// joinPath appends an operation's path to a server's.
func joinPath(base, path string) string {
	if path == "" {
		return base
	}
	return strings.TrimSuffix(base, "/") + "/" + strings.TrimPrefix(path, "/")
}

// pagePosition puts the position of a page, and the size of pages, among the
// members, and keeps what the next page is computed from.
func (k *call) pagePosition(p *params) {
	rule := k.op.Page
	if rule == nil {
		return
	}
	if rule.SizeField != "" {
		size := p.find(rule.SizeField)
		if size == nil && rule.Size > 0 {
			size = Raw(strconv.Itoa(rule.Size))
			p.set(rule.SizeField, size)
		}
		k.req.size, _ = strconv.Atoi(rawText(size))
	}
	if rule.Style == PageLink {
		return
	}
	to := named(rule.To).Field
	if k.at == "" {
		k.req.position = rawText(p.find(to))
		return
	}
	k.req.position = k.at
	value := quote(k.at)
	if rule.Style == PageOffset || rule.Style == PageNumber {
		if _, err := strconv.ParseUint(k.at, 10, 63); err == nil {
			value = Raw(k.at)
		}
	}
	if rule.CursorOnly { // What says where the request goes stays; the filters go.
		p.keep(func(m member) bool {
			to, ok := k.plan.params[m.name]
			return ok && (to.In == InPath || to.In == InHeader)
		})
	}
	p.set(to, value)
}

// link is the URL at which a list with links goes on.
func (k *call) link() string {
	if k.op.Page != nil && k.op.Page.Style == PageLink {
		return k.at
	}
	return ""
}

// follow sends the call to a URL that the provider gave for the next page. A
// relative one is resolved against the server and the operation. Another
// origin is refused before a credential is put on anything.
func (k *call) follow(next string) error {
	base := k.client.bases[k.op.Server]
	ref, err := url.Parse(next)
	if err != nil {
		return errors.New("the URL of the next page cannot be read") // The parser's error quotes it.
	}
	request := *base
	request.Path = joinPath(base.Path, k.op.Path)
	request.RawPath = ""
	u := request.ResolveReference(ref)
	if u.User != nil || !sameOrigin(u, base) {
		return ErrForeignURL
	}
	u.Fragment, u.RawFragment = "", ""
	k.req.url = *u
	return nil
}

// requestHeader makes the headers of an attempt.
func (k *call) requestHeader() http.Header {
	h := make(http.Header, 8)
	values := [...]string{k.app.cfg.userAgent, "application/json", k.req.contentType} // One allocation for all.
	h["User-Agent"] = values[0:1:1]
	if k.op.Reply == ReplyJSON {
		h["Accept"] = values[1:2:2]
	}
	for _, f := range k.app.api.Headers {
		h.Set(f.Name, f.Value)
	}
	for _, f := range k.op.Headers {
		h.Set(f.Name, f.Value)
	}
	if k.req.hasBody {
		h["Content-Type"] = values[2:3:3]
	}
	for _, f := range k.req.header {
		h.Set(f.Name, f.Value)
	}
	if len(k.req.cookies) > 0 {
		pairs := make([]string, len(k.req.cookies))
		for i, c := range k.req.cookies {
			pairs[i] = (&http.Cookie{Name: c.Name, Value: c.Value}).String()
		}
		h["Cookie"] = []string{strings.Join(pairs, "; ")}
	}
	return h
}
