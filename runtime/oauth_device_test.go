package runtime_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	rt "github.com/porin-dev/porin/runtime"
)

// deviceAnswer is how a token endpoint answers a question.
type deviceAnswer struct {
	status int
	body   string
	err    error
}

// pending is the answer while the user has not agreed.
var pending = deviceAnswer{status: 400, body: `{"error":"authorization_pending"}`}

// waited is how the wait for a device went.
type waited struct {
	connected *rt.Connected
	err       error
	asked     []time.Duration // When the endpoint was asked, since the wait began.
	took      time.Duration
	forms     []url.Values
	store     *rt.MemoryStore
}

// waitForDevice waits for an attempt on a virtual clock, at an endpoint that gives the
// answers in turn, and the last of them for good.
func waitForDevice(t *testing.T, attempt rt.DeviceAttempt, limit time.Duration, answers ...deviceAnswer) (w waited) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o, start := slackish(), time.Now()
		o.Grant = rt.GrantDevice
		w.store = rt.NewMemoryStore()
		s := &tokenServer{answer: func(n int, _ url.Values) (*http.Response, error) {
			w.asked = append(w.asked, time.Since(start))
			a := answers[min(n, len(answers))-1]
			if a.err != nil {
				return nil, a.err
			}
			return reply(a.status, a.body), nil
		}}
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		defer cancel()
		attempt.Code = rt.NewSecret("device-1")
		if !attempt.Expiry.IsZero() { // It is a life here: the clock is the bubble's.
			attempt.Expiry = start.Add(attempt.Expiry.Sub(time.Unix(0, 0)))
		}
		w.connected, w.err = oauthApp(t, o, s, w.store, nil).Device(nil).Wait(ctx, &attempt, "T1")
		w.took, w.forms = time.Since(start), s.forms
	})
	return w
}

// living is an attempt whose code counts for that long.
func living(d time.Duration) rt.DeviceAttempt {
	return rt.DeviceAttempt{Interval: 7 * time.Second, Expiry: time.Unix(0, 0).Add(d)}
}

func (w waited) want(t *testing.T, target error, unknown bool, took time.Duration, asked ...time.Duration) {
	t.Helper()
	var e *rt.APIError
	if target != nil && (!errors.Is(w.err, target) || !errors.As(w.err, &e)) || target == nil && w.err != nil {
		t.Fatalf("the wait ends with %v, want %v", w.err, target)
	}
	if errors.Is(w.err, rt.ErrOutcomeUnknown) != unknown {
		t.Errorf("whether it is known that there is no token: %v", w.err)
	}
	if w.took != took || !slices.Equal(w.asked, asked) {
		t.Errorf("asked at %v until %v, want %v until %v", w.asked, w.took, asked, took)
	}
}

const s = time.Second

func TestDeviceIsAskedAtItsInterval(t *testing.T) {
	w := waitForDevice(t, living(time.Hour), time.Hour, pending, pending, deviceAnswer{status: 200, body: `{"ok":true,"access_token":"access-1"}`})
	w.want(t, nil, false, 21*s, 7*s, 14*s, 21*s)
	for _, form := range w.forms {
		want := url.Values{
			"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "device_code": {"device-1"}, "client_id": {"id-1"}, "client_secret": {"test-secret"},
		}
		if form.Encode() != want.Encode() {
			t.Errorf("sent %v", form)
		}
	}
	if token, _ := stored(t, w.store); w.connected.Account != "T1" || token.Access.Reveal() != "access-1" {
		t.Errorf("connected %v with %v", w.connected, token)
	}
	// RFC 8628, 3.2: without an interval it is five seconds.
	w = waitForDevice(t, rt.DeviceAttempt{}, 12*s, pending)
	w.want(t, context.DeadlineExceeded, false, 12*s, 5*s, 10*s)
}

func TestDeviceContextEnds(t *testing.T) {
	waitForDevice(t, living(time.Hour), 10*s, pending).want(t, context.DeadlineExceeded, false, 10*s, 7*s)
	// While the endpoint is asked: it may have given the tokens.
	waitForDevice(t, living(time.Hour), 10*s, deviceAnswer{err: errHang}).want(t, context.DeadlineExceeded, true, 10*s, 7*s)
}

// TestDeviceSlowDown: five seconds more, for this and all further questions (RFC 8628, 3.5).
func TestDeviceSlowDown(t *testing.T) {
	slow := deviceAnswer{status: 400, body: `{"error":"slow_down"}`}
	waitForDevice(t, living(time.Hour), 70*s, pending, slow, pending, slow, pending).
		want(t, context.DeadlineExceeded, false, 70*s, 7*s, 14*s, 26*s, 38*s, 55*s)
}

// TestDeviceAnswerIsLost: the interval doubles with each answer that does not come (RFC
// 8628, 3.5), and the end says that one may have had the tokens.
func TestDeviceAnswerIsLost(t *testing.T) {
	cut := deviceAnswer{err: errors.New("connection reset")}
	waitForDevice(t, living(time.Hour), 100*s, cut, pending, cut, pending).
		want(t, context.DeadlineExceeded, true, 100*s, 7*s, 21*s, 35*s, 63*s, 91*s)
	hung := deviceAnswer{err: errHang}
	w := waitForDevice(t, living(time.Hour), 70*s, hung, pending)
	w.want(t, context.DeadlineExceeded, true, 70*s, 7*s, w.asked[1], w.asked[2])
	if gap := w.asked[2] - w.asked[1]; gap != 14*s {
		t.Errorf("after a timeout it asks every %v", gap)
	}
	// Of a status that says that nothing was done, no token is lost.
	busy := deviceAnswer{status: 503, body: "busy"}
	waitForDevice(t, living(time.Hour), 30*s, busy, pending).want(t, context.DeadlineExceeded, false, 30*s, 7*s, 21*s)
}

func TestDeviceCodeEnds(t *testing.T) {
	waitForDevice(t, living(time.Hour), time.Hour, pending, deviceAnswer{status: 400, body: `{"error":"expired_token"}`}).
		want(t, rt.ErrConsentExpired, false, 14*s, 7*s, 14*s)
	// Not asked for when it cannot count any more.
	waitForDevice(t, living(20*s), time.Hour, pending).want(t, rt.ErrConsentExpired, false, 14*s, 7*s, 14*s)
}

func TestDeviceIsRefused(t *testing.T) {
	w := waitForDevice(t, living(time.Hour), time.Hour, pending, deviceAnswer{status: 400, body: `{"error":"access_denied"}`})
	w.want(t, rt.ErrConsentDenied, false, 14*s, 7*s, 14*s)
	if _, _, err := w.store.Load(t.Context(), "T1", "bot"); !errors.Is(err, rt.ErrNoToken) {
		t.Errorf("after a refusal there is a token: %v", err)
	}
	// After a lost answer a refusal of the code may mean that it was used.
	w = waitForDevice(t, living(time.Hour), time.Hour, deviceAnswer{err: errors.New("connection reset")}, deviceAnswer{status: 400, body: `{"error":"invalid_grant"}`})
	w.want(t, rt.ErrDisconnected, true, 21*s, 7*s, 21*s)
}
