package hooks_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/golden/schemes/hooks"
)

// provider answers what handlers ask, and keeps the bodies that it was asked with.
type provider struct {
	*hooks.Client
	asked []string
}

func newProvider(t *testing.T, answer func(path, body string) (int, string)) *provider {
	t.Helper()
	p := &provider{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		p.asked = append(p.asked, string(body))
		status, text := answer(r.URL.Path, string(body))
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	}))
	t.Cleanup(server.Close)
	var err error
	p.Client, err = hooks.New(hooks.None(), hooks.WithServer("api", server.URL), hooks.WithMaxAttempts(1))
	require.NoError(t, err)
	return p
}

// post gives a delivery to a handler, and returns the status of the answer.
func post(h http.Handler, body string, header map[string]string) int {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, vector{headers: header}.request(body))
	return w.Code
}

// TestAskedProvider holds what PayPal is told about a delivery against its page: the five
// headers, the id of the webhook, and the event as it came.
func TestAskedProvider(t *testing.T) {
	const body = `{"id":"e1","type":"note", "amount":1.10,"note":"h\u00e9","big":12345678901234567890}`
	header := map[string]string{
		"PAYPAL-AUTH-ALGO": "SHA256withRSA", "PAYPAL-CERT-URL": "https://api.paypal.test/certs/CERT-1", "PAYPAL-TRANSMISSION-ID": "t-1",
		"PAYPAL-TRANSMISSION-SIG": "c2ln", "PAYPAL-TRANSMISSION-TIME": "2026-01-02T03:04:05Z",
	}
	status, verdict := http.StatusOK, "SUCCESS"
	p := newProvider(t, func(path, _ string) (int, string) {
		assert.Equal(t, "/notifications/verify-webhook-signature", path)
		return status, `{"verification_status":"` + verdict + `"}`
	})
	var handled atomic.Int32
	h, err := hooks.PaypalEventHandler(p.Client, []hooks.Secret{hooks.NewSecret("WH-1")}, func(_ context.Context, d hooks.PaypalEventDelivery) error {
		handled.Add(1)
		assert.Equal(t, "hé", d.Event.(hooks.Note).Note)
		return nil
	})
	require.NoError(t, err)

	verdict = "FAILURE"
	assert.Equal(t, http.StatusUnauthorized, post(h, body, header))
	verdict = "SUCCESS"
	assert.Equal(t, http.StatusOK, post(h, body, header))
	want := `{"auth_algo":"SHA256withRSA","cert_url":"https://api.paypal.test/certs/CERT-1","transmission_id":"t-1","transmission_sig":"c2ln",` +
		`"transmission_time":"2026-01-02T03:04:05Z","webhook_id":"WH-1","webhook_event":` + body + `}`
	require.Len(t, p.asked, 2)
	assert.Equal(t, want, p.asked[1], "numbers, escapes and white space of the event are those that came")

	for name := range header {
		without := map[string]string{}
		for n, v := range header {
			if n != name {
				without[n] = v
			}
		}
		assert.Equal(t, http.StatusUnauthorized, post(h, body, without), "without %s", name)
	}
	assert.Equal(t, http.StatusUnauthorized, post(h, body[1:], header), "no JSON")
	assert.Len(t, p.asked, 2, "nobody is asked about what cannot be genuine")

	status = http.StatusBadGateway
	assert.Equal(t, http.StatusServiceUnavailable, post(h, strings.Replace(body, "e1", "e2", 1), header), "it could not be asked")
	status = http.StatusOK
	assert.Equal(t, http.StatusOK, post(h, strings.Replace(body, "e1", "e2", 1), header), "and later it could")
	assert.EqualValues(t, 2, handled.Load())

	_, err = hooks.PaypalEventHandler(p.Client, nil, func(context.Context, hooks.PaypalEventDelivery) error { return nil })
	assert.Error(t, err, "without the id of the webhook")
}

// plaidToken is a token as Plaid makes them: ES256 over the body's hash, RFC 7515 by hand.
func plaidToken(t *testing.T, key *ecdsa.PrivateKey, algorithm, id, body string, issued time.Time) map[string]string {
	t.Helper()
	encode := base64.RawURLEncoding.EncodeToString
	digest := sha256.Sum256([]byte(body))
	text := encode([]byte(`{"alg":"`+algorithm+`","kid":"`+id+`","typ":"JWT"}`)) + "." +
		encode(fmt.Appendf(nil, `{"iat":%d,"request_body_sha256":"%s"}`, issued.Unix(), hex.EncodeToString(digest[:])))
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
	require.NoError(t, err)
	return map[string]string{"Plaid-Verification": text + "." + encode(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...))}
}

