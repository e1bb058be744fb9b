package runtime_test

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"testing"
	"time"

	rt "github.com/porin-dev/porin/runtime"
)

func TestLostRefreshAnswer(t *testing.T) {
	answers := []func(int, url.Values) (*http.Response, error){
		func(int, url.Values) (*http.Response, error) { return nil, errors.New("connection reset") },
		func(int, url.Values) (*http.Response, error) { return nil, errHang },
		fresh,
	}
	answer := func(n int, form url.Values) (*http.Response, error) { return answers[n-1](n, form) }
	inBubble(t, slackish(), answer, func(t *testing.T, s *tokenServer, store *rt.MemoryStore, c rt.Credential) {
		time.Sleep(55 * time.Minute)
		wantAuth(t, c, "access-0") // Refused nothing: the token still works.
		time.Sleep(time.Minute)
		wantAuth(t, c, "access-0")
		if s.posts() != 1 {
			t.Fatalf("%d requests while the token works", s.posts())
		}
		if token, _ := stored(t, store); token.Lost.IsZero() || token.Refresh.Reveal() != "refresh-0" {
			t.Error("the loss is not stored")
		}
		time.Sleep(10 * time.Minute) // Expired: nothing is left to lose.
		if _, _, err := authorize(t.Context(), c); !errors.Is(err, rt.ErrRefreshLost) || !errors.Is(err, rt.ErrTimeout) || errors.Is(err, rt.ErrOutcomeUnknown) {
			t.Errorf("a second loss: %v", err)
		}
		_, _, err := authorize(t.Context(), c)
		var e *rt.APIError
		if !errors.As(err, &e) || !errors.Is(err, rt.ErrRefreshLost) || e.RetryAfter != 30*time.Second || s.posts() != 2 {
			t.Errorf("within the pause: %v, %d requests", err, s.posts())
		}
		time.Sleep(time.Minute)
		wantAuth(t, c, "access-3")
		if token, _ := stored(t, store); !token.Lost.IsZero() {
			t.Error("the loss is not forgotten")
		}
	})
}

func TestLostRefreshAnswerWithGrace(t *testing.T) {
	o := slackish()
	o.Grace = time.Minute
	answer := func(n int, form url.Values) (*http.Response, error) {
		if n == 1 {
			return nil, errors.New("connection reset")
		}
		return fresh(n, form)
	}
	inBubble(t, o, answer, func(t *testing.T, s *tokenServer, _ *rt.MemoryStore, c rt.Credential) {
		time.Sleep(2 * time.Hour)
		if _, _, err := authorize(t.Context(), c); !errors.Is(err, rt.ErrRefreshLost) {
			t.Errorf("the first: %v", err)
		}
		wantAuth(t, c, "access-2") // At once.
		if a, b := s.forms[0].Get("refresh_token"), s.forms[1].Get("refresh_token"); a != b {
			t.Errorf("sent %s, then %s", a, b)
		}
	})
}

// TestLostRefreshAnswerWithGraceInTime has the token still work: once it does
// not, the grace is over.
func TestLostRefreshAnswerWithGraceInTime(t *testing.T) {
	o := slackish()
	o.Grace = time.Minute
	answer := func(n int, form url.Values) (*http.Response, error) {
		if n == 1 {
			return nil, errors.New("connection reset")
		}
		return fresh(n, form)
	}
	inBubble(t, o, answer, func(t *testing.T, s *tokenServer, _ *rt.MemoryStore, c rt.Credential) {
		time.Sleep(55 * time.Minute)
		wantAuth(t, c, "access-0")
		time.Sleep(20 * time.Second)
		wantAuth(t, c, "access-2")
		if a, b := s.forms[0].Get("refresh_token"), s.forms[1].Get("refresh_token"); a != b {
			t.Errorf("sent %s, then %s", a, b)
		}
	})
}

func TestGraceEnds(t *testing.T) {
	o := slackish()
	o.Grace = 10 * time.Second
	answer := func(int, url.Values) (*http.Response, error) { return nil, errors.New("connection reset") }
	inBubble(t, o, answer, func(t *testing.T, s *tokenServer, _ *rt.MemoryStore, c rt.Credential) {
		time.Sleep(2 * time.Hour)
		for range 40 { // In 40 s: one, and those whose last loss is within the grace.
			_, _, _ = authorize(t.Context(), c)
			time.Sleep(time.Second)
		}
		if s.posts() != 10 {
			t.Errorf("%d requests", s.posts())
		}
	})
}

func TestRefreshThatNeverLeft(t *testing.T) {
	answer := func(n int, form url.Values) (*http.Response, error) {
		if n == 1 {
			return nil, &net.OpError{Op: "dial", Err: errors.New("refused")}
		}
		return fresh(n, form)
	}
	inBubble(t, slackish(), answer, func(t *testing.T, _ *tokenServer, store *rt.MemoryStore, c rt.Credential) {
		time.Sleep(2 * time.Hour)
		if _, _, err := authorize(t.Context(), c); !errors.Is(err, rt.ErrUnavailable) || errors.Is(err, rt.ErrRefreshLost) {
			t.Errorf("%v", err)
		}
		if token, _ := stored(t, store); !token.Lost.IsZero() {
			t.Error("it counts as lost")
		}
		wantAuth(t, c, "access-2")
	})
}

