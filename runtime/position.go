package runtime

import (
	"errors"
	"net/url"
	"strconv"
)

// pageTurner is what a call for a page does besides. It is an interface so that
// programs that read no list do not have it.
type pageTurner interface {
	turn(*call, *params)
	follow(*router) (param string, err error)
}

type pageCall struct{}

// turn puts the position of a page, and the size of pages, among the members, and
// keeps what the next page is computed from.
func (pageCall) turn(k *call, p *params) {
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
		k.req.link = k.at
		return
	}
	to := named(rule.To).Field
	at := k.at
	if key, rest, ok := parted(rule, at); ok {
		k.beginAnew(p, to, key)
		at = rest
	}
	if rule.Style == PageWindow {
		k.window(p, at)
		return
	}
	if at == "" {
		k.req.position = rawText(p.find(to))
		return
	}
	k.req.position = at
	value := quote(at)
	if rule.Style == PageOffset || rule.Style == PageNumber {
		if _, err := strconv.ParseUint(at, 10, 63); err == nil {
			value = Raw(at)
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

// follow sends the call to a URL that the provider gave for the next page. A
// relative one is resolved against the address of the operation. Another
// origin is refused before a credential is put on anything.
func (pageCall) follow(r *router) (param string, err error) {
	ref, err := url.Parse(r.call.req.link)
	if err != nil {
		return "", errors.New("the URL of the next page cannot be read") // The parser's error quotes it.
	}
	u := &r.call.req.url
	if !ref.IsAbs() {
		if param, err := r.operation(); err != nil {
			return param, err
		}
		ref = u.ResolveReference(ref)
	}
	if ref.User != nil || !sameOrigin(ref, u) {
		return "", ErrForeignURL
	}
	*u = *ref
	u.Fragment, u.RawFragment = "", ""
	return "", nil
}
