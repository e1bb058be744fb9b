package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	rt "github.com/porin-dev/porin/runtime"
)

func printed(v any) []string {
	return []string{fmt.Sprintf("%v", v), fmt.Sprintf("%+v", v), fmt.Sprintf("%#v", v), fmt.Sprintf("%q", v)}
}

func containsCanary(text string) bool { return strings.Contains(text, canary) }

// slackish is an OAuth method with the departures of a real vendor: two tokens
// in one answer, failures in answers of 200, rotation.
func slackish() *rt.OAuth2 {
	return &rt.OAuth2{
		Authorize: "https://idp.test/authorize?team=1", Token: "https://idp.test/token", ScopeSep: ",",
		Scopes: []string{"chat:write", "channels:read"}, Rotates: true,
		Tokens: []rt.OAuthToken{
			{Name: "bot", Access: rt.Path{"access_token"}, Refresh: rt.Path{"refresh_token"}, Expires: rt.Path{"expires_in"}, Scope: rt.Path{"scope"}},
			{Name: "user", Access: rt.Path{"authed_user", "access_token"}, Refresh: rt.Path{"authed_user", "refresh_token"}, Expires: rt.Path{"authed_user", "expires_in"}, Optional: true},
		},
		Account: rt.Path{"team", "id"},
		Failed:  &rt.When{Body: []rt.Match{{At: rt.Path{"ok"}, Op: rt.MatchNot, Values: []string{"true"}}}},
		Dead:    &rt.When{Body: []rt.Match{{At: rt.Path{"error"}, Values: []string{`"token_revoked"`, `"invalid_refresh_token"`}}}},
	}
}

// tokenServer is a token endpoint: a transport that answers by a function and
// keeps the forms and headers of the requests.
type tokenServer struct {
	mu     sync.Mutex
	answer func(n int, form url.Values) (*http.Response, error)
	forms  []url.Values
	heads  []http.Header
}

func (s *tokenServer) RoundTrip(r *http.Request) (*http.Response, error) {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(data))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.forms, s.heads = append(s.forms, form), append(s.heads, r.Header)
	n, answer := len(s.forms), s.answer
	s.mu.Unlock()
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	res, err := answer(n, form)
	if err == errHang {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	if err == nil {
		res.Request, err = r, r.Context().Err()
	}
	return res, err
}

// errHang makes the endpoint wait until the client gives up.
var errHang = errors.New("hang")

func (s *tokenServer) posts() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.forms)
}

func reply(status int, body string, header ...string) *http.Response {
	h := http.Header{"Content-Type": {"application/json"}}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}
}

// fresh answers the nth request with the nth pair of tokens.
func fresh(n int, _ url.Values) (*http.Response, error) {
	return reply(200, fmt.Sprintf(`{"ok":true,"access_token":"access-%d","refresh_token":"refresh-%d","expires_in":43200}`, n, n)), nil
}

// oauthApp is an app over a token endpoint, with a stored bot token of account
// T1 when token is not nil.
func oauthApp(t *testing.T, o *rt.OAuth2, s *tokenServer, store rt.TokenStore, token *rt.Token, opts ...rt.Option) *rt.App {
	t.Helper()
	api := &rt.API{Name: "acme", Servers: []rt.Server{{Name: "api", URL: "https://api.test/"}}, OAuth: o}
	opts = append([]rt.Option{rt.WithTransport(s), rt.WithTokenStore(store), rt.WithOAuthClient("id-1", rt.NewSecret("test-secret"))}, opts...)
	app, err := rt.NewApp(api, opts...)
	if err != nil {
		t.Fatal(err)
	}
	if token != nil {
		if _, err := store.Save(t.Context(), "T1", "bot", *token, 0); err != nil {
			t.Fatal(err)
		}
	}
	return app
}

// hourToken is a token that was issued now and lives an hour.
func hourToken() *rt.Token {
	now := time.Now()
	return &rt.Token{Access: rt.NewSecret("access-0"), Refresh: rt.NewSecret("refresh-0"), Issued: now, Expiry: now.Add(time.Hour)}
}

// authorize returns what the credential sends.
func authorize(ctx context.Context, c rt.Credential) (string, int64, error) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "https://api.test/x", nil)
	if err != nil {
		return "", 0, err
	}
	version, err := c.Authorize(ctx, req)
	return strings.TrimPrefix(req.Header.Get("Authorization"), "Bearer "), version, err
}

// wantAuth fails unless the credential sends the token.
func wantAuth(t *testing.T, c rt.Credential, want string) int64 {
	t.Helper()
	got, version, err := authorize(t.Context(), c)
	if err != nil || got != want {
		t.Fatalf("sends %q, want %q: %v", got, want, err)
	}
	return version
}

// stored is the bot token of account T1.
func stored(t *testing.T, store rt.TokenStore) (rt.Token, int64) {
	t.Helper()
	token, version, err := store.Load(t.Context(), "T1", "bot")
	if err != nil {
		t.Fatal(err)
	}
	return token, version
}
