package runtime

import (
	"context"
	"reflect"
	"testing"
	"testing/synctest"
	"time"
)

// TestAttemptsAreObserved wants what an attempt was, in the context of its call.
func TestAttemptsAreObserved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{answers: []answer{{status: 503, after: time.Second}, {after: 2 * time.Second, body: `{"ok":true}`}}}
		type mark struct{}
		var all []AttemptEvent
		c := newTestClient(t, testAPI(), s, WithObserver(ObserverFunc(func(ctx context.Context, e Event) {
			if ctx.Value(mark{}) != "the caller's" {
				t.Errorf("%T comes with another context", e)
			}
			if a, ok := e.(AttemptEvent); ok {
				all = append(all, a)
			}
		})))
		if err := doOnce(context.WithValue(t.Context(), mark{}, "the caller's"), c, testOp(testAPI())); err != nil {
			t.Fatal(err)
		}
		want := AttemptEvent{API: "test", Op: "things.get", Account: c.cred.Account(), Method: "GET", Server: "api.example.com", Route: "things", Attempt: 1, StatusCode: 503, Class: ClassUnavailable, Took: time.Second}
		again := want
		again.Attempt, again.StatusCode, again.Class, again.OK, again.Took = 2, 200, 0, true, 2*time.Second
		if !reflect.DeepEqual(all, []AttemptEvent{want, again}) {
			t.Errorf("observed %+v", all)
		}
	})
}

// TestDeprecationsAreObserved wants each form of the two headers read, once.
func TestDeprecationsAreObserved(t *testing.T) {
	since := time.Date(2023, 6, 30, 23, 59, 59, 0, time.UTC)
	for _, tc := range []struct {
		name, header string
		want         []DeprecationEvent
	}{
		{"neither", "X-Else: 1", nil},
		{"RFC 9745", "Deprecation: @1688169599", []DeprecationEvent{{API: "test", Op: "things.get", Since: since}}},
		{"a draft's date", "Deprecation: Fri, 30 Jun 2023 23:59:59 GMT", []DeprecationEvent{{API: "test", Op: "things.get", Since: since}}},
		{"no date", "Deprecation: true", []DeprecationEvent{{API: "test", Op: "things.get"}}},
		{"no number", "Deprecation: @soon", []DeprecationEvent{{API: "test", Op: "things.get"}}},
		{"sunset alone", "Sunset: Fri, 30 Jun 2023 23:59:59 GMT\nLink: <https://example.com/end>; rel=\"sunset\"", []DeprecationEvent{{API: "test", Op: "things.get", Sunset: since, Link: "https://example.com/end"}}},
		{"both", "Deprecation: @0\nSunset: Fri, 30 Jun 2023 23:59:59 GMT\nLink: </a>; rel=\"sunset\", </b>; rel=\"deprecation\"",
			[]DeprecationEvent{{API: "test", Op: "things.get", Since: time.Unix(0, 0).UTC(), Sunset: since, Link: "/b"}}},
	} {
		var e events
		c := newTestClient(t, testAPI(), &server{answers: []answer{{header: tc.header, body: `{"ok":true}`}}}, WithObserver(&e))
		for range 2 {
			if err := doOnce(t.Context(), c, testOp(testAPI())); err != nil {
				t.Fatal(err)
			}
		}
		if got := eventsOf[DeprecationEvent](&e); !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%s: observed %+v", tc.name, got)
		}
	}
}

// TestPagesAreObserved counts the pages of a walk.
func TestPagesAreObserved(t *testing.T) {
	var e events
	s := &server{answers: []answer{{body: `{"items":[1,2],"next":"b"}`}, {body: `{"items":[3]}`}}}
	c := newTestClient(t, testAPI(), s, WithObserver(&e))
	op := listOp(PageRule{To: Param{Field: "cursor"}})
	if items, err := collect(t.Context(), c, op, nil, readList); err != nil || len(items) != 3 {
		t.Fatal(items, err)
	}
	want := []PageEvent{{"test", "things.get", c.cred.Account(), 1, 2}, {"test", "things.get", c.cred.Account(), 2, 1}}
	if got := eventsOf[PageEvent](&e); !reflect.DeepEqual(got, want) {
		t.Errorf("observed %+v", got)
	}
}
