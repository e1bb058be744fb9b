package runtime

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// Sign sets the headers that a provider would send with the body: the time and
// the signature, the shared secret or the token, of the first proof. Headers that
// the signature covers besides the time must be set before. It serves tests and
// simulators. For schemes with a public key the secret is the private one, in PEM
// (PKCS #8, RFC 5958).
//
// It returns [ErrWebhookSecret] for a secret that the webhook cannot use, and
// [ErrWebhookSignature] when a part that is signed is missing; webhooks that sign
// the address need [Webhook.SignRequest], and for those whose signature is a member
// of the body there is [WebhookSignature.Sum].
func (w *Webhook) Sign(body []byte, header http.Header, secret Secret, now time.Time) error {
	return w.sign(&message{method: http.MethodPost, header: header, body: body}, secret, now)
}

// SignRequest is [Webhook.Sign] for a request with an absolute address. The
// request's own body is not read.
func (w *Webhook) SignRequest(r *http.Request, body []byte, secret Secret, now time.Time) error {
	return w.sign(requestMessage(r, body), secret, now)
}

func (w *Webhook) sign(m *message, secret Secret, now time.Time) error {
	if w.Unsigned {
		return nil
	}
	if secret.IsZero() {
		return fmt.Errorf("%w: it is empty", ErrWebhookSecret)
	}
	for i := range w.Proofs {
		p := &w.Proofs[i]
		switch {
		case p.When != nil && !p.When.matches(0, m.header, m.body):
			continue
		case p.Shared != nil:
			m.header.Set(p.Shared.Header, p.Shared.Prefix+secret.Reveal())
			return nil
		case p.Signature != nil:
			return p.Signature.sign(m, secret, now)
		case p.JWT != nil:
			return p.JWT.sign(m, secret, now)
		}
	}
	return nil
}

func (s *WebhookSignature) sign(m *message, secret Secret, now time.Time) error {
	before := s.stamp(m.header, now)
	text, err := s.sum(m, secret)
	if err != nil || s.Header == "" {
		return err
	}
	m.header.Set(s.Header, before+text)
	return nil
}

// Sum is the text of a signature, with its prefix, over a request with an absolute
// address and a body, or over the one event that the body is where events are signed by
// themselves. The time has to be in it. The errors are those of [Webhook.Sign].
func (s *WebhookSignature) Sum(r *http.Request, body []byte, secret Secret) (string, error) {
	m := requestMessage(r, body)
	m.event = body
	return s.sum(m, secret)
}

func (s *WebhookSignature) sum(m *message, secret Secret) (string, error) {
	key, err := s.signer(secret.Reveal())
	if err != nil {
		return "", err
	}
	signed, err := m.joinWith(s.Signed, key.secret())
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrWebhookSignature, err)
	}
	return s.Prefix + s.Encoding.encode(key.sum(signed)), nil
}

// signer makes signatures of one scheme with one key.
type signer interface {
	sum(signed []byte) []byte
	secret() string
}

func (s *WebhookSignature) signer(text string) (signer, error) {
	if s.Scheme == SchemeHMAC || s.Scheme == SchemeDigest {
		v, err := s.verifier(text)
		if err != nil {
			return nil, err
		}
		return v.(signer), nil // Both kinds of key do both.
	}
	key, err := privateKey(text)
	if err != nil {
		return nil, err
	}
	return privateSigner{key, s.Hash.crypto()}, nil
}

func privateKey(text string) (crypto.Signer, error) {
	der, err := pemBytes(text)
	if err == nil {
		var key any
		if key, err = x509.ParsePKCS8PrivateKey(der); err == nil {
			if signer, ok := key.(crypto.Signer); ok {
				return signer, nil
			}
		}
	}
	return nil, fmt.Errorf("%w: it is no private key in PKCS #8", ErrWebhookSecret)
}

// privateSigner signs with a private key. The signatures of one text are equal
// (RFC 6979), so that a run can be repeated.
type privateSigner struct {
	key  crypto.Signer
	hash crypto.Hash
}

func (k privateSigner) sum(signed []byte) []byte {
	if _, ok := k.key.(ed25519.PrivateKey); ok {
		signature, _ := k.key.Sign(nil, signed, crypto.Hash(0)) // It does not fail for a key that was read.
		return signature
	}
	signature, _ := k.key.Sign(nil, digestOf(k.hash, signed), k.hash)
	return signature
}

func (privateSigner) secret() string { return "" }

// stamp sets the time's header. When that is a member of the signature's own
// header, it returns what comes before the signature there.
func (s *WebhookSignature) stamp(header http.Header, now time.Time) string {
	if s.Age == nil || s.Age.From.Header == "" {
		return ""
	}
	text := s.Age.From.As.format(now)
	if s.Age.Key == "" {
		header.Set(s.Age.From.Header, text)
		return ""
	}
	pair := s.Age.Key + "=" + text
	header.Set(s.Age.From.Header, pair)
	if !strings.EqualFold(s.Age.From.Header, s.Header) {
		return ""
	}
	return pair + s.Split
}

// SignedAudience is the audience of the tokens that [Webhook.Sign] makes.
const SignedAudience = "receiver"

// sign sets a token that is issued now and expires in five minutes. The key's id
// is "key".
func (j *WebhookJWT) sign(m *message, secret Secret, now time.Time) error {
	key, err := privateKey(secret.Reveal())
	if err != nil {
		return err
	}
	claims := map[string]any{"iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix()}
	if len(j.Issuers) > 0 {
		claims["iss"] = j.Issuers[0]
	}
	if j.Audience {
		claims["aud"] = SignedAudience
	}
	if j.BodyHash != "" {
		sum := sha256.Sum256(m.body)
		claims[j.BodyHash] = hex.EncodeToString(sum[:])
	}
	token, err := signToken(key, claims)
	if err != nil {
		return err
	}
	m.header.Set(j.Header, j.Prefix+token)
	return nil
}

// signToken makes a compact JWS (RFC 7515).
func signToken(key crypto.Signer, claims map[string]any) (string, error) {
	algorithm := "EdDSA"
	switch key.(type) {
	case *rsa.PrivateKey:
		algorithm = "RS256"
	case *ecdsa.PrivateKey:
		algorithm = "ES256"
	}
	payload, err := json.Marshal(claims, json.Deterministic(true))
	if err != nil {
		return "", err
	}
	encode := base64.RawURLEncoding.EncodeToString
	text := encode([]byte(`{"alg":"`+algorithm+`","kid":"key","typ":"JWT"}`)) + "." + encode(payload)
	signature := privateSigner{key, crypto.SHA256}.sum([]byte(text))
	if algorithm == "ES256" {
		if signature, err = joseForm(signature); err != nil {
			return "", err
		}
	}
	return text + "." + encode(signature), nil
}

// joseForm turns an ASN.1 signature into two numbers of 32 bytes.
func joseForm(der []byte) ([]byte, error) {
	var numbers struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &numbers); err != nil {
		return nil, err
	}
	out := make([]byte, 64)
	numbers.R.FillBytes(out[:32])
	numbers.S.FillBytes(out[32:])
	return out, nil
}
