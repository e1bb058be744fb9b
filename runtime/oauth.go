package runtime

import "time"

// OAuth2 is how tokens are got and renewed: by OAuth 2.0 (RFC 6749) with its
// vendor's departures or, with [GrantExchange], by requests of the vendor's own. Generated packages hold one in their [API]; it is never changed.
// In the addresses "{name}" stands for a setting of the connection.
type OAuth2 struct {
	Grant      Grant
	Authorize  string // Address the user is sent to or, with GrantDevice, that gives codes.
	Pushed     string // Address that takes what is asked for before the user is sent (RFC 9126); see [Pushed]. Empty is none.
	Token      string // Address that gives tokens.
	PKCE       PKCE
	ClientAuth ClientAuth
	ScopeSep   string // Between scopes; empty is a space.
	Scopes     []string
	Params     []Header // Further parameters of the authorize address, or of the request of GrantClient, or of that for a code of GrantDevice.

	Rename  map[string]string // Other names of the parameters of the authorize address.
	Request *TokenRequest     // How a token request differs from RFC 6749's; nil is not at all.

	Rotates        bool          // A refresh gives a new refresh token and kills the old one.
	ExpiryOptional bool          // The expiry may be absent: the token does not expire.
	Margin         time.Duration // How long before its expiry a token is refreshed; 0 is [RefreshMargin].
	Grace          time.Duration // How long a rotated refresh token still works.

	Steps   []TokenStep // The requests that yield a token, where they are not those of RFC 6749; the answer of the last has it.
	Renew   []TokenStep // Requests that renew a token, in place of RFC 6749's or of Steps.
	Extends bool        // A renewal that answers without a token gives the old one a new life.

	JWT *JWT // What [FromJWT] is in the requests, or with [ClientJWT] the assertion.

	Tokens  []OAuthToken
	Account Path     // Where a token response names the account; empty: the caller does.
	Place   []Place  // Where the access token goes; empty is Authorization: Bearer.
	Proof   Proof    // What tokens are bound to, besides; nil is nothing.
	Sign    *Signing // How the token signs requests, in place of being sent.
	Failed  *When    // A token response that failed, besides a status of 400 and up.
	Dead    *When    // The grant is gone, besides an error of invalid_grant.
	Error   Path     // Where a failed token response has its code; empty is "error".
}

// OAuthToken is one token of a token response. The paths are into the response.
type OAuthToken struct {
	Name      string
	Access    Path
	Refresh   Path
	Expires   Path
	ExpiresAs Unit          // What Expires is; none is seconds from now.
	Life      time.Duration // How long it lives where no answer says so; 0 is unknown.
	Scope     Path
	Optional  bool

	Steps map[string]string // What steps captured, in place of a path: names by "access", "refresh" and "expires".
	Also  []Capture         // Further secrets that come with it.
}

// TokenRequest is how a token request differs from the one of RFC 6749.
type TokenRequest struct {
	JSON   bool         // The body is a JSON object.
	Header []AuthMember // Further headers,
	Params []AuthMember // and parameters.
	Rename map[string]string
}

// Grant is how tokens are first got.
type Grant uint8

// The grants.
const (
	GrantCode     Grant = iota // A user agrees in a browser (RFC 6749, 4.1).
	GrantClient                // The application asks for itself (RFC 6749, 4.4).
	GrantExchange              // The secrets of a connection are exchanged for a token, as the vendor wants it.
	GrantDevice                // A user agrees on another device (RFC 8628); see [Device].
)

// unattended reports whether a token can be asked for at any time, without a user.
func (o *OAuth2) unattended() bool { return o.Grant == GrantClient || o.Grant == GrantExchange }

// asking is what errors call the operation that gets a new token for old.
func (o *OAuth2) asking(old Token) string {
	if o.Grant == GrantExchange && (len(o.Renew) == 0 || old.Access.IsZero()) {
		return "exchange"
	}
	return "refresh"
}

// renewal is the requests that renew a token, where they are not those of RFC 6749.
func (o *OAuth2) renewal(old Token) []TokenStep {
	switch {
	case len(o.Renew) > 0 && !old.Access.IsZero():
		return o.Renew
	case o.Grant == GrantExchange:
		return o.Steps
	}
	return nil
}

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
	ClientJWT                     // In an assertion that is signed with the secret (RFC 7523).
	ClientNone                    // There is an id alone.
	ClientMTLS                    // There is an id, and the certificate of [WithOAuthCertificate] on the connection (RFC 8705, 2).
	ClientBasic                   // In Authorization: Basic, form-encoded first (RFC 6749, 2.3.1).
)