// TestKeyOfAction holds the handler that asks for keys against tokens that are signed here.
func TestKeyOfAction(t *testing.T) {
	const body = `{"type":"note","id":"e1"}`
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	point, err := key.PublicKey.Bytes()
	require.NoError(t, err)
	encode := base64.RawURLEncoding.EncodeToString
	p := newProvider(t, func(_, body string) (int, string) {
		var in struct {
			ID string `json:"key_id"`
		}
		assert.NoError(t, json.Unmarshal([]byte(body), &in))
		expired := map[string]string{"k1": "null", "k0": "1560466150"}[in.ID]
		if expired == "" {
			return http.StatusNotFound, `{"error_code":"INVALID_INPUT"}`
		}
		return http.StatusOK, `{"key":{"alg":"ES256","crv":"P-256","kid":"` + in.ID + `","kty":"EC","use":"sig","x":"` + encode(point[1:33]) + `","y":"` + encode(point[33:]) +
			`","created_at":1560466143,"expired_at":` + expired + `},"request_id":"r1"}`
	})
	h, err := hooks.PlaidEventHandler(p.Client, nil, func(context.Context, hooks.PlaidEventDelivery) error { return nil })
	require.NoError(t, err)
	now := time.Now()
	assert.Equal(t, http.StatusOK, post(h, body, plaidToken(t, key, "ES256", "k1", body, now)))
	assert.Equal(t, http.StatusUnauthorized, post(h, body, plaidToken(t, other, "ES256", "k1", body, now)), "the key of somebody else")
	assert.Equal(t, http.StatusUnauthorized, post(h, body, plaidToken(t, key, "none", "k1", body, now)), "no algorithm")
	assert.Equal(t, http.StatusUnauthorized, post(h, body+" ", plaidToken(t, key, "ES256", "k1", body, now)), "another body")
	assert.Equal(t, http.StatusUnauthorized, post(h, body, plaidToken(t, key, "ES256", "k1", body, now.Add(-6*time.Minute))), "an old one")
	assert.Equal(t, http.StatusUnauthorized, post(h, body, nil), "no token")
	assert.Equal(t, []string{`{"key_id":"k1"}`}, p.asked, "a key is asked for once")
	assert.Equal(t, http.StatusUnauthorized, post(h, body, plaidToken(t, key, "ES256", "k0", body, now)), "a key that expired")
	assert.Equal(t, http.StatusUnauthorized, post(h, body, plaidToken(t, key, "ES256", "k9", body, now)), "a key that there is not")
	assert.Len(t, p.asked, 3)
}

// TestEventSignatures holds a delivery of two events, of which each is signed by itself,
// against the example of Adyen's libraries.
func TestEventSignatures(t *testing.T) {
	const key = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"
	const first = `{"NotificationRequestItem":{"pspReference":"7914073381342284","merchantAccountCode":"TestMerchant","merchantReference":"TestPayment-1407325143704",` +
		`"amount":{"value":1130,"currency":"EUR"},"eventCode":"AUTHORISATION","success":"true","additionalData":{"hmacSignature":"coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0="}}}`
	sum := base64.StdEncoding.EncodeToString(keyed(sha256.New, decodedHex(t, key), "p2:p1:TestMerchant:m2:5:EUR:CAPTURE:false"))
	second := `{"NotificationRequestItem":{"pspReference":"p2","originalReference":"p1","merchantAccountCode":"TestMerchant","merchantReference":"m2",` +
		`"amount":{"value":5,"currency":"EUR"},"eventCode":"CAPTURE","success":"false","additionalData":{"hmacSignature":"` + sum + `"}}}`
	var got []string
	h, err := hooks.AdyenEventHandler([]hooks.Secret{hooks.NewSecret(key)}, func(_ context.Context, d hooks.AdyenEventDelivery) error {
		got = append(got, d.Tag+" "+d.Event.(hooks.Item).PspReference)
		return nil
	})
	require.NoError(t, err)
	both := func(a, b string) string { return `{"live":"false","notificationItems":[` + a + `,` + b + `]}` }
	for what, body := range map[string]string{
		"the first is changed":   both(strings.Replace(first, "1130", "1131", 1), second),
		"the second is changed":  both(first, strings.Replace(second, `"p1"`, `"p3"`, 1)),
		"one has no signature":   both(first, strings.Replace(second, "hmacSignature", "other", 1)),
		"signatures are swapped": both(strings.Replace(first, "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0=", sum, 1), second),
		"there are no events":    `{"live":"false","notificationItems":[]}`,
		"there is no list":       `{"live":"false"}`,
	} {
		assert.Equal(t, http.StatusUnauthorized, post(h, body, nil), what)
	}
	assert.Empty(t, got)
	assert.Equal(t, http.StatusOK, post(h, both(first, second), nil))
	assert.Equal(t, []string{"AUTHORISATION 7914073381342284", "CAPTURE p2"}, got)
}

func decodedHex(t *testing.T, text string) string {
	t.Helper()
	data, err := hex.DecodeString(text)
	require.NoError(t, err)
	return string(data)
}
