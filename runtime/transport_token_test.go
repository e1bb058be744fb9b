package runtime_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	rt "github.com/porin-dev/porin/runtime"
)

// idleCloser is a provider that closes a connection on which a token is asked for after
// something else was. It remembers the connections of the calls.
type idleCloser struct {
	mu     sync.Mutex
	used   map[int]bool
	calls  map[int]int
	tokens int
}

type connKey struct{}

func (s *idleCloser) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	conn := r.Context().Value(connKey{}).(int)
	w.Header().Set("Content-Type", "application/json")
	if r.URL.Path != "/token" {
		s.calls[conn]++
		s.used[conn] = true
		fmt.Fprint(w, `{}`)
		return
	}
	if s.used[conn] {
		panic(http.ErrAbortHandler)
	}
	s.used[conn] = true
	s.tokens++
	fmt.Fprintf(w, `{"ok":true,"access_token":"access-%d","refresh_token":"refresh-%d","expires_in":43200}`, s.tokens, s.tokens)
}

// serve starts the provider. Connections are numbered.
func (s *idleCloser) serve(t *testing.T, http2 bool) *httptest.Server {
	t.Helper()
	s.used, s.calls = map[int]bool{}, map[int]int{}
	conns := 0
	server := httptest.NewUnstartedServer(s)
	server.Config.ConnContext = func(ctx context.Context, _ net.Conn) context.Context {
		conns++ // One goroutine accepts.
		return context.WithValue(ctx, connKey{}, conns)
	}
	if server.EnableHTTP2 = http2; http2 {
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	return server
}

// TestTokenRequestsUseNoIdleConnection has each request for a token go over a connection
// of its own, and the calls between them share one.
func TestTokenRequestsUseNoIdleConnection(t *testing.T) {
	for name, tc := range map[string]struct {
		http2 bool
		with  func(*httptest.Server) rt.Option
	}{
		"the package's own": {false, func(*httptest.Server) rt.Option { return nil }},
		"a transport":       {false, func(*httptest.Server) rt.Option { return rt.WithTransport(&http.Transport{}) }},
		"a client":          {false, func(s *httptest.Server) rt.Option { return rt.WithHTTPClient(s.Client()) }},
		"HTTP/2":            {true, func(s *httptest.Server) rt.Option { return rt.WithTransport(s.Client().Transport) }},
	} {
		t.Run(name, func(t *testing.T) {
			var provider idleCloser
			server, store := provider.serve(t, tc.http2), rt.NewMemoryStore()
			o := slackish()
			o.Token = server.URL + "/token"
			op := &rt.Op{Name: "things.get", Method: "GET", Path: "things", Effect: rt.EffectRead}
			api := &rt.API{Name: "acme", Servers: []rt.Server{{Name: "api", URL: server.URL + "/"}}, OAuth: o}
			app, err := rt.NewApp(api, tc.with(server), rt.WithTokenStore(store), rt.WithOAuthClient("id-1", rt.NewSecret("test-secret")))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(app.CloseIdleConnections)
			if _, err := store.Save(t.Context(), "T1", "bot", *hourToken(), 0); err != nil {
				t.Fatal(err)
			}
			cred := app.Connection("T1", "bot")
			client, err := app.Client(cred)
			if err != nil {
				t.Fatal(err)
			}
			for n := range 3 {
				if err := client.Do(t.Context(), op, nil, nil, nil); err != nil {
					t.Fatal(err)
				}
				version := wantAuth(t, cred, fmt.Sprintf("access-%d", n))
				if again, err := cred.Renew(t.Context(), version); !again || err != nil {
					t.Fatalf("renewal %d: %v, %v", n+1, again, err)
				}
			}
			if provider.tokens != 3 || len(provider.calls) != 1 {
				t.Errorf("%d tokens, want 3; calls by connection: %v, want one", provider.tokens, provider.calls)
			}
		})
	}
}
