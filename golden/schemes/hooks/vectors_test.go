package hooks_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"hash"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/golden/schemes/hooks"
)

const (
	vectorSecret = "c2VjcmV0LW9mLXRoZS10ZXN0LWNhc2Vz" // Base64, for those that want it.
	vectorURL    = "https://receiver.test/events?a=1"
	vectorBody   = `{"type":"note","id":"e1","note":"hé","signature":"see the header"}`
)

// vector is a delivery that is signed here by the words of the provider's page, with the
// standard library alone.
type vector struct {
	secret  string
	body    string
	headers map[string]string
}

func keyed(h func() hash.Hash, key, text string) []byte {
	m := hmac.New(h, []byte(key))
	m.Write([]byte(text))
	return m.Sum(nil)
}

func vectors(t *testing.T) map[string]vector {
	b64, now := base64.StdEncoding.EncodeToString, strconv.FormatInt(time.Now().Unix(), 10)
	ms := strconv.FormatInt(time.Now().UnixMilli(), 10)
	iso := time.Now().UTC().Format(time.RFC3339)
	sum := func(text string) []byte { return keyed(sha256.New, vectorSecret, text) }
	weak := func(text string) []byte { return keyed(sha1.New, vectorSecret, text) }
	plain := sha256.Sum256([]byte(vectorSecret + vectorBody))
	plainURL := sha256.Sum256([]byte(vectorSecret + "POST" + vectorURL + vectorBody))
	plainSHA1 := sha1.Sum([]byte(vectorSecret + vectorBody))
	one := func(header, value string) vector { return vector{headers: map[string]string{header: value}} }
	two := func(header, value, stampHeader, stamp string) vector {
		return vector{headers: map[string]string{header: value, stampHeader: stamp}}
	}
	const form = "note=hello+there&id=e1&type=note"
	return map[string]vector{
		"stripe":     one("Stripe-Signature", "t="+now+",v1="+hex.EncodeToString(sum(now+"."+vectorBody))+",v0=6ffbb59b"),
		"slack":      two("X-Slack-Signature", "v0="+hex.EncodeToString(sum("v0:"+now+":"+vectorBody)), "X-Slack-Request-Timestamp", now),
		"shopify":    one("X-Shopify-Hmac-Sha256", b64(sum(vectorBody))),
		"hubspot_v1": one("X-HubSpot-Signature", hex.EncodeToString(plain[:])),
		"hubspot_v2": one("X-HubSpot-Signature", hex.EncodeToString(plainURL[:])),
		"hubspot_v3": two("X-HubSpot-Signature-v3", b64(sum("POST"+vectorURL+vectorBody+ms)), "X-HubSpot-Request-Timestamp", ms),
		"zoom":       two("x-zm-signature", "v0="+hex.EncodeToString(sum("v0:"+now+":"+vectorBody)), "x-zm-request-timestamp", now),
		"twilio":     {body: form, headers: map[string]string{"X-Twilio-Signature": b64(weak(vectorURL + "ide1notehello theretypenote"))}},
		"square":     one("x-square-hmacsha256-signature", b64(sum(vectorURL+vectorBody))),
		"trello":     one("x-trello-webhook", b64(weak(vectorBody+vectorURL))),
		"zendesk":    two("X-Zendesk-Webhook-Signature", b64(sum(iso+vectorBody)), "X-Zendesk-Webhook-Signature-Timestamp", iso),
		"box":        two("BOX-SIGNATURE-SECONDARY", b64(sum(vectorBody+iso)), "BOX-DELIVERY-TIMESTAMP", iso),
		"pagerduty":  one("X-PagerDuty-Signature", "v1=00,v1="+hex.EncodeToString(sum(vectorBody))),
		"docusign":   one("X-DocuSign-Signature-2", b64(sum(vectorBody))),
		"intercom":   one("X-Hub-Signature", "sha1="+hex.EncodeToString(weak(vectorBody))),
		"xero":       one("x-xero-signature", b64(sum(vectorBody))),
		"sellsy":     one("x-webhook-signature", hex.EncodeToString(plainSHA1[:])),
		"autotask":   one("x-hook-signature", "sha1="+b64(weak(vectorBody))),
		"calendly":   one("Calendly-Webhook-Signature", "t="+now+",v1="+hex.EncodeToString(sum(now+"."+vectorBody))),
		"paddle":     one("Paddle-Signature", "ts="+now+";h1="+hex.EncodeToString(sum(now+":"+vectorBody))),
		"typeform":   one("Typeform-Signature", "sha256="+b64(sum(vectorBody))),
		"okta":       one("Authorization", vectorSecret),
		"standard": {secret: "whsec_" + vectorSecret, headers: map[string]string{
			"webhook-id": "msg_1", "webhook-timestamp": now,
			"webhook-signature": "v1," + b64(keyed(sha256.New, decoded(t, vectorSecret), "msg_1."+now+"."+vectorBody)),
		}},
		"github": {headers: map[string]string{
			"X-Hub-Signature-256": "sha256=" + hex.EncodeToString(sum(vectorBody)), "X-GitHub-Event": "note", "X-GitHub-Delivery": "e1",
		}},
		"discord":   discordVector(t, now),
		"sendgrid":  sendgridVector(t, now),
		"highlevel": highlevelVector(t),
	}
}

