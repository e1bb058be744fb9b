package twin

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
)

// serve runs a twin on a free port for a test.
func serve(t testing.TB, tw *Twin) Ready {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	up, down := make(chan Ready, 1), make(chan error, 1)
	go func() { down <- tw.Serve(ctx, "127.0.0.1:0", func(r Ready) { up <- r }) }()
	t.Cleanup(func() {
		stop()
		if err := <-down; err != nil {
			t.Errorf("the server stopped with %v", err)
		}
		http.DefaultClient.CloseIdleConnections()
	})
	select {
	case r := <-up:
		return r
	case err := <-down:
		t.Fatal(err)
	}
	return Ready{}
}

func fetch(t *testing.T, r *http.Request) (got, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	resp, err := http.DefaultClient.Do(r.WithContext(ctx))
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

func control(t *testing.T, r Ready, name, body string) got {
	t.Helper()
	method := "GET"
	if body != "" {
		method = "POST"
	}
	req, err := http.NewRequest(method, r.Control+name, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	g, err := fetch(t, req)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestServe(t *testing.T) {
	tw := New(connector(), Options{Accounts: 2})
	r := serve(t, tw)
	equal(t, "api", strings.HasSuffix(r.Servers["api"], "/v1/"), true)
	equal(t, "files", strings.HasSuffix(r.Servers["files"], "/files/v1/"), true)
	equal(t, "token endpoint", strings.HasSuffix(r.OAuth.Token, "/v1/oauth.access"), true)
	equal(t, "accounts", len(r.Accounts), 2)

	c := &client{t: t, tw: tw, token: r.Accounts[1].Token.Access}
	g, err := fetch(t, c.request("GET", r.Servers["api"]+"auth.test", nil))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "ok", g.at(t, "ok"), any(true))
	equal(t, "account", c.last().Account, "acct-2")
	g, _ = fetch(t, c.request("POST", r.Servers["files"]+"finish", `{"file_id":"f"}`))
	equal(t, "second server", g.at(t, "file_id"), any("f"))

	g, _ = fetch(t, c.request("GET", r.Servers["api"]+"files.ticket?filename=a&length=2", nil))
	g, err = fetch(t, c.request("POST", textOf(g.at(t, "upload_url")), []byte("hi")))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "upload", g.raw, "OK - 2")

	g, err = fetch(t, c.request("POST", r.OAuth.Token, url.Values{"client_id": {r.OAuth.ClientID}, "client_secret": {r.OAuth.ClientSecret}, "grant_type": {"refresh_token"}, "refresh_token": {r.Accounts[0].Token.Refresh}}))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "refresh", g.has("access_token"), true)
}

func TestControl(t *testing.T) {
	tw := New(connector(), Options{})
	r := serve(t, tw)
	c := clientOf(t, tw)
	test := func() int {
		t.Helper()
		g, err := fetch(t, c.request("GET", r.Servers["api"]+"auth.test", nil))
		if err != nil {
			t.Fatal(err)
		}
		return g.status
	}
	armed := control(t, r, "arm", `{"id":"status/503","scope":{"action":"auth.test","to":"1h"},"times":5}`)
	equal(t, "armed", textOf(armed.at(t, "id")), "1")
	equal(t, "to", armed.at(t, "fault.scope.to"), any("1h0m0s"))
	equal(t, "status", test(), 503)
	equal(t, "fired", textOf(control(t, r, "faults", "").list(t, "armed")[0].(*object).members[3].value), "1")
	equal(t, "disarm", control(t, r, "disarm", `{"id":1}`).status, 200)
	equal(t, "status", test(), 200)
	equal(t, "entries", len(control(t, r, "journal", "").list(t, "entries")), 2)
	control(t, r, "reset", `{}`)
	equal(t, "entries", len(control(t, r, "journal", "").list(t, "entries")), 0)

	control(t, r, "revoke", `{"account":"acct-1"}`)
	g, _ := fetch(t, c.request("GET", r.Servers["api"]+"auth.test", nil))
	equal(t, "revoked", textOf(g.at(t, "error")), "token_revoked")
	equal(t, "state", control(t, r, "state", "").has("accounts"), true)
	equal(t, "lower", control(t, r, "lower", `{"limit":"reads","calls":1}`).status, 200)
	for name, body := range map[string]string{
		"arm": `{"id":"none"}`, "disarm": `{"id":77}`, "expire": `{"account":"none"}`, "lower": `{"limit":"none"}`, "rotate": `{"colour":"red"}`, "deliver": `{"webhook":"none"}`, "nothing": `{}`,
	} {
		if g := control(t, r, name, body); g.status < 400 {
			t.Errorf("%s %s: %d %s", name, body, g.status, g.raw)
		}
	}

	e := &verifier{keys: []string{r.Webhooks["events"]}, seen: map[string]int{}}
	hook := httptest.NewServer(e)
	defer hook.Close()
	sent := control(t, r, "deliver", `{"url":"`+hook.URL+`/in","event":"message"}`)
	equal(t, "delivered", textOf(mustAt(t, sent.body.([]any)[0], "status")), "200")
	equal(t, "seen", len(e.seen), 1)
}

