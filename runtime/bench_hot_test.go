package runtime

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// benchCallers is how many goroutines call at once in BenchmarkCallers.
const benchCallers = 64

// BenchmarkCallers has callers at once read over loopback TCP, by hand and through a
// client, and reports the ratio of the times.
func BenchmarkCallers(b *testing.B) {
	body := []byte(`{"ok":true,"channel":"C1","ts":"1700000000.000100","message":{"ts":"1700000000.000100","text":"hello","user":"U1"}}`)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = w.Write(body)
	}))
	defer srv.Close()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = benchCallers
	defer transport.CloseIdleConnections()
	hand := &byHand{&http.Client{Transport: transport}, "test-token"}
	_, api := benchClient(b, nil)
	c, err := NewClient(api, Bearer(NewSecret("test-token")), WithTransport(transport), WithServer(api.Servers[0].Name, srv.URL+"/v1/"))
	if err != nil {
		b.Fatal(err)
	}
	op := testOp(api)
	op.Limits = []LimitUse{{}}
	round := func(call func() error) func() error {
		return func() error {
			var wg sync.WaitGroup
			failed := make(chan error, benchCallers)
			for range benchCallers {
				wg.Go(func() {
					for range 4 {
						if err := call(); err != nil {
							failed <- err
							return
						}
					}
				})
			}
			wg.Wait()
			close(failed)
			return <-failed
		}
	}
	ctx := context.Background()
	compare(b, round(func() error {
		var out benchPosted
		return hand.do(ctx, "GET", srv.URL+"/v1/things", nil, &out)
	}), round(func() error {
		var out benchPosted
		return c.Do(ctx, op, nil, &out, nil)
	}))
}

// gates are what a call that need not wait passes on its way: the limits, of which it
// has one, and the token of a connection.
func gates(t testing.TB) map[string]func() {
	ctx := context.Background()
	c, op := benchPostClient(t, nil)
	k := &call{client: c, app: c.app, op: op}
	var err error
	if k.plan, err = c.app.plan(op); err != nil {
		t.Fatal(err)
	}
	store := NewMemoryStore()
	if _, err := store.Save(ctx, "acct", "bot", Token{Access: NewSecret("a"), Expiry: time.Now().Add(time.Hour)}, 0); err != nil {
		t.Fatal(err)
	}
	api := testAPI()
	api.OAuth = &OAuth2{Token: "https://idp.test/token", Tokens: []OAuthToken{{Name: "bot"}}}
	app, err := NewApp(api, WithTransport(canned{}), WithTokenStore(store), WithOAuthClient("id", NewSecret("secret")))
	if err != nil {
		t.Fatal(err)
	}
	cred := app.Connection("acct", "bot").(*connection)
	return map[string]func(){
		"limit": func() {
			k.pass = pass{}
			if e := k.admit(ctx, &k.pass); e != nil {
				t.Fatal(e)
			}
			k.pass.release()
		},
		"token": func() {
			if _, err := cred.currentToken(ctx); err != nil {
				t.Fatal(err)
			}
		},
	}
}

// BenchmarkGates measures the gates, one caller at a time.
func BenchmarkGates(b *testing.B) {
	all := gates(b)
	for _, name := range []string{"limit", "token"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				all[name]()
			}
		})
	}
}

func TestGatesAllocateNothing(t *testing.T) {
	for name, pass := range gates(t) {
		if n := testing.AllocsPerRun(1000, pass); n != 0 {
			t.Errorf("%s: %.0f allocations", name, n)
		}
	}
}
