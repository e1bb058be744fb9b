package runtime

import "time"

// Webhook is an endpoint that a provider delivers events to. Generated packages
// hold one per webhook, as a package variable; it is never changed and safe
// for concurrent use. Exactly one of HMAC, Shared and Unsigned is set.
type Webhook struct {
	Name     string // "slack events"; the prefix of error texts.
	HMAC     *WebhookHMAC
	Shared   *WebhookShared
	Unsigned bool // Nothing proves the origin. The spec says why.

	Challenges []Challenge // Handshakes that are answered instead of handled.

	Tag  Path // Where the event's type is.
	ID   Path // Where the delivery's id is, for deduplication.
	Data Path // Where the event's own object is; empty is the whole body.

	Status  int   // Status that acknowledges a delivery; 0 is 200.
	MaxBody int64 // Bytes; 0 is 1 MiB.
}

// WebhookHMAC proves a delivery by a keyed hash over parts of it.
type WebhookHMAC struct {
	Hash     WebhookHash
	SecretAs WebhookEncoding // How the secret's text encodes the key.
	SecretIn string          // A prefix of the secret's text that is no part of the key: "whsec_".
	Signed   []WebhookPart   // Joined without a separator.

	Header   string
	Prefix   string          // Before each signature: "v0=". A value without it is no signature.
	Split    string          // Between the values when the header lists several.
	Encoding WebhookEncoding // Of the signature; hex or base64.
	Age      *WebhookAge
}

// WebhookShared proves a delivery by a secret that is sent along.
type WebhookShared struct {
	Header string
	Prefix string // Before the secret: "Bearer ".
}

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
)

// WebhookPart is a part of the text that is signed, or of a challenge's reply.
type WebhookPart struct {
	From PartFrom
	Text string // PartText: the text. PartHeader: the header's name.
	Key  string // PartHeader: the member, where the header is a list of key=value; split by commas.
	Path Path   // PartBody: a value in the body; empty is the body's bytes.
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
)

// Challenge is a handshake that is answered instead of handled. It is answered
// after the delivery has proved its origin, never before.
type Challenge struct {
	When   When          // The status conditions of a response do not apply.
	Status int           // 0 is 200.
	Text   []WebhookPart // The reply as plain text,
	JSON   []ReplyMember // or as an object of strings.
}

// ReplyMember is a member of a challenge's reply.
type ReplyMember struct {
	Name  string
	Value []WebhookPart
}

// ChallengeReply is what a challenge is answered with.
type ChallengeReply struct {
	Status int
	Type   string // Content-Type.
	Body   []byte
}

// Delivery is a delivery that proved its origin.
type Delivery struct {
	Tag       string
	ID        string          // Empty when the webhook declares none, or the delivery has none.
	Body      []byte          // As received.
	Data      Raw             // The event's own object; empty when the body has none.
	Challenge *ChallengeReply // Set when the delivery is a handshake; Tag, ID and Data may then be empty.
}
