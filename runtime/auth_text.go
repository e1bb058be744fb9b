package runtime

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// AuthPart is a part of a text that a credential is made of.
type AuthPart struct {
	_ uncompared

	From AuthSource
	Text string // FromText: the text. Else the name of what the source has.

	// Start and End are the characters of it that are taken; an End of 0 is all the rest.
	Start, End int
}

// AuthSource is where a part of a credential's text comes from.
type AuthSource uint8

// The sources.
const (
	FromText  AuthSource = iota
	FromCred             // A secret of the connection.
	FromConn             // A setting of the connection.
	FromStep             // What an earlier request of an exchange captured.
	FromToken            // The token that is renewed: access or refresh.
	FromNow              // The time: unix, unix_ms, rfc3339, http_date or basic, which is 20060102T150405Z.
	FromJWT              // A token that is signed for the occasion.
	FromNonce            // 32 random hexadecimal digits, with the name base64 their Base64, or with uuid a random UUID (RFC 9562).

	FromOAuth     // Of the authorization: code, redirect_uri, state, verifier or scopes.
	FromMethod    // Of the request that is signed.
	FromURL       // Its address as it is sent, or by name its host, path or query.
	FromHeader    // A header of it; empty where it has none.
	FromBody      // Its body.
	FromDigest    // A digest of its body, as in "sha256.hex".
	FromSignature // What is signed, where the signature goes.
)

// AuthMember is a named value of a request.
type AuthMember struct {
	Name  string
	Value []AuthPart
}

// authScope is what the parts of one request refer to.
type authScope struct {
	cred     func(name string) Secret
	settings map[string]string
	token    Token
	oauth    map[string]string
	now      time.Time
	jwt      *JWT
	steps    map[string]string
	nonces   map[string]string // Made on first use; one request has one.

	req       *http.Request // What is signed.
	body      []byte
	signature string
}

// join writes a text. The error names what is missing, and no value.
func (s *authScope) join(parts []AuthPart) (string, error) {
	var b strings.Builder
	for _, p := range parts {
		text, err := s.part(p)
		if err != nil {
			return "", err
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

func (s *authScope) part(p AuthPart) (string, error) {
	text := ""
	switch p.From {
	case FromText:
		return p.Text, nil
	case FromCred:
		if s.cred != nil {
			text = s.cred(p.Text).Reveal()
		}
	case FromConn:
		text = s.settings[p.Text]
	case FromStep:
		text = s.steps[p.Text]
	case FromToken:
		text = s.token.part(p.Text).Reveal()
	case FromOAuth:
		text = s.oauth[p.Text]
	case FromNow:
		text = formatNow(s.now, p.Text)
	case FromJWT:
		return s.jwt.sign(s)
	case FromMethod, FromURL, FromHeader, FromBody, FromDigest, FromSignature:
		return s.requestPart(p), nil
	case FromNonce:
		text = s.nonce(p.Text)
	}
	if text = p.cut(text); text == "" {
		return "", fmt.Errorf("%w: %s is empty", ErrCredential, p.Text)
	}
	return text, nil
}

// cut returns the characters of a value that the part takes.
func (p AuthPart) cut(text string) string {
	if p.Start == 0 && p.End == 0 {
		return text
	}
	all := []rune(text)
	end := len(all)
	if p.End > 0 {
		end = min(end, p.End)
	}
	return string(all[min(p.Start, end):end])
}

// formatNow writes a time in the form of that name.
func formatNow(t time.Time, form string) string {
	switch form {
	case "unix":
		return UnitUnix.format(t)
	case "unix_ms":
		return UnitUnixMillis.format(t)
	case "http_date":
		return UnitHTTPDate.format(t)
	case "basic":
		return t.UTC().Format("20060102T150405Z")
	}
	return t.UTC().Format(time.RFC3339)
}

func (s *authScope) nonce(form string) string {
	if text, ok := s.nonces[form]; ok {
		return text
	}
	var random [16]byte
	_, _ = rand.Read(random[:]) // Never fails.
	text := hex.EncodeToString(random[:])
	switch form {
	case "base64":
		text = base64.StdEncoding.EncodeToString([]byte(s.nonce("")))
	case "uuid":
		random[6], random[8] = random[6]&0x0f|0x40, random[8]&0x3f|0x80
		d := hex.EncodeToString(random[:])
		text = d[:8] + "-" + d[8:12] + "-" + d[12:16] + "-" + d[16:20] + "-" + d[20:]
	}
	if s.nonces == nil {
		s.nonces = map[string]string{}
	}
	s.nonces[form] = text
	return text
}
