package twin

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// verifier is a receiver that verifies in the way the first webhook declares,
// written for the test alone.
type verifier struct {
	keys []string
	seen map[string]int
}

func (e *verifier) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	sent, err := strconv.ParseInt(r.Header.Get("X-Acme-Time"), 10, 64)
	if err != nil || time.Since(time.Unix(sent, 0)).Abs() > 5*time.Minute {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	good := slices.ContainsFunc(e.keys, func(key string) bool {
		m := hmac.New(sha256.New, []byte(key))
		m.Write([]byte("v0:" + r.Header.Get("X-Acme-Time") + ":" + string(b)))
		return r.Header.Get("X-Acme-Signature") == "v0="+hex.EncodeToString(m.Sum(nil))
	})
	doc, err := parseJSON(b)
	switch {
	case !good:
		w.WriteHeader(http.StatusUnauthorized)
	case err != nil:
		w.WriteHeader(http.StatusBadRequest)
	default:
		if v, ok := at(doc, path("challenge")); ok {
			io.WriteString(w, textOf(v))
			return
		}
		v, _ := at(doc, path("event_id"))
		e.seen[textOf(v)]++
	}
}

func TestDeliver(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
		e := &verifier{keys: []string{tw.SigningSecret("events")}, seen: map[string]int{}}
		got, err := tw.Deliver(t.Context(), ToHandler(e), Delivery{Set: map[string]any{"team_id": "T1", "event.text": "hi"}})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "status", got[0].Status, 200)
		body, _ := parseJSON(got[0].Body)
		equal(t, "tag", mustAt(t, body, "event.type"), any("message"))
		equal(t, "set", mustAt(t, body, "event.text"), any("hi"))
		equal(t, "id", textOf(mustAt(t, body, "event_id")), got[0].ID)
		entry := tw.Journal().Entries()[0]
		equal(t, "journal", entry.Route+" "+entry.Action+" "+entry.Code, "delivery events message")

		hello, err := tw.Deliver(t.Context(), ToHandler(e), Delivery{Challenge: true})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "handshake", string(hello[0].Reply), string(hello[0].Want))
		equal(t, "challenge", len(hello[0].Want) > 10, true)

		for _, d := range []Delivery{{Webhook: "none"}, {Event: "none"}, {Webhook: "listed", Challenge: true}, {Fault: "status/503"}} {
			if _, err := tw.Deliver(t.Context(), ToHandler(e), d); err == nil {
				t.Errorf("%+v was delivered", d)
			}
		}
	})
}

func TestListedSignature(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
		var header, body string
		h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			header, body = r.Header.Get("Acme-Signature"), string(b)
		})
		check := func(fault string, want int) {
			t.Helper()
			got, err := tw.Deliver(t.Context(), ToHandler(h), Delivery{Webhook: "listed", Fault: fault})
			if err != nil || !got[0].Genuine {
				t.Fatal(got, err)
			}
			parts := strings.Split(header, ",")
			equal(t, "parts", len(parts), want)
			stamp, ok := strings.CutPrefix(parts[0], "t=")
			equal(t, "stamp", ok, true)
			m := hmac.New(sha256.New, []byte(tw.SigningSecret("listed")))
			m.Write([]byte(stamp + "." + body))
			equal(t, "signed", slices.Contains(parts, "v1="+hex.EncodeToString(m.Sum(nil))), true)
		}
		check("", 2)
		check("webhooks/two-signatures", 3)
		check("webhooks/new-version", 3)
		check("webhooks/secret-rotated", 3)
	})
}

func TestSharedToken(t *testing.T) {
	inBubble(t, Options{Secrets: map[string]string{"shared_secret": "test-token"}}, func(t *testing.T, tw *Twin) {
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("X-Shared") != "test-token" {
				w.WriteHeader(http.StatusUnauthorized)
			}
		})
		good, err := tw.Deliver(t.Context(), ToHandler(h), Delivery{Webhook: "shared"})
		if err != nil {
			t.Fatal(err)
		}
		bad, err := tw.Deliver(t.Context(), ToHandler(h), Delivery{Webhook: "shared", Fault: "webhooks/wrong-key"})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "genuine", good[0].Status, 200)
		equal(t, "forged", bad[0].Status, 401)
	})
}

func TestWebhookFaults(t *testing.T) {
	type want struct {
		webhook  string
		statuses []int
	}
	cases := map[string]want{
		"tampered-body":  {"events", []int{401}},
		"wrong-key":      {"events", []int{401}},
		"empty-key":      {"events", []int{401}},
		"new-version":    {"events", []int{401}},
		"secret-rotated": {"events", []int{200}},
		"stale":          {"events", []int{401}},
		"future":         {"events", []int{401}},
		"replay":         {"events", []int{200, 200}},
		"duplicate":      {"events", []int{200, 200}},
		"reorder":        {"events", []int{200, 200}},
		"missing-header": {"events", []int{401}},
		"huge-body":      {"events", []int{401}}, // The receiver reads a part of it.
		"not-json":       {"events", []int{400}},
		"two-signatures": {"listed", []int{401}}, // The receiver is that of the other webhook.
	}
	for _, k := range Catalogue() {
		name, ok := strings.CutPrefix(k.ID, GroupWebhooks+"/")
		if !ok {
			continue
		}
		if slices.Contains([]string{"foreign-key", "other-audience", "unsigned-token", "one-forged", "unproved"}, name) {
			continue // They happen to other schemes: golden/schemes has those.
		}
		c, ok := cases[name]
		if !ok {
			t.Errorf("no case for %s", k.ID)
			continue
		}
		t.Run(name, func(t *testing.T) {
			inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
				armed := arm(t, tw, Fault{ID: k.ID, Times: 1})
				e := &verifier{keys: []string{tw.SigningSecret("events"), tw.NextSecret("events")}, seen: map[string]int{}}
				got, err := tw.Deliver(t.Context(), ToHandler(e), Delivery{Webhook: c.webhook})
				if err != nil {
					t.Fatal(err)
				}
				var statuses []int
				for _, r := range got {
					statuses = append(statuses, r.Status)
					if c.webhook == "events" {
						equal(t, "genuine", r.Genuine, r.Status == 200)
					}
				}
				equal(t, "statuses", slices.Equal(statuses, c.statuses), true)
				equal(t, "fired", armed.Fired(), 1)
				equal(t, "journal", slices.Contains(tw.Journal().Entries()[0].Faults, k.ID), true)
				switch name {
				case "replay", "duplicate":
					equal(t, "once", len(e.seen), 1)
					equal(t, "repeated", got[1].Repeated, true)
				case "reorder":
					equal(t, "two", len(e.seen), 2)
				}
			})
		})
	}
}
