package runtime

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

var errNoOutcome = errors.New("the response does not say what became of the item")

// outcome is what a response says of an item.
type outcome struct {
	raw Raw
	err *APIError // nil: the item was done.
}

// deal gives the items of a call their outcomes.
func (b *batch) deal(k *call, from, to int) {
	all := b.outcomes(k, b.rule.Results, false)
	bad := b.outcomes(k, b.rule.Failures, true)
	all = append(all, bad...)
	of := b.matched(all, len(bad), from, to)
	var first *APIError // Of an item that failed.
	for _, o := range all {
		if first == nil {
			first = o.err
		}
	}
	for i := from; i < to; i++ {
		o := of[i-from]
		switch {
		case o != nil && o.err != nil:
			b.errs[i] = o.err
		case b.rule.Atomic && first != nil:
			b.errs[i] = b.together(k, first)
		case o == nil:
			b.errs[i] = b.unread(k, errNoOutcome)
		default:
			if err := b.decode(k, o.raw, b.value(i)); err != nil {
				b.errs[i] = b.unread(k, err)
			}
		}
	}
}

// outcomes reads a list of them.
func (b *batch) outcomes(k *call, at Path, failed bool) []outcome {
	if len(at) == 0 && failed {
		return nil
	}
	list := lookup(k.last.body, at)
	if list.Kind() != '[' {
		return nil
	}
	var out []outcome
	for _, raw := range elements(list) {
		o := outcome{raw: raw}
		v := b.rules.classify(k.last.status, k.last.header, raw)
		class := ClassRejected
		if v.rule != nil {
			class = v.rule.Class
		}
		if v.rule != nil || failed {
			o.err = k.refused(v, class)
			o.err.Body = append([]byte(nil), raw[:min(len(raw), maxErrorBody)]...)
		}
		out = append(out, o)
	}
	return out
}

// matched returns the outcome of each item; nil where nothing tells which it is.
func (b *batch) matched(all []outcome, failures, from, to int) []*outcome {
	of := make([]*outcome, to-from)
	if len(b.rule.Match) == 0 {
		// Of two lists, nothing tells where the items of one stand in the other.
		if len(all) == len(of) && (failures == 0 || failures == len(all)) {
			for i := range of {
				of[i] = &all[i]
			}
		}
		return of
	}
	said := map[string][]*outcome{}
	for i := range all {
		name := rawText(lookup(all[i].raw, b.rule.Match))
		said[name] = append(said[name], &all[i])
	}
	asked := map[string][]int{}
	for i := range of {
		name := ""
		if data, err := marshalSent(b.item(from + i)); err == nil {
			name = rawText(lookup(data, b.rule.Match))
		}
		asked[name] = append(asked[name], i)
	}
	for name, items := range asked {
		answers := said[name]
		if b.op.Effect == EffectRead && name != "" && len(answers) == 1 { // What was read twice is told once.
			answers = slices.Repeat(answers, len(items))
		}
		if len(answers) != len(items) { // Which of them has none, is not said.
			continue
		}
		for n, i := range items {
			of[i] = answers[n]
		}
	}
	return of
}

// together is the error of an item whose call did nothing because another one failed.
func (b *batch) together(k *call, first *APIError) *APIError {
	e := k.answered(first.Class)
	e.cause = fmt.Errorf("%w: %w", ErrTogether, first)
	return e
}

// unread is the error of an item whose outcome cannot be read.
func (b *batch) unread(k *call, cause error) *APIError {
	e := k.answered(ClassDecode)
	e.cause, e.OutcomeUnknown = cause, b.op.Effect != EffectRead
	return e
}

// decode reads what is said of an item, with the repairs of any response.
func (b *batch) decode(k *call, raw Raw, into any) error {
	for range maxRepairs {
		err := unmarshal(raw, into, lenient)
		mismatch, ok := errors.AsType[*jsonMismatch](err)
		if !ok {
			return err
		}
		reflect.ValueOf(into).Elem().SetZero()
		r := newRepair(mismatch, reflect.TypeOf(into).Elem())
		if raw = r.apply(raw); !r.changed {
			return r
		}
		k.drifted(strings.Join(b.rule.Results, ".")+"[*]."+generalPath(r.steps), r.kindOfFault())
	}
	return errNotJSON
}
