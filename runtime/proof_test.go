package runtime_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	rt "github.com/porin-dev/porin/runtime"
)

// proofServer gives tokens and answers calls, and wants a nonce in every proof.
type proofServer struct {
	mu     sync.Mutex
	nonce  string // That it wants; empty is any.
	kind   string // The type of its tokens.
	always bool   // It says of every nonce that it is the wrong one.
	seen   []seenProof
}

// seenProof is a request with what its proof says.
type seenProof struct {
	req    *http.Request
	body   string
	proof  string
	claims map[string]any
}

func (s *proofServer) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := seenProof{req: r, body: string(body), proof: r.Header.Get("DPoP")}
	if parts := strings.Split(p.proof, "."); len(parts) == 3 {
		data, err := base64.RawURLEncoding.DecodeString(parts[1])
		if err != nil || json.Unmarshal(data, &p.claims) != nil {
			return nil, errors.New("the proof cannot be read")
		}
	}
	s.seen = append(s.seen, p)
	resp := reply(200, `{"ok":true}`)
	switch {
	case s.always || s.nonce != "" && p.claims["nonce"] != s.nonce:
		resp = reply(401, `{"error":"x"}`, "WWW-Authenticate", `DPoP error="use_dpop_nonce"`)
		if r.URL.Host == "idp.test" {
			resp = reply(400, `{"error":"use_dpop_nonce"}`)
		}
	case r.URL.Host == "idp.test":
		resp = reply(200, `{"access_token":"access-1","refresh_token":"refresh-1","expires_in":3600,"token_type":"`+s.kind+`"}`)
	}
	if s.nonce != "" {
		resp.Header.Set("DPoP-Nonce", s.nonce)
	}
	resp.Request = r
	return resp, nil
}

// provingApp is an app of a public client whose tokens are bound to a key.
func provingApp(t *testing.T, s *proofServer) (*rt.App, *rt.MemoryStore) {
	t.Helper()
	o := slackish()
	o.Failed, o.Proof, o.ClientAuth, o.Tokens = nil, rt.DPoP, rt.ClientNone, o.Tokens[:1]
	o.Place = []rt.Place{{In: rt.InHeader, Name: "Authorization", Value: []rt.PlacePart{{Text: "DPoP "}, {Secret: rt.PlaceToken}}}}
	store := rt.NewMemoryStore()
	api := &rt.API{Name: "acme", Servers: []rt.Server{{Name: "api", URL: "https://api.test/"}}, OAuth: o}
	app, err := rt.NewApp(api, rt.WithTransport(s), rt.WithTokenStore(store), rt.WithOAuthClient("id-1", rt.Secret{}))
	if err != nil {
		t.Fatal(err)
	}
	return app, store
}

