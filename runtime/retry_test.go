package runtime

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var (
	errReset  = errors.New("connection reset by peer")
	errDial   = &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	tooMany   = answer{status: 429, header: "Retry-After: 2"}
	down      = answer{status: 503}
	fine      = answer{body: `{"ok":true}`}
	lostReply = answer{err: errReset}
)

// TestRetryGate gives how often each effect is sent, and what the caller gets,
// for a sequence of answers whose last one repeats.
func TestRetryGate(t *testing.T) {
	const all = "read idempotent keyed create irreversible"
	effects := map[string]Effect{"read": EffectRead, "idempotent": EffectIdempotent, "keyed": EffectKeyed, "create": EffectCreate, "irreversible": EffectIrreversible}
	for _, tc := range []struct {
		name    string
		effects string
		answers []answer
		sent    int
		want    error // nil: success.
		unknown bool
	}{
		{"success", all, []answer{fine}, 1, nil, false},
		{"unavailable, then fine", "read idempotent keyed", []answer{down, fine}, 2, nil, false},
		{"unavailable", "read", []answer{down}, 3, ErrUnavailable, false},
		{"unavailable", "idempotent keyed", []answer{down}, 3, ErrUnavailable, true},
		{"unavailable", "create irreversible", []answer{down, fine}, 1, ErrUnavailable, true},
		{"reset, then fine", "read idempotent keyed", []answer{lostReply, fine}, 2, nil, false},
		{"reset", "create irreversible", []answer{lostReply, fine}, 1, errReset, true},
		{"no connection, then fine", all, []answer{{err: errDial}, fine}, 2, nil, false},
		{"no connection", all, []answer{{err: errDial}}, 3, ErrUnavailable, false},
		{"timeout status", "create", []answer{{status: 504}, fine}, 1, ErrTimeout, true},
		{"no JSON, then fine", "read idempotent keyed", []answer{{body: "<html>"}, fine}, 2, nil, false},
		{"no JSON", "create irreversible", []answer{{body: "<html>"}, fine}, 1, ErrDecode, true},
		{"truncated", "create", []answer{{body: `{"a":`}, fine}, 1, ErrDecode, true},
		{"broken off", "create", []answer{{reader: io.MultiReader(strings.NewReader(`{"a":`), failingReader{})}, fine}, 1, io.ErrUnexpectedEOF, true},
		{"rate limited, then fine", all, []answer{tooMany, tooMany, tooMany, tooMany, fine}, 5, nil, false},
		{"rate limited", all, []answer{tooMany}, 1 + MaxThrottled, ErrRateLimited, false},
		{"rate limited without a wait", all, []answer{{status: 429}}, 1 + MaxThrottled, ErrRateLimited, false},
		{"invalid", all, []answer{{status: 400}, fine}, 1, ErrInvalid, false},
		{"not found", all, []answer{{status: 404}, fine}, 1, ErrNotFound, false},
		{"rejected", all, []answer{{body: `{"ok":false,"error":"x"}`}, fine}, 1, testCode("x"), false},
		{"lost, then refused", "keyed", []answer{lostReply, {status: 400}}, 2, ErrInvalid, true},
		{"throttled, then lost", "create", []answer{tooMany, lostReply}, 2, ErrUnavailable, true},
		{"unknown status", "create", []answer{{status: 399}, fine}, 1, ErrOutcomeUnknown, true},
	} {
		for name := range strings.FieldsSeq(tc.effects) {
			t.Run(tc.name+", "+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := &server{answers: tc.answers}
					op := testOp(testAPI())
					op.Method, op.Effect = "POST", effects[name]
					e := doOnce(t.Context(), newTestClient(t, testAPI(), s), op)
					if tc.want == nil && e != nil || tc.want != nil && (e == nil || !errors.Is(e, tc.want)) {
						t.Errorf("error %v, want %v", e, tc.want)
					}
					if e != nil && (errors.Is(e, ErrOutcomeUnknown) != tc.unknown || e.Attempts != tc.sent) {
						t.Errorf("outcome unknown %v after %d attempts, want %v after %d", e.OutcomeUnknown, e.Attempts, tc.unknown, tc.sent)
					}
					if n := len(s.requests()); n != tc.sent {
						t.Errorf("%d requests, want %d", n, tc.sent)
					}
				})
			})
		}
	}
}

