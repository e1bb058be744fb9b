package gauntlet

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/twin"
)

// Record is one call or one list that a workload asked of a session, and what
// the session said.
type Record struct {
	ID      int // From 1, in order of start.
	Action  *ir.Action
	Account string
	Lists   bool   // The caller ranged over a list.
	Waits   bool   // For the job that the action reads.
	Beside  bool   // What another account, action or object used up is none of its.
	Crashed bool   // The app ended before its caller was told of anything.
	Key     string // The idempotency key that the caller chose; empty is the library's choice.

	Start, End time.Time
	Until      time.Time // When the caller's context ended or would have; zero is never.

	Result  JSON         // Of a call that succeeded.
	Items   []JSON       // Of a list, up to its error.
	Sent    []string     // Of a batch: what the journal calls each item,
	Told    []ItemResult // and what the session said of it.
	Timed   bool         // Times are noted as well, if the driver is that of a generated package:
	Times   []JSON       // the result, or each item, with RFC 3339 in place of counts of seconds and milliseconds.
	Err     error
	Failure Failure // Of Err.
}

// name is the call in a line of a report.
func (r *Record) name() string { return "call " + strconv.Itoa(r.ID) + " " + r.Action.Path }

// outcome is how the call ended, in a line of a report.
func (r *Record) outcome() string {
	if r.Err == nil {
		return "succeeded"
	}
	s := "failed: " + r.Failure.Class
	if r.Failure.Class == "" {
		// Not an error of the provider's: what it says is the nearest to a cause.
		text, _, _ := strings.Cut(r.Err.Error(), "\n")
		s = "failed: " + text[:min(len(text), maxErrorText)]
	}
	if r.Failure.OutcomeUnknown {
		s += ", outcome unknown"
	}
	return s
}

// maxErrorText is how many bytes of an error stand in a line of a report.
const maxErrorText = 300

// Sent is one request that left the client.
type Sent struct {
	ID     int     // From 1; the journal's entry of it has the same mark.
	Call   *Record // nil when the context was not derived from a caller's.
	Time   time.Time
	Origin string
	Path   string
	Query  url.Values

	Foreign bool // To none of the declared servers.
	Leaked  bool // To a foreign origin, with a credential on it.
	Unsaved bool // With an access token that was not persisted.
	Refused bool // By the harness, because the client sends without end.

	Status int
	Header http.Header // Of the answer.
	Body   []byte      // What the client read, up to keepBody.
	Read   int64       // Bytes that the client read.
	Opened bool        // There was a body to close.
	Closed bool
}

// Delivered is one event handed to a webhook handler.
type Delivered struct {
	ID       string // The delivery's id.
	Genuine  bool   // It is signed as declared, whole and in time: it must be accepted.
	Repeated bool   // A delivery with this id went before.
	Time     time.Time
	Status   int
	Holds    int    // Events that it has.
	Handled  int    // How often the caller's function ran for it.
	Answer   string // Body of the answer.
	Webhook  string
	Sent     []byte // Body of the delivery.
	Event    JSON   // What the caller's function was given.

	Handshake  bool        // It is no event.
	Want       string      // Body that a handshake must be answered with,
	WantHeader http.Header // and headers.
	Header     http.Header // Of the answer.
}

type callKey struct{}

// withCall makes requests under ctx known as those of the call.
func withCall(ctx context.Context, r *Record) context.Context {
	return context.WithValue(ctx, callKey{}, r)
}

func callOf(ctx context.Context) *Record {
	r, _ := ctx.Value(callKey{}).(*Record)
	return r
}

// send returns the request that a journal entry is of, or nil.
func (ev *Evidence) send(e twin.Entry) *Sent {
	id, err := strconv.Atoi(e.Mark)
	if err != nil || id < 1 || id > len(ev.Sends) {
		return nil
	}
	return ev.Sends[id-1]
}

// entry returns the journal entry of a request, or nil when the twin did not
// see it.
func (ev *Evidence) entry(s *Sent) *twin.Entry {
	mark := strconv.Itoa(s.ID)
	for i := range ev.Entries {
		if ev.Entries[i].Mark == mark {
			return &ev.Entries[i]
		}
	}
	return nil
}
