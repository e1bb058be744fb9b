package runtime

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestTimeoutOfAttempt: the caller's word counts before that of the operation, and that
// before the API's.
func TestTimeoutOfAttempt(t *testing.T) {
	for name, tc := range map[string]struct {
		api, op time.Duration
		opts    []Option
		want    time.Duration
	}{
		"default":   {want: DefaultAttemptTimeout},
		"api":       {api: 3 * time.Second, want: 3 * time.Second},
		"operation": {api: 3 * time.Second, op: 5 * time.Minute, want: 5 * time.Minute},
		"caller":    {api: 3 * time.Second, op: 5 * time.Minute, opts: []Option{WithAttemptTimeout(time.Second)}, want: time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			api := testAPI()
			api.Timeout = tc.api
			op := testOp(api)
			op.Timeout, op.Attempts = tc.op, 1
			c := newTestClient(t, api, &server{answers: []answer{{after: time.Hour}}}, tc.opts...)
			start := time.Now()
			if e := doOnce(t.Context(), c, op); e == nil || e.Class != ClassTimeout && e.Class != ClassUnavailable {
				t.Errorf("%s: %v", name, e)
			}
			if took := time.Since(start); took != tc.want {
				t.Errorf("%s: the attempt took %s, want %s", name, took, tc.want)
			}
		})
	}
}

// TestRetryOn: only the named failures are tried again after.
func TestRetryOn(t *testing.T) {
	for class, want := range map[Class]int{ClassUnavailable: 3, ClassRateLimited: 1} {
		synctest.Test(t, func(t *testing.T) {
			api := testAPI()
			op := testOp(api)
			op.RetryOn = []Class{class}
			s := &server{answers: []answer{{status: 503}}}
			c := newTestClient(t, api, s)
			_ = doOnce(t.Context(), c, op)
			if n := len(s.requests()); n != want {
				t.Errorf("retry on %v: %d requests for a 503, want %d", class, n, want)
			}
		})
	}
}
