package twin

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/internal/keypair"
)

const boundURL = "https://acme.test/bound/token"

// proving adds a method whose tokens are bound to a key.
func proving(c *ir.Connector) *ir.Connector {
	c.Auth = append(c.Auth, &ir.Auth{
		Name: "bound", Kind: "oauth2", Place: []*ir.AuthPlace{{To: &ir.Slot{Header: "Authorization"}, Value: tmpl("DPoP {token.access}")}},
		OAuth2: &ir.OAuth2{
			Grant: "code", Client: "none", ScopeSep: " ", PKCE: "none", Proof: "dpop", Rotates: true,
			Authorize: text("https://acme.test/bound/authorize"), Token: text(boundURL),
			Tokens: []*ir.OAuthToken{{Name: "bound", At: path("access_token"), Refresh: path("refresh_token"), Expires: path("expires_in")}},
		},
	})
	return c
}

// prover makes proofs for a client.
type prover struct {
	t       *testing.T
	private *ecdsa.PrivateKey
	jwk     map[string]any
}

func newProver(t *testing.T, key string) *prover {
	t.Helper()
	block, _ := pem.Decode([]byte(key))
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	private := parsed.(*ecdsa.PrivateKey)
	point, err := private.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	b64 := base64.RawURLEncoding.EncodeToString
	return &prover{t, private, map[string]any{"kty": "EC", "crv": "P-256", "x": b64(point[1:33]), "y": b64(point[33:])}}
}

