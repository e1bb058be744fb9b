package runtime

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// server is a transport in memory. It answers each request with the next of
// its answers, the last one for ever, and keeps what it was sent.
type server struct {
	answers []answer
	handle  func(n int, r *http.Request) answer // In place of answers.

	mu   sync.Mutex
	sent []sentRequest
	open int // Bodies not closed yet.
}

type sentRequest struct {
	method, url, body string
	header            http.Header
	at                time.Time
}

// answer is a response, or an error in place of one.
type answer struct {
	status int // 0 is 200.
	header string
	body   string
	err    error
	reader io.Reader // The body, in place of body.
	after  time.Duration

	unframed bool // The body ends with the connection.
}

func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	body := ""
	if r.Body != nil {
		data, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = string(data)
		_ = r.Body.Close()
	}
	s.mu.Lock()
	s.sent = append(s.sent, sentRequest{r.Method, r.URL.String(), body, r.Header.Clone(), time.Now()})
	n := len(s.sent)
	s.mu.Unlock()
	var a answer
	switch {
	case s.handle != nil:
		a = s.handle(n, r)
	case len(s.answers) > 0:
		a = s.answers[min(n, len(s.answers))-1]
	}
	if a.after > 0 {
		if err := (systemClock{}).Sleep(r.Context(), a.after); err != nil {
			return nil, err
		}
	}
	if a.err != nil {
		return nil, a.err
	}
	return s.response(r, a), nil
}

func (s *server) response(r *http.Request, a answer) *http.Response {
	h := http.Header{}
	for line := range strings.SplitSeq(a.header, "\n") {
		if name, value, ok := strings.Cut(line, ": "); ok {
			h.Add(name, value)
		}
	}
	if a.status == 0 {
		a.status = 200
	}
	if a.reader == nil {
		a.reader = strings.NewReader(a.body)
	}
	s.mu.Lock()
	s.open++
	s.mu.Unlock()
	length, err := strconv.ParseInt(h.Get("Content-Length"), 10, 64)
	coding := []string(nil)
	if err != nil {
		length = -1
	}
	if length < 0 && !a.unframed {
		coding = []string{"chunked"}
	}
	return &http.Response{
		StatusCode: a.status, Header: h, Request: r, ContentLength: length, TransferEncoding: coding, ProtoMajor: 1,
		Body: &countedBody{Reader: a.reader, server: s},
	}
}

// countedBody tells its server when it is closed.
type countedBody struct {
	io.Reader
	server *server
	once   sync.Once
}

func (b *countedBody) Close() error {
	b.once.Do(func() {
		b.server.mu.Lock()
		b.server.open--
		b.server.mu.Unlock()
	})
	return nil
}

func (s *server) requests() []sentRequest {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]sentRequest(nil), s.sent...)
}

// times are the instants of the requests, since the first.
func (s *server) times() []time.Duration {
	var d []time.Duration
	for _, r := range s.requests() {
		d = append(d, r.at.Sub(s.sent[0].at))
	}
	return d
}

// testCode is the code type of a connector.
type testCode string

func (c testCode) Error() string { return "test: " + string(c) }

func testAPI() *API {
	return &API{
		Name:    "test",
		Servers: []Server{{"api", "https://api.example.com/v1/"}},
		Code:    func(code string) error { return testCode(code) },
	}
}

// testOp is a read whose errors are those of a provider that answers 200 to all.
func testOp(api *API) *Op {
	return &Op{
		API: api, Name: "things.get", Method: "GET", Path: "things", Effect: EffectRead,
		Errors: []ErrorRule{
			{When: When{Body: []Match{bodyIs("ok", "false"), bodyIs("error", `"ratelimited"`)}}, Class: ClassRateLimited, Wait: &Source{Header: "Retry-After", As: UnitSeconds}},
			{When: When{Body: []Match{bodyIs("ok", "false"), bodyIs("error", `"expired"`)}}, Class: ClassAuthExpired, Code: &Source{Body: Path{"error"}}},
			{When: When{Body: []Match{bodyIs("ok", "false")}}, Class: ClassRejected, Code: &Source{Body: Path{"error"}}, Message: &Source{Body: Path{"detail", "text"}}, Request: &Source{Header: "X-Test-Id"}},
		},
	}
}

func bodyIs(path string, values ...string) Match {
	return Match{At: strings.Split(path, "."), Values: values}
}

// still is a source without randomness.
func still() float64 { return 0 }

func newTestClient(t testing.TB, api *API, s *server, opts ...Option) *Client {
	t.Helper()
	c, err := NewClient(api, Bearer(NewSecret("test-token")), append([]Option{WithTransport(s), WithRandom(still)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.open != 0 {
			t.Errorf("%d response bodies were not closed", s.open)
		}
	})
	return c
}

// call is one call without parameters and result.
func doOnce(ctx context.Context, c *Client, op *Op) *APIError {
	err := c.Do(ctx, op, nil, nil, nil)
	if err == nil {
		return nil
	}
	return err.(*APIError)
}

// events keeps what an observer is told.
type events struct {
	mu  sync.Mutex
	all []Event
}

func (e *events) Observe(_ context.Context, event Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all = append(e.all, event)
}

// eventsOf picks the events of one type.
func eventsOf[E Event](e *events) []E {
	e.mu.Lock()
	defer e.mu.Unlock()
	var picked []E
	for _, event := range e.all {
		if x, ok := event.(E); ok {
			picked = append(picked, x)
		}
	}
	return picked
}
