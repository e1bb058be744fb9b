package runtime

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"
)

// TestJWTVectors holds signatures against the examples of the standards.
func TestJWTVectors(t *testing.T) {
	decode := func(s string) []byte {
		data, err := base64.RawURLEncoding.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	der, err := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed(decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []struct{ source, algorithm, key, text, want string }{
		{"RFC 7515 A.1", "HS256", string(decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")),
			"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
			"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"},
		{"RFC 8037 A.4", "EdDSA", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
			"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
			"hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"},
	} {
		got, err := (&JWT{Algorithm: v.algorithm}).signature([]byte(v.text), v.key)
		if err != nil || base64.RawURLEncoding.EncodeToString(got) != v.want {
			t.Errorf("%s: %x, %v", v.source, got, err)
		}
	}
}

// TestJWTKeys: what is no key is told without being quoted.
func TestJWTKeys(t *testing.T) {
	for _, algorithm := range []string{"HS256", "RS256", "ES256", "EdDSA"} {
		for _, key := range []string{"hunter2", "-----BEGIN PRIVATE KEY-----\naHVudGVyMg==\n-----END PRIVATE KEY-----\n"} {
			_, err := (&JWT{Algorithm: algorithm, KeyAs: EncodingHex}).signature(nil, key)
			if err == nil || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "aHVudGVyMg") {
				t.Errorf("%s: %v", algorithm, err)
			}
		}
	}
}