// proof is a proof of now, with what changes its head and its claims.
func (p *prover) proof(method, address string, change func(head, claims map[string]any)) string {
	p.t.Helper()
	head := map[string]any{"typ": "dpop+jwt", "alg": "ES256", "jwk": p.jwk}
	claims := map[string]any{"jti": rand.Text(), "htm": method, "htu": address, "iat": time.Now().Unix()}
	if change != nil {
		change(head, claims)
	}
	part := func(v any) string {
		data, err := json.Marshal(v)
		if err != nil {
			p.t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(data)
	}
	signed := part(head) + "." + part(claims)
	sum := sha256.Sum256([]byte(signed))
	r, s, err := ecdsa.Sign(rand.Reader, p.private, sum[:])
	if err != nil {
		p.t.Fatal(err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...))
}

// forToken is what a proof says of an access token.
func forToken(access string) func(_, claims map[string]any) {
	sum := sha256.Sum256([]byte(access))
	return func(_, claims map[string]any) { claims["ath"] = base64.RawURLEncoding.EncodeToString(sum[:]) }
}

// bound is the token of the first account that is bound to a key, with a prover.
func (c *client) bound() (Token, *prover) {
	c.t.Helper()
	a, _ := c.tw.Account("")
	for _, token := range a.Tokens {
		if token.Method == "bound" {
			return token, newProver(c.t, token.Cred[proofKey])
		}
	}
	c.t.Fatal("there is no such token")
	return Token{}, nil
}

// call makes a call with a bound token and a proof.
func (c *client) call(access, proof string) got {
	c.t.Helper()
	r := c.request("GET", api+"auth.test?x=1", nil)
	r.Header.Set("Authorization", "DPoP "+access)
	if proof != "" {
		r.Header.Set("DPoP", proof)
	}
	g, err := c.try(r)
	if err != nil {
		c.t.Fatal(err)
	}
	return g
}

// renewBound asks for a token with a refresh token and a proof.
func (c *client) renewBound(refresh, proof string) got {
	c.t.Helper()
	r := c.request("POST", boundURL, url.Values{"grant_type": {"refresh_token"}, "client_id": {"twin-client"}, "refresh_token": {refresh}})
	r.Header.Set("DPoP", proof)
	g, err := c.try(r)
	if err != nil {
		c.t.Fatal(err)
	}
	return g
}

func TestProof(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		c.token = ""
		token, p := c.bound()
		address, ath := api+"auth.test", forToken(token.Access)
		with := func(change func(head, claims map[string]any)) string {
			return p.proof("GET", address, func(head, claims map[string]any) { ath(head, claims); change(head, claims) })
		}
		good := with(func(_, _ map[string]any) {})
		equal(t, "a good proof", c.call(token.Access, good).at(t, "ok"), any(true))
		other := newProver(t, keypair.New("ecdsa", "another").PrivatePEM())
		for name, proof := range map[string]string{
			"none":                      "",
			"no JWT":                    "x",
			"the same again":            good,
			"another method":            with(func(_, claims map[string]any) { claims["htm"] = "POST" }),
			"another address":           with(func(_, claims map[string]any) { claims["htu"] = api + "channels.list" }),
			"the query in the address":  with(func(_, claims map[string]any) { claims["htu"] = address + "?x=1" }),
			"no digest of the token":    p.proof("GET", address, nil),
			"the digest of another one": p.proof("GET", address, forToken("x")),
			"an old one":                with(func(_, claims map[string]any) { claims["iat"] = time.Now().Add(-2 * proofLife).Unix() }),
			"no id":                     with(func(_, claims map[string]any) { delete(claims, "jti") }),
			"another type":              with(func(head, _ map[string]any) { head["typ"] = "JWT" }),
			"no algorithm":              with(func(head, _ map[string]any) { head["alg"] = "none" }),
			"another key":               other.proof("GET", address, ath),
			"the name of another key":   with(func(head, _ map[string]any) { head["jwk"] = other.jwk }),
			"a private key": with(func(head, _ map[string]any) {
				head["jwk"] = map[string]any{"kty": "EC", "crv": "P-256", "x": p.jwk["x"], "y": p.jwk["y"], "d": "AA"}
			}),
		} {
			g := c.call(token.Access, proof)
			equal(t, name+" is taken", g.has("ok") && g.at(t, "ok") == any(true), false)
			if why := c.last().Why; !strings.Contains(why, "proof") {
				t.Errorf("%s: the journal has %q", name, why)
			}
		}
		r := c.request("GET", address, nil)
		r.Header.Set("Authorization", "Bearer "+token.Access)
		g, err := c.try(r)
		if err != nil || g.at(t, "ok") == any(true) {
			t.Errorf("as a bearer token: %s %v", g.raw, err)
		}
		for _, secret := range tw.Secrets() {
			if strings.Contains(token.Cred[proofKey], secret) && len(secret) > 40 && !strings.Contains(secret, "\n") {
				return
			}
		}
		t.Error("no line of the key is a secret")
	})
}

// TestProofBindsRefresh: a refresh token of a public client is of use with its key alone.
func TestProofBindsRefresh(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		token, p := c.bound()
		other := newProver(t, keypair.New("ecdsa", "another").PrivatePEM())
		equal(t, "another key", textOf(c.renewBound(token.Refresh, other.proof("POST", boundURL, nil)).at(t, "error")), "invalid_grant")
		equal(t, "no proof", textOf(c.renewBound(token.Refresh, "").at(t, "error")), "invalid_dpop_proof")
		g := c.renewBound(token.Refresh, p.proof("POST", boundURL, nil))
		access := textOf(g.at(t, "access_token"))
		equal(t, "type", textOf(g.at(t, "token_type")), "DPoP")
		c.token = ""
		equal(t, "the new token", c.call(access, p.proof("GET", api+"auth.test", forToken(access))).at(t, "ok"), any(true))
	})
}

// wantsNonce checks that a request is refused for its nonce, and is right with that.
func wantsNonce(t *testing.T, refused got, again func(nonce string) got) {
	t.Helper()
	nonce := refused.header.Get("DPoP-Nonce")
	if nonce == "" || !strings.Contains(refused.header.Get("WWW-Authenticate"), useNonce) {
		t.Fatalf("%d %v %s", refused.status, refused.header, refused.raw)
	}
	equal(t, "with the nonce", again(nonce).status, http.StatusOK)
}
