package twin

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
	"hash"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/internal/keypair"
)

// jwtSchemes are the key pairs of algorithms; the others have a shared secret.
var jwtSchemes = map[string]string{"RS256": "rsa", "ES256": "ecdsa", "EdDSA": "ed25519"}

// jwtKey is a key for tokens, in the form that a client is given it.
func jwtKey(j *ir.JWT, seed string) string {
	if scheme := jwtSchemes[j.Algorithm]; scheme != "" {
		return keypair.New(scheme, "twin "+seed).PrivatePEM()
	}
	sum := sha256.Sum256([]byte(seed))
	switch j.KeyAs {
	case "base64":
		return base64.StdEncoding.EncodeToString(sum[:])
	}
	return hex.EncodeToString(sum[:])
}

// jwtSkew is how far the clock of a client may be from the twin's.
const jwtSkew = 30 * time.Second

// readJWT reads a token that was signed with a key, as the spec has it. It returns
// when the token expires, and false for one that the provider would not take.
func (t *Twin) readJWT(j *ir.JWT, token, key string, ref func(ir.Part) string, now time.Time) (time.Time, bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return time.Time{}, false
	}
	head, ok1 := decodedPart(parts[0])
	claims, ok2 := decodedPart(parts[1])
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if !ok1 || !ok2 || err != nil || !jwtSigned(j, key, parts[0]+"."+parts[1], signature) {
		return time.Time{}, false
	}
	read := func(doc any, name string) string {
		v, _ := at(doc, ir.Path{{Name: name}})
		return textOf(v)
	}
	if read(head, "alg") != j.Algorithm || len(j.KeyID.Parts) > 0 && !reads(j.KeyID, read(head, "kid"), ref) {
		return time.Time{}, false
	}
	for _, c := range j.Claims {
		if !reads(c.Value, read(claims, c.Name), ref) {
			return time.Time{}, false
		}
	}
	issued, err1 := strconv.ParseInt(read(claims, "iat"), 10, 64)
	expires, err2 := strconv.ParseInt(read(claims, "exp"), 10, 64)
	if err1 != nil || err2 != nil || time.Unix(issued, 0).After(now.Add(jwtSkew)) || time.Duration(expires-issued)*time.Second > duration(j.Life) {
		return time.Time{}, false
	}
	return time.Unix(expires, 0), true
}

func decodedPart(text string) (any, bool) {
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, false
	}
	v, err := parseJSON(data)
	return v, err == nil
}

// jwtSigned checks a signature by the public half of a key.
func jwtSigned(j *ir.JWT, key, text string, signature []byte) bool {
	if hashes := map[string]func() hash.Hash{"HS256": sha256.New, "HS384": sha512.New384, "HS512": sha512.New}; hashes[j.Algorithm] != nil {
		secret := []byte(key)
		switch j.KeyAs {
		case "hex":
			secret, _ = hex.DecodeString(key) // Of the twin's own making.
		case "base64":
			secret, _ = base64.StdEncoding.DecodeString(key)
		}
		mac := hmac.New(hashes[j.Algorithm], secret)
		mac.Write([]byte(text))
		return hmac.Equal(mac.Sum(nil), signature)
	}
	block, _ := pem.Decode([]byte(key))
	if block == nil {
		return false
	}
	private, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return false
	}
	sum := sha256.Sum256([]byte(text))
	switch k := private.(type) {
	case *rsa.PrivateKey:
		return rsa.VerifyPKCS1v15(&k.PublicKey, crypto.SHA256, sum[:], signature) == nil
	case *ecdsa.PrivateKey:
		return len(signature) == 64 && ecdsa.Verify(&k.PublicKey, sum[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]))
	case ed25519.PrivateKey:
		return ed25519.Verify(k.Public().(ed25519.PublicKey), []byte(text), signature)
	}
	return false
}

// meetJWT makes a credential of a signed token that is seen for the first time.
func (x *exchange) meetJWT() *grant {
	for _, m := range x.t.spec.Auth {
		if m.JWT == nil || len(m.Place) == 0 {
			continue
		}
		v, _ := x.q.slot(m.Place[0].To)
		token, ok := unwrap(m.Place[0].Value, v)
		if !ok {
			continue
		}
		for _, a := range x.t.accounts {
			for _, g := range a.grants {
				if g.method != m {
					continue
				}
				if until, ok := x.t.readJWT(m.JWT, token, g.creds[m.JWT.Key], x.t.credRef(g), x.now); ok {
					return x.t.signedGrant(g, token, until)
				}
			}
		}
	}
	return nil
}

// signedGrant is what a signed token is to the provider. It shares the fate of the
// key that signed it.
func (t *Twin) signedGrant(key *grant, token string, until time.Time) *grant {
	g := &grant{acct: key.acct, method: key.method, family: key.family, creds: key.creds, token: key.token}
	g.token.Version++
	g.token.Access, g.token.Expires = token, until
	g.dead, g.killed = key.dead, key.killed
	t.place(g)
	t.keep(g)
	return g
}

// unwrap takes the token out of what a template makes of it. The word before it in
// an Authorization header has no case.
func unwrap(t ir.Template, text string) (string, bool) {
	before, after, seen := "", "", false
	for _, p := range t.Parts {
		switch {
		case p.Scope != "":
			seen = true
		case seen:
			after += p.Text
		default:
			before += p.Text
		}
	}
	if len(text) <= len(before)+len(after) || !strings.EqualFold(text[:len(before)], before) || !strings.HasSuffix(text, after) {
		return "", false
	}
	return text[len(before) : len(text)-len(after)], true
}

// clientSecret is what the application is given: a key, where it signs with one.
func clientSecret(c *ir.Connector) string {
	for _, a := range c.Auth {
		if a.OAuth2 != nil && a.OAuth2.Client == "jwt" {
			return jwtKey(a.OAuth2.JWT, "client")
		}
	}
	return "twin-secret"
}