func TestTransportFaultsOnTheSocket(t *testing.T) {
	tw := New(connector(), Options{})
	r := serve(t, tw)
	c := clientOf(t, tw)
	list := r.Servers["api"] + "users.list?count=50"
	ask := func(id string, params map[string]string) (got, error) {
		t.Helper()
		a := arm(t, tw, Fault{ID: id, Params: params})
		defer a.Disarm()
		g, err := fetch(t, c.request("GET", list, nil))
		if a.Fired() == 0 {
			t.Fatalf("%s had no effect", id)
		}
		return g, err
	}
	for _, id := range []string{"transport/refuse", "transport/reset-before-headers"} {
		if _, err := ask(id, nil); err == nil {
			t.Errorf("%s: an answer came", id)
		}
	}
	for _, id := range []string{"transport/reset-mid-body", "transport/truncated-body", "transport/gzip-garbage"} {
		if g, err := ask(id, nil); err != nil || g.err == nil {
			t.Errorf("%s: got %v, and %v for the body", id, err, g.err)
		}
	}
	g, err := ask("transport/dribble", map[string]string{"bytes": "1000", "every": "1ms"})
	equal(t, "dribble", err == nil && g.err == nil && g.at(t, "ok") == true, true)
	g, err = ask("transport/wrong-length", nil)
	equal(t, "wrong length", err == nil && g.body == nil, true)
	g, err = ask("transport/gzip-bomb", map[string]string{"mib": "3"})
	equal(t, "bomb", err == nil && len(g.raw) == 3<<20, true)
	if _, err := ask("transport/redirect-loop", nil); err == nil {
		t.Error("the redirects ended")
	}
	g, err = ask("transport/redirect-foreign", nil)
	equal(t, "redirected", err == nil && g.raw == "another origin\n", true)
	equal(t, "route", c.last().Route, RouteForeign)
	equal(t, "credential", c.last().TokenState, TokenNone)
	g, err = ask("status/204-body", nil)
	equal(t, "204", err == nil && g.status == 204, true)

	for _, id := range []string{"transport/hang-before-headers", "transport/hang-mid-body"} {
		a := arm(t, tw, Fault{ID: id})
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		resp, err := http.DefaultClient.Do(c.request("GET", list, nil).WithContext(ctx))
		if err == nil {
			_, err = io.ReadAll(resp.Body)
			resp.Body.Close()
		}
		cancel()
		a.Disarm()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// A slow answer is whole when it comes; before, nothing of it does, not even headers, though the
// request has taken effect.
func TestSlowOnTheSocket(t *testing.T) {
	tw := New(connector(), Options{})
	r := serve(t, tw)
	c := clientOf(t, tw)
	a := arm(t, tw, Fault{ID: "transport/slow", Times: 1, Params: map[string]string{"delay": "10ms"}})
	g, err := fetch(t, c.request("GET", r.Servers["api"]+"auth.test", nil))
	equal(t, "late", err == nil && g.err == nil && g.at(t, "ok") == true, true)
	equal(t, "fired", a.Fired(), 1)
	equal(t, "lost", c.last().Lost, false)
	g, err = fetch(t, c.request("GET", r.Servers["api"]+"auth.test", nil))
	equal(t, "the next one", err == nil && g.at(t, "ok") == true, true)

	a = arm(t, tw, Fault{ID: "transport/slow", Params: map[string]string{"delay": "1h"}})
	seen := len(tw.Journal().Entries())
	ctx, leave := context.WithCancel(t.Context())
	headers, left := false, make(chan error, 1)
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotFirstResponseByte: func() { headers = true }})
	go func() {
		resp, err := http.DefaultClient.Do(c.request("POST", r.Servers["api"]+"channels", `{"name":"late"}`).WithContext(ctx))
		if err == nil {
			resp.Body.Close()
		}
		left <- err
	}()
	for len(tw.Journal().Entries()) == seen {
		time.Sleep(time.Millisecond)
	}
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) || headers {
		t.Errorf("headers came: %v, error %v", headers, err)
	}
	for !c.last().Lost {
		time.Sleep(time.Millisecond) // Until the twin sees that the client left.
	}
	equal(t, "fired", a.Fired(), 1)
	equal(t, "took effect", c.last().Effect != nil && c.last().Effect.Do == "create", true)
}

