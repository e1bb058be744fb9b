package runtime

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"
)

// JobRule is how what an operation reads says how far a job is.
type JobRule struct {
	_ uncompared

	ID     string        // Member of the parameters that names the job.
	Status Path          // Where the response says how far it is.
	States []JobState    // What the values of it mean.
	Reason []Path        // Where the response says why it failed.
	Every  time.Duration // Between two looks; 0 is [DefaultJobPause].
	Lag    time.Duration // How long a job that was just made may not be found.
}

// JobState is what a value of the status means.
type JobState struct {
	Value string
	Means JobMeaning
}

// JobMeaning is how far a job is.
type JobMeaning uint8

// The meanings.
const (
	JobWaits JobMeaning = iota
	JobDone
	JobFailed
)

const (
	// DefaultJobPause is the time between two looks at a job where the spec says none.
	DefaultJobPause = 2 * time.Second
	// maxJobPause is the longest time between two looks, unless the spec says a longer one.
	maxJobPause = time.Minute
	// maxLooksLost is how many looks in a row may fail, each with the attempts of a call.
	maxLooksLost = 5
)

// JobError says that a job did not end well, or that the wait for it ended first. The
// job goes on without the wait: with ID it can be waited for again, also by another
// process. [errors.As] finds the [APIError] of the last look in it.
type JobError struct {
	API    string // "salesforce"
	Op     string // The operation that reads the job.
	ID     string // Of the job.
	Status string // As it was last seen; empty when it was not.
	Reason string // Why it failed, in the provider's words. Error leaves it out, as it may quote what was sent.

	cause *APIError
}

// What jobs end with. Test for it with [errors.Is].
var (
	// ErrJobFailed says that the provider gave a job up.
	ErrJobFailed = errors.New("the job failed")

	// ErrJobStatus says that a job has a status that the spec does not know. Whether it
	// goes on, nobody can tell.
	ErrJobStatus = errors.New("the job has a status that is not known")
)

// Error says what ended the wait, and how far the job was.
func (e *JobError) Error() string {
	if e.Status == "" {
		return e.cause.Error()
	}
	return e.cause.Error() + ": the job was last seen as " + printable(e.Status)
}

// Unwrap returns the error of the last look, an [*APIError].
func (e *JobError) Unwrap() error { return e.cause }

// Wait calls op, which reads a job, until the job is done, and returns it. It looks at
// once, and then after the pause of the rule. That grows with the time that the job takes,
// to an eighth of it and a minute at most, and is never shorter than the response asks
// for (Retry-After). A look that fails in passing, as [Client.Do] tries it, is made
// again later; a fifth one in a row ends the wait.
//
// Wait has no end of its own but that of ctx, which is found out at once where no look
// would fit before it. Every error is a [*JobError]. The job is returned with it as it was
// last seen, or nil.
func Wait[R any](ctx context.Context, c *Client, op *Op, rule *JobRule, in any, opts []CallOption) (*R, error) {
	var seen *R
	w := &jobWait{ctx: ctx, client: c, op: op, rule: rule, in: in}
	w.look = func() (*call, error) {
		job := new(R)
		k, err := c.do(ctx, op, in, job, opts, nil)
		if err == nil {
			seen = job
		}
		return k, err
	}
	if e := w.wait(); e != nil { // Not returned as it is: a nil *JobError is no nil error.
		return seen, e
	}
	return seen, nil
}

// jobWait is a wait for a job, whatever its type is.
type jobWait struct {
	ctx    context.Context
	client *Client
	op     *Op
	rule   *JobRule
	in     any
	look   func() (*call, error)

	begun  time.Time
	status string
	lost   int // Looks in a row that failed in passing.
}

func (w *jobWait) wait() *JobError {
	clock := w.client.app.cfg.clock
	w.begun = clock.Now()
	for {
		k, err := w.look()
		now := clock.Now()
		floor := w.every() // What has to pass before the next look.
		if err == nil {
			w.lost = 0
			if over, e := w.over(k); over {
				return e
			}
			if asked, ok := k.wait(verdict{}, providerTime(k.last.header, now)); ok {
				floor = max(floor, asked)
			}
		} else {
			e := err.(*APIError)
			if !w.passes(e, now) {
				return w.ended(e)
			}
			floor = max(floor, e.RetryAt.Sub(now))
		}
		pause, ok := w.fits(floor, max(floor, w.pause(k, now)))
		if !ok {
			e := k.failed(ClassTimeout, context.DeadlineExceeded)
			e.RetryAfter, e.RetryAt = floor, now.Add(floor)
			return w.ended(e)
		}
		k.waits(WaitJob, "", pause)
		if err := clock.Sleep(w.ctx, pause); err != nil {
			return w.ended(k.stopped(err))
		}
	}
}

// over reads a response, and reports whether the wait is over: without an error, the job
// is done.
func (w *jobWait) over(k *call) (bool, *JobError) {
	w.status = rawText(lookup(k.last.body, w.rule.Status))
	for _, s := range w.rule.States {
		switch {
		case s.Value != w.status:
			continue
		case s.Means == JobWaits:
			return false, nil
		case s.Means == JobDone:
			return true, nil
		}
		failed := w.ended(k.answered(ClassRejected))
		failed.cause.cause = ErrJobFailed
		failed.Reason = w.reason(k.last.body)
		return true, failed
	}
	unknown := w.ended(k.answered(ClassUnknown))
	unknown.cause.cause = ErrJobStatus
	return true, unknown
}

// reason is what a response says of why the job failed.
func (w *jobWait) reason(body []byte) string {
	var parts []string
	for _, at := range w.rule.Reason {
		if text := rawText(lookup(body, at)); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, ": ")
}

// passes reports whether another look may tell more than the one that failed.
func (w *jobWait) passes(e *APIError, now time.Time) bool {
	switch e.Class {
	case ClassUnavailable, ClassTimeout, ClassRateLimited, ClassDecode:
		w.lost++
		return w.lost < maxLooksLost && w.ctx.Err() == nil
	case ClassNotFound: // Reads may lag behind the write that made it.
		return w.status == "" && now.Sub(w.begun) < w.rule.Lag
	}
	return false
}

func (w *jobWait) every() time.Duration { return cmp.Or(w.rule.Every, DefaultJobPause) }

// pause is the time until the next look, with a part by chance so that what began
// together does not look together.
func (w *jobWait) pause(k *call, now time.Time) time.Duration {
	every := w.every()
	d := min(max(every<<w.lost, now.Sub(w.begun)/8), max(every, maxJobPause))
	return d + k.jitter(d/10)
}

// fits shortens a pause, though not below its floor, so that a last look comes before
// the deadline. It reports false when none can.
func (w *jobWait) fits(floor, pause time.Duration) (time.Duration, bool) {
	deadline, ok := w.ctx.Deadline()
	if !ok {
		return pause, true
	}
	left := time.Until(deadline)
	return min(pause, max(floor, left-floor)), floor < left
}

// ended is the error of the wait that another one ended.
func (w *jobWait) ended(by *APIError) *JobError {
	e := &JobError{API: w.op.API.Name, Op: w.op.Name, Status: w.status, cause: by}
	if data, err := marshalSent(w.in); err == nil {
		e.ID = rawText(lookup(data, Path{w.rule.ID}))
	}
	return e
}
