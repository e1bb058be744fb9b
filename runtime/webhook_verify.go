package runtime

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // What some providers sign with; as a keyed hash it holds.
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"net/http"
	"strings"
	"time"
)

// maxSignatures bounds the work that one header can ask for.
const maxSignatures = 32

// keys turns the secrets into keys. It refuses what would not keep a forger out.
func (w *Webhook) keys(secrets []Secret) ([][]byte, error) {
	if w.Unsigned {
		return nil, nil
	}
	if len(secrets) == 0 {
		return nil, ErrWebhookSecret
	}
	keys := make([][]byte, 0, len(secrets))
	for _, s := range secrets {
		key := []byte(s.Reveal())
		if h := w.HMAC; h != nil {
			var err error
			key, err = h.SecretAs.decode(strings.TrimPrefix(s.Reveal(), h.SecretIn))
			if err != nil { // Its text would quote the secret.
				return nil, fmt.Errorf("%w: it is not encoded as declared", ErrWebhookSecret)
			}
		}
		if len(key) == 0 {
			return nil, fmt.Errorf("%w: it is empty", ErrWebhookSecret)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// verify checks the origin and then, of a genuine delivery, the age.
func (w *Webhook) verify(m *message, keys [][]byte, now time.Time) error {
	switch {
	case w.HMAC != nil:
		return w.HMAC.verify(m, keys, now)
	case w.Shared != nil:
		return w.Shared.verify(m, keys)
	case w.Unsigned:
		return nil
	}
	return fmt.Errorf("%w: no scheme is declared", ErrWebhookSignature)
}

func (h *WebhookHMAC) verify(m *message, keys [][]byte, now time.Time) error {
	given := h.signatures(m.header)
	if len(given) == 0 {
		return fmt.Errorf("%w: header %s has none", ErrWebhookSignature, h.Header)
	}
	signed, err := m.join(h.Signed)
	if err != nil { // Without a part that is signed there is nothing to verify.
		return fmt.Errorf("%w: %w", ErrWebhookSignature, err)
	}
	var genuine int
	for _, key := range keys {
		want := h.sum(key, signed)
		for _, got := range given {
			genuine |= subtle.ConstantTimeCompare(want, got)
		}
	}
	if genuine == 0 {
		return ErrWebhookSignature
	}
	if h.Age == nil {
		return nil
	}
	return h.Age.check(m, now)
}

// signatures decodes the header's signatures. Values of another form, such as
// those of a scheme's next version, are passed over.
func (h *WebhookHMAC) signatures(header http.Header) [][]byte {
	var sums [][]byte
	for _, line := range header.Values(h.Header) {
		values := []string{line}
		if h.Split != "" {
			values = strings.Split(line, h.Split)
		}
		for _, value := range values {
			text, ok := strings.CutPrefix(strings.TrimSpace(value), h.Prefix)
			if !ok || len(sums) == maxSignatures {
				continue
			}
			if sum, err := h.Encoding.decode(text); err == nil && len(sum) > 0 {
				sums = append(sums, sum)
			}
		}
	}
	return sums
}

func (h *WebhookHMAC) sum(key, signed []byte) []byte {
	mac := hmac.New(h.Hash.new(), key)
	_, _ = mac.Write(signed)
	return mac.Sum(nil)
}

func (h WebhookHash) new() func() hash.Hash {
	switch h {
	case SHA1:
		return sha1.New
	case SHA512:
		return sha512.New
	}
	return sha256.New
}

func (e WebhookEncoding) decode(text string) ([]byte, error) {
	switch e {
	case EncodingHex:
		return hex.DecodeString(text)
	case EncodingBase64:
		return base64.StdEncoding.DecodeString(text)
	}
	return []byte(text), nil
}

func (e WebhookEncoding) encode(data []byte) string {
	switch e {
	case EncodingHex:
		return hex.EncodeToString(data)
	case EncodingBase64:
		return base64.StdEncoding.EncodeToString(data)
	}
	return string(data)
}

func (s *WebhookShared) verify(m *message, keys [][]byte) error {
	given, ok := strings.CutPrefix(m.header.Get(s.Header), s.Prefix)
	if !ok || given == "" {
		return fmt.Errorf("%w: header %s is missing", ErrWebhookSignature, s.Header)
	}
	// Hashed, so that the time does not tell the secret's length either.
	got := sha256.Sum256([]byte(given))
	var genuine int
	for _, key := range keys {
		want := sha256.Sum256(key)
		genuine |= subtle.ConstantTimeCompare(want[:], got[:])
	}
	if genuine == 0 {
		return ErrWebhookSignature
	}
	return nil
}

// check refuses what is older, or further in the future, than Within.
func (a *WebhookAge) check(m *message, now time.Time) error {
	sent, err := a.sent(m)
	if err != nil {
		return err
	}
	if d := now.Sub(sent); d > a.Within || d < -a.Within {
		return ErrWebhookStale
	}
	return nil
}

// sent is when the delivery says it was sent.
func (a *WebhookAge) sent(m *message) (time.Time, error) {
	var text string
	if a.From.Header != "" {
		text = pairValue(m.header.Get(a.From.Header), a.Key, a.Split)
	} else {
		text = textAt(m.body, a.From.Body)
	}
	t, ok := a.From.As.moment(text)
	if !ok {
		return time.Time{}, fmt.Errorf("%w: it has no readable time", ErrWebhookStale)
	}
	return t, nil
}
