package runtime

import (
	"errors"
	"net/url"
	"strings"
)

// router puts members where they belong outside the body.
type router struct {
	call  *call
	query strings.Builder
	path  map[string]string // As it is written, escaped.
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
		case !ok && r.call.op.Body.As != nil:
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
		r.path[to.Name] = joined(v, to.Style, true)
	case InHeader, InCookie:
		text := joined(v, to.Style, false)
		if strings.ContainsFunc(text, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
			return errors.New("a control character cannot be sent there")
		}
		if to.In == InHeader {
			req.header = append(req.header, Header{to.Name, text})
			return nil
		}
		if strings.Contains(text, ";") {
			return errors.New("a semicolon cannot be sent there: it starts another cookie")
		}
		req.cookies = append(req.cookies, Header{to.Name, text})
	default:
		appendStyled(&r.query, to.Name, v, to.Style)
	}
	return nil
}

// address makes the URL. It returns the parameter at fault with an error.
func (r *router) address() (param string, err error) {
	k := r.call
	k.req.url = *k.client.bases[k.op.Server]
	if k.req.link != "" {
		return k.turner.follow(r)
	}
	return r.operation()
}

// operation makes the operation's own URL out of the server's.
func (r *router) operation() (param string, err error) {
	k := r.call
	base, u := k.client.bases[k.op.Server], &k.req.url
	u.RawQuery = r.query.String()
	if k.plan.fixedPath && base.RawPath == "" {
		u.Path = joinPath(base.Path, k.op.Path)
		return "", nil
	}
	var escaped strings.Builder
	for _, part := range k.plan.path {
		text := part.text
		if part.param != "" {
			if text = r.path[part.param]; text == "" {
				text = url.PathEscape(k.client.cfg.settings[part.param])
			}
			if err := pathValue(text); err != nil {
				return part.param, err
			}
		}
		escaped.WriteString(text)
	}
	u.RawPath = joinPath(base.EscapedPath(), escaped.String())
	if u.Path, err = url.PathUnescape(u.RawPath); err != nil {
		u.Path = u.RawPath // A percent sign of the spec's that stands for itself.
	}
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
