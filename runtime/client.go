package runtime

import (
	"context"
	"net/http"
	"net/url"
)

// Client calls the operations of an API for one connection. It is made by
// [App.Client] or [NewClient], holds no state of its own and is safe for
// concurrent use.
type Client struct {
	app   *App
	http  *http.Client // The app's, or one that presents the credential's certificate.
	cred  Credential
	cfg   *config    // The app's, where it has no options of its own.
	bases []*url.URL // By index into API.Servers.
}

// App returns what the client shares with the other clients of its app.
func (c *Client) App() *App { return c.app }

// Do calls op. The parameters, in, are nil or a struct whose JSON members go
// where op says; the result is decoded into out, a pointer, or dropped when out
// is nil. Do returns when the call is done or ctx is, and leaves no goroutine
// behind. Every error it returns is an [*APIError].
//
// A failed request is sent again when that is safe for op's effect and class of
// failure: always after a refusal by a rate limit, else only when sending it
// twice does no harm or when it surely did not arrive. A wait the provider
// asks for is never shortened. When the call may have taken effect and no
// answer says so, the error matches [ErrOutcomeUnknown].
func (c *Client) Do(ctx context.Context, op *Op, in, out any, opts []CallOption) error {
	_, err := c.do(ctx, op, in, out, opts, nil)
	return err
}

// do is Do, and returns what a list needs to go on. turner is nil but for a page of
// a list.
func (c *Client) do(ctx context.Context, op *Op, in, out any, opts []CallOption, turner pageTurner) (*call, error) {
	k := &call{client: c, app: c.app, op: op, turner: turner}
	for _, opt := range opts {
		if opt != nil {
			opt(k)
		}
	}
	e := k.run(ctx, in, out)
	k.report()
	if e != nil { // Not returned as it is: a nil *APIError is no nil error.
		return k, e
	}
	return k, nil
}
