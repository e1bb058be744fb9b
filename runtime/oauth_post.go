package runtime

import (
	"context"
	"encoding/base64"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// maxTokenResponse is the most bytes of a token response that are read.
const maxTokenResponse = 1 << 20

// tokenRequest is a request to the token endpoint.
type tokenRequest struct {
	op       string
	from     *OAuth2
	settings map[string]string
	form     url.Values
	key      Secret // That tokens are bound to, if any.
}

// tokenAnswer is a token response that did not fail.
type tokenAnswer struct {
	ctx   context.Context // Of the caller: what is observed goes with it.
	body  []byte
	steps map[string]string // What was captured on the way.
	sent  time.Time         // When the request was; what it says of the expiry counts from then.
}

// text is the value at a path of the response.
func (r *tokenAnswer) text(p Path) string { return textAt(r.body, p) }

// postToken sends one request to the token endpoint, once. Every error is an
// [*APIError]; it matches [ErrOutcomeUnknown] when the endpoint may have acted
// and no answer came.
func (a *App) postToken(ctx context.Context, r tokenRequest) (*tokenAnswer, error) {
	req, err := a.newTokenRequest(ctx, r, "token", r.from.Token)
	if err != nil {
		return nil, err
	}
	if err := a.provedBy(r, req); err != nil {
		return nil, err
	}
	answer, err := a.askToken(ctx, r.op, r.from, req)
	if err == nil && r.from.Proof != nil && strings.EqualFold(answer.text(Path{"token_type"}), "bearer") {
		return nil, a.oauthError(r.op, ClassDecode, errors.New("the token is bound to no key: its token_type is Bearer"))
	}
	return answer, err
}

// provedBy puts a proof on a request for tokens that are bound to a key.
func (a *App) provedBy(r tokenRequest, req *http.Request) error {
	p := r.from.prover()
	if p == nil {
		return nil
	}
	if err := p.prove(a, req, r.key, Secret{}); err != nil {
		return a.oauthError(r.op, ClassInvalid, err)
	}
	return nil
}

// askToken sends a request for tokens, once, as [App.postToken] says.
func (a *App) askToken(ctx context.Context, op string, o *OAuth2, req *http.Request) (*tokenAnswer, error) {
	var network wire
	sent := a.cfg.clock.Now()
	client := a.tokenHTTP()
	if p := o.prover(); p != nil {
		client = p.through(a, client)
	}
	res, err := client.Do(req.WithContext(network.trace(ctx)))
	if err != nil {
		return nil, a.unanswered(op, err, network.never(err))
	}
	defer drain(res)
	body, err := readAll(ctx, res.Body, maxTokenResponse, res.ContentLength)
	if err != nil {
		return nil, a.unanswered(op, err, false)
	}
	if failed := a.tokenFailure(op, o, res, body); failed != nil {
		return nil, failed
	}
	return &tokenAnswer{ctx: ctx, body: body, sent: sent}, nil
}

// newTokenRequest builds a request to an address, which [WithServer] knows by name, with
// the client's credentials where the connector declares them.
func (a *App) newTokenRequest(ctx context.Context, r tokenRequest, name, at string) (*http.Request, error) {
	o := r.from
	if err := (Grants{a, o}).ready(r.op); err != nil {
		return nil, err
	}
	address, err := a.oauthURL(name, at, r.settings)
	if err != nil {
		return nil, err
	}
	id, secret := a.cfg.clientID, a.cfg.clientSecret.Reveal()
	switch o.ClientAuth {
	case ClientPost:
		r.form.Set("client_id", id)
		setUnlessEmpty(r.form, "client_secret", secret)
	case ClientNone, ClientMTLS:
		r.form.Set("client_id", id)
	case ClientJWT:
		if err := a.setAssertion(r.form, o, address.String()); err != nil {
			return nil, a.oauthError(r.op, ClassInvalid, err)
		}
	}
	scope := &authScope{cred: a.appSecret, settings: with(a.cfg.settings, r.settings), now: a.cfg.clock.Now()}
	body, media, err := o.Request.body(r.form, scope)
	if err != nil {
		return nil, a.oauthError(r.op, ClassInvalid, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address.String(), strings.NewReader(body))
	if err != nil {
		return nil, a.oauthError(r.op, ClassInvalid, err)
	}
	req.Header.Set("Content-Type", media)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", a.cfg.userAgent)
	if o.Request != nil {
		if err := (&TokenStep{Header: o.Request.Header}).setHeader(req.Header, scope); err != nil {
			return nil, a.oauthError(r.op, ClassInvalid, err)
		}
	}
	if o.ClientAuth == ClientBasic {
		pair := url.QueryEscape(id) + ":" + url.QueryEscape(secret)
		req.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(pair)))
	}
	return req, nil
}

