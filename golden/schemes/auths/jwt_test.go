package auths_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/golden/schemes/auths"
	rt "github.com/porin-dev/porin/runtime"
)

// pemOf is a private key as a provider hands it out.
func pemOf(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// openJWT takes a token apart (RFC 7515 section 7.1).
func openJWT(t *testing.T, token string) (head, claims map[string]any, signed []byte, signature []byte) {
	t.Helper()
	parts := strings.Split(token, ".")
	require.Len(t, parts, 3)
	for i, to := range []*map[string]any{&head, &claims} {
		data, err := base64.RawURLEncoding.DecodeString(parts[i])
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(data, to))
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	require.NoError(t, err)
	return head, claims, []byte(parts[0] + "." + parts[1]), signature
}

// TestAppstore: claims by hand, the signature by the standard library, and one
// token for as long as it counts.
func TestAppstore(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	synctest.Test(t, func(t *testing.T) { // From 946684800 on.
		w := &wire{}
		c := client(t, w, auths.Appstore("KEY1", pemOf(t, key), "issuer-1"))
		asked, text := w.list(t, c)
		assert.Equal(t, []string{listed}, text)
		token, ok := strings.CutPrefix(asked[0].Header.Get("Authorization"), "Bearer ")
		require.True(t, ok)
		head, claims, signed, signature := openJWT(t, token)
		assert.Equal(t, map[string]any{"alg": "ES256", "kid": "KEY1", "typ": "JWT"}, head)
		assert.Equal(t, map[string]any{"iss": "issuer-1", "aud": "appstoreconnect-v1", "iat": 946684800.0, "exp": 946686000.0}, claims)
		sum := sha256.Sum256(signed)
		require.Len(t, signature, 64)
		assert.True(t, ecdsa.Verify(&key.PublicKey, sum[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])))

		time.Sleep(17 * time.Minute)
		asked, _ = w.list(t, c)
		assert.Equal(t, "Bearer "+token, asked[0].Header.Get("Authorization"))
		time.Sleep(2 * time.Minute)
		asked, _ = w.list(t, c)
		assert.NotEqual(t, "Bearer "+token, asked[0].Header.Get("Authorization"))
	})
}

func TestGitHub(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	old := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})) // As GitHub has them.
	w := &wire{}
	asked, _ := w.list(t, client(t, w, auths.Github(old, "7")))
	head, claims, signed, signature := openJWT(t, strings.TrimPrefix(asked[0].Header.Get("Authorization"), "Bearer "))
	assert.Equal(t, map[string]any{"alg": "RS256", "typ": "JWT"}, head)
	assert.Equal(t, "7", claims["iss"])
	sum := sha256.Sum256(signed)
	assert.NoError(t, rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], signature))
}

// TestGhost: the word before the token, and a bad secret.
func TestGhost(t *testing.T) {
	w := &wire{}
	asked, _ := w.list(t, client(t, w, auths.Ghost("id1", "00ff")))
	token, ok := strings.CutPrefix(asked[0].Header.Get("Authorization"), "Ghost ")
	require.True(t, ok)
	head, _, _, signature := openJWT(t, token)
	assert.Equal(t, "id1", head["kid"])
	assert.Len(t, signature, sha256.Size)
	_, err := client(t, &wire{}, auths.Ghost("id1", "no hex")).Parcels.List(t.Context(), auths.ParcelsListParams{})
	require.ErrorIs(t, err, rt.ErrCredential)
	assert.NotContains(t, err.Error(), "no hex")
}

func TestCoinbase(t *testing.T) {
	public, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	w := &wire{}
	asked, _ := w.list(t, client(t, w, auths.Coinbase(pemOf(t, key), "key-1")))
	_, claims, signed, signature := openJWT(t, asked[0].Header.Get("X-Signed"))
	assert.True(t, ed25519.Verify(public, signed, signature))
	assert.Len(t, claims["jti"], 32)
}

// TestGoogle: a grant by JWT (RFC 7523 section 2.1).
func TestGoogle(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	w := &wire{answers: map[string][]string{"https://oauth2.googleapis.test/token": {`{"access_token":"t1","expires_in":3599}`}}}
	asked, text := w.list(t, client(t, w, auths.Google(pemOf(t, key), "robot@example.com")))
	form, err := url.ParseQuery(text[0][strings.LastIndex(text[0], " ")+1:])
	require.NoError(t, err)
	assert.Equal(t, "urn:ietf:params:oauth:grant-type:jwt-bearer", form.Get("grant_type"))
	_, claims, _, _ := openJWT(t, form.Get("assertion"))
	assert.Equal(t, "robot@example.com", claims["iss"])
	assert.Equal(t, "https://oauth2.googleapis.test/token", claims["aud"])
	assert.InDelta(t, 3600, claims["exp"].(float64)-claims["iat"].(float64), 0)
	assert.Equal(t, "Bearer t1", asked[1].Header.Get("Authorization"))
}

// TestRevolut: the client proves who it is by a JWT (RFC 7523 section 2.2).
func TestRevolut(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	w := &wire{answers: map[string][]string{"https://b2b.revolut.test/api/1.0/auth/token": {`{"access_token":"t1","refresh_token":"r1","expires_in":2399}`}}}
	app, err := auths.NewApp(auths.AppConfig{ClientID: "c1", ClientSecret: auths.NewSecret(pemOf(t, key))}, auths.WithTransport(w))
	require.NoError(t, err)
	_, err = app.Exchange(t.Context(), rt.CodeGrant{Account: "a", Code: "x"})
	require.NoError(t, err)
	_, body, _ := strings.Cut(w.text[0], "/token ")
	form, err := url.ParseQuery(body)
	require.NoError(t, err)
	assert.Equal(t, "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", form.Get("client_assertion_type"))
	assert.Empty(t, form.Get("client_secret"))
	_, claims, _, _ := openJWT(t, form.Get("client_assertion"))
	assert.Equal(t, "example.com", claims["iss"])
	assert.Equal(t, "c1", claims["sub"])
	assert.Equal(t, "https://revolut.com", claims["aud"])
	assert.Len(t, claims["jti"], 32)
}
