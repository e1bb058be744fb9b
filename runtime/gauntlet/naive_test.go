package gauntlet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/porin-dev/porin/runtime"
)

// naive is a client written by hand over net/http, with one way to be wrong.
// Without a sin it gets most things right, but for what it does not know of at
// all: declared limits and a budget for retry.
type naive struct{ sin string }

func (n naive) Name() string       { return "naive " + n.sin }
func (n naive) ReportsDrift() bool { return true }

func (n naive) App(t Target) (App, error) {
	a := &naiveApp{naive: n, target: t, turn: make(chan struct{}, 1), renewing: make(chan struct{}, 1), run: fmt.Sprint(t.Random())}
	a.client = &http.Client{Transport: t.Transport, CheckRedirect: func(req *http.Request, via []*http.Request) error {
		if n.sin == "follows redirects with the token" && len(via) < 3 {
			req.Header.Set("Authorization", via[0].Header.Get("Authorization"))
			return nil
		}
		return http.ErrUseLastResponse
	}}
	return a, nil
}

type naiveApp struct {
	naive
	target   Target
	client   *http.Client
	turn     chan struct{} // Held by the one call at a time that a sin allows.
	renewing chan struct{} // Held by the one refresh at a time.
	stop     chan struct{}
	run      string // Of this app alone.
}

func (a *naiveApp) Close() {
	if a.sin == "leaves a goroutine" {
		go func() { <-a.stop }()
	}
}

func (a *naiveApp) Session(acct Account) (Session, error) {
	return &naiveSession{naiveApp: a, acct: acct}, nil
}

type naiveError struct {
	Failure
	cause error
}

func (e *naiveError) Error() string {
	return strings.TrimSpace(e.Class + " " + e.Code + " " + e.Failure.Text)
}
func (e *naiveError) Unwrap() error { return e.cause }

func (a *naiveApp) Explain(err error) Failure {
	var e *naiveError
	if !errors.As(err, &e) {
		return Failure{Text: err.Error()}
	}
	f := e.Failure
	f.Typed, f.Text = true, e.Error()
	return f
}

type naiveSession struct {
	*naiveApp
	acct  Account
	dead  atomic.Bool
	taken atomic.Bool                   // Its key belongs to another request.
	own   atomic.Pointer[runtime.Token] // The stored token as it was at first, which a sin goes on from.
	given atomic.Pointer[string]        // What a sin uses in place of the stored token.
}

func (s *naiveSession) Call(ctx context.Context, action string, params JSON) (JSON, error) {
	if s.sin == "hangs for ever" {
		select {}
	}
	in, _ := parse(params).(map[string]any)
	path, body := "books/"+plain(in["id"]), []byte(nil)
	switch action {
	case "books.create":
		path, body = "books", params
	case "books.order":
		path, body = "orders", params
	}
	answer, err := s.do(ctx, path, body)
	switch {
	case err != nil:
		return nil, err
	case s.sin == "reads numbers as floats":
		var v any
		if err := json.Unmarshal(answer, &v); err != nil {
			return nil, err
		}
		return json.Marshal(v)
	case s.sin == "drops what it does not know":
		b, _ := parse(answer).(map[string]any)
		return json.Marshal(map[string]any{"id": b["id"], "title": b["title"]})
	case strings.Contains(s.sin, "drift"):
		b, _ := parse(answer).(map[string]any)
		d := Drift{action, "size", "string"}
		switch s.sin {
		case "quotes in drift":
			d.Kind = plain(b["title"])
		case "reports drift without a path":
			d.Path = ""
		case "reports the token as drift":
			d.Kind, _ = s.token(ctx)
		}
		s.target.Drift(d)
		s.target.Drift(d)
	}
	return answer, nil
}

// do sends a request until it is served, with the sins of this client.
func (s *naiveSession) do(ctx context.Context, path string, body []byte) ([]byte, error) {
	if s.sin == "sends at random" {
		time.Sleep(rand.N(time.Second))
	}
	if s.sin == "one queue for all" {
		s.turn <- struct{}{}
		defer func() { <-s.turn }()
	}
	if s.sin == "ignores the deadline" || s.sin == "sends for ever" {
		ctx = context.WithoutCancel(ctx)
	}
	if s.sin == "drops the context" {
		ctx = context.Background()
	}
	for attempt := 1; ; attempt++ {
		answer, err := s.once(ctx, path, body)
		if err == nil {
			return answer, nil
		}
		pause, again := s.again(err, attempt, body != nil)
		if !again {
			return s.told(ctx, err)
		}
		deadline, limited := ctx.Deadline()
		if limited && time.Now().Add(pause).After(deadline) {
			return s.told(ctx, err)
		}
		time.Sleep(pause)
		if s.sin == "sends another text on retry" && body != nil {
			body = bytes.Replace(body, []byte(`"title":"`), []byte(`"title":"re: `), 1)
		}
	}
}

// told is what a caller is told of a failure.
func (s *naiveSession) told(ctx context.Context, err *naiveError) ([]byte, error) {
	switch s.sin {
	case "plain errors":
		return nil, errors.New("request failed")
	case "takes a refusal for a result":
		return []byte("{}"), nil
	case "comes back late":
		<-ctx.Done()
		time.Sleep(time.Second)
	case "loses the class":
		err.Class = ""
	case "says that nothing was found":
		err.Class = "not_found"
	case "loses the code":
		err.Code = ""
	case "loses the request id":
		err.RequestID = ""
	}
	return nil, err
}

