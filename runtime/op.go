package runtime

import "time"

// API is what all operations of one connector share. Generated packages hold
// one as a package variable; it is never changed and safe for concurrent use.
type API struct {
	Name    string        // "slack"; the prefix of error texts and operation names.
	Servers []Server      // The first is the default.
	Headers []Header      // Sent with every request.
	Limits  []Limit       // Named buckets that operations draw from.
	Errors  []ErrorRule   // Tried after those of the operation, on every response.
	Timeout time.Duration // Of one attempt, the response included; 0 is [DefaultAttemptTimeout].
	OAuth   *OAuth2       // nil when the connector has no OAuth 2.0 method.

	// Code turns a provider code into the connector's own error type, so that
	// errors.Is tells the codes of two connectors apart.
	Code func(string) error
}

// Server is a base URL, with "{name}" for a setting of the connection.
type Server struct{ Name, URL string }

// Header is a fixed header.
type Header struct{ Name, Value string }

// Op is one operation. Generated packages hold one a method, as a package
// variable; it is never changed and safe for concurrent use.
type Op struct {
	API    *API
	Name   string // "chat.postMessage"
	Method string
	Path   string // Relative to the server, with "{name}" for path parameters.
	Server int    // Index into API.Servers.
	Effect Effect
	Params []Param // Parameters that are not members of the body.
	Body   Body
	Reply  Reply

	// Returns is what is promised of the result; its Name is empty, and nil is
	// nothing. What a response lacks of it is reported with a [DriftEvent].
	Returns *Member

	// Required names the members that must be there and not be empty: "", [],
	// {} or null. A call without one fails with [ErrInvalidParams].
	Required []string
	Choices  []Choice // What must be there besides; a call that leaves one open fails in the same way.
	Usual    []Usual  // Members that are sent though the caller does not give them.
	Headers  []Header // Sent besides those of API.

	Errors []ErrorRule // Tried in order on every response, before those of API; the first match decides.
	Limits []LimitUse
	Page   *PageRule
	Key    *KeyRule
	Scopes []string // Scopes that the provider asks for; for messages only.
	Auth   []string // Names of the auth methods it accepts, for reference: a credential does not know its method; empty is any.

	Attempts int           // Most attempts of one call; 0 is the client's default.
	RetryOn  []Class       // Failures that a call is tried again after; empty is all that pass.
	Timeout  time.Duration // Of one attempt; 0 is that of API.
}

// Effect says what sending an operation twice does. It gates automatic retry.
type Effect uint8

// The effects. The zero value is the careful one.
const (
	EffectCreate       Effect = iota // Twice makes two.
	EffectRead                       // Changes nothing.
	EffectIdempotent                 // Twice is the same as once.
	EffectKeyed                      // Twice with one idempotency key is the same as once.
	EffectIrreversible               // Twice makes two, and neither can be undone.
)

// In is where a parameter goes.
type In uint8

// The places of parameters.
const (
	InQuery In = iota
	InPath
	InHeader
	InCookie
)

// Style is how a list or an object is written in a query or a form.
type Style uint8

// The styles.
const (
	StyleRepeat   Style = iota // a=1&a=2
	StyleComma                 // a=1,2; of an object, a=b,1
	StyleBrackets              // a[]=1&a[]=2
	StyleDeep                  // a[b]=1
	StyleJSON                  // a={"b":1}
	StyleSpace                 // a=1%202
	StylePipe                  // a=1%7C2
	StyleSpread                // The members of an object, each a parameter: b=1
)

// Param places one JSON member of the parameters outside the body.
type Param struct {
	_ uncompared

	Field string // The member's name in the Go struct's tag.
	In    In
	Name  string // On the wire; empty is the same as Field.
	Style Style
}

// Usual is what is sent for a member that the caller does not give.
type Usual struct {
	Field string // The member's name in the Go struct's tag.
	Value string // As JSON.
	// Only says that no other value is meant: the zero value of the Go type is
	// as good as none.
	Only bool
}

// Choice is sets of members, by their names in the Go struct's tags: of at least
// one set, all must be there.
type Choice [][]string

// BodyAs is an encoding of request bodies. nil sends nothing.
type BodyAs interface {
	// marshal writes the parameters as JSON. Where the body can carry bytes,
	// those are taken out and returned as files.
	marshal(in any, random func() float64) ([]byte, files, error)

	// members writes the members that are left for the body, and names its type;
	// without one there is no body.
	members(b bodyParams) (body []byte, contentType string, err error)

	// whole writes the one member that is the whole body.
	whole(b bodyParams, v Raw) (body []byte, contentType string, err error)
}

// The encodings. Each has a type of its own, so that a program links the ones of
// the operations it calls.
const (
	BodyJSON      jsonBody      = 0 // application/json
	BodyForm      formBody      = 0 // application/x-www-form-urlencoded
	BodyMultipart multipartBody = 0 // multipart/form-data
	BodyRaw       rawBody       = 0 // The bytes of one parameter.
)

// Body says how the parameters that are not placed elsewhere are sent.
type Body struct {
	As    BodyAs
	Field string  // The one member that is the whole body, where there is one.
	Type  string  // Content-Type; empty is the usual one of As.
	Style []Param // Members with a style or a name of their own, by Field.
}

// Reply is how a successful response is read.
type Reply uint8

// The replies.
const (
	ReplyJSON Reply = iota
	ReplyRaw        // The result is a *[]byte.
	ReplyNone       // The body is read and dropped.
)

// Path is a parsed place in a JSON document. An element that is a decimal
// number, possibly negative, selects from an array.
type Path []string

// Source is where a value is read from: a header or a place in the body.
type Source struct {
	Header string
	Link   string // Relation of a Link header (RFC 8288).
	Body   Path
	As     Unit
}