func TestFailingTokenEndpoint(t *testing.T) {
	for name, body := range map[string]string{"json": `{"error":"server_error"}`, "html": "<html>"} {
		answer := func(n int, form url.Values) (*http.Response, error) {
			if n < 4 {
				return reply(503, body), nil
			}
			return fresh(n, form)
		}
		inBubble(t, slackish(), answer, func(t *testing.T, s *tokenServer, _ *rt.MemoryStore, c rt.Credential) {
			time.Sleep(55 * time.Minute)
			for range 20 { // In 8 s: not every call asks again.
				wantAuth(t, c, "access-0")
				time.Sleep(400 * time.Millisecond)
			}
			if s.posts() != 2 {
				t.Errorf("%s: %d requests", name, s.posts())
			}
			time.Sleep(10 * time.Minute)
			if _, _, err := authorize(t.Context(), c); !errors.Is(err, rt.ErrUnavailable) || errors.Is(err, rt.ErrRefreshLost) {
				t.Errorf("%s: %v", name, err)
			}
			wantAuth(t, c, "access-4")
		})
	}
}

// TestAnswerThatIsNone has answers after which the refresh token may be spent.
func TestAnswerThatIsNone(t *testing.T) {
	for name, answer := range map[string]*http.Response{
		"success that cannot be read": reply(200, "<html>"),
		"success without a token":     reply(200, `{"ok":true}`),
		"gateway":                     reply(502, "<html>"),
		"gateway that waited":         reply(504, ""),
		"broken server":               reply(500, `{"message":"oops"}`),
	} {
		inBubble(t, slackish(), func(int, url.Values) (*http.Response, error) { return answer, nil }, func(t *testing.T, s *tokenServer, store *rt.MemoryStore, c rt.Credential) {
			time.Sleep(2 * time.Hour)
			for range 2 {
				if _, _, err := authorize(t.Context(), c); !errors.Is(err, rt.ErrRefreshLost) {
					t.Errorf("%s: %v", name, err)
				}
			}
			if token, _ := stored(t, store); s.posts() != 1 || token.Lost.IsZero() {
				t.Errorf("%s: %d requests, lost at %v", name, s.posts(), token.Lost)
			}
		})
	}
	broke := func(int, url.Values) (*http.Response, error) { return reply(500, `{"error":"server_error"}`), nil }
	inBubble(t, slackish(), broke, func(t *testing.T, _ *tokenServer, store *rt.MemoryStore, c rt.Credential) {
		time.Sleep(2 * time.Hour)
		if _, _, err := authorize(t.Context(), c); errors.Is(err, rt.ErrRefreshLost) || !errors.Is(err, rt.ErrUnavailable) {
			t.Errorf("the endpoint's own word: %v", err)
		}
	})
}

func TestThrottledTokenEndpoint(t *testing.T) {
	answer := func(n int, form url.Values) (*http.Response, error) {
		if n == 1 {
			return reply(429, `{}`, "Retry-After", "90"), nil
		}
		return fresh(n, form)
	}
	inBubble(t, slackish(), answer, func(t *testing.T, s *tokenServer, _ *rt.MemoryStore, c rt.Credential) {
		time.Sleep(2 * time.Hour)
		for _, want := range []time.Duration{90 * time.Second, 50 * time.Second} {
			_, _, err := authorize(t.Context(), c)
			var e *rt.APIError
			if !errors.Is(err, rt.ErrRateLimited) || !errors.As(err, &e) || e.RetryAfter != want || s.posts() != 1 {
				t.Errorf("%v, %d requests, want a wait of %v", err, s.posts(), want)
			}
			time.Sleep(40 * time.Second)
		}
		time.Sleep(10 * time.Second)
		wantAuth(t, c, "access-2")
	})
}

func TestLostRefreshOfARefusedToken(t *testing.T) {
	answer := func(int, url.Values) (*http.Response, error) { return nil, errors.New("reset") }
	inBubble(t, slackish(), answer, func(t *testing.T, s *tokenServer, _ *rt.MemoryStore, c rt.Credential) {
		version := wantAuth(t, c, "access-0")
		if ok, err := c.Renew(t.Context(), version); ok || !errors.Is(err, rt.ErrRefreshLost) {
			t.Errorf("Renew: %v, %v", ok, err)
		}
		for range 3 { // It is known to be refused, so it is not sent although its life is not over.
			if sent, _, err := authorize(t.Context(), c); sent != "" || !errors.Is(err, rt.ErrRefreshLost) {
				t.Errorf("sends %q, %v", sent, err)
			}
		}
		if s.posts() != 1 {
			t.Errorf("%d requests", s.posts())
		}
	})
}
