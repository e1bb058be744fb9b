package redislimits_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/redislimits"
)

var draw = runtime.LimitDraw{Key: "slack/tier2/abc", Cost: 1, Declared: 20, Calls: 20, Burst: 10, Interval: time.Second}

// TestKeys: the buckets of a connector are in one slot of a cluster.
func TestKeys(t *testing.T) {
	var seen []string
	s := redislimits.New(redislimits.ScripterFunc(func(_ context.Context, script string, keys []string, _ ...any) (any, error) {
		if script != redislimits.Script {
			t.Error("another script is run")
		}
		seen = append(seen, keys...)
		return []any{}, nil
	}))
	if err := s.Note(t.Context(), []runtime.LimitNote{{LimitDraw: draw}}); err != nil {
		t.Fatal(err)
	}
	s.Prefix = "staging:"
	if err := s.Note(t.Context(), []runtime.LimitNote{{LimitDraw: draw}}); err != nil {
		t.Fatal(err)
	}
	if want := []string{"porin:{slack}:tier2/abc", "staging:{slack}:tier2/abc"}; !slices.Equal(seen, want) {
		t.Errorf("keys %q, want %q", seen, want)
	}
}

// TestAnswersThatAreNone has a server that is no Redis, or runs another script.
func TestAnswersThatAreNone(t *testing.T) {
	down := errors.New("connection refused")
	for _, tc := range []struct {
		answer any
		err    error
	}{{nil, down}, {nil, nil}, {"OK", nil}, {[]any{}, nil}, {[]any{int64(1), int64(2)}, nil}, {[]any{"1", nil}, nil}, {make([]any, 15), nil}} {
		s := redislimits.New(redislimits.ScripterFunc(func(context.Context, string, []string, ...any) (any, error) { return tc.answer, tc.err }))
		got, err := s.Reserve(t.Context(), []runtime.LimitDraw{draw}, time.Second)
		if err == nil || got.Booked || !strings.HasPrefix(err.Error(), "redislimits: ") || tc.err != nil && !errors.Is(err, tc.err) {
			t.Errorf("answer %v: %+v, %v", tc.answer, got, err)
		}
	}
}

// Example shows what a driver has to do. With go-redis it is
//
//	client.Eval(ctx, script, keys, args...).Result()
//
// or, so that the script travels once, redis.NewScript(redislimits.Script).Run.
func Example() {
	driver := func(_ context.Context, _ string, keys []string, args ...any) (any, error) {
		fmt.Println(keys[0], args[0])
		return nil, errors.New("no server here")
	}
	limits := redislimits.New(redislimits.ScripterFunc(driver))
	app, err := runtime.NewApp(&runtime.API{Name: "slack", Servers: []runtime.Server{{Name: "api", URL: "https://slack.com/api/"}}}, runtime.WithSharedLimits(limits, 4))
	fmt.Println(app != nil, err)
	_, err = limits.Reserve(context.Background(), []runtime.LimitDraw{draw}, time.Second)
	fmt.Println(err)
	// Output:
	// true <nil>
	// porin:{slack}:tier2/abc reserve
	// redislimits: reserve: no server here
}
