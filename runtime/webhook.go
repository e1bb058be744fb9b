package runtime

import (
	"net/http"
	"time"
)

// Webhook is an endpoint that a provider delivers events to. Generated packages
// hold one per webhook, as a package variable; it is never changed and safe
// for concurrent use. Either Proofs or Unsigned is set.
type Webhook struct {
	Name     string // "slack events"; the prefix of error texts.
	Proofs   []WebhookProof
	Unsigned bool // Nothing proves the origin. The spec says why.

	Challenges []Challenge // Handshakes that are answered instead of handled.

	Many bool // A delivery has several events: the paths below are in one of them,
	Each Path // and they are listed here; empty is the whole body.

	Tag       Path   // Where the event's type is, in the body
	TagHeader string // or a header.
	ID        Path   // Where the delivery's id is, for deduplication,
	IDHeader  string // or a header.

	Data Path // Where the event's own object is; empty is the whole body.
	Form bool // The body is a form: its parameters are members of text.

	Status  int   // Status that acknowledges a delivery; 0 is 200.
	MaxBody int64 // Bytes; 0 is 1 MiB.
}

// WebhookProof is a way in which a delivery proves where it comes from; where a
// webhook has several, any one will do. Exactly one scheme is set.
type WebhookProof struct {
	When *When // The deliveries that are proved so; nil is all. The status conditions of a response do not apply.

	Signature *WebhookSignature
	Shared    *WebhookShared
	JWT       *WebhookJWT
	Asked     *WebhookCall // The provider is asked.
}

// WebhookCall is an operation that tells whether a delivery is the provider's, or
// the key of its token. The function of [WithWebhookCaller] makes it.
type WebhookCall struct {
	Op     *Op
	With   []WebhookArg
	Answer *When // What the answer is like when it is, or the key counts; nil allows any. The status conditions do not apply.
	At     Path  // Of the key (RFC 7517) in the answer; empty is the answer.
}

// WebhookArg is a parameter of a [WebhookCall].
type WebhookArg struct {
	Name  string // The member's name in the Go struct's tag.
	Value []WebhookPart
	JSON  bool // Value is a part of the body, which is sent as it is there.
}

// WebhookSignature proves a delivery by a signature over parts of it.
type WebhookSignature struct {
	Scheme SignatureScheme
	Hash   WebhookHash
	Key    WebhookKey
	Signed []WebhookPart // Joined without a separator.

	Header   string          // Where the signature is: a header,
	Body     Path            // or a member of the body,
	Event    Path            // or of each event, which is then signed by itself.
	Prefix   string          // Before each signature: "v0=". A value without it is no signature.
	Split    string          // Between the values when the header lists several.
	Encoding WebhookEncoding // Of the signature; not text.
	Age      *WebhookAge
}

// WebhookKey is how the key of a signature comes to the receiver.
type WebhookKey struct {
	As     WebhookEncoding // How its text encodes it.
	Prefix string          // Of the text, and no part of the key: "whsec_".
	Hashed bool            // The key is the SHA-256 of the text.
	Fetch  *WebhookFetch   // Where it is fetched; nil when the receiver was given it.
}

// WebhookFetch is an address in the delivery where its key is to be had. What
// the delivery says is not proved yet, so it is asked only over TLS and only at
// the hosts of the provider.
type WebhookFetch struct {
	URL   Path     // In the body.
	Hosts []string // A label of "*" stands for any one label.
	At    Path     // Of the key in the answer; empty is the answer.
}

// WebhookShared proves a delivery by a secret that is sent along.
type WebhookShared struct {
	Header string
	Prefix string // Before the secret: "Bearer ".
}

// WebhookJWT proves a delivery by a signed JWT (RFC 7519) that is sent along.
type WebhookJWT struct {
	Header   string
	Prefix   string        // Before the token: "Bearer ".
	Issuers  []string      // Of which "iss" has to be one; empty allows any.
	Audience bool          // "aud" has to name the one of [WithWebhookAudience].
	Keys     string        // Address of the provider's key set (RFC 7517),
	Key      *WebhookCall  // or the operation that tells a key.
	BodyHash string        // The claim with the SHA-256 of the body, in hex; empty when the body is not covered.
	Within   time.Duration // How old "iat" may be; 0 does not look at it.
}

