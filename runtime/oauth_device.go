package runtime

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"
)

// Device is how an app connects accounts of users who agree on another device than
// the one that the program runs on, by a method with [GrantDevice] (RFC 8628). It is
// made by [App.Device], and cheap.
type Device struct{ grants Grants }

// Device returns how the app connects accounts by a method; nil is that of the connector.
func (a *App) Device(o *OAuth2) Device { return Device{a.Grants(o)} }

// DeviceRequest asks for a code that a user agrees with.
type DeviceRequest struct {
	Scopes   []string          // nil: those of the connector.
	Params   map[string]string // Further parameters.
	Settings map[string]string // Settings of the connection that the addresses need.
}

// DeviceAttempt is a connection that waits for its user. Show them UserCode and URL. It
// may be kept, and waited for by another process: what is secret in it is Code alone,
// and marshalling hides it.
type DeviceAttempt struct {
	UserCode string        // What the user types at URL.
	URL      string        // Where the user agrees.
	Complete string        // URL with the code in it, for a link or a QR code; empty where the provider has none.
	Expiry   time.Time     // When the code ends; zero is unknown.
	Interval time.Duration // Between two questions whether the user has agreed.
	Code     Secret        // What tokens are asked for with.
	Settings map[string]string
}

// Errors of [Device.Wait], besides the context's.
var (
	// ErrConsentDenied says that the user, or the provider, refused.
	ErrConsentDenied = errors.New("the user refused")

	// ErrConsentExpired says that the user did not agree while the code counted.
	ErrConsentExpired = errors.New("the code of the user has expired")
)

const (
	// grantTypeDevice is the grant type of RFC 8628, 3.4.
	grantTypeDevice = "urn:ietf:params:oauth:grant-type:device_code"

	// devicePause is the interval where no answer says one, and what slow_down adds
	// to it (RFC 8628, 3.2 and 3.5).
	devicePause = 5 * time.Second
)

// Start asks for a code, with one request that is sent once.
func (d Device) Start(ctx context.Context, r DeviceRequest) (*DeviceAttempt, error) {
	const op = "device"
	a, o := d.grants.app, d.grants.from
	if err := d.grants.begin(ctx, op); err != nil {
		return nil, err
	}
	form := url.Values{}
	for _, p := range o.Params {
		form.Set(p.Name, p.Value)
	}
	for name, value := range r.Params {
		form.Set(name, value)
	}
	setUnlessEmpty(form, "scope", o.joinScopes(r.Scopes))
	ctx, cancel := context.WithTimeout(ctx, min(postTimeout, cmp.Or(a.cfg.attemptTimeout, DefaultAttemptTimeout)))
	defer cancel()
	req, err := a.newTokenRequest(ctx, tokenRequest{op, o, r.Settings, form, Secret{}}, "authorize", o.Authorize)
	if err != nil {
		return nil, err
	}
	answer, err := a.askToken(ctx, op, o, req)
	if err != nil {
		return nil, err
	}
	return a.readAttempt(op, answer, r.Settings)
}

// readAttempt reads the answer to the request for a code (RFC 8628, 3.2). Some providers
// have the names of its drafts.
func (a *App) readAttempt(op string, answer *tokenAnswer, settings map[string]string) (*DeviceAttempt, error) {
	text := func(names ...string) string {
		for _, name := range names {
			if v := answer.text(Path{name}); v != "" {
				return v
			}
		}
		return ""
	}
	attempt := &DeviceAttempt{
		UserCode: text("user_code"), Code: NewSecret(text("device_code")), Interval: devicePause, Settings: settings,
		URL: text("verification_uri", "verification_url"), Complete: text("verification_uri_complete", "verification_url_complete"),
	}
	if attempt.UserCode == "" || attempt.Code.IsZero() || !isWeb(attempt.URL) {
		return nil, a.oauthError(op, ClassDecode, errors.New("the response has no code for the user, or no address to go to"))
	}
	if !isWeb(attempt.Complete) {
		attempt.Complete = ""
	}
	if life, ok := lifetime(text("expires_in")); ok {
		attempt.Expiry = answer.sent.Add(life)
	}
	if pause, ok := lifetime(text("interval")); ok {
		attempt.Interval = pause
	}
	return attempt, nil
}

// isWeb reports whether a text is an address that a browser may be sent to.
func isWeb(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
}

// Wait asks for the tokens of an attempt until the user has agreed, and stores them
// before it returns, as [Grants.Exchange] does. It keeps to the provider's interval, and
// lengthens it when the provider says so or does not answer. It ends with ctx, with
// [ErrConsentDenied] or with [ErrConsentExpired]; each error is an [*APIError]. An empty
// account is the one that the token response names, where the connector says how.
func (d Device) Wait(ctx context.Context, attempt *DeviceAttempt, account string) (*Connected, error) {
	const op = "device"
	a, o := d.grants.app, d.grants.from
	if err := d.grants.begin(ctx, op); err != nil {
		return nil, err
	}
	switch {
	case attempt == nil || attempt.Code.IsZero():
		return nil, a.oauthError(op, ClassInvalid, fmt.Errorf("%w: there is no code", ErrInvalidParams))
	case account == "" && len(o.Account) == 0:
		return nil, a.oauthError(op, ClassInvalid, fmt.Errorf("%w: the account must be named: no token response of this connector does", ErrInvalidParams))
	}
	var key Secret
	if p := o.prover(); p != nil {
		key = p.bind(nil)
	}
	pause := cmp.Or(attempt.Interval, devicePause)
	for lost := false; ; {
		if !attempt.Expiry.IsZero() && !a.cfg.clock.Now().Add(pause).Before(attempt.Expiry) {
			return nil, a.oauthError(op, ClassRejected, ErrConsentExpired)
		}
		if err := a.cfg.clock.Sleep(ctx, pause); err != nil {
			e := a.unanswered(op, err, true)
			e.OutcomeUnknown = lost
			return nil, e
		}
		answer, err := d.poll(ctx, op, attempt, key)
		if err == nil {
			return d.grants.connect(ctx, op, answer, account, attempt.Settings, key)
		}
		var e *APIError
		if !errors.As(err, &e) || ctx.Err() != nil {
			return nil, err
		}
		switch {
		case e.Code == "authorization_pending":
		case e.Code == "slow_down":
			pause += devicePause
		case e.Code == "access_denied":
			e.cause = ErrConsentDenied
			return nil, e
		case e.Code == "expired_token":
			e.cause = ErrConsentExpired
			return nil, e
		case e.Code == "" && (e.Class == ClassUnavailable || e.Class == ClassTimeout || e.Class == ClassRateLimited):
			pause = max(2*pause, e.RetryAfter) // RFC 8628, 3.5.
			lost = lost || e.OutcomeUnknown
		default:
			e.OutcomeUnknown = e.OutcomeUnknown || lost
			return nil, e
		}
	}
}

// poll asks for the tokens, once.
func (d Device) poll(ctx context.Context, op string, attempt *DeviceAttempt, key Secret) (*tokenAnswer, error) {
	a := d.grants.app
	ctx, cancel := context.WithTimeout(ctx, min(postTimeout, cmp.Or(a.cfg.attemptTimeout, DefaultAttemptTimeout)))
	defer cancel()
	form := url.Values{"grant_type": {grantTypeDevice}, "device_code": {attempt.Code.Reveal()}}
	return a.postToken(ctx, tokenRequest{op, d.grants.from, attempt.Settings, form, key})
}
