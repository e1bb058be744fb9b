package runtime

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// proofHeader is where a proof goes (RFC 9449, 4.1).
const proofHeader = "DPoP"

// proofKey is a private key that proofs are signed with.
type proofKey struct {
	private *ecdsa.PrivateKey
	head    string // The first part of its proofs, which names the public key.
}

// readProofKey reads a key in PEM. Its errors quote nothing of it.
func readProofKey(text string) (*proofKey, error) {
	signer, err := signingKey(text)
	if err != nil {
		return nil, fmt.Errorf("%w: the key of the token %w", ErrCredential, err)
	}
	private, ok := signer.(*ecdsa.PrivateKey)
	if !ok || private.Curve != elliptic.P256() {
		return nil, fmt.Errorf("%w: the key of the token is not one for ES256", ErrCredential)
	}
	x, y := coordinates(&private.PublicKey)
	head, err := encodedPart(map[string]any{
		"alg": "ES256", "typ": "dpop+jwt", "jwk": map[string]string{"crv": "P-256", "kty": "EC", "x": x, "y": y},
	})
	return &proofKey{private, head}, err
}

// coordinates are those of a public key, as a JWK has them (RFC 7518, 6.2.1).
func coordinates(public *ecdsa.PublicKey) (x, y string) {
	point, _ := public.Bytes() // 4, x and y; a key that was read or made is a point.
	return base64.RawURLEncoding.EncodeToString(point[1:33]), base64.RawURLEncoding.EncodeToString(point[33:])
}

// thumbprint is what a key is known by (RFC 7638, 3).
func thumbprint(public *ecdsa.PublicKey) string {
	x, y := coordinates(public)
	return s256(`{"crv":"P-256","kty":"EC","x":"` + x + `","y":"` + y + `"}`)
}

// prove puts a proof on a request (RFC 9449, 4.2).
func (k *proofKey) prove(req *http.Request, access, nonce string, now time.Time) error {
	claims := map[string]any{"jti": rand.Text(), "htm": req.Method, "htu": proofTarget(req.URL), "iat": now.Unix()}
	if access != "" {
		claims["ath"] = s256(access)
	}
	if nonce != "" {
		claims["nonce"] = nonce
	}
	body, err := encodedPart(claims)
	if err != nil {
		return err
	}
	text := k.head + "." + body
	digest := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, k.private, digest[:])
	if err != nil {
		return err
	}
	var signature [64]byte
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	req.Header.Set(proofHeader, text+"."+base64.RawURLEncoding.EncodeToString(signature[:]))
	return nil
}

// proofTarget is the address of a request as a proof has it, in its normal form (RFC
// 3986, 6.2.2 and 6.2.3), since servers may compare texts.
func proofTarget(u *url.URL) string {
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	host := strings.ToLower(u.Host)
	if port := map[string]string{"https": ":443", "http": ":80"}[u.Scheme]; port != "" {
		host = strings.TrimSuffix(host, port)
	}
	return u.Scheme + "://" + host + path
}

// maxProofs is of how many keys and servers an app remembers what it read.
const maxProofs = 4096

// proving is what the app knows of proofs.
func (a *App) proving() *proofKeeper {
	a.proofOnce.Do(func() { a.proofs = &proofKeeper{} })
	return a.proofs.(*proofKeeper)
}

// proofKeeper is what an [App] knows of proofs. The zero value is ready to use.
type proofKeeper struct {
	mu     sync.Mutex
	keys   map[string]*proofKey // By their text, and by their head.
	nonces map[string]string    // By origin, the last that its server gave.
}

// keyOf reads a key, or remembers that it did.
func (p *proofKeeper) keyOf(key Secret) (*proofKey, error) {
	if k := p.key(key.Reveal()); k != nil {
		return k, nil
	}
	k, err := readProofKey(key.Reveal())
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.keys == nil || len(p.keys) >= maxProofs {
		p.keys = map[string]*proofKey{}
	}
	p.keys[key.Reveal()], p.keys[k.head] = k, k
	return k, nil
}

// key is a key by its text or its head, or nil.
func (p *proofKeeper) key(name string) *proofKey {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.keys[name]
}

// nonce is the one that a server wants in proofs, or none.
func (p *proofKeeper) nonce(u *url.URL) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.nonces[u.Scheme+"://"+u.Host]
}

// keepNonce remembers the nonce that a server gave.
func (p *proofKeeper) keepNonce(u *url.URL, nonce string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.nonces == nil || len(p.nonces) >= maxProofs {
		p.nonces = map[string]string{}
	}
	p.nonces[u.Scheme+"://"+u.Host] = nonce
}
