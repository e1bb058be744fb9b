package runtime_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	rt "github.com/porin-dev/porin/runtime"
)

// hookServer is a handler of [slackHook] whose function is fn, with a log of
// what was not acknowledged.
func hookServer(t *testing.T, fn func(context.Context, string) error, opts ...rt.WebhookOption) (h http.Handler, failed *[]error) {
	t.Helper()
	failed = new([]error)
	var mu sync.Mutex
	opts = append([]rt.WebhookOption{rt.WithWebhookErrors(func(_ context.Context, err error) {
		mu.Lock()
		defer mu.Unlock()
		*failed = append(*failed, err)
	})}, opts...)
	decode := func(d *rt.Delivery) (string, error) {
		if d.Tag == "broken" {
			return "", errors.New("no such event")
		}
		return d.Tag + " " + d.ID, nil
	}
	h, err := rt.Handle(slackHook(), []rt.Secret{rt.NewSecret("k")}, decode, fn, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return h, failed
}

func answer(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// TestHandleSeveral gives each event of a delivery to the caller, and after a failure
// those that are left.
func TestHandleSeveral(t *testing.T) {
	hook := &rt.Webhook{Name: "test", Unsigned: true, Many: true, Each: rt.Path{"events"}, Tag: rt.Path{"type"}, ID: rt.Path{"id"}, Data: rt.Path{"data"}}
	var got []string
	broken := true
	fn := func(_ context.Context, e string) error {
		if e == "b 2" && broken {
			return errors.New("no place for it")
		}
		got = append(got, e)
		return nil
	}
	h, err := rt.Handle(hook, nil, func(d *rt.Delivery) (string, error) { return d.Tag + " " + string(d.Data), nil }, fn)
	if err != nil {
		t.Fatal(err)
	}
	post := func(body string) int {
		return answer(h, httptest.NewRequest("POST", "/", strings.NewReader(body))).Code
	}
	const body = `{"events":[{"type":"a","id":"1","data":1},{"type":"b","id":"2","data":2},{"type":"c","id":"3","data":3}]}`
	if status := post(body); status != 500 || !slices.Equal(got, []string{"a 1", "c 3"}) {
		t.Errorf("status %d, handled %q", status, got)
	}
	broken = false
	if status := post(body); status != 200 || !slices.Equal(got, []string{"a 1", "c 3", "b 2"}) {
		t.Errorf("status %d, handled %q", status, got)
	}
	for body, want := range map[string]int{`{"events":[]}`: 200, `{"events":{}}`: 400, `{}`: 400, `[]`: 400, `events`: 400} {
		if status := post(body); status != want {
			t.Errorf("%s is answered with %d", body, status)
		}
	}
}

func TestHandle(t *testing.T) {
	atHookTime(t, func(t *testing.T) {
		var got []string
		h, failed := hookServer(t, func(_ context.Context, e string) error { got = append(got, e); return nil })
		w := slackHook()
		stale := delivery(hookBody)
		if err := w.Sign([]byte(hookBody), stale.Header, rt.NewSecret("k"), time.Now().Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
		huge := signed(t, w, hookBody, "k")
		huge.ContentLength = 1 << 30
		for _, tc := range []struct {
			name   string
			r      *http.Request
			status int
			body   string
		}{
			{"genuine", signed(t, w, hookBody, "k"), 200, ""},
			{"duplicate", signed(t, w, hookBody, "k"), 200, ""},
			{"forged", signed(t, w, hookBody, "x"), 401, "Unauthorized\n"},
			{"unsigned", delivery(hookBody), 401, "Unauthorized\n"},
			{"stale", stale, 401, "Unauthorized\n"},
			{"huge", huge, 413, "Request Entity Too Large\n"},
			{"no JSON", signed(t, w, "x", "k"), 400, "Bad Request\n"},
			{"undecodable", signed(t, w, `{"event":{"type":"broken"}}`, "k"), 400, "Bad Request\n"},
			{"challenge", signed(t, w, `{"type":"url_verification","challenge":"c1"}`, "k"), 200, "c1"},
			{"forged challenge", delivery(`{"type":"url_verification","challenge":"c1"}`), 401, "Unauthorized\n"},
			{"without id", signed(t, w, `{"event":{"type":"a"}}`, "k"), 200, ""},
			{"without id again", signed(t, w, `{"event":{"type":"a"}}`, "k"), 200, ""},
		} {
			res := answer(h, tc.r)
			if res.Code != tc.status || res.Body.String() != tc.body {
				t.Errorf("%s: %d %q, want %d %q", tc.name, res.Code, res.Body, tc.status, tc.body)
			}
		}
		if len(got) != 3 || got[0] != "message Ev1" || len(*failed) != 7 {
			t.Errorf("handled %q, failed %v", got, *failed)
		}
	})
}

func TestHandleFailureIsDeliveredAgain(t *testing.T) {
	atHookTime(t, func(t *testing.T) {
		calls := 0
		h, _ := hookServer(t, func(context.Context, string) error {
			if calls++; calls == 1 {
				return errors.New("no queue")
			}
			return nil
		})
		for _, want := range []int{500, 200, 200} {
			if res := answer(h, signed(t, slackHook(), hookBody, "k")); res.Code != want {
				t.Errorf("status %d, want %d", res.Code, want)
			}
		}
		if calls != 2 {
			t.Errorf("%d calls", calls)
		}
	})
}

func TestHandlePanicGivesTheDeliveryBack(t *testing.T) {
	atHookTime(t, func(t *testing.T) {
		calls := 0
		h, _ := hookServer(t, func(context.Context, string) error {
			if calls++; calls == 1 {
				panic("application")
			}
			return nil
		})
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic is swallowed")
				}
			}()
			answer(h, signed(t, slackHook(), hookBody, "k"))
		}()
		if res := answer(h, signed(t, slackHook(), hookBody, "k")); res.Code != 200 || calls != 2 {
			t.Errorf("status %d after %d calls", res.Code, calls)
		}
	})
}

