package ir

import (
	"strings"
	"time"
)

// Class is the closed list of what a failure means to a caller.
type Class string

// The classes.
const (
	AuthExpired   Class = "auth_expired" // The token is stale; a refresh may help.
	Disconnected  Class = "disconnected" // The grant is gone; only the user can help.
	Forbidden     Class = "forbidden"
	ScopeMissing  Class = "scope_missing"
	NotFound      Class = "not_found"
	Conflict      Class = "conflict"
	Invalid       Class = "invalid"
	TooLarge      Class = "too_large"
	RateLimited   Class = "rate_limited" // Not executed; wait and send again.
	QuotaSpent    Class = "quota_spent"
	Unavailable   Class = "unavailable" // Transient; may have been executed.
	Timeout       Class = "timeout"
	CursorExpired Class = "cursor_expired"
	KeyReused     Class = "key_reused"
	Partial       Class = "partial"
	Rejected      Class = "rejected" // Refused for a reason only the code tells.
	Decode        Class = "decode"   // The answer could not be read.
	Unknown       Class = "unknown"
)

// ErrorRule gives responses that match a class. Rules are tried in order on
// every response, whatever its status.
type ErrorRule struct {
	Pos     Pos     `json:"pos,omitzero"`
	When    When    `json:"when"`
	Class   Class   `json:"class"`
	Code    *Source `json:"code,omitempty"`
	Message *Source `json:"message,omitempty"`
	Request *Source `json:"request,omitempty"` // The provider's request id.
	Wait    *Source `json:"wait,omitempty"`
}

// When is a condition on a response or a delivery: all that is set must hold.
type When struct {
	Status []string `json:"status,omitempty"` // "429", "5xx"; any of them.
	Media  string   `json:"media,omitempty"`
	Header []*Match `json:"header,omitempty"`
	Body   []*Match `json:"body,omitempty"`
}

// Match is a condition on one value. At is a path, or for headers a name.
type Match struct {
	Pos    Pos    `json:"pos,omitzero"`
	At     Path   `json:"at"`
	Op     string `json:"op"`               // eq, in, not, re, exists, gt or lt
	Values []any  `json:"values,omitempty"` // Strings, float64s, bools or nil.
}

// Unlike returns a value that is none of the match's: the other bool, a larger
// number, or a text.
func (m *Match) Unlike() any {
	text, number := "other", 0.0
	for _, v := range m.Values {
		switch v := v.(type) {
		case bool:
			if len(m.Values) == 1 {
				return !v
			}
		case float64:
			number = max(number, v+1)
		case string:
			text = text + "_" + v // Longer than each of them.
		}
	}
	if number != 0 {
		return number
	}
	return text
}

// Limit is a named bucket.
type Limit struct {
	Name    string         `json:"name"`
	Pos     Pos            `json:"pos,omitzero"`
	Doc     string         `json:"doc,omitempty"`
	Shape   string         `json:"shape"`            // rate, window, bucket, concurrency, gap or unknown
	Calls   int            `json:"calls,omitempty"`  // rate, window: calls; bucket: size; concurrency: in flight.
	Per     Duration       `json:"per,omitempty"`    // rate, window: the period; gap: the distance.
	Burst   int            `json:"burst,omitempty"`  // rate: calls that may go at once; 0 lets the runtime choose.
	Refill  float64        `json:"refill,omitempty"` // bucket: points a second.
	Unit    string         `json:"unit,omitempty"`
	By      []string       `json:"by"` // app, workspace, connection, user, action, ip, or in.NAME
	Tiers   map[string]int `json:"tiers,omitempty"`
	Observe *Observe       `json:"observe,omitempty"`
	Share   string         `json:"share,omitempty"` // process (the default) or cluster
}

// Observe is what the provider reports of a limit.
type Observe struct {
	Limit *Source `json:"limit,omitempty"`
	Left  *Source `json:"left,omitempty"`
	Used  *Source `json:"used,omitempty"`
	Reset *Source `json:"reset,omitempty"`
}

