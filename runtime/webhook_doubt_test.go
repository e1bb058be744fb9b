package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	rt "github.com/porin-dev/porin/runtime"
)

// asking is the handler of a webhook whose provider is asked about each delivery, and says
// that those with the signature "right" are genuine.
func asking(t *testing.T, asked *atomic.Int64, down *atomic.Bool) http.Handler {
	t.Helper()
	return askingBy(t, func(in rt.Raw) error {
		asked.Add(1)
		switch {
		case down.Load():
			return errors.New("the provider is down")
		case !strings.Contains(string(in), `"right"`):
			return &rt.APIError{Class: rt.ClassInvalid}
		}
		return nil
	}, "")
}

// askingBy is a handler with secrets, "" being none, whose provider is asked by a function.
func askingBy(t *testing.T, ask func(in rt.Raw) error, secrets ...string) http.Handler {
	t.Helper()
	w := &rt.Webhook{Name: "acme", Tag: rt.Path{"type"}, Proofs: []rt.WebhookProof{{Asked: &rt.WebhookCall{Op: &rt.Op{}, With: []rt.WebhookArg{
		{Name: "signature", Value: []rt.WebhookPart{{From: rt.PartHeader, Text: "Signature"}}},
		{Name: "event", JSON: true, Value: []rt.WebhookPart{{From: rt.PartBody}}},
	}}}}}
	var known []rt.Secret
	for _, secret := range secrets {
		if secret != "" {
			known = append(known, rt.NewSecret(secret))
		}
	}
	if len(known) > 0 {
		asked := w.Proofs[0].Asked
		asked.With = append(asked.With, rt.WebhookArg{Name: "secret", Value: []rt.WebhookPart{{From: rt.PartSecret}}})
	}
	h, err := rt.Handle(w, known, func(d *rt.Delivery) (*rt.Delivery, error) { return d, nil },
		func(context.Context, *rt.Delivery) error { return nil },
		rt.WithWebhookCaller(func(_ context.Context, _ *rt.Op, in, out any, _ []rt.CallOption) error {
			if err := ask(in.(rt.Raw)); err != nil {
				return err
			}
			*out.(*rt.Raw) = rt.Raw(`{}`)
			return nil
		}))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func deliver(h http.Handler, body, signature string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "/", strings.NewReader(body))
	if signature != "" {
		r.Header.Set("Signature", signature)
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec
}

// TestForgedDeliveriesAreBounded floods a receiver that asks about each delivery: some are
// asked about in a minute, the others are to come again, and so are real ones meanwhile.
func TestForgedDeliveriesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		h := asking(t, &asked, new(atomic.Bool))
		for i := range 500 { // Real ones are not bounded.
			if rec := deliver(h, `{"type":"a"}`, "right"); rec.Code != 200 {
				t.Fatalf("real delivery %d: %d", i, rec.Code)
			}
		}
		asked.Store(0)
		answers := map[int]int{}
		for i := range 500 {
			answers[deliver(h, fmt.Sprintf(`{"type":"a","n":%d}`, i), "wrong").Code]++
		}
		if asked.Load() != 30 || answers[401] != 30 || answers[503] != 470 {
			t.Errorf("the provider was asked %d times; answers %v", asked.Load(), answers)
		}
		time.Sleep(20 * time.Second)
		rec := deliver(h, `{"type":"a"}`, "right")
		if rec.Code != 503 || rec.Header().Get("Retry-After") != "40" {
			t.Errorf("a real one meanwhile: %d, Retry-After %q", rec.Code, rec.Header().Get("Retry-After"))
		}
		time.Sleep(40 * time.Second)
		if rec := deliver(h, `{"type":"a"}`, "right"); rec.Code != 200 {
			t.Errorf("a real one after the wait: %d", rec.Code)
		}
	})
}

// TestQuestionsUnderWayCount has the provider hang, and answer later.
func TestQuestionsUnderWayCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answer := make(chan struct{})
		h := askingBy(t, func(in rt.Raw) error { <-answer; return nil }, "")
		codes := make(chan int, 100)
		for range 100 {
			go func() { codes <- deliver(h, `{"type":"a"}`, "right").Code }()
		}
		synctest.Wait()
		close(answer)
		got := map[int]int{}
		for range 100 {
			got[<-codes]++
		}
		if got[200] != 30 || got[503] != 70 {
			t.Errorf("answers %v", got)
		}
		if rec := deliver(h, `{"type":"a"}`, "right"); rec.Code != 200 {
			t.Errorf("the next one: %d", rec.Code)
		}
	})
}

// TestQuestionsThatPanic are over, as others are.
func TestQuestionsThatPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := true
		h := askingBy(t, func(rt.Raw) error {
			if broken {
				panic("an observer's")
			}
			return nil
		}, "")
		for range 40 {
			func() {
				defer func() { _ = recover() }()
				deliver(h, `{"type":"a"}`, "right")
			}()
		}
		broken = false
		time.Sleep(time.Minute)
		if rec := deliver(h, `{"type":"a"}`, "right"); rec.Code != 200 {
			t.Errorf("a real one later: %d", rec.Code)
		}
	})
}

// TestQuestionsCountForEachSecret wants the bound on what the provider is asked.
func TestQuestionsCountForEachSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		h := askingBy(t, func(rt.Raw) error { asked++; return &rt.APIError{Class: rt.ClassInvalid} }, "a", "b", "c", "d")
		for range 100 {
			deliver(h, `{"type":"a"}`, "wrong")
		}
		if asked != 28 {
			t.Errorf("the provider was asked %d times, want as often as four secrets go into 30", asked)
		}
	})
}

// TestWhatCannotBeGenuineIsNotAskedAbout: a delivery without a declared header, or with a
// body that could not be read, costs no call.
func TestWhatCannotBeGenuineIsNotAskedAbout(t *testing.T) {
	var asked atomic.Int64
	h := asking(t, &asked, new(atomic.Bool))
	for range 100 {
		for _, one := range [][2]string{{`{"type":"a"}`, ""}, {`{"type":`, "right"}, {"", "right"}} {
			if rec := deliver(h, one[0], one[1]); rec.Code != 401 {
				t.Fatalf("%q: %d", one, rec.Code)
			}
		}
	}
	if asked.Load() != 0 {
		t.Errorf("the provider was asked %d times", asked.Load())
	}
	if rec := deliver(h, `{"type":"a"}`, "right"); rec.Code != 200 || asked.Load() != 1 {
		t.Errorf("a real one: %d", rec.Code)
	}
}

// TestQuestionsToAProviderThatIsDown are bounded, too, and what comes meanwhile comes again.
func TestQuestionsToAProviderThatIsDown(t *testing.T) {
	var asked atomic.Int64
	var down atomic.Bool
	down.Store(true)
	h := asking(t, &asked, &down)
	for range 100 {
		if rec := deliver(h, `{"type":"a"}`, "right"); rec.Code != 503 || rec.Header().Get("Retry-After") == "" {
			t.Fatalf("%d", rec.Code)
		}
	}
	if asked.Load() != 30 {
		t.Errorf("the provider was asked %d times", asked.Load())
	}
}
