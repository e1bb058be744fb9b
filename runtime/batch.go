package runtime

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// BatchRule is how an operation is about many items, each of which may fail alone.
type BatchRule struct {
	_ uncompared

	Max      int         // Items a call may have; 0 is any number.
	Results  Path        // The list of outcomes in the response.
	Failures Path        // The list of outcomes that are failures, where they stand apart.
	Match    Path        // What an item and its outcome have alike; empty: outcomes are in the order of the items.
	Errors   []ErrorRule // Say which outcomes are failures. Their paths begin at one outcome.
	Atomic   bool        // Nothing of a call takes effect when one item fails.
}

// BatchResult is what became of one item of a batch.
type BatchResult[T any] struct {
	Value T     // What the provider says of the item; the zero value when Err is set.
	Err   error // nil: the item was done. Otherwise an [*APIError] about this item.
}

// BatchError says that items of a batch failed. [errors.Is] and [errors.As] look into
// the errors of the items; which item has which is in its [BatchResult].
type BatchError struct {
	API    string // "hubspot"
	Op     string // "contacts.batch_create"
	Items  int    // That the batch has.
	Failed int    // That have an error.

	errs []error // Of the items, each once, in their order.
}

// Errors of the items of a batch, beside those of a call. Test for them with [errors.Is].
var (
	// ErrNotSent says that an item was not sent: what ended the batch before it, concerns
	// it, too. It can be sent later without harm.
	ErrNotSent = errors.New("the item was not sent")

	// ErrTogether says that nothing was done with an item because another one of its call
	// failed, whose error is in the chain.
	ErrTogether = errors.New("nothing was done, since another item failed")
)

// Error says how many items failed, and why the first did.
func (e *BatchError) Error() string {
	first := strings.TrimPrefix(e.errs[0].Error(), e.API+" "+e.Op+": ")
	return fmt.Sprintf("%s %s: %d of %d items failed, the first: %s", e.API, e.Op, e.Failed, e.Items, first)
}

// Unwrap returns the errors of the items. One that several have is there once.
func (e *BatchError) Unwrap() []error { return e.errs }

// Batch calls op for any number of items: one call after the other, each with as many
// items as the rule allows. params returns the parameters of a call with these items.
//
// There is a result for each item, in the order given, whatever the error is, which is
// nil or a [*BatchError]. A call that fails is one for its own items alone: those before
// have their results, and those behind are sent, unless the failure concerns them as
// well (the context has ended, the account is disconnected or has to wait), or a second
// call in a row gets no answer. A call that may have taken effect is not sent again but
// where [Client.Do] would; its items have [ErrOutcomeUnknown]. A call that is refused as
// too large is made anew with half of its items, unless it is atomic.
func Batch[R, I any](ctx context.Context, c *Client, op *Op, rule *BatchRule, items []I, params func([]I) any, opts []CallOption) ([]BatchResult[R], error) {
	results := make([]BatchResult[R], len(items))
	b := &batch{ctx: ctx, client: c, op: op, rule: rule, opts: slices.Clip(opts), errs: make([]error, len(items))}
	b.params = func(from, to int) any { return params(items[from:to:to]) }
	b.item = func(i int) any { return items[i] }
	b.value = func(i int) any { return &results[i].Value }
	err := b.run()
	for i, err := range b.errs {
		if err != nil {
			results[i] = BatchResult[R]{Err: err}
		}
	}
	return results, err
}

// batch is one call of [Batch], whatever its items are.
type batch struct {
	ctx    context.Context
	client *Client
	op     *Op
	rule   *BatchRule
	rules  *ruleSet // Of one outcome.
	opts   []CallOption
	key    string // The caller's idempotency key.

	params func(from, to int) any
	item   func(i int) any
	value  func(i int) any // A pointer to the result.
	errs   []error         // By item.
	lost   int             // Calls in a row that got no answer.
}

