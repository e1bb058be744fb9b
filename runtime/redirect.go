package runtime

import (
	"fmt"
	"maps"
	"net/http"
)

// maxRedirects is how many redirects one attempt follows.
const maxRedirects = 5

// redirect returns the request that a response redirects to, or nil when it is
// none. Redirects stay within the origin, so that a credential never leaves it,
// and within what RFC 9110, 15.4 says of the method: 307 and 308 keep it, 303
// makes it GET, and 301 and 302, on which clients disagree, are followed for
// GET and HEAD only.
func (k *call) redirect(req *http.Request, resp *http.Response, hops int) (*http.Request, error) {
	location := resp.Header.Get("Location")
	method := req.Method
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound:
		if method != http.MethodGet && method != http.MethodHead && location != "" {
			return nil, fmt.Errorf("%w: status %d to a %s", ErrRedirect, resp.StatusCode, method)
		}
	case http.StatusSeeOther:
		if method != http.MethodHead {
			method = http.MethodGet
		}
	case http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil, nil
	}
	if location == "" {
		return nil, nil
	}
	target, err := req.URL.Parse(location)
	if err != nil {
		return nil, fmt.Errorf("%w: its target cannot be read", ErrRedirect)
	}
	if target.User != nil || !sameOrigin(target, req.URL) {
		return nil, ErrForeignURL
	}
	if hops >= maxRedirects {
		return nil, fmt.Errorf("%w: there are more than %d", ErrRedirect, maxRedirects)
	}
	next := new(*req)
	next.Method, next.URL, next.Host, next.Header = method, target, target.Host, maps.Clone(req.Header)
	switch {
	case method != req.Method:
		next.Body, next.GetBody, next.ContentLength = nil, nil, 0
		delete(next.Header, "Content-Type")
	case req.GetBody != nil:
		next.Body, err = req.GetBody()
	case k.req.hasBody && req.Body != http.NoBody:
		return nil, fmt.Errorf("%w: the body of the request can be sent once", ErrRedirect)
	}
	return next, err
}
