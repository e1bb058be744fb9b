// Package process runs drivers that are programs of their own, in any language,
// and makes programs of drivers that are Go packages. docs/judge.md has the
// protocol: JSON lines on standard input and output.
package process

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/porin-dev/porin/runtime/gauntlet"
)

// What a driver is asked to do. [gauntlet.Workload] names the others.
const (
	doList    = "list"
	doBatch   = "batch"
	doWait    = "wait"
	doStart   = "start"   // Set the library up.
	doReceive = "receive" // Serve a webhook.
)

// request is a line to a driver.
type request struct {
	ID int    `json:"id"`
	Do string `json:"do"`

	// With doStart. Without servers the driver is asked what it is, no more.
	Servers        map[string]string `json:"servers,omitempty"`
	Settings       map[string]string `json:"settings,omitempty"`
	ClientID       string            `json:"client_id,omitempty"`
	ClientSecret   string            `json:"client_secret,omitempty"`
	Certificate    string            `json:"certificate,omitempty"`
	CertificateKey string            `json:"certificate_key,omitempty"`
	MaxWait        int64             `json:"max_wait_ms,omitempty"`

	// With a workload.
	Action  string         `json:"action,omitempty"`
	Params  jsontext.Value `json:"params,omitempty"`
	Key     string         `json:"key,omitempty"` // The idempotency key that the caller chose.
	Account account        `json:"account,omitzero"`
	Timeout int64          `json:"timeout_ms,omitempty"`

	// With doReceive.
	Webhook  string   `json:"webhook,omitempty"`
	Secrets  []string `json:"secrets,omitempty"`
	Audience string   `json:"audience,omitempty"`
	Verify   string   `json:"verify_token,omitempty"`
}

type account struct {
	ID      string            `json:"id"`
	Method  string            `json:"method,omitempty"`
	Token   string            `json:"token,omitempty"`
	Refresh string            `json:"refresh_token,omitempty"`
	Expires time.Time         `json:"expires,omitzero"`
	Stored  string            `json:"stored,omitempty"`
	Tokens  map[string]string `json:"tokens,omitempty"` // Of every method, by its name.
	Cred    map[string]string `json:"cred,omitempty"`
}

// answer is a line of a driver.
type answer struct {
	ID         int                `json:"id"`
	Name       string             `json:"name,omitempty"`     // Start: the library,
	Version    string             `json:"version,omitempty"`  // its version,
	Offers     []gauntlet.Feature `json:"offers,omitempty"`   // and what it claims to do.
	Result     jsontext.Value     `json:"result,omitzero"`    // Of a call; null where its action returns nothing.
	Item       jsontext.Value     `json:"item,omitempty"`     // List: one of them.
	Done       bool               `json:"done,omitempty"`     // List: that was the last one.
	Outcomes   []outcome          `json:"outcomes,omitempty"` // Batch: of each item, in their order.
	URL        string             `json:"url,omitempty"`      // Receive: where deliveries go.
	Delivery   string             `json:"delivery,omitempty"`
	Event      jsontext.Value     `json:"event,omitempty"` // Receive: one that was accepted.
	Error      *failure           `json:"error,omitempty"`
	NotOffered string             `json:"not_offered,omitempty"`
	Drift      *gauntlet.Drift    `json:"drift,omitempty"`

	line []byte // As the driver printed it.
}

// outcome is what became of an item of a batch: a result, which may be null, or an error.
type outcome struct {
	Result jsontext.Value `json:"result,omitzero"`
	Error  *failure       `json:"error,omitempty"`
}

// isSaid reports whether a value is there, and not null.
func isSaid(v jsontext.Value) bool { return len(v) > 0 && string(v) != "null" }

// several reports whether the answer says more than one thing of what was asked. A result
// that is null says nothing beside an error: many languages write members that are not set.
func (a *answer) several() bool {
	said := 0
	for _, is := range []bool{isSaid(a.Result), isSaid(a.Item), len(a.Outcomes) > 0, a.Error != nil, a.NotOffered != ""} {
		if is {
			said++
		}
	}
	return said > 1
}

// last reports whether nothing may follow the answer to what was asked.
func (a *answer) last(do string) bool {
	ends := a.Error != nil || a.NotOffered != ""
	switch do {
	case doReceive:
		return ends
	case doList:
		return ends || a.Done
	}
	return true
}

// misfit says why the answer is none to what was asked; "" when it is one. A call
// whose action returns nothing has null for its result.
func (a *answer) misfit(do string) string {
	switch do {
	case doStart:
	case doReceive:
		if a.URL == "" && a.Delivery == "" && len(a.Event) == 0 {
			return "a webhook is answered by a line with url, and then by one with delivery and event for each that was accepted"
		}
	case doList:
		if whole := len(a.Result) > 0 && string(a.Result) != "null"; whole || len(a.Item) == 0 && !a.Done {
			return "a list is answered by a line with item for each, and then by one with done: true"
		}
	case doBatch:
		neither := func(o outcome) bool {
			return isSaid(o.Result) == (o.Error != nil) && (o.Error != nil || len(o.Result) == 0)
		}
		if len(a.Outcomes) == 0 || slices.ContainsFunc(a.Outcomes, neither) {
			return "a batch is answered by one line with outcomes, which has an object with result or error for each item, in their order; or with error or not_offered"
		}
	default:
		if len(a.Item) > 0 || len(a.Result) == 0 {
			return "a call is answered by one line with result, which is null where its action returns nothing, error or not_offered"
		}
	}
	return ""
}

// failure is an error of the library.
type failure struct {
	Typed     bool   `json:"typed,omitempty"` // It is of the library's documented error type.
	Class     string `json:"class,omitempty"`
	Code      string `json:"code,omitempty"`
	Status    int    `json:"status,omitempty"`
	RequestID string `json:"request_id,omitempty"`
	Unknown   bool   `json:"unknown,omitempty"` // A write may have taken effect.
	Text      string `json:"text"`
}
