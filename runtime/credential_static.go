package runtime

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Place is a place of a request that carries a credential. A cookie is added to
// the ones there are; a header or a query parameter replaces its namesake.
type Place struct {
	In    In // InHeader, InQuery or InCookie.
	Name  string
	Value []PlacePart // Joined without a separator; empty is the access token alone.
}

// PlacePart is literal text or, when Secret is set, a secret by its name.
type PlacePart struct {
	_ uncompared

	Text   string
	Secret string
}

// PlaceToken is the name under which [Place] finds an access token.
const PlaceToken = "token"

// bearerPlace is where RFC 6750 puts an access token.
var bearerPlace = []Place{{InHeader, "Authorization", []PlacePart{{Text: "Bearer "}, {Secret: PlaceToken}}}}

// Bearer returns a credential for an access token that the caller already has.
// It goes where places say or, without places, into the Authorization header
// (RFC 6750, 2.1). It is never renewed.
func Bearer(token Secret, places ...Place) Credential {
	return Key(map[string]Secret{PlaceToken: token}, places...)
}

// Basic returns a credential for HTTP Basic authentication (RFC 7617). Vendors
// that put a key into either half leave the other empty.
func Basic(user, password Secret) Credential {
	if strings.Contains(user.Reveal(), ":") {
		return brokenCredential{fmt.Errorf("%w: the user name has a colon (RFC 7617, 2)", ErrCredential)}
	}
	var pair Secret // Stays empty, and is refused, when both halves are.
	if !user.IsZero() || !password.IsZero() {
		pair = NewSecret(base64.StdEncoding.EncodeToString([]byte(user.Reveal() + ":" + password.Reveal())))
	}
	// Passwords are easily guessed, so the account is a digest of the user name.
	// A half that stands alone is a key.
	name := user
	if user.IsZero() {
		name = password
	}
	return ForAccount(digestAccount("basic", name.Reveal()), Key(map[string]Secret{PlaceToken: pair},
		Place{InHeader, "Authorization", []PlacePart{{Text: "Basic "}, {Secret: PlaceToken}}}))
}

// Key returns a credential that puts named secrets into the places, by default
// the one called "token" into the Authorization header as [Bearer] does. An
// empty or missing secret makes every call fail before it is sent.
func Key(secrets map[string]Secret, places ...Place) Credential {
	if len(places) == 0 {
		places = bearerPlace
	}
	c := &keyCredential{}
	var all strings.Builder
	for _, p := range places {
		text, err := p.text(func(name string) Secret { return secrets[name] })
		if err != nil {
			return brokenCredential{err}
		}
		c.values = append(c.values, placedValue{p, NewSecret(text)})
		fmt.Fprintf(&all, "%d %q %q\n", p.In, p.Name, text)
	}
	c.account = digestAccount("key", all.String())
	return c
}

// digestAccount names an account after what only it sends.
func digestAccount(kind, text string) string {
	sum := sha256.Sum256([]byte(text))
	return kind + "-" + hex.EncodeToString(sum[:8])
}

// ForAccount returns cred under another account. Calls of one account share its
// limits, so credentials of one connection should name the same one. Without
// it a fixed credential goes by a digest of what it sends. No credential, nil,
// stays none.
func ForAccount(account string, cred Credential) Credential {
	if cred == nil {
		return nil
	}
	return namedCredential{cred, account}
}

type namedCredential struct {
	Credential
	account string
}

func (c namedCredential) Account() string { return c.account }

func (c namedCredential) signs() bool {
	s, ok := c.Credential.(resigner)
	return ok && s.signs()
}

func (c namedCredential) present(a *App) (*http.Client, error) {
	if p, ok := c.Credential.(presenter); ok {
		return p.present(a)
	}
	return nil, nil
}

func (c namedCredential) Disconnected(ctx context.Context, version int64, code string) {
	if d, ok := c.Credential.(disconnecter); ok {
		d.Disconnected(ctx, version, code)
	}
}

// ErrCredential says that a credential cannot be sent: it is empty, or has a
// character that its place in the request does not carry.
var ErrCredential = errors.New("the credential cannot be sent")

// keyCredential is a fixed credential.
type keyCredential struct {
	values  []placedValue
	account string
}

type placedValue struct {
	place Place
	text  Secret
}

func (c *keyCredential) Authorize(_ context.Context, req *http.Request) (int64, error) {
	for _, v := range c.values {
		v.place.put(req, v.text.Reveal())
	}
	return 0, nil
}

func (c *keyCredential) Renew(context.Context, int64) (bool, error) { return false, nil }
func (c *keyCredential) Account() string                            { return c.account }

// brokenCredential is a credential that cannot be sent. The constructors give
// one instead of an error, so that New(BotToken(t)) stays one expression.
type brokenCredential struct{ err error }

func (c brokenCredential) Authorize(context.Context, *http.Request) (int64, error) { return 0, c.err }
func (c brokenCredential) Renew(context.Context, int64) (bool, error)              { return false, nil }
func (c brokenCredential) Account() string                                         { return "" }

// text fills the place's template.
func (p Place) text(find func(name string) Secret) (string, error) {
	var b strings.Builder
	parts := p.Value
	if len(parts) == 0 {
		parts = []PlacePart{{Secret: PlaceToken}}
	}
	for _, part := range parts {
		b.WriteString(part.Text)
		if part.Secret == "" {
			continue
		}
		secret := find(part.Secret)
		if secret.IsZero() {
			return "", fmt.Errorf("%w: %s is empty", ErrCredential, part.Secret)
		}
		// A line break would start another header, and often is a file's last byte.
		if hasControl(secret.Reveal()) {
			return "", fmt.Errorf("%w: %s has a control character", ErrCredential, part.Secret)
		}
		if p.In == InCookie && strings.Contains(secret.Reveal(), ";") {
			return "", fmt.Errorf("%w: %s has a semicolon, which starts another cookie", ErrCredential, part.Secret)
		}
		b.WriteString(secret.Reveal())
	}
	return b.String(), nil
}

func hasControl(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// put writes the value on a request.
func (p Place) put(req *http.Request, text string) {
	switch p.In {
	case InQuery:
		pairs := strings.FieldsFunc(req.URL.RawQuery, func(r rune) bool { return r == '&' })
		kept := pairs[:0]
		for _, pair := range pairs { // Not parsed and written anew: the order and the escapes are the operation's.
			name, _, _ := strings.Cut(pair, "=")
			if plain, err := url.QueryUnescape(name); err != nil || plain != p.Name {
				kept = append(kept, pair)
			}
		}
		pair := url.QueryEscape(p.Name) + "=" + url.QueryEscape(text)
		req.URL.RawQuery = strings.Join(append(kept, pair), "&")
	case InCookie:
		pair := p.Name + "=" + text
		if old := req.Header.Get("Cookie"); old != "" {
			pair = old + "; " + pair
		}
		req.Header.Set("Cookie", pair) // AddCookie logs what it drops of a value.
	default:
		req.Header.Set(p.Name, text)
	}
}
