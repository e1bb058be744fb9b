package runtime

import (
	"context"
	"errors"
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
	From  string   // The member of the other call whose value it has.
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
	for e != nil && e.OutcomeUnknown {
		again := k.waitToLook(ctx, e)
		found, known := rule.look(ctx, k, in, out)
		if found {
			e = nil
		}
		if found || !known || !again {
			break
		}
		k.doubt = false
		e = k.run(ctx, in, out)
	}
	k.report()
	if e != nil { // Not returned as it is: a nil *APIError is no nil error.
		return e
	}
	return nil
}

// waitToLook waits as before a retry, and reports whether the call has another attempt.
func (k *call) waitToLook(ctx context.Context, e *APIError) bool {
	passes := e.Class == ClassUnavailable || e.Class == ClassTimeout || e.Class == ClassDecode
	if e.final || !passes || len(k.op.RetryOn) > 0 && !slices.Contains(k.op.RetryOn, e.Class) || k.usedUp(e) {
		return false
	}
	now := k.app.cfg.clock.Now()
	wait, ok := k.fits(ctx, e.RetryAt.Sub(now), k.pause(e, now))
	if !ok || !k.afford(e, now) {
		return false
	}
	k.waits(WaitRetry, "", wait)
	return k.app.cfg.clock.Sleep(ctx, wait) == nil
}

// look finds what the call made, and decodes it as its result. It reports whether it is
// there, and whether that is known.
func (r *RecoverRule) look(ctx context.Context, k *call, in, out any) (found, known bool) {
	if ctx.Err() != nil {
		return false, false
	}
	params, err := r.params(k, in)
	if err != nil {
		return false, false
	}
	last, err := k.client.do(ctx, r.Op, params, nil, nil, nil)
	if errors.Is(err, ErrNotFound) {
		return false, true
	}
	if err != nil {
		return false, false
	}
	thing := lookup(trimBOM(last.last.body), r.Find)
	if kind := thing.Kind(); kind == 0 || kind == 'n' {
		return false, true
	}
	for _, name := range slices.Backward(r.Put) {
		thing = slices.Concat(Raw("{"), quote(name), Raw(":"), thing, Raw("}"))
	}
	part := *k.op
	part.Returns = nil // What it promises besides the thing is not missing.
	k.op, k.last, k.requestID = &part, last.last, last.requestID
	k.last.body = thing
	e := k.decode(out)
	return e == nil, e == nil
}

// params are those of the operation that looks. A member that the call does not have is
// left out.
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
		if value == nil {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(out, quote(g.Field)...), ':'), value...)
	}
	return append(out, '}'), nil
}

func (g *Given) of(had *params) Raw {
	switch {
	case g.From != "":
		return had.find(g.From)
	case g.Value != "":
		return Raw(g.Value)
	}
	var text strings.Builder
	for i, part := range g.Text {
		if i%2 == 0 {
			text.WriteString(part)
		} else {
			text.WriteString(rawText(had.find(part)))
		}
	}
	return quote(text.String())
}
