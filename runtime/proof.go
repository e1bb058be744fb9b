package runtime

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/url"
)

// Proof is how a method of OAuth 2.0 binds its tokens to a key, which each request proves
// to have. [DPoP] is one; nil binds them to nothing.
type Proof interface{ proof() }

// prover is a [Proof]. What it needs is no part of that, so that programs without one do
// not link it.
type prover interface {
	// bind makes a key, and names it in what a user is asked for.
	bind(q url.Values) Secret

	// prove puts a proof on a request, for the access token if there is one.
	prove(a *App, req *http.Request, key, access Secret) error

	// through is c for requests with a proof, whose servers may want it otherwise.
	through(a *App, c *http.Client) *http.Client
}

// prover is what tokens of the method are bound by, or nil.
func (o *OAuth2) prover() prover {
	p, _ := o.Proof.(prover)
	return p
}

// ProofKey is the name under which [Token.Also] has the private key that a token is bound
// to, in PEM.
const ProofKey = "proof_key"

// DPoP proves the possession of a key by a JWT on each request (RFC 9449). Each grant has
// a key of its own, for ES256, which is kept with its tokens. A server that wants another
// nonce in the proof gets it at once; that is no attempt, and no renewal.
var DPoP Proof = dpop{}

type dpop struct{}

func (dpop) proof() {}

// bind makes a key. The provider gives tokens for the code to no other (RFC 9449, 10).
func (dpop) bind(q url.Values) Secret {
	private, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader) // With this reader and curve it does not fail,
	der, _ := x509.MarshalPKCS8PrivateKey(private)                // nor this for its key.
	if q != nil {
		q.Set("dpop_jkt", thumbprint(&private.PublicKey))
	}
	return NewSecret(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
}

func (dpop) prove(a *App, req *http.Request, key, access Secret) error {
	k, err := a.proving().keyOf(key)
	if err != nil {
		return err
	}
	return k.prove(req, access.Reveal(), a.proving().nonce(req.URL), a.cfg.clock.Now())
}

func (dpop) through(a *App, c *http.Client) *http.Client {
	own := *c
	own.Transport = &provingTransport{a, cmp.Or(c.Transport, http.DefaultTransport)}
	return &own
}
