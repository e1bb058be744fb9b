package twin

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"maps"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/internal/keypair"
)

const (
	// proofKey is the name under cred of the key that a token is bound to.
	proofKey = "proof_key"

	// proofLife is how old a proof may be, and for how long its id is remembered.
	proofLife = time.Minute

	// useNonce is the code of a proof without the nonce that is wanted (RFC 9449, 8).
	useNonce = "use_dpop_nonce"
)

// proof is what the proof of a request says (RFC 9449, 4.3).
type proof struct {
	key    string // Thumbprint of its key (RFC 7638).
	access string // Digest of the access token that it is for.
	nonce  string
	why    string // What is wrong with it; empty is nothing.
	stale  bool   // What is wrong is the nonce alone.
}

// proved reads the proof of a request, once.
func (x *exchange) proved() *proof {
	if x.proof == nil {
		x.proof = x.readProof()
	}
	return x.proof
}

func (x *exchange) readProof() *proof {
	wrong := func(why string) *proof { return &proof{why: why + " (RFC 9449, 4.3)"} }
	sent := x.q.header.Values("DPoP")
	if len(sent) != 1 {
		return wrong("there are " + strconv.Itoa(len(sent)) + " proofs")
	}
	parts := strings.Split(sent[0], ".")
	if len(parts) != 3 {
		return wrong("the proof is no JWT")
	}
	head, ok1 := decodedPart(parts[0])
	claims, ok2 := decodedPart(parts[1])
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if !ok1 || !ok2 || err != nil {
		return wrong("the proof is no JWT")
	}
	read := func(doc any, names ...string) string {
		var p ir.Path
		for _, n := range names {
			p = append(p, ir.Step{Name: n})
		}
		v, _ := at(doc, p)
		return textOf(v)
	}
	if read(head, "typ") != "dpop+jwt" || read(head, "alg") != "ES256" {
		return wrong("the proof is of another type or algorithm")
	}
	cx, cy := read(head, "jwk", "x"), read(head, "jwk", "y")
	if _, private := at(head, ir.Path{{Name: "jwk"}, {Name: "d"}}); private {
		return wrong("the proof has a private key")
	}
	if read(head, "jwk", "kty") != "EC" || read(head, "jwk", "crv") != "P-256" || !signedByPoint(cx, cy, parts[0]+"."+parts[1], signature) {
		return wrong("the signature of the proof is not that of its key")
	}
	if read(claims, "htm") != x.q.method {
		return wrong("the proof is for another method")
	}
	if htu := read(claims, "htu"); htu != x.q.origin+addressPath(x.q.url) {
		return wrong("the proof is for the address " + htu)
	}
	issued, err := strconv.ParseInt(read(claims, "iat"), 10, 64)
	if err != nil || x.now.Sub(time.Unix(issued, 0)).Abs() > proofLife {
		return wrong("the proof is not of now")
	}
	id := read(claims, "jti")
	if id == "" || !x.t.proofs[id].IsZero() {
		return wrong("the proof was used before")
	}
	maps.DeleteFunc(x.t.proofs, func(_ string, used time.Time) bool { return x.now.Sub(used) > 2*proofLife })
	x.t.proofs[id] = x.now
	sum := sha256.Sum256([]byte(`{"crv":"P-256","kty":"EC","x":"` + cx + `","y":"` + cy + `"}`))
	return &proof{key: base64.RawURLEncoding.EncodeToString(sum[:]), access: read(claims, "ath"), nonce: read(claims, "nonce")}
}

// staleProof reports whether a good proof lacks the nonce that is wanted at present.
func (x *exchange) staleProof() bool {
	p := x.proof
	p.stale = p.why == "" && x.t.nonce != "" && p.nonce != x.t.nonce
	if p.stale {
		x.entry.Why = "the proof has another nonce than the one that was given (RFC 9449, 8)"
	}
	return p.stale
}

// signedByPoint checks an ES256 signature by the coordinates of a key (RFC 7518, 3.4).
func signedByPoint(cx, cy, text string, signature []byte) bool {
	x, err1 := base64.RawURLEncoding.DecodeString(cx)
	y, err2 := base64.RawURLEncoding.DecodeString(cy)
	if err1 != nil || err2 != nil || len(x) != 32 || len(y) != 32 || len(signature) != 64 {
		return false
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), slices.Concat([]byte{4}, x, y))
	if err != nil {
		return false
	}
	sum := sha256.Sum256([]byte(text))
	return ecdsa.Verify(key, sum[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]))
}