// failingReader breaks off.
type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// TestWireOfATransport uses what a transport tells of the connection: without
// complete headers on the wire a create may be sent again.
func TestWireOfATransport(t *testing.T) {
	for _, tc := range []struct {
		name  string
		wrote bool
		sent  int
	}{{"no connection came about", false, 3}, {"the headers were written", true, 1}} {
		t.Run(tc.name, func(t *testing.T) {
			s := &server{handle: func(_ int, r *http.Request) answer {
				trace := httptrace.ContextClientTrace(r.Context())
				trace.GetConn("api.example.com:443")
				if tc.wrote {
					trace.WroteHeaders()
				}
				return answer{err: errReset}
			}}
			op := testOp(testAPI())
			op.Effect = EffectCreate
			e := doOnce(t.Context(), newTestClient(t, testAPI(), s, WithClock(instant{})), op)
			if len(s.requests()) != tc.sent || e.OutcomeUnknown != tc.wrote {
				t.Errorf("%d requests, error %v", len(s.requests()), e)
			}
		})
	}
}

func TestRetryTimes(t *testing.T) {
	half := func() float64 { return 0.5 }
	for _, tc := range []struct {
		name    string
		random  func() float64
		answers []answer
		opts    []Option
		timeout time.Duration
		want    []time.Duration // Of the requests.
		after   time.Duration   // RetryAfter of the error, where there is one.
	}{
		{"transient", half, []answer{down}, nil, 0, []time.Duration{0, 25 * time.Millisecond, 75 * time.Millisecond}, 0},
		{"throttle", half, []answer{{status: 429}}, nil, 0, []time.Duration{0, 500 * time.Millisecond, 1500 * time.Millisecond, 3500 * time.Millisecond, 7500 * time.Millisecond, 15500 * time.Millisecond}, 0},
		{"throttle, attempts are set", half, []answer{{status: 429}}, []Option{WithMaxAttempts(3)}, 0, []time.Duration{0, 500 * time.Millisecond, 1500 * time.Millisecond}, 0},
		{"cap", half, []answer{down}, []Option{WithMaxAttempts(12)}, 0, nil, 0},
		{"as told", still, []answer{tooMany, fine}, nil, 0, []time.Duration{0, 2 * time.Second}, 0},
		{"jitter comes on top", half, []answer{tooMany, fine}, nil, 0, []time.Duration{0, 2100 * time.Millisecond}, 0},
		{"as told by an overloaded server", still, []answer{{status: 503, header: "Retry-After: 3"}, fine}, nil, 0, []time.Duration{0, 3 * time.Second}, 0},
		{"zero is no order", half, []answer{{status: 429, header: "Retry-After: 0"}, fine}, nil, 0, []time.Duration{0, 500 * time.Millisecond}, 0},
		{"longer than the client waits", still, []answer{{status: 429, header: "Retry-After: 31"}, fine}, nil, 0, []time.Duration{0}, 31 * time.Second},
		{"longer than the deadline", still, []answer{{status: 429, header: "Retry-After: 5"}, fine}, nil, 3 * time.Second, []time.Duration{0}, 5 * time.Second},
		{"jitter does not fit the deadline", half, []answer{{status: 429, header: "Retry-After: 10"}, fine}, nil, 10100 * time.Millisecond, []time.Duration{0, 10 * time.Second}, 0},
		{"absurd", still, []answer{{status: 429, header: "Retry-After: 99999999999999"}, fine}, nil, 0, []time.Duration{0}, century},
		{"backoff beyond the longest wait", half, []answer{{status: 429}}, []Option{WithMaxWait(time.Millisecond), WithMaxAttempts(3)}, 0, []time.Duration{0, time.Millisecond, 2 * time.Millisecond}, 0},
		{"no retry", still, []answer{tooMany, fine}, []Option{WithMaxAttempts(1)}, 0, []time.Duration{0}, 2 * time.Second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				if tc.timeout > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tc.timeout)
					defer cancel()
				}
				s := &server{answers: tc.answers}
				start := time.Now()
				e := doOnce(ctx, newTestClient(t, testAPI(), s, append(tc.opts, WithRandom(tc.random))...), testOp(testAPI()))
				if tc.after > 0 && (e == nil || e.RetryAfter != tc.after || !e.RetryAt.Equal(start.Add(tc.after)) || time.Since(start) > 0) {
					t.Errorf("error %v after %v, want one at once that says %v", e, time.Since(start), tc.after)
				}
				got := s.times()
				if tc.want == nil {
					if last := got[len(got)-1] - got[len(got)-2]; len(got) != 12 || last != backoffCap/2 {
						t.Errorf("%d requests, the last after %v", len(got), last)
					}
				} else if !slices.Equal(got, tc.want) {
					t.Errorf("requests at %v, want %v", got, tc.want)
				}
			})
		})
	}
}

