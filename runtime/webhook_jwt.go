package runtime

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// How often the key set is asked for again because of a key that is not in it,
// and how far the provider's clock may be from ours.
const (
	keySetLife   = time.Hour
	keySetRetry  = time.Minute
	clockSkew    = time.Minute
	maxTokenSize = 16 << 10
)

// jwk is a public key of a key set (RFC 7517, RFC 7518 section 6, RFC 8037).
type jwk struct {
	ID    string `json:"kid"`
	Type  string `json:"kty"`
	Curve string `json:"crv"`
	N     string `json:"n"`
	E     string `json:"e"`
	X     string `json:"x"`
	Y     string `json:"y"`
}

// jwtClaims are the claims that are looked at (RFC 7519 section 4.1).
type jwtClaims struct {
	Issuer   string       `json:"iss"`
	Audience jwtAudience  `json:"aud"`
	Expires  *jsonSeconds `json:"exp"`
	NotYet   *jsonSeconds `json:"nbf"`
	Issued   *jsonSeconds `json:"iat"`
}

// jsonSeconds is a NumericDate.
type jsonSeconds float64

func (s jsonSeconds) time() time.Time { return time.UnixMilli(int64(float64(s) * 1000)) }

// jwtAudience is one text, or a list.
type jwtAudience []string

// UnmarshalJSON reads either form.
func (a *jwtAudience) UnmarshalJSON(data []byte) error {
	if Raw(data).Kind() == '"' {
		*a = jwtAudience{unquote(data)}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(a))
}

// verifyJWT checks the claims of the token, which costs nothing, and its signature
// then: nobody is asked for the key of a token that does not count. The algorithm
// follows from the key; "none" and keyed hashes are not accepted, whatever the token
// says (RFC 8725).
func (r *WebhookReader) verifyJWT(ctx context.Context, j *WebhookJWT, m *message) error {
	token, ok := strings.CutPrefix(m.header.Get(j.Header), j.Prefix)
	parts := strings.Split(token, ".")
	if !ok || len(parts) != 3 || len(token) > maxTokenSize {
		return fmt.Errorf("%w: header %s has no token", ErrWebhookSignature, j.Header)
	}
	var head struct {
		Algorithm string `json:"alg"`
		KeyID     string `json:"kid"`
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || decodePart(parts[0], &head) != nil {
		return fmt.Errorf("%w: the token cannot be read", ErrWebhookSignature)
	}
	if !slices.Contains(tokenAlgorithms, head.Algorithm) {
		return fmt.Errorf("%w: the token is signed by another algorithm", ErrWebhookSignature)
	}
	if err := r.checkClaims(j, parts[1], m); err != nil {
		return err
	}
	key, err := r.tokenKey(ctx, j, head.KeyID)
	if err != nil {
		return err
	}
	if v := tokenVerifier(key, head.Algorithm); v == nil || !v.verify([]byte(parts[0]+"."+parts[1]), signature) {
		return ErrWebhookSignature
	}
	if j.Key != nil {
		r.keys.trust(askedName(head.KeyID))
	}
	return nil
}

func (r *WebhookReader) checkClaims(j *WebhookJWT, part string, m *message) error {
	var claims jwtClaims
	if decodePart(part, &claims) != nil {
		return fmt.Errorf("%w: the token cannot be read", ErrWebhookSignature)
	}
	now := r.set.clock.Now()
	switch {
	case len(j.Issuers) > 0 && !slices.Contains(j.Issuers, claims.Issuer):
		return fmt.Errorf("%w: the token is of another issuer", ErrWebhookSignature)
	case j.Audience && !slices.Contains(claims.Audience, r.set.audience):
		return fmt.Errorf("%w: the token is for somebody else", ErrWebhookSignature)
	case j.BodyHash != "" && !j.coversBody(part, m.body):
		return fmt.Errorf("%w: the token is of another body", ErrWebhookSignature)
	case claims.Expires != nil && now.After(claims.Expires.time().Add(clockSkew)),
		claims.NotYet != nil && now.Before(claims.NotYet.time().Add(-clockSkew)):
		return ErrWebhookStale
	case j.Within > 0 && (claims.Issued == nil || now.Sub(claims.Issued.time()).Abs() > j.Within):
		return ErrWebhookStale
	}
	return nil
}

func (j *WebhookJWT) coversBody(part string, body []byte) bool {
	claims, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return false
	}
	sum := sha256.Sum256(body)
	return subtle.ConstantTimeCompare([]byte(textAt(claims, Path{j.BodyHash})), []byte(hex.EncodeToString(sum[:]))) == 1
}

func decodePart(part string, to any) error {
	data, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, to)
}

// tokenKey finds the key of a token in the provider's set. A key that is not
// there may be new: the set is then asked for again, once a minute at most.
func (r *WebhookReader) tokenKey(ctx context.Context, j *WebhookJWT, id string) (*jwk, error) {
	if j.Key != nil {
		return r.askKey(ctx, j.Key, id)
	}
	for _, life := range []time.Duration{keySetLife, keySetRetry} {
		text, err := r.keys.keep(ctx, j.Keys, false, life, func(ctx context.Context) ([]byte, error) { return r.keys.ask(ctx, j.Keys) })
		if err != nil {
			return nil, err
		}
		var set struct {
			Keys []jwk `json:"keys"`
		}
		if err := UnmarshalRaw(text, &set); err != nil {
			return nil, fmt.Errorf("%w: the key set cannot be read", ErrWebhookKeys)
		}
		for i := range set.Keys {
			if set.Keys[i].ID == id {
				return &set.Keys[i], nil
			}
		}
	}
	return nil, fmt.Errorf("%w: the provider has no such key", ErrWebhookSignature)
}

// tokenAlgorithms are those of [tokenVerifier].
var tokenAlgorithms = []string{"RS256", "ES256", "EdDSA"}

// tokenVerifier is the key for one algorithm; nil when they do not fit.
func tokenVerifier(k *jwk, algorithm string) verifier {
	switch {
	case k.Type == "RSA" && algorithm == "RS256":
		n, e := bigOf(k.N), bigOf(k.E)
		if n == nil || e == nil || !e.IsInt64() || e.Int64() < 3 || e.Int64() > 1<<31-1 {
			return nil
		}
		return rsaKey{&rsa.PublicKey{N: n, E: int(e.Int64())}, SHA256.crypto()}
	case k.Type == "EC" && k.Curve == "P-256" && algorithm == "ES256":
		x, errX := base64.RawURLEncoding.DecodeString(k.X)
		y, errY := base64.RawURLEncoding.DecodeString(k.Y)
		if errX != nil || errY != nil {
			return nil
		}
		key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), slices.Concat([]byte{4}, x, y))
		if err != nil {
			return nil
		}
		return joseKey{key}
	case k.Type == "OKP" && k.Curve == "Ed25519" && algorithm == "EdDSA":
		x, err := base64.RawURLEncoding.DecodeString(k.X)
		if err != nil || len(x) != ed25519.PublicKeySize {
			return nil
		}
		return ed25519Key{x}
	}
	return nil
}

func bigOf(text string) *big.Int {
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(data) == 0 {
		return nil
	}
	return new(big.Int).SetBytes(data)
}

// joseKey verifies ECDSA signatures in the form of JOSE (RFC 7518 section 3.4):
// two numbers of 32 bytes.
type joseKey struct{ key *ecdsa.PublicKey }

func (k joseKey) verify(signed, signature []byte) bool {
	if len(signature) != 64 {
		return false
	}
	sum := sha256.Sum256(signed)
	return ecdsa.Verify(k.key, sum[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]))
}

func (joseKey) secret() string { return "" }
