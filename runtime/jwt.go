package runtime

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"hash"
	"net/url"
	"time"

	"github.com/go-json-experiment/json"
)

// JWT is a token that the client signs (RFC 7519).
type JWT struct {
	Algorithm string          // HS256, HS384, HS512, RS256, ES256 or EdDSA (RFC 7518, RFC 8037).
	Key       string          // The name of the secret: a shared one, or a private key in PEM.
	KeyAs     WebhookEncoding // How the text encodes a shared one; not PEM.
	KeyID     []AuthPart      // "kid" of the header; empty for none.
	Claims    []AuthMember    // Besides iat and exp.
	Life      time.Duration   // From iat to exp.
}

// sign returns a token that is signed now. Its errors quote nothing of the key.
func (j *JWT) sign(s *authScope) (string, error) {
	head := map[string]any{"alg": j.Algorithm, "typ": "JWT"}
	if len(j.KeyID) > 0 {
		id, err := s.join(j.KeyID)
		if err != nil {
			return "", err
		}
		head["kid"] = id
	}
	claims := map[string]any{"iat": s.now.Unix(), "exp": s.now.Add(j.Life).Unix()}
	for _, c := range j.Claims {
		text, err := s.join(c.Value)
		if err != nil {
			return "", err
		}
		claims[c.Name] = text
	}
	return j.signed(head, claims, s.cred(j.Key))
}

// signed is a token in the compact form (RFC 7515, 7.1).
func (j *JWT) signed(head, claims map[string]any, key Secret) (string, error) {
	first, err := encodedPart(head)
	if err != nil {
		return "", err
	}
	second, err := encodedPart(claims)
	if err != nil {
		return "", err
	}
	signature, err := j.signature([]byte(first+"."+second), key.Reveal())
	if err != nil {
		return "", fmt.Errorf("%w: %s %w", ErrCredential, j.Key, err)
	}
	return first + "." + second + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

func encodedPart(v any) (string, error) {
	data, err := marshal(v, json.Deterministic(true))
	return base64.RawURLEncoding.EncodeToString(data), err
}

func (j *JWT) signature(text []byte, key string) ([]byte, error) {
	if key == "" {
		return nil, fmt.Errorf("is empty")
	}
	if newHash, ok := map[string]func() hash.Hash{"HS256": sha256.New, "HS384": sha512.New384, "HS512": sha512.New}[j.Algorithm]; ok {
		secret, err := decodeKey(key, j.KeyAs)
		if err != nil {
			return nil, err
		}
		mac := hmac.New(newHash, secret)
		mac.Write(text)
		return mac.Sum(nil), nil
	}
	private, err := signingKey(key)
	if err != nil {
		return nil, err
	}
	fits := false
	switch k := private.(type) {
	case *rsa.PrivateKey:
		fits = j.Algorithm == "RS256"
	case *ecdsa.PrivateKey:
		fits = j.Algorithm == "ES256" && k.Curve.Params().BitSize == 256
	case ed25519.PrivateKey:
		fits = j.Algorithm == "EdDSA"
	}
	if !fits {
		return nil, fmt.Errorf("is not a key for %s", j.Algorithm)
	}
	signature := privateSigner{private, crypto.SHA256}.sum(text)
	if j.Algorithm == "ES256" {
		return joseForm(signature)
	}
	return signature, nil
}

func decodeKey(text string, as WebhookEncoding) (key []byte, err error) {
	switch as {
	case EncodingHex:
		key, err = hex.DecodeString(text)
	case EncodingBase64:
		key, err = base64.StdEncoding.DecodeString(text)
	default:
		return []byte(text), nil
	}
	if err != nil {
		return nil, fmt.Errorf("is not encoded as the provider says") // The decoder's error quotes it.
	}
	return key, nil
}

// signingKey reads a private key in PEM: PKCS #8, or one of the forms before it.
func signingKey(text string) (crypto.Signer, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, fmt.Errorf("is not a private key in PEM")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	if key, err := x509.ParseECPrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	if key, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		if signer, ok := key.(crypto.Signer); ok {
			return signer, nil
		}
	}
	return nil, fmt.Errorf("is not a private key that can be read")
}

// assertionType is what a client says of an assertion (RFC 7523, 2.2).
const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// setAssertion proves who the client is by a JWT. The audience is the token
// endpoint unless the connector names another.
func (a *App) setAssertion(form url.Values, o *OAuth2, endpoint string) error {
	j := *o.JWT
	if !hasMember(j.Claims, "aud") {
		j.Claims = append(j.Claims[:len(j.Claims):len(j.Claims)], AuthMember{"aud", []AuthPart{{Text: endpoint}}})
	}
	token, err := j.sign(&authScope{settings: a.cfg.settings, now: a.cfg.clock.Now(), cred: func(name string) Secret {
		if name == "client_id" {
			return NewSecret(a.cfg.clientID)
		}
		return a.cfg.clientSecret
	}})
	if err != nil {
		return err
	}
	form.Set("client_id", a.cfg.clientID)
	form.Set("client_assertion_type", assertionType)
	form.Set("client_assertion", token)
	return nil
}

func hasMember(list []AuthMember, name string) bool {
	for _, m := range list {
		if m.Name == name {
			return true
		}
	}
	return false
}