func decoded(t *testing.T, text string) string {
	data, err := base64.StdEncoding.DecodeString(text)
	require.NoError(t, err)
	return string(data)
}

func discordVector(t *testing.T, now string) vector {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	return vector{secret: hex.EncodeToString(public), headers: map[string]string{
		"X-Signature-Timestamp": now, "X-Signature-Ed25519": hex.EncodeToString(ed25519.Sign(private, []byte(now+vectorBody))),
	}}
}

func sendgridVector(t *testing.T, now string) vector {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	require.NoError(t, err)
	sum := sha256.Sum256([]byte(now + vectorBody))
	signature, err := ecdsa.SignASN1(rand.Reader, key, sum[:])
	require.NoError(t, err)
	return vector{secret: base64.StdEncoding.EncodeToString(public), headers: map[string]string{
		"X-Twilio-Email-Event-Webhook-Timestamp": now, "X-Twilio-Email-Event-Webhook-Signature": base64.StdEncoding.EncodeToString(signature),
	}}
}

func highlevelVector(t *testing.T) vector {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	require.NoError(t, err)
	sum := sha256.Sum256([]byte(vectorBody))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	require.NoError(t, err)
	return vector{
		secret:  string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})),
		headers: map[string]string{"x-wh-signature": base64.StdEncoding.EncodeToString(signature)},
	}
}

