// Package keypair makes key pairs from a seed, for tests and simulators: the
// same seed always gives the same pair. They protect nothing.
package keypair

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"sync"
	"time"
)

// Pair is a key pair. It is safe for concurrent use.
type Pair struct{ crypto.Signer }

// made keeps the pairs: the primes of an RSA key take a tenth of a second.
var made sync.Map

// New returns the pair of a seed. The scheme is rsa (2,048 bits), ecdsa (P-256) or
// ed25519.
func New(scheme, seed string) Pair {
	key := scheme + "\x00" + seed
	if p, ok := made.Load(key); ok {
		return p.(Pair)
	}
	p, _ := made.LoadOrStore(key, Pair{generate(scheme, &stream{seed: key})})
	return p.(Pair)
}

func generate(scheme string, s *stream) crypto.Signer {
	switch scheme {
	case "rsa":
		return generateRSA(s)
	case "ecdsa":
		for { // A number of 32 bytes is a key of P-256 but for one in 2^32.
			if key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), s.take(32)); err == nil {
				return key
			}
		}
	}
	return ed25519.NewKeyFromSeed(s.take(ed25519.SeedSize))
}

// generateRSA makes a key as RFC 8017 section 3 describes it.
func generateRSA(s *stream) *rsa.PrivateKey {
	one, e := big.NewInt(1), big.NewInt(65537)
	for {
		p, q := s.prime(1024), s.prime(1024)
		phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
		d := new(big.Int).ModInverse(e, phi)
		if d == nil || p.Cmp(q) == 0 {
			continue
		}
		key := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: 65537}, D: d, Primes: []*big.Int{p, q}}
		key.Precompute()
		return key
	}
}

// stream is bytes that follow from a seed.
type stream struct {
	seed string
	n    uint64
}

func (s *stream) take(n int) []byte {
	var out []byte
	for len(out) < n {
		s.n++
		sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(s.seed), s.n))
		out = append(out, sum[:]...)
	}
	return out[:n]
}

// prime returns a prime with the two highest bits set.
func (s *stream) prime(bits int) *big.Int {
	p := new(big.Int).SetBytes(s.take(bits / 8))
	p.SetBit(p.SetBit(p.SetBit(p, bits-1, 1), bits-2, 1), 0, 1)
	for two := big.NewInt(2); !p.ProbablyPrime(20); {
		p.Add(p, two)
	}
	return p
}

// PrivatePEM is the private key in PKCS #8 (RFC 5958).
func (p Pair) PrivatePEM() string {
	der, _ := x509.MarshalPKCS8PrivateKey(p.Signer) // It knows the three kinds.
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// Public is the public key as text: pem, hex or base64. The 32 bytes of an Ed25519
// key stand alone in hex; other keys are SubjectPublicKeyInfo (RFC 5280).
func (p Pair) Public(as string) string {
	der, _ := x509.MarshalPKIXPublicKey(p.Signer.Public()) // It knows the three kinds.
	switch as {
	case "pem":
		return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	case "hex":
		if key, ok := p.Signer.Public().(ed25519.PublicKey); ok {
			return hex.EncodeToString(key)
		}
		return hex.EncodeToString(der)
	}
	return base64.StdEncoding.EncodeToString(der)
}

// Certificate is the public key in a certificate of its own, in PEM.
func (p Pair) Certificate() string {
	from := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "keys"}, NotBefore: from, NotAfter: from.AddDate(30, 0, 0)}
	der, err := x509.CreateCertificate(nil, c, c, p.Signer.Public(), p.Signer)
	if err != nil { // Ed25519 and RSA need no randomness, and ECDSA has none (RFC 6979).
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// Algorithm is how tokens are signed with the pair (RFC 7518 section 3.1).
func (p Pair) Algorithm() string { return p.JWK("")["alg"] }

// SignToken is the signature of a token (RFC 7515): of an elliptic curve, two numbers of 32
// bytes.
func (p Pair) SignToken(text string) []byte {
	if _, ok := p.Signer.(ed25519.PrivateKey); ok {
		signature, _ := p.Sign(nil, []byte(text), crypto.Hash(0)) // A key that was made does not fail.
		return signature
	}
	sum := sha256.Sum256([]byte(text))
	signature, _ := p.Sign(nil, sum[:], crypto.SHA256)
	var numbers struct{ R, S *big.Int }
	if _, ok := p.Signer.(*ecdsa.PrivateKey); !ok {
		return signature
	}
	_, _ = asn1.Unmarshal(signature, &numbers) // It was made by crypto/ecdsa.
	out := make([]byte, 64)
	numbers.R.FillBytes(out[:32])
	numbers.S.FillBytes(out[32:])
	return out
}

// JWK is the public key as a member of a key set (RFC 7517).
func (p Pair) JWK(id string) map[string]string {
	text := base64.RawURLEncoding.EncodeToString
	switch key := p.Signer.Public().(type) {
	case *rsa.PublicKey:
		return map[string]string{"kid": id, "kty": "RSA", "alg": "RS256", "n": text(key.N.Bytes()), "e": text(big.NewInt(int64(key.E)).Bytes())}
	case *ecdsa.PublicKey:
		point, _ := key.Bytes() // A key that was made is on the curve.
		return map[string]string{"kid": id, "kty": "EC", "alg": "ES256", "crv": "P-256", "x": text(point[1:33]), "y": text(point[33:])}
	case ed25519.PublicKey:
		return map[string]string{"kid": id, "kty": "OKP", "alg": "EdDSA", "crv": "Ed25519", "x": text(key)}
	}
	return nil
}

// KeySet is a key set (RFC 7517 section 5).
func KeySet(keys ...map[string]string) []byte {
	set, _ := json.Marshal(map[string]any{"keys": keys}) // Maps of strings do not fail.
	return set
}
