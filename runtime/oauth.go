package runtime

import "time"

// OAuth2 is the OAuth 2.0 method of a connector (RFC 6749) with its vendor's
// departures. Generated packages hold one in their [API]; it is never changed.
// In the addresses "{name}" stands for a setting of the connection.
type OAuth2 struct {
	Grant      Grant
	Authorize  string // Address the user is sent to; GrantCode only.
	Token      string // Address that gives tokens.
	PKCE       PKCE
	ClientAuth ClientAuth
	ScopeSep   string // Between scopes; empty is a space.
	Scopes     []string
	Params     []Header // Further parameters of the authorize address.

	Rotates        bool          // A refresh gives a new refresh token and kills the old one.
	ExpiryOptional bool          // The expiry may be absent: the token does not expire.
	Margin         time.Duration // How long before its expiry a token is refreshed; 0 is [RefreshMargin].
	Grace          time.Duration // How long a rotated refresh token still works.

	Tokens  []OAuthToken
	Account Path    // Where a token response names the account; empty: the caller does.
	Place   []Place // Where the access token goes; empty is Authorization: Bearer.
	Failed  *When   // A token response that failed, besides a status of 400 and up.
	Dead    *When   // The grant is gone, besides an error of invalid_grant.
	Error   Path    // Where a failed token response has its code; empty is "error".
}

// OAuthToken is one token of a token response. The paths are into the response.
type OAuthToken struct {
	Name     string
	Access   Path
	Refresh  Path
	Expires  Path // Seconds from now.
	Scope    Path
	Optional bool
}

// Grant is how tokens are first got.
type Grant uint8

// The grants.
const (
	GrantCode   Grant = iota // A user agrees in a browser (RFC 6749, 4.1).
	GrantClient              // The application asks for itself (RFC 6749, 4.4).
)

// PKCE is the proof that the redeemer of a code is who asked for it (RFC 7636).
type PKCE uint8

// The methods.
const (
	PKCES256 PKCE = iota
	PKCEPlain
	PKCENone
)

// ClientAuth is where the client's id and secret go in a token request. It is
// declared, never tried out: a second try would send a refresh token twice.
type ClientAuth uint8

// The places.
const (
	ClientPost  ClientAuth = iota // In the form.
	ClientBasic                   // In Authorization: Basic, form-encoded first (RFC 6749, 2.3.1).
)
