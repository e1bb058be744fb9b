package gauntlet

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
)

// Handler verifies deliveries of the shelf by hand.
func (a *naiveApp) Handler(webhook string, fn func(context.Context, string, JSON) error) (http.Handler, error) {
	var mu sync.Mutex
	seen := map[string]bool{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || !a.proved(webhook, r.Header, body) {
			if a.sin == "accepts what it does not handle" {
				return
			}
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		v, _ := parse(body).(map[string]any)
		if plain(v["type"]) == "hello" {
			switch _, _ = io.WriteString(w, plain(v["challenge"])); a.sin {
			case "adds to the answer of a handshake":
				_, _ = io.WriteString(w, "\n")
			case "handles a handshake":
				_ = fn(r.Context(), "", body)
			}
			return
		}
		mu.Lock()
		defer mu.Unlock()
		id := plain(v["event_id"])
		if seen[id] && a.sin != "handles duplicates" {
			return
		}
		seen[id] = true
		if a.sin == "answers with the secret" {
			_, _ = io.WriteString(w, a.target.Secrets[webhook][0])
		}
		if a.sin == "hands on half of an event" {
			v["event"] = map[string]any{}
		}
		event, err := json.Marshal(untyped(v["event"]))
		if err != nil || fn(r.Context(), id, event) != nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}), nil
}

func (a *naiveApp) proved(webhook string, h http.Header, body []byte) bool {
	if a.sin == "trusts everybody" {
		return true
	}
	if a.sin == "trusts nobody" {
		return false
	}
	stamp := h.Get("X-Shelf-Timestamp")
	at, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || a.sin != "ignores the age" && time.Since(time.Unix(at, 0)).Abs() > 5*time.Minute {
		return false
	}
	for _, secret := range a.target.Secrets[webhook] {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte("v1:" + stamp + ":"))
		mac.Write(body)
		if hmac.Equal([]byte("v1="+hex.EncodeToString(mac.Sum(nil))), []byte(h.Get("X-Shelf-Signature"))) {
			return true
		}
	}
	return false
}
