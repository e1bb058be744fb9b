package ir

import "slices"

// Webhook is one endpoint the provider delivers to.
type Webhook struct {
	Name      string       `json:"name"`
	Go        string       `json:"go,omitempty"`
	Pos       Pos          `json:"pos,omitzero"`
	Doc       string       `json:"doc,omitempty"`
	Verify    Verify       `json:"verify"`
	Challenge []*Challenge `json:"challenge,omitempty"`
	Many      bool         `json:"many,omitempty"`       // A delivery has several events,
	Each      Path         `json:"each,omitempty"`       // which are listed here; empty is the whole body.
	Tag       Path         `json:"tag,omitempty"`        // Where the event's type is, in the body
	TagHeader string       `json:"tag_header,omitempty"` // or a header.
	ID        Path         `json:"id,omitempty"`         // Where the delivery's id is, for deduplication,
	IDHeader  string       `json:"id_header,omitempty"`  // or a header.
	Form      bool         `json:"form,omitempty"`       // The body is a form.
	Data      Path         `json:"data,omitempty"`       // Where the event's own object is; empty is the whole body.
	Envelope  string       `json:"envelope,omitempty"`   // Named type of the body around Data.
	Events    []*Event     `json:"events"`
	AckWithin Duration     `json:"ack_within,omitempty"`
	AckStatus int          `json:"ack_status,omitempty"`
}

// In is a path in the nth event of a delivery, from 0, as one in its body.
func (w *Webhook) In(nth int, p Path) Path {
	if !w.Many {
		return p
	}
	return append(append(slices.Clone(w.Each), Step{Index: &nth}), p...)
}

// Identified reports whether deliveries have an id.
func (w *Webhook) Identified() bool { return len(w.ID) > 0 || w.IDHeader != "" }

// Event is a typed delivery.
type Event struct {
	Tag  string `json:"tag"`
	Go   string `json:"go"`
	Pos  Pos    `json:"pos,omitzero"`
	Type string `json:"type"` // Named type.
}

// Verify is how a delivery proves where it comes from. Exactly one of its
// schemes is set.
type Verify struct {
	Pos       Pos              `json:"pos,omitzero"`
	Kind      string           `json:"kind"` // hmac, hash, rsa, ecdsa, ed25519, token, jwt, callback, any or none
	When      *When            `json:"when,omitempty"`
	Signature *VerifySignature `json:"signature,omitempty"`
	Token     *VerifyToken     `json:"token,omitempty"`
	JWT       *VerifyJWT       `json:"jwt,omitempty"`
	Asked     *VerifyCall      `json:"asked,omitempty"`
	Any       []*Verify        `json:"any,omitempty"`  // Of which one is enough.
	None      string           `json:"none,omitempty"` // The reason why nothing is verified.
}

// Call is the action that is asked about a delivery; nil when none is.
func (v *Verify) Call() *VerifyCall {
	if v.JWT != nil {
		return v.JWT.Key
	}
	return v.Asked
}

// VerifyCall is an action that tells whether a delivery is the provider's, or the
// key of its token.
type VerifyCall struct {
	Pos    Pos        `json:"pos,omitzero"`
	Action string     `json:"action"`
	Secret string     `json:"secret,omitempty"` // Name under cred of what {secret} stands for.
	With   []*CallArg `json:"with"`
	Answer *When      `json:"answer,omitempty"` // What the answer is like when the delivery is genuine, or the key counts.
	At     Path       `json:"at,omitempty"`     // Of the key in the answer.
}

// CallArg is a parameter of an action that is asked about a delivery.
type CallArg struct {
	Name  string   `json:"name"`
	Value Template `json:"value"`
	JSON  bool     `json:"json,omitempty"` // It is sent as the JSON that it is in the body, not as text.
}

// Proofs are the ways to prove a delivery, of which one is enough. There are
// none where nothing is verified.
func (v *Verify) Proofs() []*Verify {
	switch {
	case v.None != "":
		return nil
	case v.Any != nil:
		return v.Any
	}
	return []*Verify{v}
}

