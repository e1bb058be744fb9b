package hooks_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/golden/schemes/hooks/hookstest"
	"github.com/porin-dev/porin/runtime/gauntlet"
)

// received hands an event on.
type received func(ctx context.Context, id string, event gauntlet.JSON) error

// wrong is a library whose handlers are written by hand, each with one mistake.
type wrong struct{ gauntlet.Driver }

type wrongApp struct {
	gauntlet.App
	target gauntlet.Target
}

func (w wrong) App(t gauntlet.Target) (gauntlet.App, error) {
	app, err := w.Driver.App(t)
	return wrongApp{app, t}, err
}

// Handler accepts a delivery for the signature of its first event, and one that the
// provider could not be asked about.
func (a wrongApp) Handler(webhook string, fn func(ctx context.Context, id string, event gauntlet.JSON) error) (http.Handler, error) {
	if webhook == "adyen" {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { a.firstEvent(w, r, fn) }), nil
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { a.orNobody(w, r, fn) }), nil
}

// firstEvent checks the signature of the first event, and handles all.
func (a wrongApp) firstEvent(w http.ResponseWriter, r *http.Request, fn received) {
	var body struct {
		Items []struct {
			Item struct {
				Psp       string `json:"pspReference"`
				Original  string `json:"originalReference"`
				Account   string `json:"merchantAccountCode"`
				Reference string `json:"merchantReference"`
				Amount    struct {
					Value    json.Number
					Currency string
				}
				Code    string `json:"eventCode"`
				Success string
				Data    struct {
					Signature string `json:"hmacSignature"`
				} `json:"additionalData"`
			} `json:"NotificationRequestItem"`
		} `json:"notificationItems"`
	}
	data, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if json.Unmarshal(data, &body) != nil || len(body.Items) == 0 {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	first := body.Items[0].Item
	text := strings.Join([]string{first.Psp, first.Original, first.Account, first.Reference, first.Amount.Value.String(), first.Amount.Currency, first.Code, first.Success}, ":")
	genuine := func(secret string) bool {
		key, err := hex.DecodeString(secret)
		return err == nil && base64.StdEncoding.EncodeToString(keyed(sha256.New, string(key), text)) == first.Data.Signature
	}
	if !slices.ContainsFunc(a.target.Secrets["adyen"], genuine) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	for i := range body.Items {
		_ = fn(r.Context(), body.Items[i].Item.Psp, gauntlet.JSON(`{}`))
	}
}

// orNobody asks the provider, and takes a failure to ask for a yes.
func (a wrongApp) orNobody(w http.ResponseWriter, r *http.Request, fn received) {
	data, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	id := struct{ ID string }{}
	if json.Unmarshal(data, &id) != nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	in := fmt.Sprintf(`{"auth_algo":%q,"cert_url":%q,"transmission_id":%q,"transmission_sig":%q,"transmission_time":%q,"webhook_id":%q,"webhook_event":%s}`,
		r.Header.Get("PAYPAL-AUTH-ALGO"), r.Header.Get("PAYPAL-CERT-URL"), r.Header.Get("PAYPAL-TRANSMISSION-ID"), r.Header.Get("PAYPAL-TRANSMISSION-SIG"),
		r.Header.Get("PAYPAL-TRANSMISSION-TIME"), a.target.Secrets["paypal"][0], data)
	client := http.Client{Transport: a.target.Transport}
	resp, err := client.Post(a.target.Servers["api"]+"notifications/verify-webhook-signature", "application/json", strings.NewReader(in))
	if err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(resp.Body)
	if resp.StatusCode == http.StatusOK && !strings.Contains(string(answer), "SUCCESS") {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	_ = fn(r.Context(), id.ID, gauntlet.JSON(data))
}

// TestWrongHandlers shows that the scenarios notice what they are for, in handlers that are
// right besides.
func TestWrongHandlers(t *testing.T) {
	c := connector(t)
	for _, w := range []struct{ webhook, fair, foul string }{
		{"adyen", "webhooks/genuine", "webhooks/one-forged"},
		{"paypal", "webhooks/tampered", "webhooks/cannot-ask"},
	} {
		plan := gauntlet.NewPlan(c)
		for _, hook := range c.Webhooks {
			if hook.Name == w.webhook {
				plan.Webhook = hook
			}
		}
		for id, want := range map[string]gauntlet.Outcome{w.fair: gauntlet.Pass, w.foul: gauntlet.Fail} {
			scenarios, err := gauntlet.Choose(id)
			require.NoError(t, err)
			r := gauntlet.Try(t, plan, wrong{hookstest.Driver()}, scenarios[0], 1)
			assert.Equal(t, want, r.Outcome, "%s: %s", id, r.Text())
		}
	}
}
