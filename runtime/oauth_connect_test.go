package runtime_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	rt "github.com/porin-dev/porin/runtime"
)

func TestAuthCodeURL(t *testing.T) {
	o := slackish()
	o.Params = []rt.Header{{Name: "access_type", Value: "offline"}}
	app := oauthApp(t, o, &tokenServer{}, rt.NewMemoryStore(), nil)
	attempt, err := app.AuthCodeURL(rt.AuthRequest{
		RedirectURL: "https://me.test/cb?x=1", State: "s1", Params: map[string]string{"user_scope": "search:read", "state": "theirs", "client_id": "theirs"},
	})
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(attempt.URL)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	want := map[string]string{
		"team": "1", "response_type": "code", "client_id": "id-1", "state": "s1", "redirect_uri": "https://me.test/cb?x=1",
		"scope": "chat:write,channels:read", "user_scope": "search:read", "access_type": "offline", "code_challenge_method": "S256",
	}
	for name, value := range want {
		if got := q[name]; !slices.Equal(got, []string{value}) {
			t.Errorf("%s: %q, want %q", name, got, value)
		}
	}
	verifier := attempt.Verifier.Reveal()
	sum := sha256.Sum256([]byte(verifier))
	if len(verifier) != 43 || q.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(sum[:]) {
		t.Errorf("challenge %s of verifier %s", q.Get("code_challenge"), verifier)
	}
	if u.Host != "idp.test" || strings.Contains(attempt.URL, "secret") || strings.Contains(attempt.URL, verifier) {
		t.Errorf("the address is %s", attempt.URL)
	}
	other, err := app.AuthCodeURL(rt.AuthRequest{Scopes: []string{"a"}})
	if err != nil || len(other.State) < 22 || other.Verifier.Equal(attempt.Verifier) || !strings.Contains(other.URL, "scope=a&") {
		t.Errorf("a second attempt: %+v, %v", other, err)
	}
}

func TestAuthCodeURLPKCE(t *testing.T) {
	o := slackish()
	o.PKCE = rt.PKCEPlain
	plain, err := oauthApp(t, o, &tokenServer{}, rt.NewMemoryStore(), nil).AuthCodeURL(rt.AuthRequest{})
	if err != nil || !strings.Contains(plain.URL, "code_challenge="+plain.Verifier.Reveal()) {
		t.Errorf("plain: %v, %v", plain, err)
	}
	o = slackish()
	o.PKCE = rt.PKCENone
	none, err := oauthApp(t, o, &tokenServer{}, rt.NewMemoryStore(), nil).AuthCodeURL(rt.AuthRequest{})
	if err != nil || strings.Contains(none.URL, "challenge") || !none.Verifier.IsZero() {
		t.Errorf("none: %v, %v", none, err)
	}
}

func TestAuthCodeURLSettings(t *testing.T) {
	o := slackish()
	o.Authorize = "https://{tenant}.idp.test/authorize"
	app := oauthApp(t, o, &tokenServer{}, rt.NewMemoryStore(), nil)
	attempt, err := app.AuthCodeURL(rt.AuthRequest{Settings: map[string]string{"tenant": "acme"}})
	if err != nil || !strings.HasPrefix(attempt.URL, "https://acme.idp.test/authorize?") {
		t.Errorf("%v, %v", attempt, err)
	}
	for _, tenant := range []string{"", "evil.test/", "a@b", "x.test#"} {
		if _, err := app.AuthCodeURL(rt.AuthRequest{Settings: map[string]string{"tenant": tenant}}); !errors.Is(err, rt.ErrInvalid) {
			t.Errorf("tenant %q: %v", tenant, err)
		}
	}
}

const twoTokens = `{"ok":true,"access_token":"bot-1","refresh_token":"bot-r","expires_in":"3600","scope":"chat:write,channels:read","team":{"id":"T9"},
	"authed_user":{"access_token":"user-1"}}`