func TestHandleWhileBusy(t *testing.T) {
	atHookTime(t, func(t *testing.T) {
		calls := 0
		h, _ := hookServer(t, func(ctx context.Context, _ string) error {
			calls++
			time.Sleep(10 * time.Second)
			return ctx.Err() // The provider gave up long ago.
		})
		var wg sync.WaitGroup
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			if res := answer(h, signed(t, slackHook(), hookBody, "k").WithContext(ctx)); res.Code != 200 {
				t.Errorf("status %d", res.Code)
			}
		})
		time.Sleep(3 * time.Second)
		if res := answer(h, signed(t, slackHook(), hookBody, "k")); res.Code != 503 || res.Header().Get("Retry-After") == "" {
			t.Errorf("a duplicate meanwhile: %d", res.Code)
		}
		wg.Wait()
		if res := answer(h, signed(t, slackHook(), hookBody, "k")); res.Code != 200 || calls != 1 {
			t.Errorf("a duplicate afterwards: %d, %d calls", res.Code, calls)
		}
	})
}

func TestHandleNeedsASecret(t *testing.T) {
	for _, secrets := range [][]rt.Secret{nil, {{}}} {
		_, err := rt.Handle(slackHook(), secrets, func(*rt.Delivery) (int, error) { return 0, nil }, func(context.Context, int) error { return nil })
		if !errors.Is(err, rt.ErrWebhookSecret) {
			t.Errorf("%v: %v", secrets, err)
		}
	}
}

type brokenDeduper struct{}

func (brokenDeduper) Claim(context.Context, string) (rt.Claim, error) {
	return 0, errors.New("no database")
}
func (brokenDeduper) Settle(context.Context, string, bool) error { return errors.New("no database") }

func TestHandleOptions(t *testing.T) {
	atHookTime(t, func(t *testing.T) {
		h, _ := hookServer(t, func(context.Context, string) error { return nil }, rt.WithDeduper(brokenDeduper{}))
		if res := answer(h, signed(t, slackHook(), hookBody, "k")); res.Code != 500 {
			t.Errorf("a deduper that fails: %d", res.Code)
		}
		h, _ = hookServer(t, func(context.Context, string) error { return nil }, rt.WithWebhookClock(lateClock{}))
		if res := answer(h, signed(t, slackHook(), hookBody, "k")); res.Code != 401 {
			t.Errorf("a clock an hour ahead: %d", res.Code)
		}
	})
}

// lateClock is an hour ahead.
type lateClock struct{ instantClock }

func (lateClock) Now() time.Time { return time.Now().Add(time.Hour) }

func TestMemoryDeduper(t *testing.T) {
	d, ctx := rt.NewMemoryDeduper(3), t.Context()
	claim := func(id string) rt.Claim {
		c, err := d.Claim(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for i := range 5 {
		id := strconv.Itoa(i)
		if got := claim(id); got != rt.ClaimNew {
			t.Errorf("%s: %v", id, got)
		}
		if got := claim(id); got != rt.ClaimBusy {
			t.Errorf("%s again: %v", id, got)
		}
		if err := d.Settle(ctx, id, true); err != nil {
			t.Fatal(err)
		}
		if got := claim(id); got != rt.ClaimHandled {
			t.Errorf("%s handled: %v", id, got)
		}
	}
	if claim("1") != rt.ClaimNew { // Forgotten.
		t.Error("more than three are remembered")
	}
	if err := d.Settle(ctx, "1", false); err != nil || claim("1") != rt.ClaimNew {
		t.Error("a failed one is not given back")
	}
	if err := d.Settle(ctx, "unknown", false); err != nil {
		t.Error(err)
	}
}
