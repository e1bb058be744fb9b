package runtime

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestRedirects(t *testing.T) {
	to := func(status int, location string) answer {
		return answer{status: status, header: "Location: " + location}
	}
	for _, tc := range []struct {
		name    string
		method  string
		answers []answer
		want    string // Method and URL of the last request,
		err     error  // or the error.
	}{
		{"within the origin", "GET", []answer{to(301, "/v2/things"), fine}, "GET https://api.example.com/v2/things {}", nil},
		{"absolute", "GET", []answer{to(302, "HTTPS://API.example.com:443/x"), fine}, "GET https://API.example.com:443/x {}", nil},
		{"307 keeps the body", "POST", []answer{to(307, "/x"), fine}, "POST https://api.example.com/x {}", nil},
		{"308 keeps the body", "POST", []answer{to(308, "/x"), fine}, "POST https://api.example.com/x {}", nil},
		{"303 becomes GET", "POST", []answer{to(303, "/x"), fine}, "GET https://api.example.com/x", nil},
		{"302 after POST", "POST", []answer{to(302, "/x"), fine}, "", ErrRedirect},
		{"another host", "GET", []answer{to(302, "https://evil.example/x"), fine}, "", ErrForeignURL},
		{"another port", "GET", []answer{to(307, "https://api.example.com:8443/x"), fine}, "", ErrForeignURL},
		{"without encryption", "GET", []answer{to(301, "http://api.example.com/x"), fine}, "", ErrForeignURL},
		{"scheme of its own", "GET", []answer{to(301, "//evil.example/x"), fine}, "", ErrForeignURL},
		{"with a user", "GET", []answer{to(301, "https://u:p@api.example.com/x"), fine}, "", ErrForeignURL},
		{"loop", "GET", []answer{to(302, "/x")}, "", ErrRedirect},
		{"without a target", "GET", []answer{{status: 302}}, "", nil},
		{"not modified", "GET", []answer{{status: 304, header: "Location: /x"}}, "", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := &server{answers: tc.answers}
			op := &Op{Name: "op", Method: tc.method, Path: "things", Effect: EffectIdempotent, Body: Body{As: BodyJSON}}
			c := newTestClient(t, testAPI(), s)
			err := c.Do(t.Context(), op, struct{}{}, nil, nil)
			sent := s.requests()
			last := sent[len(sent)-1]
			for _, r := range sent {
				if !strings.EqualFold(strings.TrimSuffix(strings.Split(r.url, "/")[2], ":443"), "api.example.com") || r.header.Get("Authorization") == "" {
					t.Errorf("a request to %s", r.url)
				}
			}
			switch {
			case tc.want == "" && (err == nil || tc.err != nil && !errors.Is(err, tc.err)):
				t.Errorf("error %v, want %v", err, tc.err)
			case tc.want != "" && (err != nil || strings.TrimSpace(last.method+" "+last.url+" "+last.body) != tc.want):
				t.Errorf("error %v, sent %s %s %s, want %s", err, last.method, last.url, last.body, tc.want)
			}
			if len(sent) > maxRedirects+1 {
				t.Errorf("%d requests", len(sent))
			}
		})
	}
}

// streaming is a credential that replaces the body by one that can be read once.
type streaming struct{ anonymous }

func (streaming) Authorize(_ context.Context, r *http.Request) (int64, error) {
	r.Body, r.GetBody = io.NopCloser(strings.NewReader("once")), nil
	return 0, nil
}

// TestRedirectSendsNoEmptyBody refuses to repeat a body that is gone, and repeats a request that has none.
func TestRedirectSendsNoEmptyBody(t *testing.T) {
	s := &server{answers: []answer{{status: 307, header: "Location: /x"}, fine}}
	c, err := NewClient(testAPI(), streaming{}, WithTransport(s))
	if err != nil {
		t.Fatal(err)
	}
	op := &Op{Name: "op", Method: "POST", Path: "things", Effect: EffectIdempotent, Body: Body{As: BodyJSON}}
	if err := c.Do(t.Context(), op, struct{}{}, nil, nil); !errors.Is(err, ErrRedirect) || len(s.requests()) != 1 {
		t.Errorf("%d requests, the last with the body %q: %v", len(s.requests()), s.requests()[len(s.requests())-1].body, err)
	}
	s = &server{answers: s.answers}
	op = &Op{Name: "op", Method: "POST", Path: "things", Effect: EffectCreate}
	if err := newTestClient(t, testAPI(), s).Do(t.Context(), op, nil, nil, nil); err != nil || len(s.requests()) != 2 {
		t.Errorf("%d requests without a body: %v", len(s.requests()), err)
	}
}

func zipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.String()
}

func TestResponseBodies(t *testing.T) {
	var out struct {
		N int `json:"n"`
	}
	for _, tc := range []struct {
		name   string
		answer answer
		err    error
	}{
		{"gzip", answer{header: "Content-Encoding: gzip", body: zipped(`{"n":1}`)}, nil},
		{"gzip garbage", answer{header: "Content-Encoding: gzip", body: "garbage"}, ErrDecode},
		{"gzip truncated", answer{header: "Content-Encoding: gzip", body: zipped(`{"n":1}`)[:20]}, ErrDecode},
		{"gzip bomb", answer{header: "Content-Encoding: gzip", body: zipped(strings.Repeat(" ", 1<<20) + `{"n":1}`)}, ErrResponseTooLarge},
		{"at the cap", answer{body: `{"n":1}` + strings.Repeat(" ", 1000-7)}, nil},
		{"over the cap", answer{body: `{"n":1}` + strings.Repeat(" ", 1001-7)}, ErrResponseTooLarge},
		{"without end", answer{reader: endless{}}, ErrResponseTooLarge},
		{"empty", answer{}, ErrDecode},
		{"white space", answer{body: " \n"}, ErrDecode},
		{"no content", answer{status: 204}, nil},
		{"trailing garbage", answer{body: `{"n":1}x`}, ErrDecode},
		{"a second value", answer{body: `{"n":1}{"n":2}`}, ErrDecode},
		{"HTML", answer{header: "Content-Type: text/html", body: "<html>canary</html>"}, ErrDecode},
		{"deep", answer{body: strings.Repeat("[", 20000)}, ErrDecode},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := &server{answers: []answer{tc.answer}}
			c := newTestClient(t, testAPI(), s, WithMaxResponse(1000), WithClock(instant{}))
			if tc.name == "deep" {
				c = newTestClient(t, testAPI(), s, WithClock(instant{}))
			}
			err := c.Do(t.Context(), testOp(testAPI()), nil, &out, nil)
			if tc.err == nil && err != nil || tc.err != nil && (!errors.Is(err, tc.err) || !errors.Is(err, ErrDecode)) {
				t.Errorf("error %v, want %v", err, tc.err)
			}
			if err != nil && strings.Contains(err.Error(), "canary") {
				t.Errorf("%q quotes the body", err)
			}
			if tc.err == ErrResponseTooLarge && len(s.requests()) != 1 {
				t.Error("it was asked for again")
			}
		})
	}
}

// endless is a body without end.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return copy(p, bytes.Repeat([]byte{' '}, len(p))), nil }

// TestUnpackingEndsWithTheCall ends a call whose bytes all have come already, so that
// nothing on the network tells that it is over.
func TestUnpackingEndsWithTheCall(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	reads := 0
	body := readerFunc(func(p []byte) (int, error) {
		if reads++; reads == 3 {
			cancel()
		}
		return endless{}.Read(p[:1])
	})
	c := newTestClient(t, testAPI(), &server{answers: []answer{{reader: body}}}, WithClock(instant{}))
	if err := c.Do(ctx, testOp(testAPI()), nil, nil, nil); !errors.Is(err, context.Canceled) || reads != 3 {
		t.Errorf("%v after %d reads", err, reads)
	}
}

// TestErrorKeepsLittle bounds what an error holds of a response.
func TestErrorKeepsLittle(t *testing.T) {
	s := &server{answers: []answer{{status: 400, body: strings.Repeat("x", 1<<20)}}}
	if e := doOnce(t.Context(), newTestClient(t, testAPI(), s), testOp(testAPI())); len(e.Body) != maxErrorBody {
		t.Errorf("%d bytes", len(e.Body))
	}
}

