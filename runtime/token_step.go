package runtime

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"
)

// TokenStep is one of the requests that yield a token.
type TokenStep struct {
	Method  string
	URL     string   // "{name}" stands for a setting of the connection, and "{step.name}" at the beginning for a captured address.
	Hosts   []string // Where a captured address may lead; "*" stands for any one label.
	Query   []AuthMember
	Header  []AuthMember
	Form    []AuthMember // The body as a form,
	JSON    []AuthMember // or as an object: the names are paths, as in "auth.user".
	Basic   *BasicPair   // Authorization: Basic.
	Sign    *Signing     // Of the request, when it is complete besides.
	Capture []Capture
}

// BasicPair is a user and password (RFC 7617).
type BasicPair struct{ User, Password []AuthPart }

// Capture keeps a value of a response for the requests after it.
type Capture struct {
	Name string
	At   Path
}

// runSteps makes the requests one after the other, each once, and returns the
// answer of the last. Its errors are as those of [App.postToken].
func (a *App) runSteps(ctx context.Context, op string, o *OAuth2, steps []TokenStep, s *authScope) (*tokenAnswer, error) {
	s.settings = with(a.cfg.settings, s.settings)
	s.jwt = o.JWT
	s.now, s.steps = a.cfg.clock.Now(), map[string]string{}
	var answer *tokenAnswer
	for i := range steps {
		req, err := a.stepRequest(ctx, op, &steps[i], s)
		if err != nil {
			return nil, err
		}
		if answer, err = a.askToken(ctx, op, o, req); err != nil {
			return nil, err
		}
		for _, c := range steps[i].Capture {
			text := answer.text(c.At)
			if text == "" {
				return nil, a.oauthError(op, ClassDecode, fmt.Errorf("the response to step %d has no %s", i+1, c.Name))
			}
			s.steps[c.Name] = text
		}
	}
	answer.steps = s.steps
	return answer, nil
}

// stepRequest builds the request of a step.
func (a *App) stepRequest(ctx context.Context, op string, step *TokenStep, s *authScope) (*http.Request, error) {
	u, err := a.stepURL(op, step, s)
	if err != nil {
		return nil, err
	}
	body, media, err := step.body(s)
	if err != nil {
		return nil, a.oauthError(op, ClassInvalid, err)
	}
	if len(step.Query) > 0 {
		query, err := s.values(step.Query)
		if err != nil {
			return nil, a.oauthError(op, ClassInvalid, err)
		}
		u.RawQuery = strings.TrimPrefix(u.RawQuery+"&"+query.Encode(), "&")
	}
	req, err := http.NewRequestWithContext(ctx, step.Method, u.String(), strings.NewReader(body))
	if err != nil {
		return nil, a.oauthError(op, ClassInvalid, withoutURL(err))
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", a.cfg.userAgent)
	if media != "" {
		req.Header.Set("Content-Type", media)
	}
	if err := step.setHeader(req.Header, s); err != nil {
		return nil, a.oauthError(op, ClassInvalid, err)
	}
	if step.Sign != nil {
		if err := step.Sign.sign(req, s); err != nil {
			return nil, a.oauthError(op, ClassInvalid, err)
		}
	}
	return req, nil
}

// stepURL is the address of a step. One that an answer told is taken over TLS, at the
// provider's hosts alone: secrets go there.
func (a *App) stepURL(op string, step *TokenStep, s *authScope) (*url.URL, error) {
	if len(step.Hosts) == 0 {
		return a.oauthURL("step", step.URL, s.settings)
	}
	told, cut := map[string]string{}, false
	for name, text := range s.steps {
		place := "{step." + name + "}"
		if strings.HasPrefix(step.URL, place+"/") {
			text = strings.TrimSuffix(text, "/")
		}
		// What follows would not be of the path.
		cut = cut || strings.ContainsAny(text, "?#") && strings.Contains(step.URL, place) && !strings.HasSuffix(step.URL, place)
		told["step."+name] = text
	}
	text, err := expandSettings(step.URL, with(s.settings, told))
	if err != nil {
		return nil, a.oauthError(op, ClassInvalid, err)
	}
	u, err := url.Parse(text)
	if err != nil || cut || strings.ContainsAny(text, "{}") || !isAt(u, step.Hosts) {
		return nil, a.oauthError(op, ClassRejected, errors.New("the response tells an address that is not the provider's"))
	}
	return a.oauthURL("step", text, s.settings)
}

// body is the body of a step with its media type.
func (t *TokenStep) body(s *authScope) (body, media string, err error) {
	switch {
	case len(t.JSON) > 0:
		object, err := s.object(t.JSON)
		if err != nil {
			return "", "", err
		}
		data, err := marshal(object, json.Deterministic(true))
		return string(data), "application/json", err
	case len(t.Form) > 0:
		form, err := s.values(t.Form)
		return form.Encode(), "application/x-www-form-urlencoded", err
	}
	return "", "", nil
}

func (t *TokenStep) setHeader(h http.Header, s *authScope) error {
	for _, m := range t.Header {
		text, err := s.join(m.Value)
		if err != nil {
			return err
		}
		if hasControl(text) {
			return fmt.Errorf("%w: the header %s would have a control character", ErrCredential, m.Name)
		}
		h.Set(m.Name, text)
	}
	if t.Basic != nil {
		user, err := s.join(t.Basic.User)
		if err != nil {
			return err
		}
		password, err := s.join(t.Basic.Password)
		if err != nil {
			return err
		}
		h.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user+":"+password)))
	}
	return nil
}

func (s *authScope) values(members []AuthMember) (url.Values, error) {
	out := url.Values{}
	for _, m := range members {
		text, err := s.join(m.Value)
		if err != nil {
			return nil, err
		}
		out.Set(m.Name, text)
	}
	return out, nil
}

// object makes the JSON object whose members have paths of names.
func (s *authScope) object(members []AuthMember) (map[string]any, error) {
	top := map[string]any{}
	for _, m := range members {
		text, err := s.join(m.Value)
		if err != nil {
			return nil, err
		}
		at, names := top, strings.Split(m.Name, ".")
		for _, name := range names[:len(names)-1] {
			inner, ok := at[name].(map[string]any)
			if !ok {
				inner = map[string]any{}
				at[name] = inner
			}
			at = inner
		}
		at[names[len(names)-1]] = text
	}
	return top, nil
}
