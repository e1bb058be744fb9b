package twin

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

const (
	api   = "https://api.acme.test/v1/"
	files = "https://files.acme.test/v1/"
)

// inBubble runs a test with virtual time and with the check that no goroutine is
// left.
func inBubble(t *testing.T, o Options, run func(t *testing.T, tw *Twin)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { run(t, New(proving(pushing(onDevices(connector()))), o)) })
}

// inBubbleOf is inBubble for another connector.
func inBubbleOf(t *testing.T, c *ir.Connector, run func(t *testing.T, tw *Twin)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { run(t, New(c, Options{})) })
}

// got is a response that was read.
type got struct {
	status int
	header http.Header
	raw    string
	body   any
	err    error // Of reading the body.
}

func (g got) at(t *testing.T, p string) any {
	t.Helper()
	v, ok := at(g.body, path(p))
	if !ok {
		t.Fatalf("no %s in %s", p, g.raw)
	}
	return v
}

func (g got) has(p string) bool {
	_, ok := at(g.body, path(p))
	return ok
}

func (g got) list(t *testing.T, p string) []any {
	t.Helper()
	v, _ := at(g.body, path(p))
	l, ok := v.([]any)
	if !ok {
		t.Fatalf("no list %s in %s", p, g.raw)
	}
	return l
}

// client sends requests in the name of an account.
type client struct {
	t     *testing.T
	tw    *Twin
	token string
}

func clientOf(t *testing.T, tw *Twin) *client {
	a, ok := tw.Account("")
	if !ok {
		t.Fatal("no account")
	}
	return &client{t, tw, a.Token.Access}
}

func (c *client) request(method, address string, body any) *http.Request {
	c.t.Helper()
	var r io.Reader
	media := ""
	switch b := body.(type) {
	case url.Values:
		r, media = strings.NewReader(b.Encode()), "application/x-www-form-urlencoded"
	case string:
		r, media = strings.NewReader(b), "application/json"
	case []byte:
		r, media = bytes.NewReader(b), "application/octet-stream"
	}
	req, err := http.NewRequest(method, address, r)
	if err != nil {
		c.t.Fatal(err)
	}
	if media != "" {
		req.Header.Set("Content-Type", media)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	return req
}

// try sends a request and reads the answer, within a minute of virtual time.
func (c *client) try(req *http.Request) (got, error) {
	ctx, cancel := context.WithTimeout(req.Context(), time.Minute)
	defer cancel()
	resp, err := c.tw.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return got{}, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	g := got{status: resp.StatusCode, header: resp.Header, raw: string(b), err: err}
	if len(b) < 1<<20 {
		g.body, _ = parseJSON(b)
	}
	return g, nil
}

func (c *client) do(method, address string, body any) got {
	c.t.Helper()
	g, err := c.try(c.request(method, address, body))
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, address, err)
	}
	return g
}

func (c *client) get(address string) got {
	c.t.Helper()
	return c.do(http.MethodGet, address, nil)
}

// channelID is an id of the account's first channel.
func (c *client) channelID() string { return c.tw.IDs("", "channels", "")[0] }

func (c *client) post(textOf string) got {
	c.t.Helper()
	return c.do(http.MethodPost, api+"messages.post", `{"channel":"`+c.channelID()+`","text":"`+textOf+`"}`)
}

func (c *client) last() Entry {
	e := c.tw.Journal().Entries()
	if len(e) == 0 {
		c.t.Fatal("the journal is empty")
	}
	return e[len(e)-1]
}

func arm(t *testing.T, tw *Twin, f Fault) *Armed {
	t.Helper()
	a, err := tw.Arm(f)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

func isTimeout(err error) bool { return errors.Is(err, context.DeadlineExceeded) }

// failed checks that an answer is the declared failure.
func failed(t *testing.T, g got, code string, class ir.Class, e Entry) {
	t.Helper()
	equal(t, "ok", g.at(t, "ok"), any(false))
	equal(t, "code", textOf(g.at(t, "error")), code)
	equal(t, "class", e.Class, string(class))
}

var errDeadline = context.DeadlineExceeded

func itoaTest(n int) string { return strconv.Itoa(n) }