func TestReplies(t *testing.T) {
	s := &server{answers: []answer{{body: "\x00raw"}}}
	c := newTestClient(t, testAPI(), s, WithMaxAttempts(1))
	var data []byte
	op := &Op{Name: "op", Method: "GET", Path: "a", Effect: EffectRead, Reply: ReplyRaw}
	if err := c.Do(t.Context(), op, nil, &data, nil); err != nil || string(data) != "\x00raw" {
		t.Errorf("raw: %q, %v", data, err)
	}
	if err := c.Do(t.Context(), op, nil, &struct{}{}, nil); !errors.Is(err, ErrDecode) {
		t.Errorf("raw into a struct: %v", err)
	}
	if err := c.Do(t.Context(), &Op{Name: "op", Method: "GET", Reply: ReplyNone}, nil, nil, nil); err != nil {
		t.Errorf("none: %v", err)
	}
	none := testOp(testAPI()) // Whether it failed stands in the body.
	none.Reply = ReplyNone
	for body, want := range map[string]error{`{"ok":true}`: nil, `{"ok":false,"error":"x"}`: testCode("x"), "<html>": ErrDecode, "": ErrDecode} {
		s := &server{answers: []answer{{body: body}}}
		if err := newTestClient(t, testAPI(), s, WithMaxAttempts(1)).Do(t.Context(), none, nil, nil, nil); !errors.Is(err, want) {
			t.Errorf("%q without a result: error %v, want %v", body, err, want)
		}
	}
	if err := c.Do(t.Context(), &Op{Name: "op", Method: "GET"}, nil, nil, nil); !errors.Is(err, ErrDecode) {
		t.Errorf("JSON that nobody wants must still be JSON: %v", err)
	}
}

// TestDeadlines stops a call wherever it is, exactly when its context says so.
func TestDeadlines(t *testing.T) {
	hang := answer{after: time.Hour}
	slow := func(s *server, ctx func() context.Context) answer {
		return answer{reader: readerFunc(func([]byte) (int, error) {
			<-ctx().Done()
			return 0, ctx().Err()
		})}
	}
	for _, stop := range []string{"deadline", "cancel"} {
		for _, where := range []string{"sending", "reading", "before"} {
			t.Run(stop+" while "+where, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					ctx, cancel := context.WithTimeout(t.Context(), 7*time.Second)
					defer cancel()
					want, class := context.DeadlineExceeded, ClassTimeout
					if stop == "cancel" {
						ctx, cancel = context.WithCancel(t.Context())
						time.AfterFunc(7*time.Second, cancel)
						want, class = context.Canceled, ClassUnknown
					}
					s := &server{}
					s.handle = func(_ int, r *http.Request) answer {
						if where == "reading" {
							return slow(s, r.Context)
						}
						return hang
					}
					if where == "before" {
						time.Sleep(7 * time.Second)
						synctest.Wait()
					}
					start := time.Now()
					op := testOp(testAPI())
					op.Effect = EffectCreate
					e := doOnce(ctx, newTestClient(t, testAPI(), s), op)
					if !errors.Is(e, want) || e.Class != class {
						t.Errorf("error %v, want %v", e, want)
					}
					if where == "before" {
						if e.OutcomeUnknown || len(s.requests()) != 0 {
							t.Errorf("error %v, %d requests", e, len(s.requests()))
						}
					} else if !e.OutcomeUnknown || time.Since(start) != 7*time.Second {
						t.Errorf("error %v after %v", e, time.Since(start))
					}
				})
			})
		}
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestAttemptTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{answers: []answer{{after: time.Hour}, fine}}
		c := newTestClient(t, testAPI(), s, WithAttemptTimeout(5*time.Second))
		if e := doOnce(t.Context(), c, testOp(testAPI())); e != nil || s.times()[1] != 5*time.Second {
			t.Errorf("error %v, requests at %v", e, s.times())
		}
		s = &server{answers: []answer{{after: time.Hour}}}
		c = newTestClient(t, testAPI(), s, WithMaxAttempts(1))
		start := time.Now()
		e := doOnce(t.Context(), c, testOp(testAPI()))
		if !errors.Is(e, ErrTimeout) || errors.Is(e, context.DeadlineExceeded) || time.Since(start) != DefaultAttemptTimeout {
			t.Errorf("error %v after %v: the deadline was not the caller's", e, time.Since(start))
		}
	})
}

