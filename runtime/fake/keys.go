package fake

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/internal/keypair"
)

// keySeed is what the key pairs of all fakes are made from. They protect nothing.
const keySeed = "fake"

// PublicKey is the public key of the fake's events, for a webhook that is given
// one: of the scheme rsa, ecdsa or ed25519, written as pem, hex or base64.
func PublicKey(scheme, as string) string { return keypair.New(scheme, keySeed).Public(as) }

// ProofKey is a private key that tokens of fakes are bound to, in PEM.
func ProofKey() string { return keypair.New("ecdsa", keySeed).PrivatePEM() }

// EventOptions sets up a handler of the fake's events for webhooks that need more
// than a secret: what they fetch is the fake's, and their audience and token are
// those that the fake uses.
func EventOptions(w *runtime.Webhook) []runtime.WebhookOption {
	return []runtime.WebhookOption{
		runtime.WithWebhookClient(&http.Client{Transport: keyServer{w}}),
		runtime.WithWebhookAudience(runtime.SignedAudience),
		runtime.WithWebhookToken(runtime.NewSecret("test-token")),
		runtime.WithWebhookCaller(tells(w)),
		runtime.WithWebhookLearned(func(context.Context, runtime.Secret) error { return nil }),
	}
}

// keyServer answers every request with the fake's public key, in the form that the
// webhook fetches.
type keyServer struct{ webhook *runtime.Webhook }

// RoundTrip implements [http.RoundTripper].
func (k keyServer) RoundTrip(r *http.Request) (*http.Response, error) {
	pair := keypair.New(publicScheme(k.webhook), keySeed)
	body := keypair.KeySet(pair.JWK("key"))
	if s := firstSignature(k.webhook); s != nil {
		body = []byte(pair.Certificate())
		if s.Scheme == runtime.SchemeHMAC {
			body = []byte("test-secret")
		}
		if fetch := s.Key.Fetch; fetch != nil && len(fetch.At) > 0 {
			doc := &tree{}
			doc.put(steps(fetch.At), quote(string(body)))
			body = doc.bytes()
		}
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), Request: r}, nil
}

// keyAddress is an address that the key may be fetched from.
func keyAddress(f *runtime.WebhookFetch) string {
	return "https://" + strings.ReplaceAll(f.Hosts[0], "*", "one") + "/key"
}

// firstSignature is how deliveries are signed; nil when it is by other means.
func firstSignature(w *runtime.Webhook) *runtime.WebhookSignature {
	if len(w.Proofs) == 0 {
		return nil
	}
	return w.Proofs[0].Signature
}

// publicScheme is the kind of key pair that deliveries are signed with; empty
// where it is a secret.
func publicScheme(w *runtime.Webhook) string {
	if len(w.Proofs) > 0 && w.Proofs[0].JWT != nil {
		return "rsa"
	}
	if s := firstSignature(w); s != nil {
		return map[runtime.SignatureScheme]string{
			runtime.SchemeRSA: "rsa", runtime.SchemeECDSA: "ecdsa", runtime.SchemeEd25519: "ed25519",
		}[s.Scheme]
	}
	return ""
}

// tells is the provider that says of every delivery that it is its own, and knows the key
// of every token.
func tells(w *runtime.Webhook) func(ctx context.Context, op *runtime.Op, in, out any, opts []runtime.CallOption) error {
	return func(_ context.Context, _ *runtime.Op, _, out any, _ []runtime.CallOption) error {
		doc := &tree{}
		for i := range w.Proofs {
			c := w.Proofs[i].Asked
			if j := w.Proofs[i].JWT; j != nil && j.Key != nil {
				c = j.Key
				key, err := runtime.MarshalRaw(keypair.New(publicScheme(w), keySeed).JWK("key"))
				if err != nil {
					return err
				}
				doc.put(steps(c.At), key)
			}
			if c == nil || c.Answer == nil {
				continue
			}
			for _, m := range c.Answer.Body {
				if m.Op == runtime.MatchIn {
					doc.put(steps(m.At), runtime.Raw(m.Values[0]))
				}
			}
		}
		*out.(*runtime.Raw) = doc.bytes()
		return nil
	}
}