// Auth is one way to authenticate. Exactly one of the kinds is set; a kind
// whose backend comes later has its raw form in Other.
type Auth struct {
	Name string `json:"name"`
	Go   string `json:"go,omitempty"` // BotToken
	Pos  Pos    `json:"pos,omitzero"`
	Doc  string `json:"doc,omitempty"`
	Kind string `json:"kind"` // oauth2, basic, key, bearer, jwt, exchange, sign, mtls or none

	OAuth2 *OAuth2      `json:"oauth2,omitempty"`
	Place  []*AuthPlace `json:"place,omitempty"` // Where the credential goes. Empty: Authorization: Bearer.
	// Accepts has the further places where the provider reads the bare token. The
	// client leaves them alone; clients of another make may use them.
	Accepts []*Slot  `json:"accepts,omitempty"`
	User    Template `json:"user,omitzero"`  // basic
	JWT     *JWT     `json:"jwt,omitempty"`  // jwt
	Sign    *Sign    `json:"sign,omitempty"` // sign, or an exchange whose token signs.
	MTLS    *MTLS    `json:"mtls,omitempty"` // mtls
	Pass    Template `json:"pass,omitzero"`
	Other   any      `json:"other,omitempty"`
}

// MTLS has the names under cred of a client certificate and its private key.
type MTLS struct {
	Certificate string `json:"certificate"`
	Key         string `json:"key"`
}

// AuthPlace is a place of a request that carries a credential.
type AuthPlace struct {
	To    *Slot    `json:"to"`
	Value Template `json:"value"` // Scopes cred, token and conn.
}

// OAuth2 is how tokens are got and renewed: by OAuth 2.0 (RFC 6749) with its
// vendor's departures or, for an exchange, by requests of the vendor's own.
type OAuth2 struct {
	Grant     string    `json:"grant"`              // code, client, device or exchange
	Authorize Template  `json:"authorize,omitzero"` // For device, where codes for users are asked for.
	Pushed    Template  `json:"pushed,omitzero"`    // Where authorization requests are pushed (RFC 9126).
	Token     Template  `json:"token"`
	PKCE      string    `json:"pkce"`            // S256, plain or none
	Client    string    `json:"client"`          // post, basic, jwt, mtls or none: how the client proves who it is.
	Proof     string    `json:"proof,omitempty"` // dpop: requests prove to have the key that tokens are bound to.
	ScopeSep  string    `json:"scope_sep"`
	Scopes    []string  `json:"scopes,omitempty"`
	Params    []*Header `json:"params,omitempty"` // Further parameters of the authorize URL, or of the request for a code or a token.

	Rename  map[string]string `json:"rename,omitempty"` // Other names of the parameters of the authorize URL.
	Request *TokenRequest     `json:"request,omitempty"`

	Rotates        bool     `json:"rotates,omitempty"`         // A refresh answers with a new refresh token and kills the old one.
	ExpiryOptional bool     `json:"expiry_optional,omitempty"` // expires_in may be absent: the token does not expire.
	Margin         Duration `json:"margin,omitempty"`
	Grace          Duration `json:"grace,omitempty"` // How long a rotated token still works.

	Steps   []*TokenStep `json:"steps,omitempty"`   // The requests that yield a token, where they are not those of RFC 6749; the answer of the last has it.
	Renew   []*TokenStep `json:"renew,omitempty"`   // What renews a token, where it is not what yields one.
	Extends bool         `json:"extends,omitempty"` // A renewal that answers without a token gives the old one a new life.

	JWT *JWT `json:"jwt,omitempty"` // What {jwt} is in the steps, or the assertion of the client.

	Tokens []*OAuthToken `json:"tokens"`
	Failed *When         `json:"failed,omitempty"` // Of a token response, besides a status of 400 and up.
	Dead   *When         `json:"dead,omitempty"`   // The grant is gone.
}

// Bound reports whether the tokens are bound to the certificate of the application, which
// proves who it is (RFC 8705, 2 and 3).
func (o *OAuth2) Bound() bool { return o != nil && o.Client == "mtls" }