// Unit is how a wait or a time is written.
type Unit uint8

// The units.
const (
	UnitNone       Unit = iota
	UnitSeconds         // Whole or fractional seconds from now. For Retry-After an HTTP date is read as well (RFC 9110, 10.2.3).
	UnitMillis          // Milliseconds from now.
	UnitUnix            // Seconds since 1970.
	UnitUnixMillis      // Milliseconds since 1970.
	UnitHTTPDate        // An HTTP date.
	UnitDuration        // A Go-like duration: 6m0s.
	UnitRFC3339         // A time.
)

// ErrorRule gives responses that match a class.
type ErrorRule struct {
	When    When
	Class   Class
	Code    *Source
	Message *Source
	Request *Source
	Wait    *Source
}

// When is a condition on a response: all that is set must hold.
type When struct {
	Status []StatusRange // Any of them; empty is every status.
	Media  string        // Media type of the body, without parameters.
	Header []Match
	Body   []Match
}

// StatusRange is an inclusive range of statuses.
type StatusRange struct{ Min, Max int }

// MatchOp compares one value.
type MatchOp uint8

// The comparisons.
const (
	MatchIn     MatchOp = iota // Equal to any of Values.
	MatchRE                    // Matches the regular expression Values[0].
	MatchExists                // Present, and not null.
	MatchAbsent                // Absent, or null.
	MatchGT                    // Greater than the number Values[0].
	MatchLT                    // Less than the number Values[0].
	MatchNot                   // Absent, or equal to none of Values.
)

// Match is a condition on one value. Values are compared by their JSON text:
// true, 12, "x" with its quotes, null. Header values are compared as strings.
type Match struct {
	At     Path // A path in the body, or one element, the header's name.
	Op     MatchOp
	Values []string

	// RE compiles Values[0] for MatchRE: [Regexp]. Patterns that are literal
	// text, with or without ^ and $, need none. It stands in the data so that a
	// program whose operations have no other pattern does not link the regular
	// expressions, a quarter of a megabyte.
	RE func(pattern string) (func(text string) bool, error)
}

// LimitShape is the kind of a limit.
type LimitShape uint8

// The shapes.
const (
	LimitRate        LimitShape = iota // Calls in any window of length Per.
	LimitGap                           // One call each Per.
	LimitConcurrency                   // Calls in flight.
	LimitUnknown                       // Learnt from refusals only.
	LimitBucket                        // Calls points at most, which come back at Refill a second.
)

// Limit is a named bucket.
type Limit struct {
	Name  string
	Shape LimitShape
	Calls int
	Per   time.Duration
	Burst int      // Calls that may go at once; 0 is half of Calls, at least one.
	By    []string // app, workspace, connection, user, action, or in.NAME for a parameter.

	Refill  float64        // Of a bucket: points a second.
	Tiers   map[string]int // Calls by the plan of [WithPlan]; Calls is for the others.
	Observe *LimitObserve  // What the provider reports of it.
}

// LimitObserve is where a response tells of a limit: how many calls it allows, how
// many are left of them or were used, and when they are there again.
type LimitObserve struct {
	Limit, Left, Used, Reset *Source
}

// LimitUse is a bucket that an operation draws from.
type LimitUse struct {
	Limit int // Index into API.Limits.
	Cost  int // 0 is 1.
}

// PageStyle is how a list goes on.
type PageStyle uint8

// The styles.
const (
	PageCursor   PageStyle = iota // A token of the response is sent back.
	PageOffset                    // The number of items, or of pages, seen so far is sent.
	PageNumber                    // The page number is sent.
	PageLink                      // The response names the next URL.
	PageLastItem                  // A member of the last item is sent.
	PageWindow                    // The list is cut into windows of time, a request each.
)

// PageRule is the paging of an operation.
type PageRule struct {
	_ uncompared

	Style      PageStyle
	To         Param // Where the position is sent. In the body when ToBody is set.
	ToBody     bool
	Start      int     // PageNumber: number of the first page. PageOffset: the first offset.
	ByPages    bool    // PageOffset: the offset counts pages, not items.
	CursorOnly bool    // The position is sent alone. The zero value sends the filters again with it.
	From       *Source // PageCursor, PageLink: the header that names the next page, when the body does not.
	More       *Source // The header that says whether there are more pages: true or false.
	Total      *Source // The header that counts the items of all pages.
	Pages      *Source // The header that counts the pages.
	EndEmpty   bool    // A page without items is the last.
	EndShort   bool    // A page with fewer items than the size asked for is the last.
	SizeField  string  // The member that asks for a page size.
	Size       int     // The size asked for when the caller names none.
	MaxSize    int

	Then *Op // PageCursor: the operation that continues, to which the cursor alone is sent.

	// PageWindow: To has the beginning of a window, and Until its end, Span later.
	// Time is how both are written: unix, unix_ms, rfc3339, date, or a layout.
	Until Param
	Span  time.Duration
	Time  string

	Cap   int        // Items that the provider serves of one list at most; 0 is all.
	Split *PageSplit // How the list goes on beyond its cap; nil is not at all.
}

// PageSplit begins a list anew where its cap ended it, or where its cursor expired: the
// key of its last item is sent, and the list, which is in the order of the key, begins
// there.
type PageSplit struct {
	_ uncompared

	To     Param // Where the key is sent.
	Number bool  // As a number.
}

// KeyRule is the idempotency key of an operation.
type KeyRule struct {
	_ uncompared

	Header string
	Query  string
	Body   string
}

// uncompared makes a struct one that == does not take, so that programs do not have the
// code for it. It stands first in a struct: behind the other fields it would need room.
type uncompared [0]func()
