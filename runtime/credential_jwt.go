package runtime

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// SignedJWT returns a credential that is a JWT, signed with one of the secrets. It
// goes where places say or, without places, into the Authorization header. A new
// one is signed when a tenth of the last one's life is left, or when the provider
// calls it expired.
func SignedJWT(m *JWT, secrets map[string]Secret, places ...Place) Credential {
	if len(places) == 0 {
		places = bearerPlace
	}
	return &jwtCredential{jwt: m, secrets: secrets, places: places, account: secretsAccount("jwt", secrets), clock: systemClock{}}
}

type jwtCredential struct {
	jwt      *JWT
	secrets  map[string]Secret
	places   []Place
	account  string
	clock    Clock
	settings map[string]string

	mu      sync.Mutex
	token   Secret
	until   time.Time // When the next one is signed.
	version int64
}

func (c *jwtCredential) bind(a *App, _ string, settings map[string]string) Credential {
	return &jwtCredential{jwt: c.jwt, secrets: c.secrets, places: c.places, account: c.account, clock: a.cfg.clock, settings: settings}
}

// Authorize puts the current token on the request.
func (c *jwtCredential) Authorize(_ context.Context, req *http.Request) (int64, error) {
	token, version, err := c.current()
	if err != nil {
		return 0, err
	}
	for _, p := range c.places {
		text, err := p.text(func(string) Secret { return token })
		if err != nil {
			return 0, err
		}
		p.put(req, text)
	}
	return version, nil
}

func (c *jwtCredential) current() (Secret, int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock.Now()
	if now.Before(c.until) {
		return c.token, c.version, nil
	}
	s := &authScope{cred: func(name string) Secret { return c.secrets[name] }, settings: c.settings, now: now}
	text, err := c.jwt.sign(s)
	if err != nil {
		return Secret{}, 0, err
	}
	c.token, c.until = NewSecret(text), now.Add(c.jwt.Life-c.jwt.Life/10)
	c.version++
	return c.token, c.version, nil
}

// Renew signs another token, unless the one of version was replaced already. One
// that is signed in the same second may be the same, and is no help.
func (c *jwtCredential) Renew(_ context.Context, version int64) (bool, error) {
	c.mu.Lock()
	old := c.token
	if c.version == version {
		c.until = time.Time{}
	}
	c.mu.Unlock()
	token, _, err := c.current()
	return err == nil && !token.Equal(old), err
}

// Account returns the account's name.
func (c *jwtCredential) Account() string { return c.account }
