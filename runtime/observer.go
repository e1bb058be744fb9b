package runtime

import (
	"context"
	"time"
)

// Observer is told what a client does. It is called on the goroutine of the
// call, or that of a token refresh, from any number of them at once, and should
// return fast. The context is that of the call. Events hold no credential, no header,
// no query and no value of a body or of a path. Packages logobserver and otelobserver
// have observers.
//
// A panic of an observer is that of the call. When it is told of a refresh, the refresh
// goes on, and the calls that wait for it panic then, with the stack in the value.
type Observer interface {
	Observe(context.Context, Event)
}

// ObserverFunc is a function as an [Observer].
type ObserverFunc func(context.Context, Event)

// Observe calls f.
func (f ObserverFunc) Observe(ctx context.Context, e Event) { f(ctx, e) }

// Event is an [AttemptEvent], a [WaitEvent], a [PageEvent], a [RefreshEvent], a
// [DisconnectEvent], a [DriftEvent] or a [DeprecationEvent]. More may come.
type Event interface{ isEvent() }

// AttemptEvent is one request and what came of it. It comes when the answer was read.
type AttemptEvent struct {
	API, Op, Account string
	Method           string // "GET"
	Server           string // Host, and the port where it is not the scheme's: "slack.com".
	Route            string // The path as the spec has it: "users/{id}".
	Attempt          int    // 1 is the first of the call.
	StatusCode       int    // 0 when there was no response.
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
	WaitJob                        // A job is not done yet.
)

// String returns the reason in a word.
func (r WaitReason) String() string {
	switch r {
	case WaitRetry:
		return "retry"
	case WaitThrottle:
		return "throttle"
	case WaitJob:
		return "job"
	}
	return "limit"
}

// PageEvent is a page that a walk over a list goes through.
type PageEvent struct {
	API, Op, Account string
	Page             int // 1 is the first of the walk.
	Items            int
}

// RefreshEvent is a refresh of a token.
type RefreshEvent struct {
	API, Account, Token string
	Err                 error // nil when there is a new token.
}

// DisconnectEvent is the end of a grant: only the user can connect the account again.
// It comes once, where the end was found out; calls fail with [ErrDisconnected] from
// then on, in each process that has the token's store.
type DisconnectEvent struct {
	API, Account, Token string
	Code                string // The provider's code, or "disconnected".
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

// DeprecationEvent is an operation of which the provider says that it is deprecated
// (RFC 9745) or will end (RFC 8594). It is reported once per operation in the life of
// an [App].
type DeprecationEvent struct {
	API, Op string
	Since   time.Time // Zero where no date is given.
	Sunset  time.Time // When it ends; zero where that is not said.
	Link    string    // What to read about it, or "".
}

func (AttemptEvent) isEvent()     {}
func (WaitEvent) isEvent()        {}
func (PageEvent) isEvent()        {}
func (RefreshEvent) isEvent()     {}
func (DisconnectEvent) isEvent()  {}
func (DriftEvent) isEvent()       {}
func (DeprecationEvent) isEvent() {}