func TestExchangeStoresEveryToken(t *testing.T) {
	s := &tokenServer{answer: func(int, url.Values) (*http.Response, error) { return reply(200, twoTokens), nil }}
	store := rt.NewMemoryStore()
	app := oauthApp(t, slackish(), s, store, nil)
	before := time.Now()
	c, err := app.Exchange(t.Context(), rt.CodeGrant{
		Code: "c0de", Verifier: rt.NewSecret("verifier"), RedirectURL: "https://me.test/cb", Settings: map[string]string{"tenant": "acme"},
	})
	if err != nil || c.Account != "T9" || !slices.Equal(c.Tokens, []string{"bot", "user"}) {
		t.Fatalf("%+v, %v", c, err)
	}
	want := url.Values{
		"grant_type": {"authorization_code"}, "code": {"c0de"}, "code_verifier": {"verifier"},
		"redirect_uri": {"https://me.test/cb"}, "client_id": {"id-1"}, "client_secret": {"test-secret"},
	}
	if got := s.forms[0].Encode(); got != want.Encode() {
		t.Errorf("posted %s, want %s", got, want.Encode())
	}
	bot, version, err := store.Load(t.Context(), "T9", "bot")
	if err != nil || version != 1 || bot.Access.Reveal() != "bot-1" || bot.Refresh.Reveal() != "bot-r" || bot.Settings["tenant"] != "acme" {
		t.Errorf("bot: %+v, %d, %v", bot, version, err)
	}
	if life := bot.Expiry.Sub(before); life < time.Hour || life > time.Hour+time.Minute {
		t.Errorf("the bot token lives %v", life)
	}
	if !slices.Equal(bot.Scopes, []string{"chat:write", "channels:read"}) {
		t.Errorf("scopes %q", bot.Scopes)
	}
	user, _, err := store.Load(t.Context(), "T9", "user")
	if err != nil || user.Access.Reveal() != "user-1" || !user.Refresh.IsZero() || !user.Expiry.IsZero() {
		t.Errorf("user: %+v, %v", user, err)
	}
	wantAuth(t, app.Connection("T9", ""), "bot-1")
	wantAuth(t, app.Connection("T9", "user"), "user-1")
}

func TestExchangeReplacesADeadConnection(t *testing.T) {
	s := &tokenServer{answer: func(int, url.Values) (*http.Response, error) { return reply(200, twoTokens), nil }}
	store := rt.NewMemoryStore()
	app := oauthApp(t, slackish(), s, store, &rt.Token{Access: rt.NewSecret("old"), Dead: "token_revoked"})
	conn := app.Connection("T1", "bot")
	if _, _, err := authorize(t.Context(), conn); !errors.Is(err, rt.ErrDisconnected) {
		t.Fatalf("a dead token: %v", err)
	}
	if _, err := app.Exchange(t.Context(), rt.CodeGrant{Account: "T1", Code: "c"}); err != nil {
		t.Fatal(err)
	}
	wantAuth(t, conn, "bot-1")
}

func TestExchangeClientAuth(t *testing.T) {
	o := slackish()
	o.ClientAuth = rt.ClientBasic
	s := &tokenServer{answer: func(int, url.Values) (*http.Response, error) { return reply(200, twoTokens), nil }}
	app := oauthApp(t, o, s, rt.NewMemoryStore(), nil, rt.WithOAuthClient("id:1 x", rt.NewSecret("s/+%=")))
	if _, err := app.Exchange(t.Context(), rt.CodeGrant{Code: "c"}); err != nil {
		t.Fatal(err)
	}
	// Encoded as a form first: id%3A1+x and s%2F%2B%25%3D (RFC 6749, 2.3.1).
	want := "Basic " + base64.StdEncoding.EncodeToString([]byte("id%3A1+x:s%2F%2B%25%3D"))
	if got := s.heads[0].Get("Authorization"); got != want {
		t.Errorf("Authorization: %s, want %s", got, want)
	}
	if s.forms[0].Has("client_id") || s.forms[0].Has("client_secret") {
		t.Errorf("the form repeats the credentials: %v", s.forms[0])
	}
}