func TestStopEndsWhatHangs(t *testing.T) {
	tw := New(connector(), Options{})
	ctx, stop := context.WithCancel(t.Context())
	up, down := make(chan Ready, 1), make(chan error, 1)
	go func() { down <- tw.Serve(ctx, "127.0.0.1:0", func(r Ready) { up <- r }) }()
	r := <-up
	arm(t, tw, Fault{ID: "transport/hang-before-headers", Scope: Scope{Action: "auth.test"}})
	arm(t, tw, Fault{ID: "transport/hang-mid-body", Scope: Scope{Action: "users.list"}})
	c := clientOf(t, tw)
	ended := make(chan error, 2)
	for _, a := range []string{"auth.test", "users.list"} {
		go func() {
			resp, err := http.DefaultClient.Do(c.request("GET", r.Servers["api"]+a, nil))
			if err == nil {
				_, err = io.ReadAll(resp.Body)
				resp.Body.Close()
			}
			ended <- err
		}()
	}
	for len(tw.Journal().Entries()) < 2 {
		time.Sleep(time.Millisecond)
	}
	stop()
	equal(t, "stop", <-down, nil)
	for range 2 {
		if err := <-ended; err == nil {
			t.Error("a hanging request ended well")
		}
	}
	if err := tw.Serve(t.Context(), "not an address", nil); err == nil {
		t.Error("a bad address was served")
	}
}