// run sends the items in parts.
func (b *batch) run() error {
	count := len(b.errs)
	most := count
	if b.rule.Max > 0 {
		most = min(most, b.rule.Max)
	}
	var err error
	if b.rules, err = newRuleSet(b.rule.Errors); err != nil {
		k := call{client: b.client, app: b.client.app, op: b.op}
		b.fail(0, count, k.failed(ClassInvalid, err))
		return b.failure()
	}
	b.key = b.givenKey()
	for from, size := 0, most; from < count; {
		to := min(from+size, count)
		k, err := b.client.do(b.ctx, b.op, b.params(from, to), new(Raw), b.options(from, to), nil)
		e, _ := err.(*APIError)
		b.count(e)
		switch {
		case e == nil:
			b.deal(k, from, to)
		case e.Class == ClassTooLarge && e.StatusCode != 0 && to-from > 1 && !b.rule.Atomic:
			size = (to - from) / 2
			continue
		case b.ends(e):
			if e.Attempts > 0 {
				b.fail(from, to, e)
				from = to
			}
			b.fail(from, count, b.unsent(e))
			return b.failure()
		default:
			b.fail(from, to, e)
			if to-from == 1 { // Alone it was too large for any call.
				size = most
			}
		}
		from = to
	}
	return b.failure()
}

// count counts a call that got no answer, and one that got any begins anew: a refusal
// says that the provider is there. A call that was not sent says nothing.
func (b *batch) count(e *APIError) {
	switch {
	case e == nil || e.Attempts > 0 && !unanswered(e):
		b.lost = 0
	case e.Attempts > 0:
		b.lost++
	}
}

// unanswered reports whether a call got no answer that says anything of its items.
func unanswered(e *APIError) bool {
	return e.Class == ClassUnavailable || e.Class == ClassTimeout || e.Class == ClassUnknown
}

// ends reports whether what failed a call concerns those behind it.
func (b *batch) ends(e *APIError) bool {
	switch e.Class {
	case ClassAuthExpired, ClassDisconnected, ClassForbidden, ClassScopeMissing, ClassRateLimited, ClassQuotaSpent:
		return true
	}
	if unanswered(e) && (b.lost > 1 || e.Attempts == 0) {
		return true
	}
	return b.ctx != nil && b.ctx.Err() != nil
}

// unsent is the error of the items that were not sent because of another one.
func (b *batch) unsent(of *APIError) *APIError {
	k := call{client: b.client, app: b.client.app, op: b.op}
	why := *of
	why.OutcomeUnknown = false // Which is that of the items before.
	e := k.failed(of.Class, fmt.Errorf("%w: %w", ErrNotSent, &why))
	e.RetryAfter, e.RetryAt = of.RetryAfter, of.RetryAt
	return e
}

func (b *batch) fail(from, to int, e *APIError) {
	for i := from; i < to; i++ {
		b.errs[i] = e
	}
}

// failure is the error of the whole; nil when there is none.
func (b *batch) failure() error {
	e := &BatchError{API: b.op.API.Name, Op: b.op.Name, Items: len(b.errs)}
	for i, err := range b.errs {
		if err == nil {
			continue
		}
		e.Failed++
		if i == 0 || err != b.errs[i-1] { // What several have is that of neighbours.
			e.errs = append(e.errs, err)
		}
	}
	if e.Failed == 0 {
		return nil
	}
	return e
}

// givenKey is the idempotency key that the caller gave, as an option or, where it goes
// there, among the parameters.
func (b *batch) givenKey() string {
	key := optional(b.opts).key
	if rule := b.op.Key; key == "" && rule != nil && rule.Body != "" {
		if data, err := marshalSent(b.params(0, 0)); err == nil {
			key = rawText(lookup(data, Path{rule.Body}))
		}
	}
	return key
}

// options are those of a call. Each has a key of its own, which the same items have
// again: the key that the caller gave is for all of them.
func (b *batch) options(from, to int) []CallOption {
	if b.key == "" || to-from == len(b.errs) {
		return b.opts
	}
	return append(b.opts, WithIdempotencyKey(fmt.Sprintf("%s-%d-%d", b.key, from, to)))
}