func TestAttemptsOfTheOperation(t *testing.T) {
	for _, tc := range []struct{ client, op, want int }{{0, 0, 3}, {0, 5, 5}, {2, 5, 2}, {5, 1, 1}, {4, 0, 4}} {
		s := &server{answers: []answer{down}}
		op := testOp(testAPI())
		op.Attempts = tc.op
		opts := []Option{WithClock(instant{})}
		if tc.client > 0 {
			opts = append(opts, WithMaxAttempts(tc.client))
		}
		doOnce(t.Context(), newTestClient(t, testAPI(), s, opts...), op)
		if n := len(s.requests()); n != tc.want {
			t.Errorf("client %d, operation %d: %d requests, want %d", tc.client, tc.op, n, tc.want)
		}
	}
}

// TestAmplify is the oracle of an outage: after warm-up at most 1.1 attempts a
// call. Then the provider recovers, and so does the budget.
func TestAmplify(t *testing.T) {
	for _, outage := range []answer{down, {err: errReset}, {status: 429}, {status: 503, header: "Retry-After: 1"}, {body: "<html>"}} {
		synctest.Test(t, func(t *testing.T) {
			failing := true
			s := &server{handle: func(int, *http.Request) answer {
				if failing {
					return outage
				}
				return fine
			}}
			c := newTestClient(t, testAPI(), s, WithMaxWait(5*time.Minute))
			op := testOp(testAPI())
			call := func(n int) (attempts float64) {
				before := len(s.requests())
				for range n {
					_ = doOnce(t.Context(), c, op)
				}
				return float64(len(s.requests())-before) / float64(n)
			}
			call(100)
			if per := call(200); per > 1.1 {
				t.Errorf("%.2f attempts a call", per)
			}
			if e := doOnce(t.Context(), c, op); !errors.Is(e, ErrNoRetryLeft) {
				t.Errorf("error %v does not say that the budget is spent", e)
			}
			failing = false
			if per := call(600); per != 1 {
				t.Errorf("%.2f attempts a call that succeeds", per)
			}
			if left := len(c.app.budgets.of); left != 0 {
				t.Errorf("%d budgets are not full again", left)
			}
		})
	}
}

// TestBudgetIsPerAccount wants the outage of one account to leave the retries
// of another alone, and forgotten accounts to be dropped.
func TestBudgetIsPerAccount(t *testing.T) {
	var b budgets
	for b.take("a", transientCost, noon) {
	}
	if !b.take("b", transientCost, noon) {
		t.Error("the other account has no budget")
	}
	later := noon.Add(2*budgetIdle + 1)
	if !b.take("a", transientCost, later) || len(b.of) != 1 {
		t.Errorf("%d budgets are remembered", len(b.of))
	}
}

