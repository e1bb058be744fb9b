package runtime

import (
	"cmp"
	"context"
	"errors"
	"net/url"
)

// Pushed is how an app connects accounts by a method whose authorization requests are
// pushed (RFC 9126): what is asked for goes to the provider first, with the application's
// proof of who it is, and the user's browser carries a reference to it. It is made by
// [App.Pushed], and cheap.
type Pushed struct{ grants Grants }

// Pushed returns how the app connects accounts by a method; nil is that of the connector.
func (a *App) Pushed(o *OAuth2) Pushed { return Pushed{a.Grants(o)} }

// AuthCodeURL starts the authorization code flow with one request, which is sent once.
// The URL is for one user and, until its Expiry, for one visit: who comes late, or again,
// needs another.
func (p Pushed) AuthCodeURL(ctx context.Context, r AuthRequest) (*AuthAttempt, error) {
	const op = "authorize"
	if err := p.grants.begin(ctx, op); err != nil {
		return nil, err
	}
	a, o := p.grants.app, p.grants.from
	address, err := a.oauthURL("authorize", o.Authorize, r.Settings)
	if err != nil {
		return nil, err
	}
	form := url.Values{}
	attempt := p.grants.ask(form, r)
	ctx, cancel := context.WithTimeout(ctx, min(postTimeout, cmp.Or(a.cfg.attemptTimeout, DefaultAttemptTimeout)))
	defer cancel()
	push := tokenRequest{op, o, r.Settings, renamed(form, o.Rename), attempt.Key}
	req, err := a.newTokenRequest(ctx, push, "pushed", o.Pushed)
	if err == nil {
		err = a.provedBy(push, req)
	}
	if err != nil {
		return nil, err
	}
	answer, err := a.askToken(ctx, op, o, req)
	if err != nil {
		if e, ok := errors.AsType[*APIError](err); ok {
			e.OutcomeUnknown = false // What was pushed and not used ends by itself.
		}
		return nil, err
	}
	reference := answer.text(Path{"request_uri"})
	if reference == "" {
		return nil, a.oauthError(op, ClassDecode, errors.New("the response has no request_uri"))
	}
	if life, ok := lifetime(answer.text(Path{"expires_in"})); ok {
		attempt.Expiry = answer.sent.Add(life)
	}
	q := address.Query()
	for name, values := range renamed(url.Values{"client_id": {a.cfg.clientID}, "request_uri": {reference}}, o.Rename) {
		q[name] = values
	}
	address.RawQuery = q.Encode()
	attempt.URL = address.String()
	return attempt, nil
}

// Exchange is [Grants.Exchange].
func (p Pushed) Exchange(ctx context.Context, c CodeGrant) (*Connected, error) {
	return p.grants.Exchange(ctx, c)
}