// Attended reports whether a user agrees to the tokens, who has to do so again when
// they are gone.
func (o *OAuth2) Attended() bool { return o.Grant == "code" || o.Grant == "device" }

// TokenRequest is how a token request differs from the one of RFC 6749.
type TokenRequest struct {
	JSON    bool              `json:"json,omitempty"`
	Headers []*Header         `json:"headers,omitempty"`
	Params  []*Header         `json:"params,omitempty"`
	Rename  map[string]string `json:"rename,omitempty"`
}

// OAuthToken is one token of a token response. Paths are into the response;
// the expiry and the refresh token stand beside the access token.
type OAuthToken struct {
	Name     string `json:"name"`
	Go       string `json:"go,omitempty"`
	Pos      Pos    `json:"pos,omitzero"`
	At       Path   `json:"at"`
	Refresh  Path   `json:"refresh"`
	Expires  Path   `json:"expires"`
	Scope    Path   `json:"scope"`
	Optional bool   `json:"optional,omitempty"`

	ExpiresAs string   `json:"expires_as,omitempty"` // Unit of the expiry; seconds from now unless set.
	Life      Duration `json:"life,omitempty"`       // How long it lives where no answer says so.

	// Steps has the names of what earlier steps captured of it: "access", "refresh" or "expires".
	Steps map[string]string `json:"steps,omitempty"`
	Also  []*Capture        `json:"also,omitempty"` // Further secrets that come with it.
}

// JWT is a token that the client signs.
type JWT struct {
	Pos       Pos       `json:"pos,omitzero"`
	Algorithm string    `json:"algorithm"` // HS256, HS384, HS512, RS256, ES256 or EdDSA
	Key       string    `json:"key"`       // Name under cred.
	KeyAs     string    `json:"key_as,omitempty"`
	KeyID     Template  `json:"key_id,omitzero"`
	Claims    []*Header `json:"claims,omitempty"`
	Life      Duration  `json:"life"`
}

// TokenStep is a request on the way to a token.
type TokenStep struct {
	Pos     Pos        `json:"pos,omitzero"`
	Method  string     `json:"method"`
	URL     Template   `json:"url"`
	Hosts   []string   `json:"hosts,omitempty"` // Where an address that was captured may lead; "*" is any one label.
	Headers []*Header  `json:"headers,omitempty"`
	Query   []*Header  `json:"query,omitempty"`
	Form    []*Header  `json:"form,omitempty"`
	JSON    []*Header  `json:"json,omitempty"` // Names are paths.
	Basic   bool       `json:"basic,omitempty"`
	User    Template   `json:"user,omitzero"`
	Pass    Template   `json:"pass,omitzero"`
	Capture []*Capture `json:"capture,omitempty"`
	Sign    *Sign      `json:"sign,omitempty"`
}

// Captured is the name of the captured address that the step's begins with, or empty.
func (s *TokenStep) Captured() string {
	if len(s.URL.Parts) == 0 || s.URL.Parts[0].Scope != "step" {
		return ""
	}
	return s.URL.Parts[0].Path.String()
}

// Templates are all texts of the request, in order.
func (s *TokenStep) Templates() []Template {
	var all []Template
	for _, list := range [][]*Header{s.Headers, s.Query, s.Form, s.JSON} {
		for _, h := range list {
			all = append(all, h.Value)
		}
	}
	if s.Basic {
		all = append(all, s.User, s.Pass)
	}
	if s.Sign != nil {
		all = append(all, s.Sign.Templates()...)
	}
	return all
}

// Capture keeps a value of a response for later steps.
type Capture struct {
	Name string `json:"name"`
	At   Path   `json:"at"`
}

// Duration is a length of time as written in a spec: 200ms, 5s, 1m, 1h, 1d.
type Duration string

// Std is the length as Go has it; it is false of what is no duration.
func (d Duration) Std() (time.Duration, bool) {
	text, days := strings.CutSuffix(string(d), "d")
	if days {
		text += "h"
	}
	v, err := time.ParseDuration(text)
	if err != nil {
		return 0, false
	}
	if days {
		v *= 24
	}
	return v, true
}
