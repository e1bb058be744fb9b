package runtime_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	rt "github.com/porin-dev/porin/runtime"
)

const hookBody = `{"type":"event_callback","event_id":"Ev1","event":{"type":"message","text":"hé"}}`

// hookTime is when the deliveries of the vectors were signed.
var hookTime = time.Unix(1531420618, 0)

// atHookTime runs f in a bubble whose clock is at hookTime.
func atHookTime(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(hookTime))
		f(t)
	})
}

func text(s string) rt.WebhookPart   { return rt.WebhookPart{Text: s} }
func header(s string) rt.WebhookPart { return rt.WebhookPart{From: rt.PartHeader, Text: s} }

var wholeBody = rt.WebhookPart{From: rt.PartBody}

// signature is the one proof of a webhook.
func signature(s rt.WebhookSignature) []rt.WebhookProof { return []rt.WebhookProof{{Signature: &s}} }

// slackHook signs version, time and body.
func slackHook() *rt.Webhook {
	return &rt.Webhook{
		Name: "acme events", Tag: rt.Path{"event", "type"}, ID: rt.Path{"event_id"}, Data: rt.Path{"event"},
		Proofs: signature(rt.WebhookSignature{
			Signed: []rt.WebhookPart{text("v0:"), header("X-Acme-Request-Timestamp"), text(":"), wholeBody},
			Header: "X-Acme-Signature", Prefix: "v0=", Encoding: rt.EncodingHex,
			Age: &rt.WebhookAge{From: rt.Source{Header: "X-Acme-Request-Timestamp", As: rt.UnitUnix}, Within: 5 * time.Minute},
		}),
		Challenges: []rt.Challenge{{
			When: rt.When{Body: []rt.Match{{At: rt.Path{"type"}, Values: []string{`"url_verification"`}}}},
			Text: []rt.WebhookPart{{From: rt.PartBody, Path: rt.Path{"challenge"}}},
		}},
	}
}

// delivery is a request to https://me.test/hooks?a=1 with headers in pairs.
func delivery(body string, headers ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/hooks?a=1", strings.NewReader(body))
	r.Host = "me.test"
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return r
}

// signed is a delivery that the webhook's provider would send now.
func signed(t *testing.T, w *rt.Webhook, body string, secret string) *http.Request {
	t.Helper()
	r := delivery(body)
	if err := w.Sign([]byte(body), r.Header, rt.NewSecret(secret), time.Now()); err != nil {
		t.Fatal(err)
	}
	return r
}

// hookVector is a delivery whose signature was computed by other software.
type hookVector struct {
	name    string
	hook    *rt.Webhook
	secret  string
	body    string
	headers []string
}

