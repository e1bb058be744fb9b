package sdk

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"testing"

	"github.com/PaddleHQ/paddle-go-sdk/v4"
	"github.com/PagerDuty/go-pagerduty/webhookv3"
	"github.com/bwmarrin/discordgo"
	"github.com/google/go-github/v84/github"
	"github.com/mailgun/mailgun-go/v4"
	"github.com/sendgrid/sendgrid-go/helpers/eventwebhook"
	"github.com/slack-go/slack"
	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stripe/stripe-go/v85/webhook"
	svix "github.com/svix/svix-webhooks/go"
	twilio "github.com/twilio/twilio-go/client"
)

// hook is a delivery as a receiver has it.
type hook struct {
	*http.Request
	body   []byte
	url    string // Where it was sent.
	secret string
}

var errUnverified = errors.New("the verifier says no")

func judged(ok bool, err error) error {
	if err == nil && !ok {
		return errUnverified
	}
	return err
}

// verifiers are functions that a provider, or whoever knows it best, published to
// check its deliveries, by webhook of golden/schemes/hooks.
var verifiers = []struct {
	webhook, library string
	timed            bool           // It refuses what is old.
	set              map[string]any // Members that it looks at besides.
	check            func(h *hook) error
}{
	{"stripe", "stripe-go", true, map[string]any{"object": "event"}, func(h *hook) error {
		_, err := webhook.ConstructEventWithOptions(h.body, h.Header.Get("Stripe-Signature"), h.secret, webhook.ConstructEventOptions{IgnoreAPIVersionMismatch: true})
		return err
	}},
	{"slack", "slack-go", true, nil, func(h *hook) error {
		v, err := slack.NewSecretsVerifier(h.Header, h.secret)
		if err != nil {
			return err
		}
		v.Write(h.body)
		return v.Ensure()
	}},
	{"github", "go-github", false, nil, func(h *hook) error {
		_, err := github.ValidatePayload(h.Request, []byte(h.secret))
		return err
	}},
	{"twilio", "twilio-go", false, nil, func(h *hook) error {
		form, err := url.ParseQuery(string(h.body))
		if err != nil {
			return err
		}
		params := map[string]string{}
		for name := range form {
			params[name] = form.Get(name)
		}
		v := twilio.NewRequestValidator(h.secret)
		return judged(v.Validate(h.url, params, h.Header.Get("X-Twilio-Signature")), nil)
	}},
	{"sendgrid", "sendgrid-go", false, nil, func(h *hook) error {
		key, err := eventwebhook.ConvertPublicKeyBase64ToECDSA(h.secret)
		if err != nil {
			return err
		}
		return judged(eventwebhook.VerifySignature(key, h.body, h.Header.Get(eventwebhook.VerificationHTTPHeader), h.Header.Get(eventwebhook.TimestampHTTPHeader)))
	}},
	{"mailgun", "mailgun-go", false, nil, func(h *hook) error {
		var event struct{ Signature mailgun.Signature }
		if err := json.Unmarshal(h.body, &event); err != nil {
			return err
		}
		mg := mailgun.NewMailgun("example.com", "key")
		mg.SetWebhookSigningKey(h.secret)
		return judged(mg.VerifyWebhookSignature(event.Signature))
	}},
	{"discord", "discordgo", false, nil, func(h *hook) error {
		key, err := hex.DecodeString(h.secret)
		if err != nil {
			return err
		}
		return judged(discordgo.VerifyInteraction(h.Request, ed25519.PublicKey(key)), nil)
	}},
	{"pagerduty", "go-pagerduty", false, nil, func(h *hook) error { return webhookv3.VerifySignature(h.Request, h.secret) }},
	{"paddle", "paddle-go-sdk", false, nil, func(h *hook) error { return judged(paddle.NewWebhookVerifier(h.secret).Verify(h.Request)) }},
	{"standard", "standard-webhooks", true, nil, func(h *hook) error {
		v, err := standard.NewWebhook(h.secret)
		if err != nil {
			return err
		}
		return v.Verify(h.body, h.Header)
	}},
	{"standard", "svix", true, nil, func(h *hook) error {
		v, err := svix.NewWebhook(h.secret)
		if err != nil {
			return err
		}
		return v.Verify(h.body, h.Header)
	}},
}

// TestVerifiers holds what the twin signs against the verifiers of others: each
// accepts what is genuine, and refuses what was changed on its way, what somebody
// else signed, what has no signature, and, where it looks at the time, what is old.
func TestVerifiers(t *testing.T) {
	s := serve(t, filepath.Join("golden", "schemes", "hooks"))
	schemes := map[string]bool{}
	for _, v := range verifiers {
		t.Run(v.webhook+" by "+v.library, func(t *testing.T) {
			verdicts := make(chan error, 1)
			var receiver *httptest.Server
			receiver = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				r.Body = io.NopCloser(bytes.NewReader(body))
				verdicts <- v.check(&hook{r, body, receiver.URL + r.URL.Path, s.Webhooks[v.webhook]})
			}))
			defer receiver.Close()
			deliver := func(fault string) error {
				var all []receipt
				s.control("deliver", map[string]any{"url": receiver.URL + "/events", "webhook": v.webhook, "fault": fault, "set": v.set}, &all)
				if len(all) != 1 || all[0].Genuine != (fault == "") {
					t.Fatalf("%q is delivered as %+v", fault, all)
				}
				return <-verdicts
			}
			if err := deliver(""); err != nil {
				t.Fatalf("a genuine delivery: %v", err)
			}
			forgeries := []string{"webhooks/tampered-body", "webhooks/wrong-key", "webhooks/missing-header"}
			switch {
			case v.webhook == "mailgun": // It signs its own token, and has no header.
				forgeries = forgeries[1:2]
			case v.timed:
				forgeries = append(forgeries, "webhooks/stale")
			}
			for _, fault := range forgeries {
				if deliver(fault) == nil {
					t.Errorf("%s is accepted", fault)
				}
			}
			said(v.webhook, "%s accepts what is genuine, and refuses %d forgeries", v.library, len(forgeries))
		})
		schemes[v.webhook] = true
	}
	var unjudged []string
	for name := range s.Webhooks {
		if !schemes[name] {
			unjudged = append(unjudged, name)
		}
	}
	slices.Sort(unjudged)
	said("verifiers", "%d of %d schemes with a secret have a verifier of others; not %v", len(schemes), len(s.Webhooks), unjudged)
	if len(schemes) < 10 || len(s.Webhooks) < 35 {
		t.Errorf("%d of %d schemes", len(schemes), len(s.Webhooks))
	}
}