func TestReadyIsOneLineOfJSON(t *testing.T) {
	b, err := json.Marshal(New(connector(), Options{}).Ready("http://127.0.0.1:1"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(b, []byte("\n")) || !bytes.Contains(b, []byte(`"control":"http://127.0.0.1:1/_porin/"`)) {
		t.Fatalf("%s", b)
	}
}

// A request that means nothing is answered with what is wrong and what there is, and
// the twin goes on.
func TestWrongRequests(t *testing.T) {
	tw := New(connector(), Options{})
	r := serve(t, tw)
	c := clientOf(t, tw)
	for _, one := range []struct {
		method, address, body string
		status                int
		says                  string
	}{
		{"GET", r.Servers["api"] + "users.lst", "", 404, "The spec has no action at GET /v1/users.lst. It has users.list at GET /v1/users.list"},
		{"GET", r.Servers["api"] + "<script>", "", 404, "at GET /v1/%3Cscript%3E"},
		{"DELETE", r.Servers["api"] + "users.list", "", 405, "this address takes GET, HEAD, not DELETE"},
		{"GET", strings.TrimSuffix(r.Control, "_porin/"), "", 404, "The spec has no action at GET /."},
		{"POST", r.Control + "arm", "status/503", 400, "the request is not understood: "},
		{"POST", r.Control + "arm", "", 400, "no fault \"\"; there is auth/"},
		{"POST", r.Control + "arm", `[]`, 400, "the request is not understood: "},
		{"POST", r.Control + "arm", `{"id": "status/503", "time": 2}`, 400, `no member "time"; there is id, scope, times, params, seed`},
		{"POST", r.Control + "arm", `{"id": "status/503", "times": "2"}`, 400, "times is a string, where it should be a whole number"},
		{"POST", r.Control + "arm", `{"id": "status/503", "scope": {"actoin": "x"}}`, 400, `no member "actoin"; there is action, account, nth, from, to`},
		{"POST", r.Control + "arm", `{"id": "data/huge-body", "params": {"mib": "9000"}}`, 400, "mib is a number from 1 to 512, not 9000"},
		{"POST", r.Control + "arm", `{"id": "evolution/gone", "params": {"status": "99999"}}`, 400, "status is a number from 300 to 599"},
		{"POST", r.Control + "disarm", `{"i": 1}`, 400, `no member "i"; there is id`},
		{"POST", r.Control + "disarm", "", 400, `say which fault: {"id": 1}, or {"all": true}`},
		{"POST", r.Control + "disarm", `{"id": 1, "all": true}`, 400, "say which fault"},
		{"POST", r.Control + "expire", "", 400, `say which account: {"account": "acct-1"}, or {"all": true}`},
		{"POST", r.Control + "revoke", `{"all": false}`, 400, "say which account"},
		{"POST", r.Control + "rotate", `{}`, 400, "say which account"},
		{"POST", r.Control + "lower", `{"limit": "reads"}`, 400, "say how many calls reads allows"},
		{"POST", r.Control + "expire", `{"account": "nobody"}`, 404, `no account "nobody"; there is acct-1`},
		{"POST", r.Control + "lower", `{"limit": "nothing"}`, 404, `no limit "nothing"; there is`},
		{"POST", r.Control + "deliver", `{"webhook": "nothing"}`, 404, `no webhook "nothing"; there is`},
		{"POST", r.Control + "arm", `{"id": "status/503", "scope": {"to": "soon"}}`, 400, `scope/to should be a duration such as "10s"`},
		{"POST", r.Control + "arm", `{"id": "status/503", "params": {"retry-after": 3}}`, 400, "params/retry-after is a number, where it should be a text"},
		{"POST", r.Control + "arm", `{"id": "status/503"} {"id": "status/503"}`, 400, "the request is not understood: "},
		{"POST", r.Control + "arm", strings.Repeat(" ", maxControl+1), 413, "more than 1 MiB"},
		{"GET", r.Control + "arm", "", 405, "/_porin/arm takes POST, not GET; there is\nGET  /_porin/faults\n"},
		{"POST", r.Control + "journal", "", 405, "/_porin/journal takes GET, HEAD, not POST; there is\n"},
		{"GET", r.Control + "journl", "", 404, "there is no /_porin/journl; there is\nGET  /_porin/faults\nPOST /_porin/arm       {\"id\": \"status/503\", \"times\": 2}\n"},
		{"POST", r.Control + "arm", "id=status/503", 400, `; such as {"id": "status/503", "times": 2}`},
		{"GET", r.Servers["api"] + "channels/C1/topic", "", 404, "It has channels.get at GET /v1/channels/{id}, channels.delete at DELETE /v1/channels/{id}, "},
	} {
		q, err := http.NewRequest(one.method, one.address, strings.NewReader(one.body))
		if err != nil {
			t.Fatal(err)
		}
		g, err := fetch(t, q)
		if err != nil {
			t.Fatal(err)
		}
		if g.status != one.status || !strings.Contains(g.raw, one.says) {
			t.Errorf("%s %s %.80s: %d %s", one.method, one.address, one.body, g.status, g.raw)
		}
	}
	equal(t, "armed", len(tw.Armed()), 0)
	g, err := fetch(t, c.request("GET", r.Servers["api"]+"auth.test", nil))
	equal(t, "it goes on", err == nil && g.status == 200, true)
}
