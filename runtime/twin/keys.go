package twin

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/internal/keypair"
)

// The keys that a delivery can be signed with. For schemes with a secret they
// stand for secrets, and for the others they are the seeds of key pairs.
const (
	keyOwn    = "own"
	keyNext   = "next" // What a rotation leads to.
	keyForged = "forged"
	keyEmpty  = "empty"
)

// webhookAudience is whom the tokens of deliveries are for, and handshakeToken
// what a handshake repeats.
const (
	webhookAudience = "https://receiver.example/events"
	handshakeToken  = "handshake-token-3f9c"
)

// WebhookAudience returns whom the tokens of deliveries are for.
func (t *Twin) WebhookAudience() string { return webhookAudience }

// HandshakeToken returns what handshakes repeat, as the application registered it.
func (t *Twin) HandshakeToken() string { return handshakeToken }

// pairOf is the key pair of a scheme, or of tokens.
func pairOf(scheme, key string) keypair.Pair { return keypair.New(scheme, "twin "+key) }

// isPublic reports whether a scheme has a key pair.
func isPublic(scheme string) bool {
	return slices.Contains([]string{"rsa", "ecdsa", "ed25519"}, scheme)
}

// secretName is the name under cred of what the webhook's first proof with a
// secret or a key is checked with; empty when there is none.
func secretName(w *ir.Webhook) string {
	for _, v := range w.Verify.Proofs() {
		if name := nameOf(v); name != "" {
			return name
		}
	}
	return ""
}

func nameOf(v *ir.Verify) string {
	switch {
	case v.Signature != nil:
		return v.Signature.Secret
	case v.Token != nil:
		return v.Token.Secret
	case v.Asked != nil:
		return v.Asked.Secret
	}
	return ""
}

// madeSecret makes what a receiver is given, in the form that the webhook wants: a
// secret, or the public key of a pair.
func madeSecret(w *ir.Webhook, key string, r rng) string {
	text := r.hex(32)
	for _, v := range w.Verify.Proofs() {
		s := v.Signature
		switch {
		case s == nil:
		case isPublic(s.Scheme) && s.Fetch == nil:
			return pairOf(s.Scheme, key).Public(s.KeyAs)
		case s.KeyAs == "base64":
			return s.KeyPrefix + base64.StdEncoding.EncodeToString([]byte(text))
		default:
			return s.KeyPrefix + text
		}
	}
	return text
}

// secretText is the secret that a key stands for.
func (d *delivery) secretText(v *ir.Verify, key string) string {
	switch {
	case key == keyEmpty:
		return ""
	case v.Signature != nil && v.Signature.Fetch != nil:
		return fetchedSecret(d.hook, key)
	case key == keyOwn:
		return d.t.idx.secrets[nameOf(v)]
	case key == keyNext:
		return d.t.nextSecret(d.hook.Name)
	}
	return madeSecret(d.hook, key, newRNG(d.t.opt.Seed, "secret", key))
}

// fetchedSecret is a secret that receivers fetch.
func fetchedSecret(w *ir.Webhook, key string) string {
	r := newRNG(0, "fetched", w.Name, key)
	return r.hex(32)
}

// keyAddress is the address that a delivery names for its key: of the provider, or
// with a fault of somebody else.
func (d *delivery) keyAddress(f *ir.KeyFetch) string {
	host, key := fetchHost(f), keyOwn
	if d.foreign {
		host, key = foreignHost, keyForged
	}
	return "https://" + host + keyPath + d.hook.Name + "/" + key
}

// keyPath is where the twin serves the keys of deliveries, on the hosts of the
// provider.
const keyPath = "/_porin/keys/"

// fetchHost is a host that a key may come from.
func fetchHost(f *ir.KeyFetch) string {
	if len(f.Hosts) == 0 {
		return foreignHost
	}
	return strings.ReplaceAll(f.Hosts[0], "*", "one")
}

// serveKey answers a request for a key of a webhook, or for a set of keys. It
// returns nil for any other request.
func (t *Twin) serveKey(r *http.Request) *http.Response {
	var text []byte
	address := "https://" + r.URL.Host + r.URL.EscapedPath()
	for _, w := range t.spec.Webhooks {
		for _, v := range w.Verify.Proofs() {
			switch {
			case v.JWT != nil && v.JWT.Keys == address:
				text = keypair.KeySet(pairOf("rsa", keyOwn).JWK(keyOwn), pairOf("rsa", keyNext).JWK(keyNext))
			case v.Signature != nil && v.Signature.Fetch != nil:
				if key, ok := strings.CutPrefix(r.URL.Path, keyPath+w.Name+"/"); ok {
					text = fetchedKey(w, v.Signature, key)
				}
			}
		}
	}
	if text == nil {
		return nil
	}
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(text)), ContentLength: int64(len(text)), Request: r,
	}
}

// fetchedKey is what is at the address of a key.
func fetchedKey(w *ir.Webhook, s *ir.VerifySignature, key string) []byte {
	text := fetchedSecret(w, key)
	if isPublic(s.Scheme) {
		text = pairOf(s.Scheme, key).Certificate()
	}
	if len(s.Fetch.At) == 0 {
		return []byte(text)
	}
	return appendJSON(nil, put(&object{}, s.Fetch.At, text))
}

// signJWT writes a token that was issued now and expires in an hour (RFC 7519).
func (d *delivery) signJWT(h http.Header, j *ir.VerifyJWT) {
	claims := &object{}
	if len(j.Issuers) > 0 {
		claims.set("iss", j.Issuers[0])
	}
	if j.Audience {
		claims.set("aud", cmp.Or(d.audience, webhookAudience))
	}
	claims.set("iat", number(formatWait(0, d.now, "unix")))
	claims.set("exp", number(formatWait(time.Hour, d.now, "unix")))
	if j.BodyHash != "" {
		claims.set(j.BodyHash, hex.EncodeToString(digestBy(hashOf("sha256"), string(d.body))))
	}
	pair := pairOf(d.t.tokenScheme(j), d.keys[0])
	head := &object{}
	head.set("alg", pair.Algorithm())
	if d.unsigned {
		head.set("alg", "none")
	}
	id := d.keys[0]
	if id == keyForged { // A forger names the key that he would like to have.
		id = keyOwn
	}
	head.set("kid", id)
	text := base64.RawURLEncoding.EncodeToString(appendJSON(nil, head)) + "." + base64.RawURLEncoding.EncodeToString(appendJSON(nil, claims))
	signature := ""
	if !d.unsigned {
		signature = base64.RawURLEncoding.EncodeToString(pair.SignToken(text))
	}
	h.Set(j.Header, j.Prefix+text+"."+signature)
}

// tokenScheme is the kind of key that the tokens of deliveries are signed with: of an
// elliptic curve, where that is what the declared type of a key has members for.
func (t *Twin) tokenScheme(j *ir.VerifyJWT) string {
	if j.Key == nil {
		return "rsa"
	}
	for _, a := range t.spec.AllActions() {
		if a.Path == j.Key.Action && t.idx.typeAt(a.Returns, append(j.Key.At[:len(j.Key.At):len(j.Key.At)], ir.Step{Name: "crv"})) != nil {
			return "ecdsa"
		}
	}
	return "rsa"
}