func hookVectors() []hookVector {
	unix := func(header, key string) *rt.WebhookAge {
		return &rt.WebhookAge{From: rt.Source{Header: header, As: rt.UnitUnix}, Key: key, Within: 5 * time.Minute}
	}
	return []hookVector{
		{"version, time and body", slackHook(), "test-signing-key", hookBody,
			[]string{"X-Acme-Request-Timestamp", "1531420618", "X-Acme-Signature", "v0=562542997c473c6950641f68c693ebf7115ce237255b6db78d1da26cbb37b6b8"}},
		{"GitHub's documented example", &rt.Webhook{Name: "h", Proofs: signature(rt.WebhookSignature{
			Signed: []rt.WebhookPart{wholeBody}, Header: "X-Hub-Signature-256", Prefix: "sha256=", Encoding: rt.EncodingHex,
		})}, "It's a Secret to Everybody", "Hello, World!",
			[]string{"X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"}},
		{"time in the signature's own header", &rt.Webhook{Name: "h", Proofs: signature(rt.WebhookSignature{
			Signed: []rt.WebhookPart{{From: rt.PartHeader, Text: "Acme-Signature", Key: "t"}, text("."), wholeBody},
			Header: "Acme-Signature", Prefix: "v1=", Split: ",", Encoding: rt.EncodingHex, Age: unix("Acme-Signature", "t"),
		})}, "test-signing-key", hookBody,
			[]string{"Acme-Signature", "t=1531420618, v1=00, v1=59d65f5fda998e53164897f39f423da153ba381301bd43e887319f8a7414409b, v1=11,v0=zz"}},
		{"Standard Webhooks", &rt.Webhook{Name: "h", Proofs: signature(rt.WebhookSignature{
			Key:    rt.WebhookKey{As: rt.EncodingBase64, Prefix: "test_"},
			Signed: []rt.WebhookPart{header("webhook-id"), text("."), header("webhook-timestamp"), text("."), wholeBody},
			Header: "webhook-signature", Prefix: "v1,", Split: " ", Encoding: rt.EncodingBase64, Age: unix("webhook-timestamp", ""),
		})}, "test_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX", hookBody,
			[]string{"webhook-id", "msg_1", "webhook-timestamp", "1531420618", "webhook-signature", "v1a,bm8= v1,qNr1fALoVwbmJIPet9XtDmoiu6c9GF2sXapoNCdreMs="}},
		{"method, address, body and time", &rt.Webhook{Name: "h", Proofs: signature(rt.WebhookSignature{
			Signed: []rt.WebhookPart{{From: rt.PartMethod}, {From: rt.PartURL}, wholeBody, header("X-Time")},
			Header: "X-Sig", Encoding: rt.EncodingBase64,
			Age: &rt.WebhookAge{From: rt.Source{Header: "X-Time", As: rt.UnitUnixMillis}, Within: time.Minute},
		})}, "test-signing-key", hookBody,
			[]string{"X-Time", "1531420618000", "X-Sig", "HK8B7hBJ5ez9ZmFZPn828fVJM+Vfg+NtVg6ZDniU8Go="}},
		{"sha1 and a hexadecimal key", &rt.Webhook{Name: "h", Proofs: signature(rt.WebhookSignature{
			Hash: rt.SHA1, Key: rt.WebhookKey{As: rt.EncodingHex}, Signed: []rt.WebhookPart{wholeBody}, Header: "X-Sig", Encoding: rt.EncodingHex,
		})}, "0b0b0b0b", hookBody, []string{"X-Sig", "19064A1528C0C2BD0CA0444C868E2DB6B290198B"}},
		{"sha512, target and a value of the body", &rt.Webhook{Name: "h", Proofs: signature(rt.WebhookSignature{
			Hash: rt.SHA512, Signed: []rt.WebhookPart{{From: rt.PartTarget}, text("|"), {From: rt.PartBody, Path: rt.Path{"event_id"}}},
			Header: "X-Sig", Encoding: rt.EncodingBase64,
		})}, "test-signing-key", hookBody,
			[]string{"X-Sig", "rnQA5lILI1kGicplVNjROngWk2mv4eOs6JzrUynQh4LkVw2cp9cITMn8QA0nxBQ3TtDXAjAT1D+xdNNZb9YUEg=="}},
		{"a shared secret", &rt.Webhook{Name: "h", Proofs: []rt.WebhookProof{{Shared: &rt.WebhookShared{Header: "Authorization", Prefix: "Bearer "}}}},
			"test-shared", hookBody, []string{"Authorization", "Bearer test-shared"}},
	}
}

func TestWebhookVectors(t *testing.T) {
	for _, v := range hookVectors() {
		atHookTime(t, func(t *testing.T) {
			d, err := rt.ReadWebhook(v.hook, delivery(v.body, v.headers...), rt.NewSecret(v.secret))
			if err != nil || string(d.Body) != v.body {
				t.Errorf("%s: %v", v.name, err)
			}
			if _, err := rt.ReadWebhook(v.hook, delivery(v.body, v.headers...), other(v), rt.NewSecret(v.secret)); err != nil {
				t.Errorf("%s, the old of two secrets: %v", v.name, err)
			}
			if _, err := rt.ReadWebhook(v.hook, delivery(v.body, v.headers...), other(v)); !errors.Is(err, rt.ErrWebhookSignature) {
				t.Errorf("%s, another secret: %v", v.name, err)
			}
			for i := range v.headers {
				if i%2 == 0 {
					without := append(append([]string(nil), v.headers[:i]...), v.headers[i+2:]...)
					if _, err := rt.ReadWebhook(v.hook, delivery(v.body, without...), rt.NewSecret(v.secret)); !errors.Is(err, rt.ErrWebhookSignature) {
						t.Errorf("%s, without %s: %v", v.name, v.headers[i], err)
					}
				}
			}
			if v.hook.Proofs[0].Shared != nil {
				return
			}
			changed := strings.Replace(strings.Replace(v.body, "Ev1", "Ev2", 1), "Hello", "hello", 1)
			if _, err := rt.ReadWebhook(v.hook, delivery(changed, v.headers...), rt.NewSecret(v.secret)); !errors.Is(err, rt.ErrWebhookSignature) {
				t.Errorf("%s, another body: %v", v.name, err)
			}
		})
	}
}