// TestRealTransport goes through net/http: a connection that is refused leaves
// no doubt, one that breaks off after the request does.
func TestRealTransport(t *testing.T) {
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_ = conn.(*net.TCPConn).SetLinger(0)
			_ = conn.Close()
		}
	}))
	defer broken.Close()
	refused := httptest.NewServer(nil)
	refused.Close()
	for _, tc := range []struct {
		name, url string
		attempts  int
		unknown   bool
	}{{"refused", refused.URL, 3, false}, {"broken", broken.URL, 1, true}} {
		t.Run(tc.name, func(t *testing.T) {
			transport := newTransport()
			defer transport.CloseIdleConnections()
			c, err := NewClient(testAPI(), Bearer(NewSecret("canary-token")), WithTransport(transport), WithServer("api", tc.url), WithClock(instant{}))
			if err != nil {
				t.Fatal(err)
			}
			op := &Op{Name: "op", Method: "POST", Path: "a", Effect: EffectCreate, Body: Body{As: BodyJSON}, Params: []Param{{Field: "q"}}}
			err = c.Do(t.Context(), op, struct {
				Q string `json:"q"`
			}{"canary"}, nil, nil)
			var e *APIError
			if !errors.As(err, &e) || e.Attempts != tc.attempts || e.OutcomeUnknown != tc.unknown || e.Class != ClassUnavailable {
				t.Errorf("error %+v", err)
			}
			if strings.Contains(err.Error(), "canary") {
				t.Errorf("%q quotes the request", err)
			}
		})
	}
}

// TestSlowBody has an answer that begins in time and never ends, through
// net/http, which tells of it in its own way.
func TestSlowBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			go func() {
				if _, err := http.ReadRequest(bufio.NewReader(theirs)); err == nil {
					_, _ = io.WriteString(theirs, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")
				}
			}()
			return ours, nil
		}}
		defer transport.CloseIdleConnections()
		c, err := NewClient(testAPI(), Anonymous(), WithServer("api", "http://api.example.com"), WithTransport(transport))
		if err != nil {
			t.Fatal(err)
		}
		e := doOnce(t.Context(), c, &Op{Name: "op", Method: "POST", Path: "a", Effect: EffectCreate})
		if !errors.Is(e, ErrTimeout) || !errors.Is(e, ErrOutcomeUnknown) || e.StatusCode != 200 || e.Attempts != 1 {
			t.Errorf("error %v", e)
		}
	})
}

// TestTransportDoesNotRepeatAWrite has a provider that reads a GET which makes
// something, on a connection that was used before, and then breaks off.
func TestTransportDoesNotRepeatAWrite(t *testing.T) {
	var made atomic.Int32
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/make" {
			made.Add(1)
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(w, "{}")
	}))
	defer provider.Close()
	c, err := NewClient(testAPI(), Anonymous(), WithServer("api", provider.URL))
	if err != nil {
		t.Fatal(err)
	}
	defer c.App().CloseIdleConnections()
	if err := c.Do(t.Context(), &Op{Name: "look", Method: "GET", Path: "look", Effect: EffectRead}, nil, nil, nil); err != nil {
		t.Fatal(err)
	}
	err = c.Do(t.Context(), &Op{Name: "make", Method: "GET", Path: "make", Effect: EffectCreate}, nil, nil, nil)
	if !errors.Is(err, ErrOutcomeUnknown) || made.Load() != 1 {
		t.Errorf("made %d: %v", made.Load(), err)
	}
}

// TestNestedTransportErrors has a transport that is made of another client.
func TestNestedTransportErrors(t *testing.T) {
	inner := &url.Error{Op: "Get", URL: "https://api.example.com/?key=canary", Err: errReset}
	s := &server{answers: []answer{{err: fmt.Errorf("proxy: %w", inner)}}}
	e := doOnce(t.Context(), newTestClient(t, testAPI(), s, WithMaxAttempts(1)), testOp(testAPI()))
	if !errors.Is(e, errReset) || strings.Contains(e.Error(), "canary") {
		t.Errorf("error %v", e)
	}
}

// TestBrokenCredential wants the error of a credential typed, and no request.
func TestBrokenCredential(t *testing.T) {
	s := &server{}
	c, err := NewClient(testAPI(), Bearer(Secret{}), WithTransport(s))
	if err != nil {
		t.Fatal(err)
	}
	if e := doOnce(t.Context(), c, testOp(testAPI())); e == nil || !errors.Is(e, ErrCredential) || e.Attempts != 0 || len(s.requests()) != 0 {
		t.Errorf("error %v", e)
	}
}