// again decides on a retry.
func (s *naiveSession) again(err *naiveError, attempt int, writes bool) (time.Duration, bool) {
	pause := time.Duration(attempt) * 500 * time.Millisecond
	switch {
	case s.sin == "sends for ever":
		return 0, true
	case err.Class == "rate_limited" && s.sin == "ignores the wait":
		return pause, attempt < 6
	case err.Class == "rate_limited":
		return max(pause, time.Until(err.RetryAt)), attempt < 20
	case err.Code == "key_reused" && s.sin == "takes another key":
		return 0, !s.taken.Swap(true)
	case err.Class == "auth_expired" && s.acct.Stored != "":
		return 0, attempt < 3
	case s.sin == "gives up" || err.Class != "unavailable":
		return 0, false
	}
	return pause, attempt < 3 && (!writes || s.sin == "retries writes" || s.sin == "drops the context")
}

// once sends one request.
func (s *naiveSession) once(ctx context.Context, path string, body []byte) ([]byte, *naiveError) {
	if s.dead.Load() {
		return nil, &naiveError{Failure: Failure{Class: "disconnected"}}
	}
	token, err := s.token(ctx)
	if err != nil {
		return nil, &naiveError{Failure: Failure{Class: "unavailable"}, cause: err}
	}
	method := http.MethodGet
	if body != nil {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(ctx, method, s.target.Servers["api"]+path, bytes.NewReader(body))
	if err != nil {
		return nil, &naiveError{cause: err}
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if s.sin == "logs the token" {
		s.target.Log(fmt.Sprintf("request %v", req.Header))
	}
	req.Header.Set("Content-Type", "application/json")
	if key := s.key(ctx); key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	resp, err := s.client.Do(req)
	unknown := body != nil && s.sin != "forgets what is unknown"
	if err != nil {
		return nil, &naiveError{Failure: Failure{Class: "unavailable", OutcomeUnknown: unknown}, cause: err}
	}
	if s.sin != "leaves bodies open" {
		defer resp.Body.Close()
	}
	limit := int64(1 << 20)
	if s.sin == "reads everything" {
		_, _ = io.Copy(io.Discard, resp.Body) // As a client does that keeps it, without the cost to the test.
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, limit))
	if err != nil {
		return nil, &naiveError{Failure: Failure{Class: "unavailable", OutcomeUnknown: unknown}, cause: err}
	}
	if f := s.failure(resp, answer, token); f != nil {
		f.OutcomeUnknown = unknown && resp.StatusCode >= 500
		return nil, f
	}
	return answer, nil
}

// failure reads an answer as a failure, or returns nil.
func (s *naiveSession) failure(resp *http.Response, answer []byte, token string) *naiveError {
	v, _ := parse(answer).(map[string]any)
	e := &naiveError{Failure: Failure{Status: resp.StatusCode, Code: plain(v["error"]), RequestID: resp.Header.Get("X-Request-Id")}}
	if s.sin == "prints the token" {
		e.Failure.Text = "with token " + token
	}
	if s.sin == "prints the body" {
		e.Failure.Text = string(answer)
	}
	after, err := strconv.Atoi(resp.Header.Get("Retry-After"))
	switch {
	case resp.StatusCode == 429:
		e.Class = "rate_limited"
		if err == nil {
			e.RetryAt = time.Now().Add(time.Duration(after) * time.Second)
		}
	case e.Code == "token_expired":
		e.Class = "auth_expired"
		if s.acct.Stored != "" {
			if err := s.renew(resp.Request.Context(), token); err != nil {
				return &naiveError{Failure: Failure{Class: "unavailable"}, cause: err}
			}
		}
	case e.Code == "token_revoked":
		e.Class = "disconnected"
		s.dead.Store(s.sin != "does not believe it")
	case e.Code == "key_reused" && s.sin != "does not know of reused keys":
		e.Class = e.Code
	case resp.StatusCode >= 500:
		e.Class = "unavailable"
	case resp.StatusCode >= 300 || e.Code != "":
		e.Class = "rejected"
	case v == nil:
		e.Class = "decode"
	case v["ok"] != true && s.sin != "believes every 200":
		e.Class = "unknown"
	default:
		return nil
	}
	return e
}

// token returns the access token to send.
func (s *naiveSession) token(ctx context.Context) (string, error) {
	if given := s.given.Load(); given != nil {
		return *given, nil
	}
	if s.acct.Token != "" {
		return s.acct.Token, nil
	}
	t, _, err := s.load(ctx)
	return t.Access.Reveal(), err
}

// load reads the stored token.
func (s *naiveSession) load(ctx context.Context) (runtime.Token, int64, error) {
	if own := s.own.Load(); own != nil {
		return *own, 1, nil
	}
	t, version, err := s.target.Store.Load(ctx, s.acct.ID, s.acct.Stored)
	if err == nil && s.sin == "keeps its own copy" {
		s.own.Store(&t)
	}
	return t, version, err
}

// renew refreshes the token, unless somebody else did.
func (s *naiveSession) renew(ctx context.Context, old string) error {
	if s.sin != "refreshes in every goroutine" {
		s.renewing <- struct{}{}
		defer func() { <-s.renewing }()
	}
	t, version, err := s.load(ctx)
	if err != nil || t.Access.Reveal() != old {
		return err
	}
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {t.Refresh.Reveal()}, "client_id": {s.target.ClientID}, "client_secret": {s.target.ClientSecret}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://shelf.example/oauth/token", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := s.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	v, _ := parse(answer).(map[string]any)
	if plain(v["access_token"]) == "" {
		return fmt.Errorf("the refresh failed with status %d", resp.StatusCode)
	}
	t.Access, t.Refresh = runtime.NewSecret(plain(v["access_token"])), runtime.NewSecret(plain(v["refresh_token"]))
	if s.sin == "uses before it saves" {
		access := t.Access.Reveal()
		s.given.Store(&access)
		return nil
	}
	_, err = s.target.Store.Save(ctx, s.acct.ID, s.acct.Stored, t, version)
	return err
}