func TestExchangeFailures(t *testing.T) {
	for name, tc := range map[string]struct {
		status int
		body   string
		class  error
		code   string
	}{
		"failed in 200":       {200, `{"ok":false,"error":"invalid_code","access_token":"` + canary + `"}`, rt.ErrRejected, "invalid_code"},
		"not confirmed":       {200, `{"access_token":"` + canary + `"}`, rt.ErrRejected, ""},
		"failed in 400":       {400, `{"error":"invalid_grant","error_description":"` + canary + `"}`, rt.ErrDisconnected, "invalid_grant"},
		"client refused":      {401, `{"error":"invalid_client"}`, rt.ErrRejected, "invalid_client"},
		"server error":        {500, `{"ok":true,"access_token":"` + canary + `"}`, rt.ErrUnavailable, ""},
		"html":                {200, `<html>` + canary, rt.ErrDecode, ""},
		"html of a proxy":     {502, `<html>` + canary, rt.ErrUnavailable, ""},
		"no token":            {200, `{"ok":true,"refresh_token":"` + canary + `"}`, rt.ErrDecode, ""},
		"empty token":         {200, `{"ok":true,"access_token":"","team":{"id":"` + canary + `"}}`, rt.ErrDecode, ""},
		"null token":          {200, `{"ok":true,"access_token":null}`, rt.ErrDecode, ""},
		"redirect":            {302, ``, nil, ""},
		"empty":               {200, ``, rt.ErrDecode, ""},
		"too many":            {429, `{}`, rt.ErrRateLimited, ""},
		"longer than the cap": {200, `{"ok":true,"x":"` + strings.Repeat("x", 2<<20) + `"}`, rt.ErrDecode, ""},
	} {
		s := &tokenServer{answer: func(int, url.Values) (*http.Response, error) {
			return reply(tc.status, tc.body, "Location", "https://evil.test/", "Retry-After", "7"), nil
		}}
		store := rt.NewMemoryStore()
		app := oauthApp(t, slackish(), s, store, nil)
		_, err := app.Exchange(t.Context(), rt.CodeGrant{Account: "T1", Code: "c", Verifier: rt.NewSecret(canary)})
		var e *rt.APIError
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if tc.class != nil && !errors.Is(err, tc.class) || e.Code != tc.code || e.StatusCode != tc.status && e.StatusCode != 0 {
			t.Errorf("%s: class %v, code %q, status %d", name, e.Class, e.Code, e.StatusCode)
		}
		noCanary(t, name, err)
		if _, _, err := store.Load(t.Context(), "T1", "bot"); !errors.Is(err, rt.ErrNoToken) {
			t.Errorf("%s: something is stored", name)
		}
		if s.posts() != 1 {
			t.Errorf("%s: %d requests", name, s.posts())
		}
	}
}

func TestExchangeForNobodyKeepsTheCode(t *testing.T) {
	o := slackish()
	o.Account = nil
	s := &tokenServer{answer: fresh}
	_, err := oauthApp(t, o, s, rt.NewMemoryStore(), nil).Exchange(t.Context(), rt.CodeGrant{Code: "c"})
	if !errors.Is(err, rt.ErrInvalidParams) || s.posts() != 0 {
		t.Errorf("%d requests, %v", s.posts(), err)
	}
}

func TestExchangeWithoutAnswer(t *testing.T) {
	s := &tokenServer{answer: func(int, url.Values) (*http.Response, error) { return nil, errors.New("reset") }}
	_, err := oauthApp(t, slackish(), s, rt.NewMemoryStore(), nil).Exchange(t.Context(), rt.CodeGrant{Account: "T1", Code: "c"})
	if !errors.Is(err, rt.ErrOutcomeUnknown) || s.posts() != 1 {
		t.Errorf("%d requests, %v", s.posts(), err)
	}
}

// failingStore fails its first saves.
type failingStore struct {
	*rt.MemoryStore
	saves, fail int
}

func (f *failingStore) Save(ctx context.Context, account, name string, t rt.Token, v int64) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if f.saves++; f.saves <= f.fail {
		return 0, errors.New("disk full")
	}
	return f.MemoryStore.Save(ctx, account, name, t, v)
}