// SignatureScheme is a kind of signature.
type SignatureScheme uint8

// The schemes.
const (
	SchemeHMAC    SignatureScheme = iota // A keyed hash (RFC 2104).
	SchemeDigest                         // A plain hash over text with the secret in it.
	SchemeRSA                            // RSASSA-PKCS1-v1_5 (RFC 8017).
	SchemeECDSA                          // ECDSA with ASN.1 signatures.
	SchemeEd25519                        // Ed25519 (RFC 8032).
)

// WebhookAge limits how old, or how far in the future, a delivery may be.
type WebhookAge struct {
	From   Source
	Key    string // The member, where the header is a list of key=value.
	Split  string // Between those members; empty is a comma.
	Within time.Duration
}

// WebhookHash is a hash function.
type WebhookHash uint8

// The hash functions.
const (
	SHA256 WebhookHash = iota
	SHA1
	SHA512
)

// WebhookEncoding is how bytes are written as text.
type WebhookEncoding uint8

// The encodings.
const (
	EncodingText WebhookEncoding = iota // The bytes themselves.
	EncodingHex
	EncodingBase64
	EncodingPEM // A public key or a certificate (RFC 7468).
)

// WebhookPart is a part of the text that is signed, or of a challenge's reply.
type WebhookPart struct {
	From  PartFrom
	Text  string // PartText: the text. PartHeader: the header's name. PartQuery: the parameter's.
	Key   string // PartHeader: the member, where the header is a list of key=value.
	Split string // Between those members; empty is a comma.
	Path  Path   // PartBody: a value in the body; empty is the body's bytes. PartEvent: a value in the event.
}

// PartFrom is where a part comes from.
type PartFrom uint8

// The origins.
const (
	PartText   PartFrom = iota // Literal text.
	PartHeader                 // A header.
	PartBody                   // The body, or a value in it.
	PartMethod                 // The request method.
	PartURL                    // The whole address that was delivered to.
	PartTarget                 // Path and query of that address.
	PartForm                   // The names and values of a form body, sorted by name, without separators.
	PartQuery                  // A parameter of that address.
	PartSecret                 // The secret; for [SchemeDigest].
	PartSigned                 // The signature of a challenge's reply.
	PartEvent                  // A value in the event that is signed by itself; without one, nothing.
	PartKeyID                  // The id of the key of a token.
)

// Challenge is a handshake that is answered instead of handled. Unless it says
// how else it is proved, it is answered after the delivery has proved its origin.
type Challenge struct {
	Method string  // GET or POST; empty is POST.
	When   When    // The status conditions of a response do not apply.
	Query  []Match // Conditions on the parameters of the address.

	Open  bool   // It is answered to anybody, and not proved as deliveries are. The spec says why.
	Token string // The parameter of the address that has to hold the token of [WithWebhookToken].

	Learn   *Source       // Where the secret is that deliveries will be signed with, for [WithWebhookLearned].
	Confirm *WebhookFetch // The address that is fetched to agree; its At is not used.

	Status int             // 0 is 200.
	Text   []WebhookPart   // The reply as plain text,
	JSON   []ReplyMember   // or as an object.
	Header []ReplyMember   // Headers of the reply.
	Sign   *ChallengeProof // What PartSigned stands for.
}

// ChallengeProof is a signature with which the receiver shows that it knows the
// secret: an HMAC.
type ChallengeProof struct {
	Hash     WebhookHash
	Signed   []WebhookPart
	Encoding WebhookEncoding
}

// ReplyMember is a member, or a header, of a challenge's reply.
type ReplyMember struct {
	Name    string
	Value   []WebhookPart // Text, or
	Literal string        // JSON: a number or a bool.
}

// ChallengeReply is what a challenge is answered with.
type ChallengeReply struct {
	Status int
	Type   string // Content-Type.
	Header http.Header
	Body   []byte
}

// Delivery is a delivery that proved its origin.
type Delivery struct {
	Tag       string
	ID        string          // Empty when the webhook declares none, or the delivery has none.
	Body      []byte          // As received.
	Data      Raw             // The event's own object; empty when the body has none.
	Events    []*Delivery     // Of a webhook that delivers several: each with its Tag, ID, Data and, as Body, its own text.
	Challenge *ChallengeReply // Set when the delivery is a handshake; Tag, ID and Data may then be empty.
}