// other is a secret of the same form.
func other(v hookVector) rt.Secret {
	if strings.HasPrefix(v.secret, "test_") {
		return rt.NewSecret("test_AAAA")
	}
	return rt.NewSecret(strings.Repeat("ab", 8))
}

func TestWebhookSign(t *testing.T) {
	for _, v := range hookVectors() {
		atHookTime(t, func(t *testing.T) {
			r := delivery(v.body)
			r.Header.Set("webhook-id", "msg_1")
			if err := v.hook.SignRequest(r, []byte(v.body), rt.NewSecret(v.secret), hookTime); err != nil {
				t.Fatalf("%s: %v", v.name, err)
			}
			if _, err := rt.ReadWebhook(v.hook, r, rt.NewSecret(v.secret)); err != nil {
				t.Errorf("%s: %v", v.name, err)
			}
			for i := 0; i < len(v.headers); i += 2 {
				if got := r.Header.Get(v.headers[i]); len(v.headers[i+1]) == len(got) && !strings.EqualFold(got, v.headers[i+1]) {
					t.Errorf("%s: %s: %s, want %s", v.name, v.headers[i], got, v.headers[i+1])
				}
			}
			if err := v.hook.Sign([]byte(v.body), http.Header{}, rt.Secret{}, hookTime); !errors.Is(err, rt.ErrWebhookSecret) {
				t.Errorf("%s: an empty secret: %v", v.name, err)
			}
		})
	}
	needsURL := &rt.Webhook{Proofs: signature(rt.WebhookSignature{Signed: []rt.WebhookPart{{From: rt.PartURL}}, Header: "X"})}
	if err := needsURL.Sign(nil, http.Header{}, rt.NewSecret("k"), hookTime); !errors.Is(err, rt.ErrWebhookSignature) {
		t.Errorf("an address that is not known: %v", err)
	}
}

func TestWebhookAge(t *testing.T) {
	atHookTime(t, func(t *testing.T) {
		w, now := slackHook(), time.Now()
		for offset, want := range map[time.Duration]error{
			0: nil, 5 * time.Minute: nil, -5 * time.Minute: nil,
			5*time.Minute + time.Second: rt.ErrWebhookStale, -5*time.Minute - time.Second: rt.ErrWebhookStale,
			200 * 365 * 24 * time.Hour: rt.ErrWebhookStale, -200 * 365 * 24 * time.Hour: rt.ErrWebhookStale,
		} {
			r := delivery(hookBody)
			if err := w.Sign([]byte(hookBody), r.Header, rt.NewSecret("k"), now.Add(offset)); err != nil {
				t.Fatal(err)
			}
			if _, err := rt.ReadWebhook(w, r, rt.NewSecret("k")); !errors.Is(err, want) {
				t.Errorf("sent at %v: %v, want %v", offset, err, want)
			}
		}
		for _, stamp := range []string{"soon", "1e9", "0x5b476a0a", "99999999999999999999"} {
			r := delivery(hookBody, "X-Acme-Request-Timestamp", stamp)
			plain := &rt.Webhook{Proofs: signature(rt.WebhookSignature{Signed: w.Proofs[0].Signature.Signed, Header: w.Proofs[0].Signature.Header, Prefix: "v0=", Encoding: rt.EncodingHex})}
			if err := plain.Sign([]byte(hookBody), r.Header, rt.NewSecret("k"), now); err != nil {
				t.Fatal(err)
			}
			if _, err := rt.ReadWebhook(w, r, rt.NewSecret("k")); !errors.Is(err, rt.ErrWebhookStale) {
				t.Errorf("sent at %q: %v", stamp, err)
			}
		}
	})
}

