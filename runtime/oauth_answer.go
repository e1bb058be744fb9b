package runtime

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// namedToken is a token of a response.
type namedToken struct {
	name  string
	token Token
}

// grantedTokens reads every token of a response, in the connector's order.
func (a *App) grantedTokens(op string, o *OAuth2, answer *tokenAnswer) ([]namedToken, error) {
	var found []namedToken
	for _, place := range o.Tokens {
		t := a.answeredToken(op, o, answer, place)
		switch {
		case !t.Access.IsZero():
			found = append(found, namedToken{place.Name, t})
		case !place.Optional:
			return nil, a.oauthError(op, ClassDecode, fmt.Errorf("the token response has no %s token", place.Name))
		}
	}
	if len(found) == 0 {
		return nil, a.oauthError(op, ClassDecode, errors.New("the token response has no token"))
	}
	return found, nil
}

// standardToken is where RFC 6749, 5.1, has the members of a token response.
var standardToken = OAuthToken{
	Access: Path{"access_token"}, Refresh: Path{"refresh_token"}, Expires: Path{"expires_in"}, Scope: Path{"scope"},
}

// refreshedToken reads the token that replaces old. A response to a refresh is
// about one token: where the connector has several in one response, a vendor
// may answer with the standard members all the same. What it leaves out stays
// as it was (RFC 6749, 5.1 and 6).
func (a *App) refreshedToken(op string, o *OAuth2, name string, answer *tokenAnswer, old Token) (Token, error) {
	place := standardToken
	for _, t := range o.Tokens {
		if t.Name == name {
			place = t
		}
	}
	t := a.answeredToken(op, o, answer, place)
	if t.Access.IsZero() {
		t = a.answeredToken(op, o, answer, standardToken)
	}
	if t.Access.IsZero() && o.Extends {
		t.Access = old.Access
		t.Expiry = place.expiry(answer)
	}
	if t.Access.IsZero() {
		e := a.oauthError(op, ClassDecode, errors.New("the token response has no token"))
		e.OutcomeUnknown = true // It may be where nobody looks for it.
		return Token{}, e
	}
	if t.Refresh.IsZero() {
		t.Refresh = old.Refresh
	}
	if t.Scopes == nil {
		t.Scopes = old.Scopes
	}
	if t.Also == nil {
		t.Also = old.Also
	}
	t.Settings = old.Settings
	return t, nil
}

// answeredToken reads one token; one without access token is absent. A life
// that is missing though the connector counts on it is a drift: the token is
// then renewed when it is refused.
func (a *App) answeredToken(op string, o *OAuth2, r *tokenAnswer, place OAuthToken) Token {
	t := Token{Access: NewSecret(place.text(r, "access", place.Access)), Refresh: NewSecret(place.text(r, "refresh", place.Refresh)), Issued: r.sent}
	if t.Access.IsZero() {
		return t
	}
	for _, k := range place.Also {
		if t.Also == nil {
			t.Also = map[string]Secret{}
		}
		t.Also[k.Name] = NewSecret(r.text(k.At))
	}
	t.Expiry = place.expiry(r)
	if t.Expiry.IsZero() && len(place.Expires) > 0 && !o.ExpiryOptional {
		a.driftedToken(r.ctx, op, place.Expires)
	}
	if scope := r.text(place.Scope); scope != "" {
		t.Scopes = o.splitScopes(scope)
	}
	return t
}

func (a *App) driftedToken(ctx context.Context, op string, at Path) {
	path, kind := strings.Join(at, "."), "missing"
	if w := a.cfg.watch; w != nil {
		w.drift(ctx, a, "oauth."+op, path, kind)
	}
}

// text is a part of a token: in the answer, or in what was captured before.
func (p OAuthToken) text(r *tokenAnswer, part string, at Path) string {
	if name, ok := p.Steps[part]; ok {
		return r.steps[name]
	}
	return r.text(at)
}

// expiry is when the token of a response expires; zero is unknown. What says no
// more than an instant that has passed says nothing.
func (p OAuthToken) expiry(r *tokenAnswer) time.Time {
	text := p.text(r, "expires", p.Expires)
	switch p.ExpiresAs {
	case UnitNone, UnitSeconds:
		if life, ok := lifetime(text); ok {
			return r.sent.Add(life)
		}
	default:
		if life, ok := parseWait(text, p.ExpiresAs, r.sent); ok && life > 0 {
			return r.sent.Add(min(life, century))
		}
	}
	if p.Life > 0 {
		return r.sent.Add(p.Life)
	}
	return time.Time{}
}

// lifetime reads expires_in, which some vendors send as a string. What is no
// positive number says nothing.
func lifetime(text string) (time.Duration, bool) {
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || !(seconds > 0) {
		return 0, false
	}
	return time.Duration(math.Min(seconds, century.Seconds()) * float64(time.Second)), true
}

// splitScopes reads a list of scopes. No scope holds a space (RFC 6749, 3.3), so
// that always separates, besides the connector's own separator.
func (o *OAuth2) splitScopes(text string) []string {
	if o.ScopeSep != "" {
		text = strings.ReplaceAll(text, o.ScopeSep, " ")
	}
	return strings.Fields(text)
}

// textAt is the text of a value in a JSON document, empty when there is none or
// no path.
func textAt(body []byte, p Path) string {
	if len(p) == 0 {
		return ""
	}
	return rawText(lookup(body, p))
}

// isJSON reports whether the body is one JSON value.
func isJSON(body []byte) bool { return Raw(trimBOM(body)).IsValid(lenient) }