// proofTrouble is the code of a request for tokens without a good proof, else empty.
func (x *exchange) proofTrouble(m *ir.Auth) string {
	if m.OAuth2.Proof == "" {
		return ""
	}
	if p := x.proved(); p.why != "" {
		x.entry.Why = p.why
		return "invalid_dpop_proof"
	}
	if x.staleProof() {
		return useNonce
	}
	return ""
}

// unproved says why a request with a bound token is of no use, if it is.
func (x *exchange) unproved() string {
	if x.grant.print == "" {
		return ""
	}
	p := x.proved()
	sum := sha256.Sum256([]byte(x.grant.token.Access))
	switch {
	case p.why != "":
		return p.why
	case p.key != x.grant.print:
		return "the token is bound to another key than that of the proof (RFC 9449, 7.1)"
	case p.access != base64.RawURLEncoding.EncodeToString(sum[:]):
		return "the proof is for another token (RFC 9449, 7.1)"
	}
	return ""
}

// challenge says what is wrong with a proof where the answer has not said it (RFC 9449, 9),
// and gives the nonce that is wanted.
func (x *exchange) challenge(a *answer) {
	if x.proof == nil || x.t.nonce == "" {
		return
	}
	if x.proof.stale {
		if x.op != nil {
			a.status = http.StatusUnauthorized
		}
		a.header.Set("WWW-Authenticate", `DPoP error="`+useNonce+`", algs="ES256"`)
	}
	if x.proof.stale || x.renonced {
		a.header.Set("DPoP-Nonce", x.t.nonce)
	}
}

// bindTo binds a token to the key of the proof that it was asked for with.
func (g *grant) bindTo(p *proof) {
	if g.print == "" || p == nil || p.key == g.print {
		return
	}
	g.print = p.key
	delete(g.creds, proofKey) // The client has it alone.
}

// ownKey is the key that the tokens of an account are bound to before a client has one,
// with its thumbprint.
func (t *Twin) ownKey(a *account, m *ir.Auth) (text, print string) {
	text = keypair.New("ecdsa", "twin proof "+a.id+" "+m.Name).PrivatePEM()
	block, _ := pem.Decode([]byte(text))
	private, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	k, ok := private.(*ecdsa.PrivateKey)
	if err != nil || !ok {
		return text, "" // It is of the twin's own making.
	}
	point, _ := k.PublicKey.Bytes() // It is a point of its curve.
	sum := sha256.Sum256([]byte(`{"crv":"P-256","kty":"EC","x":"` + base64.RawURLEncoding.EncodeToString(point[1:33]) + `","y":"` + base64.RawURLEncoding.EncodeToString(point[33:]) + `"}`))
	return text, base64.RawURLEncoding.EncodeToString(sum[:])
}

// hideKey keeps the secret part of a key in PEM, line by line as it may be printed.
func (t *Twin) hideKey(text string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); len(line) > 40 && !strings.HasPrefix(line, "-----") {
			t.secrets = append(t.secrets, line)
		}
	}
}

// renonce has servers want another nonce from now on.
func (t *Twin) renonce() {
	t.minted++
	r := newRNG(t.opt.Seed, "nonce", strconv.Itoa(t.minted))
	t.nonce = "nonce-" + r.hex(12)
}

// bindsKey reports whether a request has, or is for, a token that is bound to a key.
func (x *exchange) bindsKey() bool {
	if x.grant != nil {
		return x.grant.print != ""
	}
	return x.to.endpoint != nil && x.to.endpoint.method.OAuth2.Proof != "" && (x.to.route == RouteToken || x.to.route == RoutePushed)
}

// possessionFaults happen to proofs of possession (RFC 9449).
func possessionFaults() []*definition {
	needs := func(t *Twin, o *op, a *Armed) string {
		if !slices.ContainsFunc(t.spec.Auth, func(m *ir.Auth) bool { return m.OAuth2 != nil && m.OAuth2.Proof != "" }) {
			return "binds no token to a key"
		}
		return ""
	}
	return []*definition{
		define("auth/proof-nonce", StageArrival, "proofs have to have a nonce that was not given yet", func(x *exchange, _ *Armed) bool {
			if !x.bindsKey() {
				return false
			}
			x.t.renonce()
			return true
		}).needs(needs),
		define("auth/proof-renonce", StageAfter, "an answer of success gives the nonce that proofs have to have from then on", func(x *exchange, _ *Armed) bool {
			if !x.bindsKey() || x.answer.status >= 400 {
				return false
			}
			x.t.renonce()
			x.renonced = true
			return true
		}).needs(needs),
	}
}
