package registry_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// realm gives the tokens that a registry asks for in its challenges.
type realm struct {
	*httptest.Server
	key   *ecdsa.PrivateKey
	cert  []byte
	given atomic.Int32

	// stale is how many tokens are given that expired an hour ago, though the answer
	// says otherwise: as if a long time had passed.
	stale atomic.Int32
}

const service = "porin's registry"

func newRealm(t *testing.T) *realm {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	r := &realm{key: key, cert: cert}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

// config has a registry trust the realm.
func (r *realm) config(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "realm.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: r.cert}), 0o600); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("auth: {token: {realm: %q, service: %q, issuer: porin, rootcertbundle: %s}}\n", r.URL+"/token", service, file)
}

// ServeHTTP gives the user what the scope asks for.
func (r *realm) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	name, word, _ := req.BasicAuth()
	if req.URL.Path != "/token" || name != user || word != password || req.FormValue("service") != service {
		http.Error(w, `{"details": "incorrect username or password"}`, http.StatusUnauthorized)
		return
	}
	r.given.Add(1)
	expiry := time.Now().Add(time.Minute)
	if r.stale.Add(-1) >= 0 {
		expiry = time.Now().Add(-time.Hour)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"token": r.token(req.FormValue("scope"), expiry), "expires_in": 60})
}

// token signs what the scope allows, as in "repository:team/app:pull,push".
func (r *realm) token(scope string, expiry time.Time) string {
	access := []map[string]any{}
	for _, s := range strings.Fields(scope) {
		if parts := strings.Split(s, ":"); len(parts) == 3 {
			access = append(access, map[string]any{"type": parts[0], "name": parts[1], "actions": strings.Split(parts[2], ",")})
		}
	}
	header := encode(map[string]any{"typ": "JWT", "alg": "ES256", "x5c": []string{base64.StdEncoding.EncodeToString(r.cert)}})
	claims := encode(map[string]any{
		"iss": "porin", "sub": user, "aud": service, "access": access, "jti": rand.Text(),
		"iat": expiry.Add(-time.Minute).Unix(), "nbf": expiry.Add(-2 * time.Minute).Unix(), "exp": expiry.Unix(),
	})
	sum := sha256.Sum256([]byte(header + "." + claims))
	x, y, err := ecdsa.Sign(rand.Reader, r.key, sum[:])
	if err != nil {
		panic(err)
	}
	signature := make([]byte, 64)
	x.FillBytes(signature[:32])
	y.FillBytes(signature[32:])
	return header + "." + claims + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func encode(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(text)
}