// countingCredential is renewed as often as it is asked.
type countingCredential struct {
	renewals int
	ok       bool
	err      error
	version  int64
}

func (c *countingCredential) Authorize(_ context.Context, r *http.Request) (int64, error) {
	r.Header.Set("Authorization", "Bearer test-token")
	return c.version, nil
}
func (c *countingCredential) Renew(_ context.Context, version int64) (bool, error) {
	c.renewals++
	if version == c.version {
		c.version++
	}
	return c.ok, c.err
}
func (c *countingCredential) Account() string { return "account" }

func TestRenew(t *testing.T) {
	expired := answer{body: `{"ok":false,"error":"expired"}`}
	for _, tc := range []struct {
		name           string
		effect         Effect
		cred           countingCredential
		answers        []answer
		sent, renewals int
		want           error
	}{
		{"renewed", EffectRead, countingCredential{ok: true}, []answer{expired, fine}, 2, 1, nil},
		{"renewed for a create", EffectCreate, countingCredential{ok: true}, []answer{expired, fine}, 2, 1, nil},
		{"renewed once only", EffectRead, countingCredential{ok: true}, []answer{expired}, 2, 1, ErrUnauthorized},
		{"nothing newer", EffectRead, countingCredential{}, []answer{expired}, 1, 1, ErrUnauthorized},
		{"the grant is gone", EffectRead, countingCredential{err: ErrDisconnected}, []answer{expired}, 1, 1, ErrDisconnected},
		{"does not count as an attempt", EffectRead, countingCredential{ok: true}, []answer{expired, down, down, fine}, 4, 1, nil},
		{"disconnected", EffectRead, countingCredential{ok: true}, []answer{{status: 200, body: `{"ok":false,"error":"gone"}`}}, 1, 0, ErrRejected},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := &server{answers: tc.answers}
			c, err := NewClient(testAPI(), &tc.cred, WithTransport(s), WithClock(instant{}))
			if err != nil {
				t.Fatal(err)
			}
			op := testOp(testAPI())
			op.Effect = tc.effect
			e := doOnce(t.Context(), c, op)
			if tc.want == nil && e != nil || tc.want != nil && !errors.Is(e, tc.want) || e != nil && e.OutcomeUnknown {
				t.Errorf("error %v, want %v", e, tc.want)
			}
			if len(s.requests()) != tc.sent || tc.cred.renewals != tc.renewals {
				t.Errorf("%d requests and %d renewals, want %d and %d", len(s.requests()), tc.cred.renewals, tc.sent, tc.renewals)
			}
		})
	}
}

// TestEvents follows one call.
func TestEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var e events
		s := &server{answers: []answer{down, tooMany, {header: "X-Test-Id: r-3", body: `{}`}}}
		c := newTestClient(t, testAPI(), s, WithObserver(&e))
		if err := doOnce(t.Context(), c, testOp(testAPI())); err != nil {
			t.Fatal(err)
		}
		attempts, waits := eventsOf[AttemptEvent](&e), eventsOf[WaitEvent](&e)
		if len(attempts) != 3 || attempts[0].Class != ClassUnavailable || attempts[1].StatusCode != 429 || !attempts[2].OK || attempts[2].RequestID != "r-3" || attempts[2].Attempt != 3 {
			t.Errorf("attempts %+v", attempts)
		}
		if len(waits) != 2 || waits[0].Reason != WaitRetry || waits[1].Reason != WaitThrottle || waits[1].For != 2*time.Second {
			t.Errorf("waits %+v", waits)
		}
		for _, reason := range []WaitReason{WaitLimit, WaitRetry, WaitThrottle} {
			if reason.String() == "" {
				t.Errorf("reason %d has no name", reason)
			}
		}
	})
}
