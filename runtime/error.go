package runtime

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
)

// APIError is the one error type of a client: every failure of [Client.Do] is
// one. Ask what it means with [errors.Is]:
//
//   - the class: [ErrRateLimited], [ErrNotFound], ...
//   - the provider's code: slack.ErrNotInChannel, ...
//   - what the client itself refuses: [ErrInvalidParams], [ErrForeignURL], ...
//   - the cause: [context.Canceled], an error of the network, ...
//
// [errors.As] with a pointer to the connector's code type gives the code.
//
// An APIError is not changed after it is returned.
type APIError struct {
	API        string // "slack"
	Op         string // "chat.postMessage"
	StatusCode int    // 0 when there was no response.
	Class      Class
	Code       string        // The provider's code, as it was sent.
	Message    string        // The provider's own text. Error leaves it out: it may quote what was sent.
	RequestID  string        // The provider's name for the request.
	RetryAfter time.Duration // How long to wait before the next try; 0 when nobody said.
	RetryAt    time.Time     // The same as an instant of the client's clock; zero when nobody said.
	Attempts   int           // Requests that were sent.
	Page       string        // For a list, the position of the page that failed: pass it to [At] to go on.
	Param      string        // With ErrInvalidParams, the member at fault.
	Body       []byte        // The start of the response, at most 16 KiB. Error leaves it out.

	// OutcomeUnknown says that the operation may have taken effect although it
	// failed: a request was sent whose answer is missing or could not be read.
	OutcomeUnknown bool

	code   error // The connector's own error for Code.
	cause  error
	unsent bool // The provider surely did not get the request.
	final  bool // Trying again cannot help.
}

// Errors that are not classes. Test for them with [errors.Is].
var (
	// ErrOutcomeUnknown says that a write may have taken effect.
	ErrOutcomeUnknown = errors.New("the outcome is unknown")

	// ErrInvalidParams says that the parameters cannot be sent. No request was made.
	ErrInvalidParams = errors.New("invalid parameters")

	// ErrForeignURL says that the provider pointed to another origin, by a
	// redirect or as the next page. Nothing was sent there.
	ErrForeignURL = errors.New("the provider points to another origin")

	// ErrRedirect says that the provider's redirects do not end, or cannot be
	// followed without changing the request.
	ErrRedirect = errors.New("the redirect cannot be followed")

	// ErrResponseTooLarge says that a response is over the client's cap.
	ErrResponseTooLarge = errors.New("the response is too large")

	// ErrRepeatedCursor says that a list names a page that was read before.
	ErrRepeatedCursor = errors.New("the list repeats a page")

	// ErrListCapped says that the provider serves no more items of a list, though
	// there may be more.
	ErrListCapped = errors.New("the list is longer than the provider serves")

	// ErrTooManyPages says that a list is longer than the page guard.
	ErrTooManyPages = errors.New("the list has too many pages")

	// ErrNoRetryLeft says that the client gave up early because most calls of
	// the account fail; see [WithMaxAttempts].
	ErrNoRetryLeft = errors.New("the retry budget is spent")
)

// Error gives the API, the operation, what happened and the provider's request
// id. It holds nothing of the request or of the response's body but the code.
func (e *APIError) Error() string {
	parts := []string{strings.TrimSpace(e.API + " " + e.Op)}
	of, token := e.cause.(*APIError) // Of a token, which says its code and class itself.
	token = token && of.Class == e.Class
	if e.Code != "" && !token {
		parts = append(parts, printable(e.Code))
	}
	if e.cause == nil || e.StatusCode != 0 || !token && e.Class != ClassUnknown && e.Class != ClassInvalid { // Else the cause says it all.
		parts = append(parts, e.Class.text())
	}
	if e.cause != nil {
		parts = append(parts, e.cause.Error())
	}
	if e.OutcomeUnknown {
		parts = append(parts, ErrOutcomeUnknown.Error())
	}
	text := strings.Join(parts, ": ")
	if notes := e.notes(); len(notes) > 0 {
		text += " (" + strings.Join(notes, ", ") + ")"
	}
	return text
}

// notes are the figures at the end of the text.
func (e *APIError) notes() []string {
	var notes []string
	if e.StatusCode != 0 {
		notes = append(notes, fmt.Sprintf("status %d", e.StatusCode))
	}
	if e.RequestID != "" {
		notes = append(notes, "request "+printable(e.RequestID))
	}
	if e.Attempts > 1 {
		notes = append(notes, fmt.Sprintf("%d attempts", e.Attempts))
	}
	if e.RetryAfter > 0 {
		notes = append(notes, "retry after "+e.RetryAfter.Round(time.Millisecond).String())
	}
	return notes
}

// Unwrap returns the provider code, of the connector's own type, and the cause:
// an error of the transport, of the context, of the decoder or of this package.
// Either may be absent; there is no cause when a response says it all.
func (e *APIError) Unwrap() []error {
	var wrapped []error
	for _, err := range [...]error{e.code, e.cause} {
		if err != nil {
			wrapped = append(wrapped, err)
		}
	}
	return wrapped
}

// Is reports whether target is the sentinel of the error's class, or
// [ErrOutcomeUnknown] when that holds.
func (e *APIError) Is(target error) bool {
	if class, ok := target.(classError); ok {
		return Class(class) == e.Class
	}
	return target == ErrOutcomeUnknown && e.OutcomeUnknown
}

// printable keeps a provider's text from breaking a log line, or steering the
// terminal it is shown on, and short.
func printable(s string) string {
	if len(s) > 128 {
		s = s[:128] + "..."
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
}
