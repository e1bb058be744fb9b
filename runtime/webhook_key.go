package runtime

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

// verifier verifies signatures with one key.
type verifier interface {
	verify(signed, signature []byte) bool
	secret() string // What PartSecret stands for.
}

// verifiers makes the secrets ready, for each proof. It refuses what would not
// keep a forger out.
func (w *Webhook) verifiers(secrets []Secret) ([][]verifier, error) {
	if w.Unsigned {
		return nil, nil
	}
	if len(w.Proofs) == 0 {
		return nil, fmt.Errorf("%w: no scheme is declared", ErrWebhookSignature)
	}
	known := make([][]verifier, len(w.Proofs))
	for i := range w.Proofs {
		p := &w.Proofs[i]
		if !p.takesSecrets() {
			continue
		}
		if len(secrets) == 0 && !w.learns() {
			return nil, ErrWebhookSecret
		}
		for _, s := range secrets {
			if s.IsZero() {
				return nil, fmt.Errorf("%w: it is empty", ErrWebhookSecret)
			}
			v, err := p.verifier(s.Reveal())
			if err != nil {
				return nil, err
			}
			known[i] = append(known[i], v)
		}
	}
	return known, nil
}

// takesSecrets reports whether the receiver has to be given what the proof is
// checked with.
func (p *WebhookProof) takesSecrets() bool {
	return p.Shared != nil || p.Signature != nil && p.Signature.Key.Fetch == nil || p.Asked != nil && p.Asked.takesSecret()
}

// learns reports whether a handshake tells the secret.
func (w *Webhook) learns() bool {
	for i := range w.Challenges {
		if w.Challenges[i].Learn != nil {
			return true
		}
	}
	return false
}

func (p *WebhookProof) verifier(text string) (verifier, error) {
	switch {
	case p.Shared != nil:
		return sharedKey(sha256.Sum256([]byte(text))), nil
	case p.Asked != nil:
		return digestKey{text: text}, nil // It is told, not hashed.
	}
	return p.Signature.verifier(text)
}

// verifier makes a key ready. No error quotes it.
func (s *WebhookSignature) verifier(text string) (verifier, error) {
	text = strings.TrimPrefix(text, s.Key.Prefix)
	if s.Scheme == SchemeDigest {
		return digestKey{s.Hash, text}, notEmpty(len(text))
	}
	key, err := s.Key.As.decode(text)
	if s.Key.As == EncodingPEM {
		key, err = pemBytes(text)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: it is not encoded as declared", ErrWebhookSecret)
	}
	if s.Scheme == SchemeHMAC {
		if s.Key.Hashed && len(key) > 0 {
			sum := sha256.Sum256(key)
			key = sum[:]
		}
		return hmacKey{s.Hash, key}, notEmpty(len(key))
	}
	return publicVerifier(s, key)
}

func notEmpty(n int) error {
	if n == 0 {
		return fmt.Errorf("%w: it is empty", ErrWebhookSecret)
	}
	return nil
}

func pemBytes(text string) ([]byte, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("no PEM block")
	}
	return block.Bytes, nil
}

// publicKey reads a public key: of 32 bytes, or as SubjectPublicKeyInfo or the
// key of a certificate (RFC 5280), or as RSAPublicKey (RFC 8017). Whether the
// certificate is to be trusted follows from where it was fetched.
func publicKey(der []byte) (crypto.PublicKey, error) {
	if len(der) == ed25519.PublicKeySize {
		return ed25519.PublicKey(der), nil
	}
	if key, err := x509.ParsePKIXPublicKey(der); err == nil {
		return key, nil
	}
	if key, err := x509.ParsePKCS1PublicKey(der); err == nil {
		return key, nil
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, errors.New("it is no public key")
	}
	return cert.PublicKey, nil
}

// publicVerifier verifies with a public key of the declared scheme, and no other.
func publicVerifier(s *WebhookSignature, der []byte) (verifier, error) {
	key, err := publicKey(der)
	if err == nil {
		switch key := key.(type) {
		case *rsa.PublicKey:
			if s.Scheme == SchemeRSA {
				return rsaKey{key, s.Hash.crypto()}, nil
			}
		case *ecdsa.PublicKey:
			if s.Scheme == SchemeECDSA {
				return ecdsaKey{key, s.Hash.crypto()}, nil
			}
		case ed25519.PublicKey:
			if s.Scheme == SchemeEd25519 {
				return ed25519Key{key}, nil
			}
		}
	}
	return nil, fmt.Errorf("%w: it is no public key of the declared kind", ErrWebhookSecret)
}

func (h WebhookHash) crypto() crypto.Hash {
	switch h {
	case SHA1:
		return crypto.SHA1
	case SHA512:
		return crypto.SHA512
	}
	return crypto.SHA256
}

type rsaKey struct {
	key  *rsa.PublicKey
	hash crypto.Hash
}

func (k rsaKey) verify(signed, signature []byte) bool {
	return rsa.VerifyPKCS1v15(k.key, k.hash, digestOf(k.hash, signed), signature) == nil
}

func (rsaKey) secret() string { return "" }

type ecdsaKey struct {
	key  *ecdsa.PublicKey
	hash crypto.Hash
}

func (k ecdsaKey) verify(signed, signature []byte) bool {
	return ecdsa.VerifyASN1(k.key, digestOf(k.hash, signed), signature)
}

func (ecdsaKey) secret() string { return "" }

type ed25519Key struct{ key ed25519.PublicKey }

func (k ed25519Key) verify(signed, signature []byte) bool {
	return ed25519.Verify(k.key, signed, signature)
}

func (ed25519Key) secret() string { return "" }

func digestOf(h crypto.Hash, signed []byte) []byte {
	sum := h.New()
	_, _ = sum.Write(signed)
	return sum.Sum(nil)
}
