package runtime

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// AuthRequest asks a user to connect an account.
type AuthRequest struct {
	RedirectURL string            // Where the provider sends the user back; as registered there.
	State       string            // Empty: a random one is made.
	Scopes      []string          // nil: those of the connector.
	Params      map[string]string // Further parameters, such as a second list of scopes.
	Settings    map[string]string // Settings of the connection that the address needs.
}

// AuthAttempt is an authorization under way. Keep it for some minutes where
// the callback finds it on any replica, bound to the user's session: a callback
// whose state is not the session's is an attack (RFC 6749, 10.12). To store the
// verifier and the key, write what their Reveal returns: marshalling hides them.
type AuthAttempt struct {
	URL      string    // Where to send the user.
	State    string    // Compare it with the callback's parameter of that name.
	Verifier Secret    // For [CodeGrant]; empty without PKCE.
	Key      Secret    // For [CodeGrant]; empty unless tokens are bound to one, see [DPoP].
	Expiry   time.Time // When URL ends; zero is unknown, or never. See [Pushed].
}

// AuthCodeURL starts the authorization code flow. It makes no request.
func (g Grants) AuthCodeURL(r AuthRequest) (*AuthAttempt, error) {
	if err := g.ready("authorize"); err != nil {
		return nil, err
	}
	a, o := g.app, g.from
	if o.Pushed != "" {
		return nil, a.oauthError("authorize", ClassInvalid, fmt.Errorf("%w: the authorization requests of the method are pushed: use App.Pushed", ErrInvalidParams))
	}
	address, err := a.oauthURL("authorize", o.Authorize, r.Settings)
	if err != nil {
		return nil, err
	}
	q := address.Query()
	attempt := g.ask(q, r)
	q = renamed(q, o.Rename)
	address.RawQuery = q.Encode()
	attempt.URL = address.String()
	return attempt, nil
}

// ask adds what a user is asked for.
func (g Grants) ask(q url.Values, r AuthRequest) *AuthAttempt {
	o, attempt := g.from, &AuthAttempt{State: r.State}
	if attempt.State == "" {
		attempt.State = rand.Text()
	}
	for _, p := range o.Params {
		q.Set(p.Name, p.Value)
	}
	for name, value := range r.Params {
		q.Set(name, value)
	}
	q.Set("response_type", "code")
	q.Set("client_id", g.app.cfg.clientID)
	q.Set("state", attempt.State)
	setUnlessEmpty(q, "redirect_uri", r.RedirectURL)
	setUnlessEmpty(q, "scope", o.joinScopes(r.Scopes))
	attempt.Verifier = o.challenge(q)
	if p := o.prover(); p != nil {
		attempt.Key = p.bind(q)
	}
	return attempt
}

// challenge adds the PKCE challenge and returns its verifier: 43 characters,
// 256 bits (RFC 7636, 4.1).
func (o *OAuth2) challenge(q url.Values) Secret {
	if o.PKCE == PKCENone {
		return Secret{}
	}
	var random [32]byte
	_, _ = rand.Read(random[:]) // Never fails.
	verifier := base64.RawURLEncoding.EncodeToString(random[:])
	if o.PKCE == PKCEPlain {
		q.Set("code_challenge", verifier)
		q.Set("code_challenge_method", "plain")
		return NewSecret(verifier)
	}
	q.Set("code_challenge", s256(verifier))
	q.Set("code_challenge_method", "S256")
	return NewSecret(verifier)
}

