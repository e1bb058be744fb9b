package runtime

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// Connection returns the credential of a connection that [App.Exchange] made:
// its stored token of that name, or the connector's first for an empty name.
// With a client-credentials grant there is nothing to exchange: the first call
// asks for a token. It makes no request by itself and is cheap.
//
// The store is read on every use, so that a token another replica got, or an
// account that was connected anew, counts at once. A token near its expiry, or
// one the provider calls expired, is refreshed once for all who wait for it and
// stored before it is used. A refresh that fails while the token still works
// is tried again some seconds later, and the token is used meanwhile.
//
// When the grant is gone, that is stored too, and every call fails with
// [ErrDisconnected] without a request, until the account is connected anew.
// An account without a token fails like that as well, and matches [ErrNoToken].
//
// When the answer of a refresh is lost, calls fail with [ErrRefreshLost]. At a
// provider where using a refresh token kills it, the refresh token may be dead
// by then, and reusing it may kill the access token too. So it is not sent
// again while the access token works, nor within a minute. After that there is
// nothing left to lose and one call tries it: if the provider never saw the
// first request that heals the connection, else it is disconnected. Where the
// provider lets a used refresh token work for a while, it is sent again within
// that while instead.
func (g Grants) Connection(account, token string) Credential {
	if token == "" && g.from != nil && len(g.from.Tokens) > 0 {
		token = g.from.Tokens[0].Name
	}
	return &connection{app: g.app, key: tokenKey{account, token}, from: g.from}
}

// connection is a credential over the token store.
type connection struct {
	app      *App
	key      tokenKey
	from     *OAuth2 // nil in an app of a connector without the method.
	settings map[string]string
	cred     map[string]Secret // What the requests of [GrantExchange] are made with.
}

// Account returns the account's name.
func (c *connection) Account() string { return c.key.account }

// Authorize puts the current token on the request.
func (c *connection) Authorize(ctx context.Context, req *http.Request) (int64, error) {
	if c.app == nil {
		return 0, fmt.Errorf("%w: it works with a client only", ErrCredential)
	}
	t, err := c.currentToken(ctx)
	if err != nil {
		return 0, err
	}
	if c.from.Sign != nil {
		scope := &authScope{cred: c.credential, settings: with(with(c.app.cfg.settings, c.settings), t.Settings), token: t.Token, now: c.app.cfg.clock.Now()}
		if err := c.from.Sign.sign(req, scope); err != nil {
			return 0, c.app.oauthError("token", ClassInvalid, err)
		}
		return t.version, nil
	}
	places := c.from.Place
	if len(places) == 0 {
		places = bearerPlace
	}
	for _, p := range places {
		text, err := p.text(func(string) Secret { return t.Access })
		if err != nil {
			return 0, c.app.oauthError("token", ClassInvalid, err)
		}
		p.put(req, text)
	}
	if p, key := c.from.prover(), t.Also[ProofKey]; p != nil && !key.IsZero() { // One without a key is refused, and renewed.
		if err := p.prove(c.app, req, key, t.Access); err != nil {
			return 0, c.app.oauthError("token", ClassInvalid, err)
		}
	}
	return t.version, nil
}

// Renew refreshes the token if it is still that of the version.
func (c *connection) Renew(ctx context.Context, version int64) (bool, error) {
	t, err := c.app.loadToken(ctx, c.key)
	switch {
	case err != nil:
		return false, err
	case t.Dead != "":
		return false, c.app.disconnected(t.Dead)
	case t.version != version && (t.Lost.IsZero() || t.version != version+1): // Such a note is about the same token.
		return true, nil
	case !c.renewable(t.Token):
		return false, nil
	}
	c.app.tokens.refuse(c.key, t.version, c.app.cfg.clock.Now()) // From here on it is not sent again.
	_, err = c.refreshToken(ctx, t)
	return err == nil, err
}

// Disconnected is told that the provider called the grant gone when the token
// was used at version. It is stored, so that no further call makes a request. Who
// asks without a user has nobody to connect it anew: it goes on asking.
func (c *connection) Disconnected(ctx context.Context, version int64, code string) {
	switch c.from.Grant {
	case GrantExchange:
		c.app.tokens.refuse(c.key, version, c.app.cfg.clock.Now())
		return
	case GrantClient:
		return
	}
	t, err := c.app.loadToken(ctx, c.key)
	if err != nil || t.version != version || t.Dead != "" {
		return
	}
	t.Dead = deadCode(&APIError{Code: code})
	// Another version that got there first is as good; a store that fails is
	// reported, and the token kept in memory.
	_, _ = c.app.keepDead(context.WithoutCancel(ctx), c.key, t.Token, t)
}

// renewable reports whether there is a way to a new token.
func (c *connection) renewable(t Token) bool {
	return c.from.unattended() || len(c.from.Renew) > 0 || !t.Refresh.IsZero() && c.from.Token != ""
}

func (c *connection) signs() bool {
	return c.from != nil && (c.from.Sign != nil || c.from.Proof != nil)
}

// present has the requests of bound tokens go through what answers to nonces.
func (c *connection) present(a *App) (*http.Client, error) {
	if c.from == nil || c.from.Proof == nil {
		return nil, nil
	}
	return c.from.prover().through(a, a.http), nil
}

// currentToken returns a token that can be used now, refreshed if need be.
func (c *connection) currentToken(ctx context.Context) (heldToken, error) {
	a, key, o := c.app, c.key, c.from
	if o == nil {
		return heldToken{}, a.oauthError("token", ClassInvalid, errNoOAuth)
	}
	t, err := a.loadToken(ctx, key)
	if errors.Is(err, ErrNoToken) && o.unattended() {
		return c.refreshToken(ctx, heldToken{})
	}
	if err != nil {
		return heldToken{}, err
	}
	now, known := a.cfg.clock.Now(), a.tokens.troubleOf(key)
	useless := !a.tokens.works(key, t, now)
	switch {
	case t.Dead != "":
		return heldToken{}, a.disconnected(t.Dead)
	case !useless && !t.due(now, o.Margin):
		if known != (trouble{}) {
			a.tokens.recover(key) // Another replica mended it.
		}
		return t, nil
	case !useless && (!c.renewable(t.Token) || !t.Lost.IsZero() && !o.inGrace(t.Token, now) || now.Before(known.soft)):
		return t, nil
	case !c.renewable(t.Token):
		return heldToken{}, a.oauthError("token", ClassDisconnected, errors.New("the token is expired and cannot be refreshed"))
	}
	fresh, err := c.refreshToken(ctx, t)
	if err != nil && !useless && ctx.Err() == nil && !errors.Is(err, ErrDisconnected) {
		return t, nil // It still works; the next call tries again.
	}
	return fresh, err
}