// VerifySignature is a signature over parts of the delivery.
type VerifySignature struct {
	Scheme    string `json:"scheme"`              // hmac, hash, rsa, ecdsa or ed25519
	Algorithm string `json:"algorithm,omitempty"` // sha1, sha256 or sha512; none for ed25519.

	Secret    string    `json:"secret,omitempty"`     // Name under cred of the secret or the public key.
	KeyAs     string    `json:"key_as,omitempty"`     // utf8 (the default), hex, base64 or pem
	KeyPrefix string    `json:"key_prefix,omitempty"` // Of the secret's text.
	KeyHash   string    `json:"key_hash,omitempty"`   // The key is this hash of the secret.
	Fetch     *KeyFetch `json:"fetch,omitempty"`      // In place of Secret.

	Signed   Template `json:"signed"` // Scopes header, body, event, form, url, method, signature and secret.
	Header   string   `json:"header,omitempty"`
	Body     Path     `json:"body,omitempty"`  // In place of Header.
	Event    Path     `json:"event,omitempty"` // In place of Header: a member of each event, which is signed by itself.
	Prefix   string   `json:"prefix,omitempty"`
	Split    string   `json:"split,omitempty"` // Separator when the header lists several signatures.
	Encoding string   `json:"encoding"`        // hex or base64
	Age      *Age     `json:"age,omitempty"`
}

// KeyFetch is an address in the delivery where its key is to be had.
type KeyFetch struct {
	URL   Path     `json:"url"`
	Hosts []string `json:"hosts"`
	At    Path     `json:"at,omitempty"`
}

// Age limits how old, or how far in the future, a delivery may be.
type Age struct {
	From   Source   `json:"from"`
	Member string   `json:"member,omitempty"` // Of the header, where that is a list of name=value.
	Within Duration `json:"within"`
}

// VerifyToken is a shared token sent with each delivery.
type VerifyToken struct {
	Header string `json:"header"`
	Prefix string `json:"prefix,omitempty"`
	Secret string `json:"secret"`
}

// VerifyJWT is a signed JWT sent with each delivery (RFC 7519).
type VerifyJWT struct {
	Header   string      `json:"header"`
	Prefix   string      `json:"prefix,omitempty"`
	Issuers  []string    `json:"issuers,omitempty"`
	Audience bool        `json:"audience,omitempty"`
	Keys     string      `json:"keys,omitempty"` // Address of the key set,
	Key      *VerifyCall `json:"key,omitempty"`  // or the action that tells the key.
	BodyHash string      `json:"body_hash,omitempty"`
	Within   Duration    `json:"within,omitempty"`
}

// Challenge is a handshake that is answered instead of handled.
type Challenge struct {
	Pos     Pos            `json:"pos,omitzero"`
	Method  string         `json:"method,omitempty"` // POST unless named.
	When    When           `json:"when"`
	Query   []*Match       `json:"query,omitempty"`
	Open    string         `json:"open,omitempty"`    // Why it is answered to anybody.
	Token   string         `json:"token,omitempty"`   // Parameter of the address.
	Learn   *Source        `json:"learn,omitempty"`   // Where the secret is told.
	Confirm *KeyFetch      `json:"confirm,omitempty"` // The address that is fetched to agree.
	Sign    *ChallengeSign `json:"sign,omitempty"`    // What {signature} stands for in the reply.
	Status  int            `json:"status"`
	Text    Template       `json:"text,omitzero"`
	JSON    []*ReplyMember `json:"json,omitempty"`
	Headers []*Header      `json:"headers,omitempty"`
}

// ReplyMember is a member of a reply: text, or a number or a bool.
type ReplyMember struct {
	Name    string   `json:"name"`
	Value   Template `json:"value,omitzero"`
	Literal string   `json:"literal,omitempty"` // In JSON.
}

// ChallengeSign is an HMAC with which the receiver shows that it knows the secret.
type ChallengeSign struct {
	Algorithm string   `json:"algorithm"`
	Signed    Template `json:"signed"`
	Encoding  string   `json:"encoding"`
}

// Flow is a method made of steps.
type Flow struct {
	Path    string      `json:"path"` // files.upload
	Go      string      `json:"go"`
	Pos     Pos         `json:"pos,omitzero"`
	Doc     string      `json:"doc,omitempty"`
	Input   *Type       `json:"input,omitempty"`
	Steps   []*FlowStep `json:"steps"`
	Returns string      `json:"returns,omitempty"`
}

// FlowStep calls an action, or sends bytes to a URL an earlier step gave.
type FlowStep struct {
	Name   string `json:"name"`
	Pos    Pos    `json:"pos,omitzero"`
	Call   string `json:"call,omitempty"`   // Action.
	Method string `json:"method,omitempty"` // With URL: PUT or POST.
	URL    string `json:"url,omitempty"`    // step.ticket.upload_url
	Body   string `json:"body,omitempty"`   // in.content
	With   any    `json:"with,omitempty"`
}

// Sync is a list kept up to date with a checkpoint.
type Sync struct {
	Name   string `json:"name"`
	Go     string `json:"go"`
	Pos    Pos    `json:"pos,omitzero"`
	Doc    string `json:"doc,omitempty"`
	List   string `json:"list"`
	Key    string `json:"key"`
	Cursor any    `json:"cursor,omitempty"`
	Other  any    `json:"other,omitempty"`
}
