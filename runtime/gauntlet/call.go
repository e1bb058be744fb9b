package gauntlet

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/porin-dev/porin/runtime"
)

// The functions of this file turn a method of a generated client into what a
// [Session] needs, so that a driver is a switch over action paths with one
// line a case.

// Call calls a method with params and a result.
func Call[P, R any](ctx context.Context, params JSON, method func(context.Context, P, ...runtime.CallOption) (R, error)) (JSON, error) {
	p, err := read[P](params)
	if err != nil {
		return nil, err
	}
	r, err := method(ctx, p, keyed(ctx)...)
	return result(ctx, r, err)
}

// Get calls a method without params.
func Get[R any](ctx context.Context, method func(context.Context, ...runtime.CallOption) (R, error)) (JSON, error) {
	r, err := method(ctx, keyed(ctx)...)
	return result(ctx, r, err)
}

// Send calls a method without a result.
func Send[P any](ctx context.Context, params JSON, method func(context.Context, P, ...runtime.CallOption) error) (JSON, error) {
	p, err := read[P](params)
	if err != nil {
		return nil, err
	}
	return nil, method(ctx, p, keyed(ctx)...)
}

// Items ranges over a method that lists.
func Items[P, T any](ctx context.Context, params JSON, method func(context.Context, P, ...runtime.CallOption) iter.Seq2[T, error]) iter.Seq2[JSON, error] {
	return func(yield func(JSON, error) bool) {
		p, err := read[P](params)
		if err != nil {
			yield(nil, err)
			return
		}
		for item, err := range method(ctx, p, aheadOf(ctx)) {
			out, err := result(ctx, item, err)
			if !yield(out, err) || err != nil {
				return
			}
		}
	}
}

// Stream calls a method whose items come one by one; the result is their list.
func Stream[P, T any](ctx context.Context, params JSON, method func(context.Context, P, ...runtime.CallOption) iter.Seq2[T, error]) (JSON, error) {
	return Call(ctx, params, func(ctx context.Context, p P, opts ...runtime.CallOption) ([]T, error) {
		return gathered(method(ctx, p, opts...))
	})
}

// StreamAll calls a method without params whose items come one by one.
func StreamAll[T any](ctx context.Context, method func(context.Context, ...runtime.CallOption) iter.Seq2[T, error]) (JSON, error) {
	return Get(ctx, func(ctx context.Context, opts ...runtime.CallOption) ([]T, error) {
		return gathered(method(ctx, opts...))
	})
}

// InParts calls a method that sends any number of items.
func InParts[P, R any](ctx context.Context, params JSON, method func(context.Context, P, ...runtime.CallOption) ([]runtime.BatchResult[R], error)) ([]ItemResult, error) {
	p, err := read[P](params)
	if err != nil {
		return nil, err
	}
	results, failure := method(ctx, p)
	out := make([]ItemResult, len(results))
	for i, r := range results {
		out[i].Result, out[i].Err = result(ctx, r.Value, r.Err)
	}
	return out, failure
}

// gathered is what a sequence yields, up to its error.
func gathered[T any](seq iter.Seq2[T, error]) ([]T, error) {
	items := []T{}
	for item, err := range seq {
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}

// read decodes params, which the plan made from the spec's types.
func read[P any](params JSON) (P, error) {
	var p P
	if len(params) == 0 {
		return p, nil
	}
	err := json.Unmarshal(params, &p)
	return p, err
}

// result turns what a method returned into JSON, and notes the times in it.
func result[R any](ctx context.Context, r R, err error) (JSON, error) {
	if err != nil {
		return nil, err
	}
	if record := callOf(ctx); record != nil && record.Timed {
		times, err := json.Marshal(r, instants)
		if err != nil {
			return nil, err
		}
		record.Times = append(record.Times, times)
	}
	return json.Marshal(r)
}

// instants writes the times that are counts on the wire as what they mean.
var instants = json.WithMarshalers(json.JoinMarshalers(
	json.MarshalToFunc(func(enc *jsontext.Encoder, t runtime.UnixTime) error { return writeInstant(enc, t.Time) }),
	json.MarshalToFunc(func(enc *jsontext.Encoder, t runtime.UnixMilliTime) error { return writeInstant(enc, t.Time) }),
	json.MarshalToFunc(func(enc *jsontext.Encoder, t runtime.UnixText) error { return writeInstant(enc, t.Time) }),
	json.MarshalToFunc(func(enc *jsontext.Encoder, t runtime.UnixMilliText) error { return writeInstant(enc, t.Time) }),
))

func writeInstant(enc *jsontext.Encoder, t time.Time) error {
	if t.IsZero() {
		return enc.WriteToken(jsontext.Null)
	}
	return enc.WriteToken(jsontext.String(t.UTC().Format(time.RFC3339Nano)))
}

// Act calls a method without params and result.
func Act(ctx context.Context, method func(context.Context, ...runtime.CallOption) error) (JSON, error) {
	return nil, method(ctx, keyed(ctx)...)
}

// AllItems ranges over a method that lists and has no params.
func AllItems[T any](ctx context.Context, method func(context.Context, ...runtime.CallOption) iter.Seq2[T, error]) iter.Seq2[JSON, error] {
	return func(yield func(JSON, error) bool) {
		for item, err := range method(ctx) {
			out, err := result(ctx, item, err)
			if !yield(out, err) || err != nil {
				return
			}
		}
	}
}

// NoList is the sequence for an action that is no list.
func NoList(action string) iter.Seq2[JSON, error] {
	return func(yield func(JSON, error) bool) { yield(nil, fmt.Errorf("no list %q", action)) }
}

// Group is the path of the group that an action stands in.
func Group(action string) string {
	i := strings.LastIndexByte(action, '.')
	return action[:max(i, 0)]
}
