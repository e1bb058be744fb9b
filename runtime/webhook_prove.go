package runtime

import (
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // What some providers sign with; as a keyed hash it holds.
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strings"
	"time"
)

// maxSignatures bounds the work that one header can ask for.
const maxSignatures = 32

// prove checks the origin and then, of a genuine delivery, the age. One proof
// that holds is enough; the error is that of the last one that was tried.
func (r *WebhookReader) prove(ctx context.Context, m *message) error {
	if r.webhook.Unsigned {
		return nil
	}
	r.mu.RLock()
	known := r.known
	r.mu.RUnlock()
	err := fmt.Errorf("%w: it is of no declared form", ErrWebhookSignature)
	for i := range r.webhook.Proofs {
		p := &r.webhook.Proofs[i]
		if p.When != nil && !p.When.matches(0, m.header, m.body) {
			continue
		}
		if err = r.proveBy(ctx, p, known[i], m); err == nil || errors.Is(err, ErrWebhookStale) {
			return err
		}
	}
	return err
}

func (r *WebhookReader) proveBy(ctx context.Context, p *WebhookProof, known []verifier, m *message) error {
	now := r.set.clock.Now()
	switch {
	case p.Signature != nil && p.Signature.Key.Fetch != nil:
		return r.proveFetched(ctx, p.Signature, m, now)
	case p.Signature != nil && len(p.Signature.Event) > 0:
		return r.webhook.proveEach(p.Signature, m, known, now)
	case p.Signature != nil:
		return p.Signature.verify(m, known, now)
	case p.Shared != nil:
		return p.Shared.verify(m, known)
	case p.JWT != nil:
		return r.verifyJWT(ctx, p.JWT, m)
	case p.Asked != nil:
		return r.askProvider(ctx, p.Asked, m, known)
	}
	return fmt.Errorf("%w: no scheme is declared", ErrWebhookSignature)
}

// proveEach checks the signature of every event. One that is forged makes all of
// the delivery so.
func (w *Webhook) proveEach(s *WebhookSignature, m *message, keys []verifier, now time.Time) error {
	events, err := w.list(m.body)
	if err != nil || len(events) == 0 {
		return fmt.Errorf("%w: it lists no events", ErrWebhookSignature)
	}
	one := *m
	for _, one.event = range events {
		if err := s.verify(&one, keys, now); err != nil {
			return err
		}
	}
	return nil
}

func (s *WebhookSignature) verify(m *message, keys []verifier, now time.Time) error {
	given := s.signatures(m)
	if len(given) == 0 {
		return fmt.Errorf("%w: %s has none", ErrWebhookSignature, s.place())
	}
	genuine := false
	for _, key := range keys {
		signed, err := m.joinWith(s.Signed, key.secret())
		if err != nil { // Without a part that is signed there is nothing to verify.
			return fmt.Errorf("%w: %w", ErrWebhookSignature, err)
		}
		for _, got := range given {
			genuine = key.verify(signed, got) || genuine
		}
	}
	if !genuine {
		return ErrWebhookSignature
	}
	if s.Age == nil {
		return nil
	}
	return s.Age.check(m, now)
}

func (s *WebhookSignature) place() string {
	switch {
	case len(s.Event) > 0:
		return strings.Join(s.Event, ".") + " of an event"
	case s.Header == "":
		return strings.Join(s.Body, ".")
	}
	return "header " + s.Header
}

// signatures decodes the signatures of a delivery. Values of another form, such
// as those of a scheme's next version, are passed over.
func (s *WebhookSignature) signatures(m *message) [][]byte {
	lines := m.header.Values(s.Header)
	switch {
	case len(s.Event) > 0:
		lines = []string{textAt(m.event, s.Event)}
	case s.Header == "":
		lines = []string{textAt(m.body, s.Body)}
	}
	var sums [][]byte
	for _, line := range lines {
		values := []string{line}
		if s.Split != "" {
			values = strings.Split(line, s.Split)
		}
		for _, value := range values {
			text, ok := strings.CutPrefix(strings.TrimSpace(value), s.Prefix)
			if !ok || len(sums) == maxSignatures {
				continue
			}
			if sum, err := s.Encoding.decode(text); err == nil && len(sum) > 0 {
				sums = append(sums, sum)
			}
		}
	}
	return sums
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

func (s *WebhookShared) verify(m *message, keys []verifier) error {
	given, ok := strings.CutPrefix(m.header.Get(s.Header), s.Prefix)
	if !ok || given == "" {
		return fmt.Errorf("%w: header %s is missing", ErrWebhookSignature, s.Header)
	}
	genuine := false
	for _, key := range keys {
		genuine = key.verify(nil, []byte(given)) || genuine
	}
	if !genuine {
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

// sharedKey is a secret that is sent along. It is compared by its hash, so that
// the time does not tell its length either.
type sharedKey [sha256.Size]byte

func (k sharedKey) verify(_, given []byte) bool {
	got := sha256.Sum256(given)
	return subtle.ConstantTimeCompare(k[:], got[:]) == 1
}

func (sharedKey) secret() string { return "" }

// hmacKey verifies keyed hashes.
type hmacKey struct {
	hash WebhookHash
	key  []byte
}

func (k hmacKey) sum(signed []byte) []byte {
	mac := hmac.New(k.hash.new(), k.key)
	_, _ = mac.Write(signed)
	return mac.Sum(nil)
}

func (k hmacKey) verify(signed, signature []byte) bool { return hmac.Equal(k.sum(signed), signature) }

func (hmacKey) secret() string { return "" }

// digestKey verifies hashes over text that the secret is a part of.
type digestKey struct {
	hash WebhookHash
	text string
}

func (k digestKey) sum(signed []byte) []byte {
	h := k.hash.new()()
	_, _ = h.Write(signed)
	return h.Sum(nil)
}

func (k digestKey) verify(signed, signature []byte) bool { return hmac.Equal(k.sum(signed), signature) }

func (k digestKey) secret() string { return k.text }