// bind connects an account, and returns its client.
func bind(t *testing.T, app *rt.App) *rt.Client {
	t.Helper()
	attempt, err := app.AuthCodeURL(rt.AuthRequest{RedirectURL: "https://app.test/back"})
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(attempt.URL)
	if err != nil || u.Query().Get("dpop_jkt") == "" {
		t.Fatalf("the key is not named in %s: %v", attempt.URL, err)
	}
	for _, text := range append(printed(attempt), printed(rt.CodeGrant{Key: attempt.Key})...) {
		if strings.Contains(text, "PRIVATE") {
			t.Fatalf("the key is printed: %s", text)
		}
	}
	grant := rt.CodeGrant{Account: "T1", Code: "c", Verifier: attempt.Verifier}
	if _, err := app.Exchange(t.Context(), grant); !errors.Is(err, rt.ErrInvalidParams) {
		t.Fatalf("without the key: %v", err)
	}
	grant.Key = attempt.Key
	if _, err := app.Exchange(t.Context(), grant); err != nil {
		t.Fatal(err)
	}
	client, err := app.Client(app.Connection("T1", "bot"))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// TestProof: requests for tokens and calls have a proof each, with the nonce of their
// server, and are sent again for it once.
func TestProof(t *testing.T) {
	s := &proofServer{nonce: "n1", kind: "DPoP"}
	app, store := provingApp(t, s)
	client := bind(t, app)
	ops := []*rt.Op{
		{Name: "read", Method: "GET", Path: "things", Effect: rt.EffectRead},
		{Name: "start", Method: "POST", Path: "start", Effect: rt.EffectCreate},
	}
	for _, op := range ops {
		op.API = &rt.API{Name: "acme"}
		if err := client.Do(t.Context(), op, nil, nil, nil); err != nil {
			t.Fatalf("%s: %v", op.Name, err)
		}
	}
	s.nonce = "n2"
	if err := client.Do(t.Context(), ops[1], nil, nil, nil); err != nil {
		t.Fatal(err)
	}
	var got []string
	ids := map[any]bool{}
	for _, p := range s.seen {
		nonce, _ := p.claims["nonce"].(string)
		ath, _ := p.claims["ath"].(string)
		got = append(got, p.req.Method+" "+p.claims["htu"].(string)+" "+nonce)
		if want := p.req.URL.Host == "api.test"; (ath != "") != want {
			t.Errorf("%s has the token %q in its proof", p.req.URL, ath)
		}
		if p.claims["htm"] != p.req.Method || ids[p.claims["jti"]] {
			t.Errorf("the proof of %s has %v", p.req.URL, p.claims)
		}
		ids[p.claims["jti"]] = true
	}
	want := []string{
		"POST https://idp.test/token ", "POST https://idp.test/token n1",
		"GET https://api.test/things ", "GET https://api.test/things n1",
		"POST https://api.test/start n1",
		"POST https://api.test/start n1", "POST https://api.test/start n2",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("requests are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if s.seen[0].body != s.seen[1].body || !strings.Contains(s.seen[1].body, "code=c") {
		t.Errorf("the second request has the body %q", s.seen[1].body)
	}
	token, _, err := store.Load(t.Context(), "T1", "bot")
	if err != nil || token.Also[rt.ProofKey].IsZero() {
		t.Fatalf("the key is not stored: %v", err)
	}
	if data, err := json.Marshal(token); err != nil || strings.Contains(string(data), "PRIVATE") {
		t.Errorf("the key is written: %s", data)
	}
}

// TestProofInVain: a server that takes no nonce is asked twice, not for ever, and the
// error has nothing of the proof.
func TestProofInVain(t *testing.T) {
	s := &proofServer{kind: "DPoP"}
	app, _ := provingApp(t, s)
	client := bind(t, app)
	s.nonce, s.always, s.seen = "n1", true, nil
	err := client.Do(t.Context(), &rt.Op{API: &rt.API{Name: "acme"}, Name: "read", Method: "GET", Path: "things", Effect: rt.EffectRead}, nil, nil, nil)
	if err == nil {
		t.Fatal("the call succeeded")
	}
	posts := 0
	for _, p := range s.seen {
		if p.req.URL.Host == "idp.test" {
			posts++
		}
		if strings.Contains(err.Error(), p.proof) {
			t.Errorf("the error has a proof: %v", err)
		}
	}
	if posts > 2 || len(s.seen) > 6 {
		t.Errorf("%d requests, %d of them for tokens", len(s.seen), posts)
	}
}

// TestBearerForBound: a token that is bound to nothing is refused.
func TestBearerForBound(t *testing.T) {
	s := &proofServer{kind: "Bearer"}
	app, store := provingApp(t, s)
	attempt, err := app.AuthCodeURL(rt.AuthRequest{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = app.Exchange(t.Context(), rt.CodeGrant{Account: "T1", Code: "c", Key: attempt.Key})
	if e, ok := errors.AsType[*rt.APIError](err); !ok || e.Class != rt.ClassDecode {
		t.Errorf("%v", err)
	}
	if _, _, err := store.Load(t.Context(), "T1", "bot"); !errors.Is(err, rt.ErrNoToken) {
		t.Errorf("the token is stored: %v", err)
	}
}