// parsers are the generated functions that read one delivery.
var parsers = map[string]func(*http.Request, ...hooks.Secret) (*delivered, error){
	"stripe":     of(hooks.ParseEvent, func(d hooks.EventDelivery) *delivered { return &delivered{d.ID, d.Event} }),
	"slack":      of(hooks.ParseSlackEvent, func(d hooks.SlackEventDelivery) *delivered { return &delivered{d.ID, d.Event} }),
	"github":     of(hooks.ParseGithubEvent, func(d hooks.GithubEventDelivery) *delivered { return &delivered{d.ID, d.Event} }),
	"shopify":    of(hooks.ParseShopifyEvent, func(d hooks.ShopifyEventDelivery) *delivered { return &delivered{d.ID, d.Event} }),
	"hubspot_v1": of(hooks.ParseHubspotV1Event, func(d hooks.HubspotV1EventDelivery) *delivered { return &delivered{d.ID, d.Event} }),
	"hubspot_v2": of(hooks.ParseHubspotV2Event, func(d hooks.HubspotV2EventDelivery) *delivered { return &delivered{d.ID, d.Event} }),
	"hubspot_v3": of(hooks.ParseHubspotV3Event, func(d hooks.HubspotV3EventDelivery) *delivered { return &delivered{d.ID, d.Event} }),
	"zoom":       of(hooks.ParseZoomEvent, func(d hooks.ZoomEventDelivery) *delivered { return &delivered{d.ID, d.Event} }),
	"twilio":     of(hooks.ParseTwilioEvent, func(d hooks.TwilioEventDelivery) *delivered { return &delivered{d.ID, d.Event} }),
	"square":     of(hooks.ParseSquareEvent, func(d hooks.SquareEventDelivery) *delivered { return &delivered{d.ID, d.Event} }),
	"trello":     of(hooks.ParseTrelloEvent, func(d hooks.TrelloEventDelivery) *delivered { return &delivered{d.ID, d.Event} }),
	"zendesk":    of(hooks.ParseZendeskEvent, func(d hooks.ZendeskEventDelivery) *delivered { return &delivered{d.ID, d.Event} }),
	"box":        of(hooks.ParseBoxEvent, func(d hooks.BoxEventDelivery) *delivered { return &delivered{d.ID, d.Event} }),
	"pagerduty":  of(hooks.ParsePagerdutyEvent, func(d hooks.PagerdutyEventDelivery) *delivered { return &delivered{d.ID, d.Event} }),
	"docusign":   of(hooks.ParseDocusignEvent, func(d hooks.DocusignEventDelivery) *delivered { return &delivered{d.ID, d.Event} }),
	"intercom":   of(hooks.ParseIntercomEvent, func(d hooks.IntercomEventDelivery) *delivered { return &delivered{d.ID, d.Event} }),
	"xero":       of(hooks.ParseXeroEvent, func(d hooks.XeroEventDelivery) *delivered { return &delivered{d.ID, d.Event} }),
	"sellsy":     of(hooks.ParseSellsyEvent, func(d hooks.SellsyEventDelivery) *delivered { return &delivered{d.ID, d.Event} }),
	"autotask":   of(hooks.ParseAutotaskEvent, func(d hooks.AutotaskEventDelivery) *delivered { return &delivered{d.ID, d.Event} }),
	"calendly":   of(hooks.ParseCalendlyEvent, func(d hooks.CalendlyEventDelivery) *delivered { return &delivered{d.ID, d.Event} }),
	"paddle":     of(hooks.ParsePaddleEvent, func(d hooks.PaddleEventDelivery) *delivered { return &delivered{d.ID, d.Event} }),
	"typeform":   of(hooks.ParseTypeformEvent, func(d hooks.TypeformEventDelivery) *delivered { return &delivered{d.ID, d.Event} }),
	"okta":       of(hooks.ParseOktaEvent, func(d hooks.OktaEventDelivery) *delivered { return &delivered{d.ID, d.Event} }),
	"standard":   of(hooks.ParseStandardEvent, func(d hooks.StandardEventDelivery) *delivered { return &delivered{d.ID, d.Event} }),
	"discord":    of(hooks.ParseDiscordEvent, func(d hooks.DiscordEventDelivery) *delivered { return &delivered{d.ID, d.Event} }),
	"sendgrid":   of(hooks.ParseSendgridEvent, func(d hooks.SendgridEventDelivery) *delivered { return &delivered{d.ID, d.Event} }),
	"highlevel":  of(hooks.ParseHighlevelEvent, func(d hooks.HighlevelEventDelivery) *delivered { return &delivered{d.ID, d.Event} }),
}

type delivered struct {
	id    string
	event any
}

func of[D any](parse func(*http.Request, ...hooks.Secret) (D, error), read func(D) *delivered) func(*http.Request, ...hooks.Secret) (*delivered, error) {
	return func(r *http.Request, secrets ...hooks.Secret) (*delivered, error) {
		d, err := parse(r, secrets...)
		if err != nil {
			return nil, err
		}
		return read(d), nil
	}
}

// TestVectors holds the generated functions against signatures that were made without
// the runtime and without the twin.
func TestVectors(t *testing.T) {
	all := vectors(t)
	require.Len(t, all, len(parsers))
	for name, v := range all {
		t.Run(name, func(t *testing.T) {
			secret, body := v.secret, v.body
			if secret == "" {
				secret = vectorSecret
			}
			if body == "" {
				body = vectorBody
			}
			d, err := parsers[name](v.request(body), hooks.NewSecret(secret))
			require.NoError(t, err)
			assert.IsType(t, hooks.Note{}, d.event)
			assert.Contains(t, []string{"e1", "msg_1"}, d.id)

			if name != "okta" { // It sends a shared token, which covers no body.
				_, err = parsers[name](v.request(strings.Replace(body, "note", "Note", 1)), hooks.NewSecret(secret))
				assert.Error(t, err, "another body")
			}
			for header := range v.headers {
				if strings.HasPrefix(header, "X-GitHub-") {
					continue
				}
				r := v.request(body)
				r.Header.Del(header)
				_, err = parsers[name](r, hooks.NewSecret(secret))
				assert.Error(t, err, "without %s", header)
			}
		})
	}
}

func (v vector) request(body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, vectorURL, strings.NewReader(body))
	for name, value := range v.headers {
		r.Header.Set(name, value)
	}
	return r
}