// s256 is the challenge of a verifier (RFC 7636, 4.2).
func s256(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (o *OAuth2) joinScopes(scopes []string) string {
	if scopes == nil {
		scopes = o.Scopes
	}
	sep := o.ScopeSep
	if sep == "" {
		sep = " "
	}
	return strings.Join(scopes, sep)
}

func setUnlessEmpty(q url.Values, name, value string) {
	if value != "" {
		q.Set(name, value)
	}
}

// CodeGrant is what the provider's redirect brought back.
type CodeGrant struct {
	Account     string            // Names the connection; empty: the token response does, where the connector says how.
	Code        string            // The callback's parameter of that name.
	Verifier    Secret            // Of the [AuthAttempt].
	Key         Secret            // Of the [AuthAttempt].
	RedirectURL string            // As in the [AuthRequest].
	State       string            // Of the [AuthAttempt], for providers that want it again.
	Error       string            // The callback's parameter of that name, where there is one: why there is no code.
	Settings    map[string]string // As in the [AuthRequest]; kept with the tokens.
}

// Connected is a connection whose tokens are stored.
type Connected struct {
	Account string
	Tokens  []string // Names, in the connector's order; see [App.Connection].
}

// Exchange is [Grants.Exchange] by the connector's method.
func (a *App) Exchange(ctx context.Context, c CodeGrant) (*Connected, error) {
	return a.Grants(nil).Exchange(ctx, c)
}

// Exchange redeems a code and stores the tokens before it returns, replacing
// those of an earlier connection of the account. A code works once: the request
// is sent once, and when its answer is lost the user has to agree again. A user
// who refused, or a provider that did, is an error with the callback's as its code;
// no request is made.
func (g Grants) Exchange(ctx context.Context, c CodeGrant) (*Connected, error) {
	const op = "exchange"
	if err := g.begin(ctx, op); err != nil {
		return nil, err
	}
	switch {
	case c.Error != "":
		return nil, g.app.refusedConsent(op, c.Error)
	case c.Code == "" && len(g.from.Steps) == 0:
		return nil, g.app.oauthError(op, ClassInvalid, fmt.Errorf("%w: there is no code", ErrInvalidParams))
	case g.from.Proof != nil && c.Key.IsZero():
		return nil, g.app.oauthError(op, ClassInvalid, fmt.Errorf("%w: there is no key: give that of the AuthAttempt", ErrInvalidParams))
	case c.Account == "" && len(g.from.Account) == 0: // Before the code is spent.
		return nil, g.app.oauthError(op, ClassInvalid, fmt.Errorf("%w: the account must be named: no token response of this connector does", ErrInvalidParams))
	}
	answer, err := g.redeem(ctx, op, c)
	if err != nil {
		return nil, err
	}
	return g.connect(ctx, op, answer, c.Account, c.Settings, c.Key)
}

// refusedConsent is the error of a callback without a code (RFC 6749, 4.1.2.1).
func (a *App) refusedConsent(op, code string) *APIError {
	class := ClassRejected
	switch {
	case code == "server_error" || code == "temporarily_unavailable":
		class = ClassUnavailable
	case len(code) > 64 || !plainWord(code): // Anybody can write a callback.
		code = "unknown"
	}
	e := a.oauthError(op, class, nil)
	if code == "access_denied" {
		e.cause = ErrConsentDenied
	}
	e.Code = code
	if a.api.Code != nil {
		e.code = a.api.Code(code)
	}
	return e
}

// redeem asks for the tokens of a code, once.
func (g Grants) redeem(ctx context.Context, op string, c CodeGrant) (*tokenAnswer, error) {
	a, o := g.app, g.from
	ctx, cancel := context.WithTimeout(ctx, min(postTimeout, cmp.Or(a.cfg.attemptTimeout, DefaultAttemptTimeout)))
	defer cancel()
	if len(o.Steps) > 0 {
		return a.runSteps(ctx, op, o, o.Steps, &authScope{cred: a.appSecret, settings: c.Settings, oauth: map[string]string{
			"code": c.Code, "redirect_uri": c.RedirectURL, "state": c.State, "verifier": c.Verifier.Reveal(), "scopes": o.joinScopes(nil),
		}})
	}
	form := url.Values{"grant_type": {"authorization_code"}, "code": {c.Code}}
	setUnlessEmpty(form, "redirect_uri", c.RedirectURL)
	setUnlessEmpty(form, "code_verifier", c.Verifier.Reveal())
	return a.postToken(ctx, tokenRequest{op, o, c.Settings, form, c.Key})
}

// connect stores the tokens of an answer.
func (g Grants) connect(ctx context.Context, op string, answer *tokenAnswer, account string, settings map[string]string, key Secret) (*Connected, error) {
	a, o := g.app, g.from
	if account == "" {
		account = answer.text(o.Account)
	}
	if account == "" {
		return nil, a.oauthError(op, ClassDecode, errors.New("the token response does not name the account"))
	}
	granted, err := a.grantedTokens(op, o, answer)
	if err != nil {
		return nil, err
	}
	c := &Connected{Account: account}
	for _, t := range granted {
		t.token.Settings = settings
		t.token.keep(key)
		// The code is spent, so the tokens are stored even if the caller gave up.
		if err := a.putToken(context.WithoutCancel(ctx), tokenKey{account, t.name}, t.token); err != nil {
			return nil, a.storeError(op, err)
		}
		c.Tokens = append(c.Tokens, t.name)
	}
	return c, nil
}
