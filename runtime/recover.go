package runtime

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// RecoverRule says how to find out whether a call took effect whose answer is missing.
// Generated packages hold one a method, as a package variable; it is never changed and safe
// for concurrent use.
type RecoverRule struct {
	_ uncompared

	Op   *Op // Looks the thing up, and changes nothing.
	With []Given
	Find Path // The thing in its answer; none there, or null, is a call that took no effect.
	Put  Path // Where the result has the thing; empty is the thing itself.
}

// Given is a parameter of one call that is made of those of another.
type Given struct {
	_ uncompared

	Field string   // The member's name in the Go struct's tag.
	From  string   // The member of the other call whose value it has. Without one, nothing can be looked for.
	Value string   // As JSON, where From is empty.
	Text  []string // Where both are: texts and, at odd places, members of the other call.
}

// DoOrFind is [Client.Do] of an operation whose effect can be looked for. When a call may
// have taken effect and no answer says so, it waits as before a retry and looks: what is
// there is the result, and what is not is sent again, while the call has attempts. Where
// nobody can tell, or the last attempt is not there either, the error matches
// [ErrOutcomeUnknown].
func (c *Client) DoOrFind(ctx context.Context, op *Op, rule *RecoverRule, in, out any, opts []CallOption) error {
	k := &call{client: c, app: c.app, op: op}
	for _, opt := range opts {
		if opt != nil {
			opt(k)
		}
	}
	e := k.run(ctx, in, out)
	for resent := false; e != nil && (e.OutcomeUnknown || resent && e.Class == ClassConflict); resent = true {
		again := k.waitToLook(ctx, e)
		found, known := rule.look(ctx, k, e, in, out)
		if found {
			k.app.budgets.refund(k.client.cred.Account(), k.spent)
			e = nil
		}
		if found || !known || !again {
			break
		}
		k.doubt, k.req = false, encoded{}
		e = k.run(ctx, in, out)
	}
	k.report()
	if e != nil { // Not returned as it is: a nil *APIError is no nil error.
		return e
	}
	return nil
}

// waitToLook waits as before a retry, where the deadline leaves time for that, and
// reports whether the call has another attempt.
func (k *call) waitToLook(ctx context.Context, e *APIError) bool {
	passes := e.Class == ClassUnavailable || e.Class == ClassTimeout || e.Class == ClassDecode
	again := passes && !e.final && (len(k.op.RetryOn) == 0 || slices.Contains(k.op.RetryOn, e.Class)) && !k.usedUp(e)
	now := k.app.cfg.clock.Now()
	wait, ok := k.fits(ctx, e.RetryAt.Sub(now), k.pause(e, now))
	if !ok {
		return false
	}
	again = again && k.afford(e, now)
	k.waits(WaitRetry, "", wait)
	return k.app.cfg.clock.Sleep(ctx, wait) == nil && again
}

// look finds what the call made, and decodes it as its result. It reports whether it is
// there, and whether that is known; why it is not is told with the error of the call.
func (r *RecoverRule) look(ctx context.Context, k *call, failed *APIError, in, out any) (found, known bool) {
	if ctx.Err() != nil {
		return false, false
	}
	params, err := r.params(k, in)
	var answer *call
	if err == nil {
		answer, err = k.client.do(ctx, r.Op, params, nil, nil, nil)
	}
	switch {
	case errors.Is(err, ErrNotFound):
		return false, true
	case err != nil:
		failed.cause = fmt.Errorf("%w; nor could it be looked for: %v", cmp.Or(failed.cause, error(classError(failed.Class))), err)
		return false, false
	}
	body := trimBOM(answer.last.body)
	thing := lookup(body, r.Find)
	if kind := thing.Kind(); kind == 0 || kind == 'n' {
		return false, r.lacks(body)
	}
	for _, name := range slices.Backward(r.Put) {
		thing = slices.Concat(Raw("{"), quote(name), Raw(":"), thing, Raw("}"))
	}
	of := *k // Of the answer with the thing.
	part := *k.op
	part.Returns = nil // What it promises besides the thing is not missing.
	of.op, of.last, of.requestID = &part, answer.last, answer.requestID
	of.last.body = thing
	if e := of.decode(out); e != nil {
		return false, false
	}
	k.last, k.requestID = of.last, of.requestID
	return true, true
}

// lacks reports whether an answer says that there is no such thing: a null on the way to
// it, or a list that ends before its place. One without a member that should be there says
// nothing.
func (r *RecoverRule) lacks(body []byte) bool {
	for n := range len(r.Find) + 1 {
		switch lookup(body, r.Find[:n]).Kind() {
		case 'n':
			return true
		case 0:
			return n > 0 && lookup(body, r.Find[:n-1]).Kind() == '['
		}
	}
	return false
}

// errNoMark is of a call that lacks a parameter by which its effect would be told from
// others.
var errNoMark = errors.New("the call has not all that tells it from others")

// params are those of the operation that looks.
func (r *RecoverRule) params(k *call, in any) (Raw, error) {
	data, _, err := k.marshal(in)
	if err != nil {
		return nil, err
	}
	had := params{}
	if had.members, err = members(data); err != nil {
		return nil, err
	}
	k.fill(&had)
	out := Raw{'{'}
	for _, g := range r.With {
		value := g.of(&had)
		if value == nil { // Without it, something else might be found.
			return nil, errNoMark
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(out, quote(g.Field)...), ':'), value...)
	}
	return append(out, '}'), nil
}

// of is the value of the parameter, or nil where the call does not have all of it.
func (g *Given) of(had *params) Raw {
	switch {
	case g.From != "":
		return given(had, g.From)
	case g.Value != "":
		return Raw(g.Value)
	}
	var text strings.Builder
	for i, part := range g.Text {
		if i%2 == 0 {
			text.WriteString(part)
			continue
		}
		v := given(had, part)
		if v == nil {
			return nil
		}
		text.WriteString(rawText(v))
	}
	return quote(text.String())
}

// given is a member that says something.
func given(had *params, name string) Raw {
	v := had.find(name)
	if len(v) == 0 || string(v) == "null" || string(v) == `""` {
		return nil
	}
	return v
}