// body is the body of a token request, with its media type.
func (r *TokenRequest) body(form url.Values, s *authScope) (body, media string, err error) {
	media = "application/x-www-form-urlencoded"
	if r == nil {
		return form.Encode(), media, nil
	}
	more, err := s.values(r.Params)
	if err != nil {
		return "", "", err
	}
	form = renamed(form, r.Rename)
	maps.Copy(form, more)
	if !r.JSON {
		return form.Encode(), media, nil
	}
	object := map[string]string{}
	for name := range form {
		object[name] = form.Get(name)
	}
	data, err := marshal(object, json.Deterministic(true))
	return string(data), "application/json", err
}

// unanswered is the error of a request without a complete answer.
func (a *App) unanswered(op string, err error, unsent bool) *APIError {
	e := a.oauthError(op, ClassUnavailable, withoutURL(err))
	if isTimeout(err) {
		e.Class = ClassTimeout
	}
	e.unsent, e.OutcomeUnknown = unsent, !unsent
	return e
}

// tokenFailure is what a response says of a failure, or nil. A response that is
// no JSON comes from something in front of the endpoint.
func (a *App) tokenFailure(op string, o *OAuth2, res *http.Response, body []byte) *APIError {
	ok, readable := res.StatusCode/100 == 2, isJSON(body)
	if ok && readable && !(o.Failed != nil && o.Failed.matches(res.StatusCode, res.Header, body)) {
		return nil
	}
	e := a.oauthError(op, defaultClass(res.StatusCode), nil)
	e.StatusCode = res.StatusCode
	a.setRetryAfter(e, res.Header)
	if !readable {
		if ok {
			e.Class = ClassDecode
		}
		e.OutcomeUnknown = ok || silent(res.StatusCode)
		return e
	}
	at := o.Error
	if len(at) == 0 {
		at = Path{"error"}
	}
	e.Code = textAt(body, at)
	e.OutcomeUnknown = e.Code == "" && (ok || silent(res.StatusCode))
	if e.Code != "" && a.api.Code != nil {
		e.code = a.api.Code(e.Code)
	}
	switch {
	case o.Grant == GrantExchange && (res.StatusCode == http.StatusUnauthorized || res.StatusCode == http.StatusForbidden):
		e.Class = ClassDisconnected // What it was asked with is all that there is.
	case e.Code == "invalid_grant", o.Dead != nil && o.Dead.matches(res.StatusCode, res.Header, body):
		e.Class = ClassDisconnected
	case ok, e.Class == ClassAuthExpired, e.Class == ClassInvalid:
		// Of the application, such as invalid_client: no token of the user is at fault.
		e.Class = ClassRejected
	}
	return e
}

// silent reports whether a status without an error code of the endpoint leaves
// open whether it acted: those of gateways that got no answer, and of servers
// that broke half-way. With 503 the request was not taken on (RFC 9110, 15.6.4).
func silent(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// oauthError is an error of an OAuth operation.
func (a *App) oauthError(op string, class Class, cause error) *APIError {
	return &APIError{API: a.api.Name, Op: "oauth." + op, Class: class, cause: cause}
}

// setRetryAfter reads how long the endpoint wants to be left alone.
func (a *App) setRetryAfter(e *APIError, h http.Header) {
	now := a.cfg.clock.Now()
	if wait, ok := longestWait(h.Values("Retry-After"), UnitSeconds, providerTime(h, now)); ok {
		e.RetryAfter, e.RetryAt = wait, now.Add(wait)
	}
}

// oauthURL is an address of the OAuth server, with settings in it.
func (a *App) oauthURL(op, text string, settings map[string]string) (*url.URL, error) {
	text, err := expandSettings(a.cfg.replaced(a.api, op, text), with(a.cfg.settings, settings))
	if err != nil {
		return nil, a.oauthError(op, ClassInvalid, err)
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, a.oauthError(op, ClassInvalid, errors.New("the address is not an absolute http or https URL"))
	}
	return u, nil
}

// replaced is the address after [WithServer]: the replacement named oauth.token,
// oauth.pushed or oauth.authorize or, when the address lies under a server that is replaced,
// the same place under the replacement. So a client that is pointed at a
// simulator does not send its secrets to the provider.
func (c *config) replaced(api *API, name, address string) string {
	if own, ok := c.servers["oauth."+name]; ok {
		return own
	}
	for _, s := range api.Servers {
		own, replaced := c.servers[s.Name]
		rest, under := strings.CutPrefix(address, strings.TrimSuffix(s.URL, "/")+"/")
		if replaced && under {
			return strings.TrimSuffix(own, "/") + "/" + rest
		}
	}
	return address
}
