package ir

// Webhook is one endpoint the provider delivers to.
type Webhook struct {
	Name      string       `json:"name"`
	Go        string       `json:"go,omitempty"`
	Pos       Pos          `json:"pos,omitzero"`
	Doc       string       `json:"doc,omitempty"`
	Verify    Verify       `json:"verify"`
	Challenge []*Challenge `json:"challenge,omitempty"`
	Tag       Path         `json:"tag"`                // Where the event's type is.
	ID        Path         `json:"id,omitempty"`       // Where the delivery's id is, for deduplication.
	Data      Path         `json:"data,omitempty"`     // Where the event's own object is; empty is the whole body.
	Envelope  string       `json:"envelope,omitempty"` // Named type of the body around Data.
	Events    []*Event     `json:"events"`
	AckWithin Duration     `json:"ack_within,omitempty"`
	AckStatus int          `json:"ack_status,omitempty"`
}

// Event is a typed delivery.
type Event struct {
	Tag  string `json:"tag"`
	Go   string `json:"go"`
	Pos  Pos    `json:"pos,omitzero"`
	Type string `json:"type"` // Named type.
}

// Verify is how a delivery proves where it comes from. Exactly one is set.
type Verify struct {
	Pos   Pos          `json:"pos,omitzero"`
	HMAC  *VerifyHMAC  `json:"hmac,omitempty"`
	Token *VerifyToken `json:"token,omitempty"`
	None  string       `json:"none,omitempty"`  // The reason why nothing is verified.
	Other any          `json:"other,omitempty"` // A scheme whose backend comes later.
	Kind  string       `json:"kind"`            // hmac, token, none, jwt, rsa, ecdsa, ed25519, callback or any
}

// VerifyHMAC is a keyed hash over parts of the delivery.
type VerifyHMAC struct {
	Algorithm string   `json:"algorithm"`           // sha1, sha256 or sha512
	Secret    string   `json:"secret"`              // Name under cred.
	SecretAs  string   `json:"secret_as,omitempty"` // utf8 (the default), hex or base64
	Signed    Template `json:"signed"`              // Scopes header, body, now and conn.
	Header    string   `json:"header"`
	Prefix    string   `json:"prefix,omitempty"`
	Split     string   `json:"split,omitempty"` // Separator when the header lists several signatures.
	Encoding  string   `json:"encoding"`        // hex or base64
	Age       *Age     `json:"age,omitempty"`
}

// Age limits how old, or how far in the future, a delivery may be.
type Age struct {
	From   Source   `json:"from"`
	Within Duration `json:"within"`
}

// VerifyToken is a shared token sent with each delivery.
type VerifyToken struct {
	Header string `json:"header"`
	Secret string `json:"secret"`
}

// Challenge is a handshake that is answered instead of handled.
type Challenge struct {
	Pos    Pos       `json:"pos,omitzero"`
	When   When      `json:"when"`
	Status int       `json:"status"`
	Text   Template  `json:"text,omitzero"`
	JSON   []*Header `json:"json,omitempty"`
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