func TestExchangeIsNotDoneUntilStored(t *testing.T) {
	s := &tokenServer{answer: func(int, url.Values) (*http.Response, error) { return reply(200, twoTokens), nil }}
	store := &failingStore{MemoryStore: rt.NewMemoryStore(), fail: 1}
	app := oauthApp(t, slackish(), s, store, nil, rt.WithClock(instantClock{}))
	if c, err := app.Exchange(t.Context(), rt.CodeGrant{Code: "c"}); err != nil || c.Account != "T9" {
		t.Errorf("a store that fails once: %v", err)
	}
	store = &failingStore{MemoryStore: rt.NewMemoryStore(), fail: 99}
	app = oauthApp(t, slackish(), s, store, nil, rt.WithClock(instantClock{}))
	if _, err := app.Exchange(t.Context(), rt.CodeGrant{Code: "c"}); !errors.Is(err, rt.ErrUnavailable) {
		t.Errorf("a store that fails: %v", err)
	}
}

func TestExchangeIsFinishedForACallerWhoGaveUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := &tokenServer{}
	s.answer = func(int, url.Values) (*http.Response, error) {
		res := reply(200, twoTokens)
		res.Body = &cancelledBody{res.Body, cancel}
		return res, nil
	}
	store := &failingStore{MemoryStore: rt.NewMemoryStore()}
	if _, err := oauthApp(t, slackish(), s, store, nil).Exchange(ctx, rt.CodeGrant{Account: "T1", Code: "c"}); err != nil {
		t.Fatal(err)
	}
	if token, _ := stored(t, store); token.Access.Reveal() != "bot-1" {
		t.Error("the token is lost")
	}
}

// cancelledBody is a body whose reader gives up after the last byte.
type cancelledBody struct {
	io.ReadCloser
	cancel func()
}

func (b *cancelledBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		b.cancel()
	}
	return n, err
}

// instantClock does not wait.
type instantClock struct{}

func (instantClock) Now() time.Time                                   { return time.Now() }
func (instantClock) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

func TestOAuthSetup(t *testing.T) {
	api := &rt.API{Name: "acme", Servers: []rt.Server{{Name: "api", URL: "https://api.test/"}}}
	app, err := rt.NewApp(api)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := app.AuthCodeURL(rt.AuthRequest{}); !errors.Is(err, rt.ErrInvalid) {
		t.Errorf("without OAuth: %v", err)
	}
	if _, _, err := authorize(t.Context(), app.Connection("T1", "bot")); !errors.Is(err, rt.ErrInvalid) {
		t.Errorf("without OAuth: %v", err)
	}
	api.OAuth = slackish()
	if _, err := app.Exchange(t.Context(), rt.CodeGrant{Code: "c"}); !errors.Is(err, rt.ErrInvalid) {
		t.Errorf("without a client id: %v", err)
	}
}

func TestOAuthFollowsAReplacedServer(t *testing.T) {
	o := slackish()
	o.Authorize, o.Token = "https://api.test/oauth/authorize", "https://idp.test/token"
	app := oauthApp(t, o, &tokenServer{}, rt.NewMemoryStore(), nil, rt.WithServer("api", "http://127.0.0.1:99/v1/"))
	attempt, err := app.AuthCodeURL(rt.AuthRequest{})
	if err != nil || !strings.HasPrefix(attempt.URL, "http://127.0.0.1:99/v1/oauth/authorize?") {
		t.Errorf("%v, %v", attempt, err)
	}
	app = oauthApp(t, o, &tokenServer{}, rt.NewMemoryStore(), nil, rt.WithServer("oauth.authorize", "http://127.0.0.1:98/a"))
	attempt, err = app.AuthCodeURL(rt.AuthRequest{})
	if err != nil || !strings.HasPrefix(attempt.URL, "http://127.0.0.1:98/a?") {
		t.Errorf("%v, %v", attempt, err)
	}
}
