package runtime

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Sign sets the headers that a provider would send with the body: the time and
// the signature, or the shared secret. Headers that the signature covers besides
// the time must be set before. It serves tests and simulators.
//
// It returns [ErrWebhookSecret] for a secret that the webhook cannot use, and
// [ErrWebhookSignature] when a part that is signed is missing; webhooks that
// sign the address need [Webhook.SignRequest].
func (w *Webhook) Sign(body []byte, header http.Header, secret Secret, now time.Time) error {
	return w.sign(&message{http.MethodPost, nil, header, body}, secret, now)
}

// SignRequest is [Webhook.Sign] for a request with an absolute address. The
// request's own body is not read.
func (w *Webhook) SignRequest(r *http.Request, body []byte, secret Secret, now time.Time) error {
	return w.sign(requestMessage(r, body), secret, now)
}

func (w *Webhook) sign(m *message, secret Secret, now time.Time) error {
	keys, err := w.keys([]Secret{secret})
	if err != nil {
		return err
	}
	if s := w.Shared; s != nil {
		m.header.Set(s.Header, s.Prefix+secret.Reveal())
	}
	if w.HMAC == nil {
		return nil
	}
	return w.HMAC.sign(m, keys[0], now)
}

func (h *WebhookHMAC) sign(m *message, key []byte, now time.Time) error {
	before := h.stamp(m.header, now)
	signed, err := m.join(h.Signed)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrWebhookSignature, err)
	}
	m.header.Set(h.Header, before+h.Prefix+h.Encoding.encode(h.sum(key, signed)))
	return nil
}

// stamp sets the time's header. When that is a member of the signature's own
// header, it returns what comes before the signature there.
func (h *WebhookHMAC) stamp(header http.Header, now time.Time) string {
	if h.Age == nil || h.Age.From.Header == "" {
		return ""
	}
	text := h.Age.From.As.format(now)
	if h.Age.Key == "" {
		header.Set(h.Age.From.Header, text)
		return ""
	}
	pair := h.Age.Key + "=" + text
	header.Set(h.Age.From.Header, pair)
	if !strings.EqualFold(h.Age.From.Header, h.Header) {
		return ""
	}
	return pair + h.Split
}

// moment reads a point in time.
func (u Unit) moment(text string) (time.Time, bool) {
	switch u {
	case UnitHTTPDate:
		t, err := http.ParseTime(text)
		return t, err == nil
	case UnitRFC3339:
		t, err := time.Parse(time.RFC3339, text)
		return t, err == nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	if u == UnitUnixMillis {
		return time.UnixMilli(n), true
	}
	return time.Unix(n, 0), u == UnitUnix
}

// format writes a point in time so that moment reads it.
func (u Unit) format(t time.Time) string {
	switch u {
	case UnitHTTPDate:
		return t.UTC().Format(http.TimeFormat)
	case UnitRFC3339:
		return t.UTC().Format(time.RFC3339Nano)
	case UnitUnixMillis:
		return strconv.FormatInt(t.UnixMilli(), 10)
	}
	return strconv.FormatInt(t.Unix(), 10)
}
