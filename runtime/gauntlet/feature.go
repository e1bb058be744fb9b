package gauntlet

import "errors"

// Feature is something that a library may claim to do. What one does not claim
// is not offered, which is neither passed nor failed.
type Feature string

// The features.
const (
	Retries    Feature = "retries"     // Tries again what failed in passing, not before the provider wants it.
	Renewal    Feature = "renewal"     // Renews expired tokens by itself.
	Webhooks   Feature = "webhooks"    // Verifies deliveries.
	Once       Feature = "once"        // Handles a delivery that comes twice once.
	Keys       Feature = "keys"        // Sends a write with an idempotency key of the caller's.
	Batches    Feature = "batches"     // Takes any number of items for a call that takes so many, and tells what became of each.
	Jobs       Feature = "jobs"        // Waits for a job until it is done.
	Deadlines  Feature = "deadlines"   // Ends a call by the caller's deadline.
	Lossless   Feature = "lossless"    // Hands on members that no document names.
	Typed      Feature = "typed"       // Each of its errors is of its own type, also those of the transport.
	Codes      Feature = "codes"       // Its errors have the provider's code.
	Classes    Feature = "classes"     // Sorts errors into the classes of the spec language.
	Outcomes   Feature = "outcomes"    // Tells of a write that failed whether it may have taken effect.
	RequestIDs Feature = "request_ids" // Its errors have the provider's request id.
	Reticence  Feature = "reticence"   // Its errors quote nothing of an answer's body besides the code.
	Drifts     Feature = "drift"       // Tells of departures from the contract.
)

// Features returns all of them.
func Features() []Feature {
	return []Feature{Retries, Renewal, Webhooks, Once, Keys, Batches, Jobs, Deadlines, Lossless, Typed, Codes, Classes, Outcomes, RequestIDs, Reticence, Drifts}
}

// Modest is a [Driver] of a library that does not claim to do everything. Others
// are held to all of it.
type Modest interface {
	Offers(Feature) bool
}

// What calls of a session may fail with besides the library's own errors.
var (
	// ErrNotOffered says that the library has nothing for what was asked. The
	// scenario is then not offered.
	ErrNotOffered = errors.New("not offered")

	// ErrGaveUp says that the library knows no deadlines, and that its caller left at
	// this one.
	ErrGaveUp = errors.New("the caller gave up at its deadline")

	// ErrBroken says that the driver is of no more use, because it crashed, hangs or
	// talks nonsense. The scenario then fails.
	ErrBroken = errors.New("the driver broke")

	// ErrOverdue says, beside [ErrBroken], that the driver was ended long after the deadline
	// of a call. What is broken is then the rule deadline.
	ErrOverdue = errors.New("it did not answer")
)

// lacks returns what a driver's library does not claim to do.
func lacks(d Driver) func(Feature) bool {
	return func(f Feature) bool {
		m, ok := d.(Modest)
		return ok && !m.Offers(f)
	}
}
