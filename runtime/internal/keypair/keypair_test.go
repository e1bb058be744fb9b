package keypair_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/runtime/internal/keypair"
)

func TestPairs(t *testing.T) {
	for _, scheme := range []string{"rsa", "ecdsa", "ed25519"} {
		p := keypair.New(scheme, "a")
		assert.Equal(t, p.PrivatePEM(), keypair.New(scheme, "a").PrivatePEM())
		assert.NotEqual(t, p.PrivatePEM(), keypair.New(scheme, "b").PrivatePEM())

		block, _ := pem.Decode([]byte(p.Public("pem")))
		require.NotNil(t, block)
		public, err := x509.ParsePKIXPublicKey(block.Bytes)
		require.NoError(t, err)
		block, _ = pem.Decode([]byte(p.Certificate()))
		require.NotNil(t, block)
		cert, err := x509.ParseCertificate(block.Bytes)
		require.NoError(t, err)
		assert.Equal(t, public, cert.PublicKey)
		assert.NoError(t, cert.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature))

		text := []byte("hello")
		sum := sha256.Sum256(text)
		switch key := public.(type) {
		case *rsa.PublicKey:
			require.NoError(t, p.Signer.(*rsa.PrivateKey).Validate())
			signature, err := p.Sign(nil, sum[:], crypto.SHA256)
			require.NoError(t, err)
			assert.NoError(t, rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature))
		case *ecdsa.PublicKey:
			signature, err := p.Sign(nil, sum[:], crypto.SHA256)
			require.NoError(t, err)
			again, err := p.Sign(nil, sum[:], crypto.SHA256)
			require.NoError(t, err)
			assert.Equal(t, signature, again)
			assert.True(t, ecdsa.VerifyASN1(key, sum[:], signature))
		case ed25519.PublicKey:
			signature, err := p.Sign(nil, text, crypto.Hash(0))
			require.NoError(t, err)
			assert.True(t, ed25519.Verify(key, text, signature))
			assert.Len(t, p.Public("hex"), 64)
		}
	}
}