func TestWebhookSecrets(t *testing.T) {
	w := slackHook()
	encoded := &rt.Webhook{Proofs: signature(rt.WebhookSignature{Key: rt.WebhookKey{As: rt.EncodingHex}, Signed: []rt.WebhookPart{wholeBody}, Header: "X"})}
	for name, tc := range map[string]struct {
		hook    *rt.Webhook
		secrets []rt.Secret
	}{
		"none":            {w, nil},
		"empty":           {w, []rt.Secret{{}}},
		"one is empty":    {w, []rt.Secret{rt.NewSecret("k"), {}}},
		"badly encoded":   {encoded, []rt.Secret{rt.NewSecret(canary)}},
		"empty shared":    {&rt.Webhook{Proofs: []rt.WebhookProof{{Shared: &rt.WebhookShared{Header: "X"}}}}, []rt.Secret{{}}},
		"only the prefix": {&rt.Webhook{Proofs: signature(rt.WebhookSignature{Key: rt.WebhookKey{Prefix: "p_"}, Header: "X"})}, []rt.Secret{rt.NewSecret("p_")}},
	} {
		_, err := rt.ReadWebhook(tc.hook, delivery(hookBody, "X", "0"), tc.secrets...)
		if !errors.Is(err, rt.ErrWebhookSecret) {
			t.Errorf("%s: %v", name, err)
		}
		noCanary(t, name, err)
	}
	if _, err := rt.ReadWebhook(&rt.Webhook{}, delivery(hookBody), rt.NewSecret("k")); !errors.Is(err, rt.ErrWebhookSignature) {
		t.Errorf("no scheme: %v", err)
	}
	if _, err := rt.ReadWebhook(&rt.Webhook{Unsigned: true}, delivery(hookBody)); err != nil {
		t.Errorf("unsigned by declaration: %v", err)
	}
}

func TestWebhookManySignatures(t *testing.T) {
	w := &rt.Webhook{Proofs: signature(rt.WebhookSignature{Signed: []rt.WebhookPart{wholeBody}, Header: "X", Split: ",", Encoding: rt.EncodingHex})}
	r := delivery(hookBody)
	if err := w.Sign([]byte(hookBody), r.Header, rt.NewSecret("k"), hookTime); err != nil {
		t.Fatal(err)
	}
	genuine := r.Header.Get("X")
	for n, want := range map[int]error{31: nil, 32: rt.ErrWebhookSignature} {
		r := delivery(hookBody, "X", strings.Repeat("00,", n)+genuine)
		if _, err := rt.ReadWebhook(w, r, rt.NewSecret("k")); !errors.Is(err, want) {
			t.Errorf("after %d others: %v", n, err)
		}
	}
}

func TestWebhookDelivery(t *testing.T) {
	atHookTime(t, func(t *testing.T) {
		w := slackHook()
		d, err := rt.ReadWebhook(w, signed(t, w, hookBody, "k"), rt.NewSecret("k"))
		if err != nil || d.Tag != "message" || d.ID != "Ev1" || string(d.Data) != `{"type":"message","text":"hé"}` || d.Challenge != nil {
			t.Errorf("%+v, %v", d, err)
		}
		d, err = rt.ReadWebhook(w, signed(t, w, `{"event_id":7}`, "k"), rt.NewSecret("k"))
		if err != nil || d.Tag != "" || d.ID != "7" || d.Data != nil {
			t.Errorf("%+v, %v", d, err)
		}
		for _, body := range []string{"", "payload=%7B%7D", `{"event_id":"x"`, "\xff"} {
			if _, err := rt.ReadWebhook(w, signed(t, w, body, "k"), rt.NewSecret("k")); !errors.Is(err, rt.ErrWebhookMalformed) {
				t.Errorf("%q: %v", body, err)
			}
		}
	})
}

