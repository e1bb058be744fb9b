package runtime

import "net/http"

// tokenHTTP is the client of requests for tokens, which is made with the first of them.
func (a *App) tokenHTTP() *http.Client {
	a.tokenOnce.Do(func() {
		own := *a.http
		own.Transport = withoutIdle(own.Transport)
		a.tokenClient = &own
	})
	return a.tokenClient
}

// withoutIdle returns a transport that does what t does, with a connection for each
// request. The provider may close an idle connection at the moment that a request goes
// over it. Nobody knows then whether it was read, and a refresh token that may be spent
// is at risk. Of transports other than [http.Transport] nothing is known: they stay.
func withoutIdle(t http.RoundTripper) http.RoundTripper {
	if t == nil {
		t = http.DefaultTransport
	}
	of, ok := t.(*http.Transport)
	if !ok {
		return t
	}
	of = ownConnections(of)
	of.DisableKeepAlives = true
	return of
}

// ownConnections is a clone of a transport that shares no connection with it.
func ownConnections(t *http.Transport) *http.Transport {
	t = t.Clone()
	if len(t.TLSNextProto) > 0 { // Somebody's HTTP/2, whose connections a clone would share.
		t.TLSNextProto, t.ForceAttemptHTTP2 = nil, true
	}
	return t
}
