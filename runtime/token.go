package runtime

import (
	"fmt"
	"maps"
	"time"
)

// Token is one access token of a connection with what is needed to renew it.
// Formatting and marshalling one hides the secrets: [Token.Reveal] and
// [ParseToken] are the way into a store and back.
type Token struct {
	Access  Secret    `json:"access,omitzero"`
	Refresh Secret    `json:"refresh,omitzero"` // Empty: the token cannot be renewed.
	Issued  time.Time `json:"issued,omitzero"`  // When the request that gave it was sent.
	Expiry  time.Time `json:"expiry,omitzero"`  // Zero: unknown; the token is renewed when it is refused.
	Scopes  []string  `json:"scopes,omitempty"` // As the provider listed them.

	// Also has further secrets that belong to the token, by name; see [ProofKey].
	Also map[string]Secret `json:"also,omitempty"`

	// Settings are the connection's settings that the OAuth addresses need,
	// such as a subdomain.
	Settings map[string]string `json:"settings,omitempty"`

	// Dead is why the grant is gone: the provider's code. Calls fail with
	// [ErrDisconnected] until a new [App.Exchange] replaces the token.
	Dead string `json:"dead,omitempty"`

	// Lost is when a refresh was sent whose answer never came, at a provider
	// where using a refresh token kills it. See [App.Connection] for what
	// follows.
	Lost time.Time `json:"lost,omitzero"`
}

// Reveal returns the token as JSON with its secrets, for a [TokenStore] that
// encrypts what it keeps or keeps it where nobody else reads.
func (t Token) Reveal() ([]byte, error) {
	r := revealedToken{Token: t, Access: t.Access.Reveal(), Refresh: t.Refresh.Reveal()}
	for name, s := range t.Also {
		if r.Also == nil {
			r.Also = map[string]string{}
		}
		r.Also[name] = s.Reveal()
	}
	return marshal(r)
}

// keep notes the key that a token is bound to, if there is one.
func (t *Token) keep(key Secret) {
	if !key.IsZero() {
		t.Also = maps.Clone(t.Also)
		if t.Also == nil {
			t.Also = map[string]Secret{}
		}
		t.Also[ProofKey] = key
	}
}

// part is a secret of the token by its name.
func (t Token) part(name string) Secret {
	switch name {
	case "access":
		return t.Access
	case "refresh":
		return t.Refresh
	}
	return t.Also[name]
}

// ParseToken reads what [Token.Reveal] returned. Its errors do not quote data.
func ParseToken(data []byte) (Token, error) {
	var r revealedToken
	if err := unmarshal(data, &r); err != nil {
		// The decoder's own text may quote the value that it could not read.
		return Token{}, fmt.Errorf("%w: a stored token is not JSON of a token", ErrDecode)
	}
	r.Token.Access, r.Token.Refresh = NewSecret(r.Access), NewSecret(r.Refresh)
	for name, text := range r.Also {
		if r.Token.Also == nil {
			r.Token.Also = map[string]Secret{}
		}
		r.Token.Also[name] = NewSecret(text)
	}
	return r.Token, nil
}

// revealedToken is a token whose secrets are text: the outer members hide the
// embedded ones of the same name.
type revealedToken struct {
	Token
	Access  string `json:"access,omitempty"`
	Refresh string `json:"refresh,omitempty"`

	Also map[string]string `json:"also,omitempty"`
}

// RefreshMargin is how long before its expiry a token is refreshed at
// least, unless the connector declares its own margin. A tenth of the
// token's life is used when that is more.
const RefreshMargin = 30 * time.Second

// due reports whether the token should be refreshed by now.
func (t Token) due(now time.Time, margin time.Duration) bool {
	if t.Expiry.IsZero() {
		return false
	}
	life := t.Expiry.Sub(t.Issued)
	if margin == 0 {
		margin = max(RefreshMargin, life/10)
	}
	if !t.Issued.IsZero() {
		margin = min(margin, life/2) // A token of seconds would else be due at birth.
	}
	return now.After(t.Expiry.Add(-margin))
}

// expired reports whether the token is known to be of no use.
func (t Token) expired(now time.Time) bool {
	return !t.Expiry.IsZero() && !now.Before(t.Expiry)
}

// sameAnswer reports whether two tokens came with one answer of the provider,
// whatever was noted about them since.
func (t Token) sameAnswer(u Token) bool { return t.Access.Equal(u.Access) && t.Issued.Equal(u.Issued) }