func TestWebhookBodyCap(t *testing.T) {
	atHookTime(t, func(t *testing.T) {
		w := slackHook()
		w.MaxBody = int64(len(hookBody))
		if _, err := rt.ReadWebhook(w, signed(t, w, hookBody, "k"), rt.NewSecret("k")); err != nil {
			t.Errorf("at the cap: %v", err)
		}
		for _, known := range []bool{true, false} {
			r := signed(t, w, hookBody+" ", "k")
			if !known {
				r.ContentLength = -1
			}
			if _, err := rt.ReadWebhook(w, r, rt.NewSecret("k")); !errors.Is(err, rt.ErrWebhookTooLarge) {
				t.Errorf("over the cap: %v", err)
			}
		}
		w.MaxBody = 0
		r := delivery("")
		r.Body, r.ContentLength = io.NopCloser(io.LimitReader(zeros{}, 1<<30)), -1
		if _, err := rt.ReadWebhook(w, r, rt.NewSecret("k")); !errors.Is(err, rt.ErrWebhookTooLarge) {
			t.Errorf("over the default cap: %v", err)
		}
		r = delivery("")
		r.Body = io.NopCloser(io.MultiReader(strings.NewReader("{"), brokenReader{}))
		if _, err := rt.ReadWebhook(w, r, rt.NewSecret("k")); !errors.Is(err, rt.ErrWebhookMalformed) {
			t.Errorf("a body that breaks off: %v", err)
		}
	})
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestWebhookChallenge(t *testing.T) {
	const body = `{"type":"url_verification","challenge":"3eZbrw1a\"<b>"}`
	atHookTime(t, func(t *testing.T) {
		w := slackHook()
		d, err := rt.ReadWebhook(w, signed(t, w, body, "k"), rt.NewSecret("k"))
		if err != nil || d.Challenge == nil || d.Challenge.Status != 200 || string(d.Challenge.Body) != `3eZbrw1a"<b>` {
			t.Fatalf("%+v, %v", d, err)
		}
		if _, err := rt.ReadWebhook(w, delivery(body), rt.NewSecret("k")); !errors.Is(err, rt.ErrWebhookSignature) {
			t.Errorf("an unsigned challenge: %v", err)
		}
		w.Challenges[0].Status = 201
		w.Challenges[0].JSON = []rt.ReplyMember{
			{Name: "challenge", Value: w.Challenges[0].Text}, {Name: "a", Value: []rt.WebhookPart{text("x:"), header("X-Acme-Request-Timestamp")}},
		}
		d, err = rt.ReadWebhook(w, signed(t, w, body, "k"), rt.NewSecret("k"))
		if err != nil || d.Challenge.Status != 201 || !bytes.Equal(d.Challenge.Body, []byte(`{"challenge":"3eZbrw1a\"<b>","a":"x:1531420618"}`)) {
			t.Errorf("%s, %v", d.Challenge.Body, err)
		}
	})
}

func FuzzReadWebhook(f *testing.F) {
	f.Add([]byte(hookBody), "1531420618", "v0=562542997c473c6950641f68c693ebf7115ce237255b6db78d1da26cbb37b6b8")
	f.Add([]byte(`{"type":"url_verification","challenge":1}`), "", "v0=")
	f.Fuzz(func(t *testing.T, body []byte, stamp, signature string) {
		w := slackHook()
		r := delivery(string(body))
		r.Header["X-Acme-Request-Timestamp"], r.Header["X-Acme-Signature"] = []string{stamp}, []string{signature}
		if _, err := rt.ReadWebhook(w, r, rt.NewSecret("some key")); err == nil {
			t.Error("a delivery that nobody signed is accepted")
		}
		w.Proofs[0].Signature.Age = nil
		r = delivery(string(body))
		r.Header["X-Acme-Request-Timestamp"] = []string{"1"}
		if err := w.Sign(body, r.Header, rt.NewSecret("some key"), hookTime); err != nil {
			t.Fatal(err)
		}
		if _, err := rt.ReadWebhook(w, r, rt.NewSecret("some key")); err != nil && !errors.Is(err, rt.ErrWebhookMalformed) {
			t.Errorf("a genuine delivery: %v", err)
		}
	})
}
