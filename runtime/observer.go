package runtime

import "time"

// Observer is told what a client does. It is called on the goroutine of the
// call, or that of a token refresh, from any number of them at once, and should
// return fast. Events hold
// no credential, no header, no query and no value of a body.
type Observer interface {
	Observe(Event)
}

// ObserverFunc is a function as an [Observer].
type ObserverFunc func(Event)

// Observe calls f.
func (f ObserverFunc) Observe(e Event) { f(e) }

// Event is an [AttemptEvent], a [WaitEvent], a [RefreshEvent] or a
// [DriftEvent]. More may come.
type Event interface{ isEvent() }

// AttemptEvent is one request and what came of it.
type AttemptEvent struct {
	API, Op, Account string
	Attempt          int // 1 is the first of the call.
	StatusCode       int // 0 when there was no response.
	OK               bool
	Class            Class  // When it failed.
	Code             string // The provider's code, when it failed.
	RequestID        string
	Took             time.Duration
	Err              error // The cause, when there was no response or it could not be read.
}

// WaitEvent is a wait before the next request of a call. It comes before the wait.
type WaitEvent struct {
	API, Op, Account string
	Reason           WaitReason
	Limit            string // With WaitLimit, the name of the bucket.
	For              time.Duration
}

// WaitReason is why a call waits.
type WaitReason uint8

// The reasons.
const (
	WaitLimit    WaitReason = iota // A declared limit, or an earlier refusal, is observed.
	WaitRetry                      // A request failed and is sent again.
	WaitThrottle                   // The provider refused a request and said, or did not say, for how long.
)

// String returns the reason in a word.
func (r WaitReason) String() string {
	switch r {
	case WaitRetry:
		return "retry"
	case WaitThrottle:
		return "throttle"
	}
	return "limit"
}

// RefreshEvent is a refresh of a token.
type RefreshEvent struct {
	API, Account, Token string
	Err                 error // nil when there is a new token.
}

// DriftEvent is a departure of a response from the contract, which the call
// survived. It is reported once per operation, path and kind in the life of an
// [App].
//
// The kinds are "missing" and "null", of a required member; "unknown value", of
// an enum; what was found and what was declared, "string instead of integer";
// and faults of the text: "byte order mark", "duplicate name", "invalid UTF-8",
// "media type text/html".
type DriftEvent struct {
	API, Op string
	Path    string // Where, with "*" for every index: "channels[*].created". Empty is the whole text.
	Kind    string // Never the value.
}

func (AttemptEvent) isEvent() {}
func (WaitEvent) isEvent()    {}
func (RefreshEvent) isEvent() {}
func (DriftEvent) isEvent()   {}
