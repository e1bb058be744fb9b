package runtime

// Class is what a failure means to a caller. Classes are errors' first
// question; each but [ClassUnknown] has a sentinel for [errors.Is].
type Class uint8

// The classes.
const (
	ClassUnknown       Class = iota
	ClassAuthExpired         // The token is stale; a refresh may help.
	ClassDisconnected        // The grant is gone; only the user can help.
	ClassForbidden           // The account may not do it.
	ClassScopeMissing        // The token lacks a scope.
	ClassNotFound            // There is no such thing.
	ClassConflict            // The state does not allow it.
	ClassInvalid             // The provider, or the client itself, refuses the parameters.
	ClassTooLarge            // The request is too large.
	ClassRateLimited         // Not executed; wait and send again.
	ClassQuotaSpent          // Not executed; a long-running quota is used up.
	ClassUnavailable         // Transient; may have been executed.
	ClassTimeout             // No answer in time; may have been executed.
	ClassCursorExpired       // The list must be started anew.
	ClassKeyReused           // The idempotency key belongs to another request.
	ClassPartial             // Some of it was done.
	ClassRejected            // Refused for a reason only the code tells.
	ClassDecode              // The answer could not be read.
)

// classes holds the name of each class and its words in an error's text.
var classes = [...]struct{ name, text string }{
	ClassUnknown:       {"unknown", "failed"},
	ClassAuthExpired:   {"auth_expired", "the token is expired or invalid"},
	ClassDisconnected:  {"disconnected", "the account is disconnected"},
	ClassForbidden:     {"forbidden", "forbidden"},
	ClassScopeMissing:  {"scope_missing", "a scope is missing"},
	ClassNotFound:      {"not_found", "not found"},
	ClassConflict:      {"conflict", "conflict"},
	ClassInvalid:       {"invalid", "invalid request"},
	ClassTooLarge:      {"too_large", "the request is too large"},
	ClassRateLimited:   {"rate_limited", "rate limited"},
	ClassQuotaSpent:    {"quota_spent", "the quota is spent"},
	ClassUnavailable:   {"unavailable", "unavailable"},
	ClassTimeout:       {"timeout", "timed out"},
	ClassCursorExpired: {"cursor_expired", "the cursor is expired"},
	ClassKeyReused:     {"key_reused", "the idempotency key was used for another request"},
	ClassPartial:       {"partial", "partly done"},
	ClassRejected:      {"rejected", "rejected"},
	ClassDecode:        {"decode", "the response cannot be read"},
}

// String returns the name of the class in a spec: "rate_limited".
func (c Class) String() string {
	if int(c) < len(classes) {
		return classes[c].name
	}
	return classes[ClassUnknown].name
}

func (c Class) text() string {
	if int(c) < len(classes) {
		return classes[c].text
	}
	return classes[ClassUnknown].text
}

// concernsAll reports whether a wait that comes with a failure of the class
// holds for the other callers as well. That of a request that was refused for
// what it asks is its own.
func (c Class) concernsAll() bool {
	switch c {
	case ClassRateLimited, ClassQuotaSpent, ClassUnavailable, ClassTimeout:
		return true
	}
	return false
}

// classError is the sentinel of a class. An [APIError] of the class matches it.
type classError Class

func (c classError) Error() string { return Class(c).text() }

// The sentinels of the classes. [errors.Is] matches every [APIError] of the class.
const (
	ErrUnauthorized  = classError(ClassAuthExpired)
	ErrDisconnected  = classError(ClassDisconnected)
	ErrForbidden     = classError(ClassForbidden)
	ErrScopeMissing  = classError(ClassScopeMissing)
	ErrNotFound      = classError(ClassNotFound)
	ErrConflict      = classError(ClassConflict)
	ErrInvalid       = classError(ClassInvalid)
	ErrTooLarge      = classError(ClassTooLarge)
	ErrRateLimited   = classError(ClassRateLimited)
	ErrQuotaSpent    = classError(ClassQuotaSpent)
	ErrUnavailable   = classError(ClassUnavailable)
	ErrTimeout       = classError(ClassTimeout)
	ErrCursorExpired = classError(ClassCursorExpired)
	ErrKeyReused     = classError(ClassKeyReused)
	ErrPartial       = classError(ClassPartial)
	ErrRejected      = classError(ClassRejected)
	ErrDecode        = classError(ClassDecode)
)

// defaultClass is the class of a status outside 2xx that no rule matches.
// Where RFC 9110 leaves it open whether the request was executed, the class is
// one that is retried only for operations that may be sent twice.
func defaultClass(status int) Class {
	switch status {
	case 400, 422:
		return ClassInvalid
	case 401:
		return ClassAuthExpired
	case 403, 451:
		return ClassForbidden
	case 404, 410:
		return ClassNotFound
	case 408, 504:
		return ClassTimeout
	case 409, 412, 423:
		return ClassConflict
	case 413, 414, 431:
		return ClassTooLarge
	case 421, 425: // Not executed; another connection, or a later try, may do (RFC 9110 15.5.20, RFC 8470 5.2).
		return ClassUnavailable
	case 429:
		return ClassRateLimited
	}
	switch {
	case status >= 500:
		return ClassUnavailable
	case status >= 400:
		return ClassRejected
	}
	return ClassUnknown
}
