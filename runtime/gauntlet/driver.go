package gauntlet

import (
	"context"
	"iter"
	"net/http"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/porin-dev/porin/runtime"
)

// JSON is one JSON value. It is the type of [runtime.Raw].
type JSON = jsontext.Value

// Driver opens clients of one connector in one client library, set up as that
// library's documentation says, with its retry switched on. A test package that
// porin generates has one; for other libraries it is written by hand.
//
// Drivers are called from many scenarios at once and hold no state of a run.
type Driver interface {
	// Name is the library, as a report shows it: "porin", "slack-go".
	Name() string

	// ReportsDrift reports whether the library tells of departures from the
	// contract, and its apps call [Target.Drift] with each. Without, the oracle
	// drift is not exercised.
	ReportsDrift() bool

	// App sets up what all connections of one application share: transport,
	// limiter, token store, clients. It makes no request.
	App(Target) (App, error)
}

// App is one application of the provider. Its methods are safe for concurrent use.
type App interface {
	// Session opens the connection of one account. Sessions of one App share
	// what the library shares between connections.
	Session(Account) (Session, error)

	// Handler returns the library's HTTP handler of a webhook, accepting the
	// target's secrets. fn receives the delivery's id, empty where there is
	// none, and the event as the library decoded it.
	Handler(webhook string, fn func(ctx context.Context, id string, event JSON) error) (http.Handler, error)

	// Explain says what an error of a session tells its caller.
	Explain(error) Failure

	// Close releases what the app holds. What it began may end by itself, within
	// two minutes; nothing of it runs after that.
	Close()
}

// Session is the connection of one account. Its methods are safe for concurrent
// use. Actions have the paths of the spec, params and results are the JSON of
// the spec's types; a driver turns them into the library's own values and back.
type Session interface {
	// Call makes one call and returns the decoded result, nil for an action
	// that returns nothing.
	Call(ctx context.Context, action string, params JSON) (JSON, error)

	// List yields every item of a paged action. The sequence ends after the
	// first error.
	List(ctx context.Context, action string, params JSON) iter.Seq2[JSON, error]
}

// Target is what an application needs to reach the provider.
type Target struct {
	Transport http.RoundTripper
	Servers   map[string]string // Base URL by the name of the server.
	Settings  map[string]string

	// ClientID and ClientSecret identify the application at the token
	// endpoint. They are empty where the connector has no OAuth 2.0 method.
	ClientID, ClientSecret string

	// Certificate and CertificateKey are what the application proves with who it is, in
	// PEM, where a method wants that.
	Certificate, CertificateKey string

	// Store holds the tokens of accounts that renew them. A library that does
	// not take a store reads the first token here and saves each new one.
	Store runtime.TokenStore

	// Secrets are the webhook secrets that count at present, by the name of
	// the webhook, the newest first.
	Secrets map[string][]string

	// Asking is the account whose connection asks the provider about deliveries.
	Asking Account

	// WebhookAudience is whom the tokens of deliveries are for, and WebhookToken what
	// a handshake repeats.
	WebhookAudience, WebhookToken string

	// MaxWait is how long one call may wait for a limit before it fails. Zero
	// leaves the library's default.
	MaxWait time.Duration

	// Random gives the library's random draws, so that a run can be repeated.
	// It is safe for concurrent use.
	Random func() float64

	// Drift is told of each departure of a response from the contract. It may
	// be called from any goroutine.
	Drift func(Drift)

	// Log is told each line that the library logs, at every level, and what its events
	// print. It may be called from any goroutine, and is nil where the driver is a
	// process of its own, whose log nobody reads.
	Log func(line string)
}

// Drift is a departure of a response from the contract.
type Drift struct {
	Action string `json:"action"`
	Path   string `json:"path"` // In the response; "*" stands for every index.
	Kind   string `json:"kind"` // What was found, in the library's words; never the value.
}

// Account is one connection of an application.
type Account struct {
	ID     string // Name of the connection; also the account in the store.
	Method string // Name of the auth method in the spec; empty where the connector has none.
	Token  string // The access token or key. Empty when the session renews it.
	Stored string // Name of the token in the store, when the session renews it.

	// Tokens are the current access tokens and keys of every method, by its name, for
	// libraries that use another one.
	Tokens map[string]string

	// Cred holds the secrets of basic and key methods, by their names under cred.
	Cred map[string]string
}

// Failure is what a caller can learn from an error without reading its text.
type Failure struct {
	Typed          bool      // The error is of the library's documented error type.
	Class          string    // One of the classes of the spec language; empty when the library has no such notion.
	Code           string    // The provider's code.
	Status         int       // HTTP status; 0 when there was no response.
	RequestID      string    // The provider's request id.
	RetryAt        time.Time // When another call may succeed, where the provider said so.
	OutcomeUnknown bool      // A write may or may not have taken effect, and the error says that.
	Text           string    // What the error prints, by all of its verbs.
}

// Contradicting is an [App] that knows, once it is closed, whether it said something of a
// call after its last word on it. The scenario then fails, whatever was taken for the answer.
type Contradicting interface {
	Contradiction() error // nil is none; otherwise [ErrBroken].
}
