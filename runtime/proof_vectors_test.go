package runtime

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
)

// TestProofVectors holds the digests of proofs against the examples of RFC 9449.
func TestProofVectors(t *testing.T) {
	point := []byte{4}
	for _, text := range []string{"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs", "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"} { // Section 4.1.
		b, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		point = append(point, b...)
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := thumbprint(key), "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"; got != want { // Section 6.1.
		t.Errorf("the thumbprint is %s, want %s", got, want)
	}
	if got, want := s256("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"), "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"; got != want { // Section 7.1.
		t.Errorf("the digest of the token is %s, want %s", got, want)
	}
}

func TestProofTarget(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.test":                  "https://a.test/",
		"https://A.test:443/B":            "https://a.test/B",
		"http://a.test:80/":               "http://a.test/",
		"https://a.test:8443/b%2Fc?q=1#x": "https://a.test:8443/b%2Fc",
	} {
		u, err := url.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := proofTarget(u); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

// TestProofKeys: a key that is none is told without a word of it, and what is remembered
// of keys and nonces does not grow without end.
func TestProofKeys(t *testing.T) {
	for _, text := range []string{"hunter2", "-----BEGIN PRIVATE KEY-----\naHVudGVyMg==\n-----END PRIVATE KEY-----\n"} {
		if _, err := readProofKey(text); err == nil || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "aHVu") {
			t.Errorf("%v", err)
		}
	}
	p := &proofKeeper{}
	for i := range 3 * maxProofs {
		p.keepNonce(&url.URL{Scheme: "https", Host: strings.Repeat("a", i%97) + base64.RawURLEncoding.EncodeToString([]byte{byte(i), byte(i >> 8)})}, "n")
	}
	if len(p.nonces) > maxProofs {
		t.Errorf("%d nonces are kept", len(p.nonces))
	}
}
