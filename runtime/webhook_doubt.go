package runtime

import (
	"slices"
	"strconv"
	"sync"
	"time"
)

// maxDoubted is how many questions the provider may be asked in a minute about deliveries
// of which it says of none that it is genuine, those that it is being asked now included.
// A delivery is a question for each secret.
const maxDoubted = 30

// doubts bounds the questions about deliveries that a provider is asked about one by one.
// Whoever reaches the endpoint can have one asked, and each draws on what the account may
// call. What the provider says is genuine counts no longer, so that real deliveries are
// bounded by how many are asked about at once, whatever their number. It is safe for
// concurrent use.
type doubts struct {
	mu   sync.Mutex
	open int
	past []time.Time // When a question ended without a yes.
}

// begin reports whether so many questions may be asked now, or how long to wait until
// they may.
func (d *doubts) begin(now time.Time, n int) (wait time.Duration, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.past = slices.DeleteFunc(d.past, func(t time.Time) bool { return now.Sub(t).Abs() >= time.Minute })
	switch {
	case d.open+len(d.past)+n <= max(maxDoubted, n):
		d.open += n
		return 0, true
	case len(d.past) > 0:
		return time.Minute - now.Sub(d.past[0]), false
	}
	return time.Second, false
}

// end says what came of so many questions.
func (d *doubts) end(now time.Time, n int, genuine bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open -= n
	if !genuine {
		d.past = append(d.past, slices.Repeat([]time.Time{now}, n)...)
	}
}

// doubtedError says that a delivery was not asked about. It is [ErrWebhookKeys].
type doubtedError struct{ wait time.Duration }

func (e *doubtedError) Error() string {
	return ErrWebhookKeys.Error() + ": too many deliveries that proved nothing were asked about"
}

func (e *doubtedError) Unwrap() error { return ErrWebhookKeys }

// retryAfter is the wait in seconds, as a header says it.
func (e *doubtedError) retryAfter() string {
	return strconv.Itoa(max(1, int((e.wait+time.Second-1)/time.Second)))
}
