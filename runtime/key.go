package runtime

import (
	"cmp"
	"encoding/hex"
	"errors"
	"strings"
	"time"
)

// idempotencyKey puts the key where the operation says: the caller's or a new
// one, made once a call so that every attempt sends the same.
func (k *call) idempotencyKey(p *params) error {
	rule := k.op.Key
	if rule == nil {
		if k.key != "" {
			return errors.New("the operation takes no idempotency key")
		}
		return nil
	}
	if rule.Body != "" && k.key == "" && p.find(rule.Body) != nil {
		return nil // The caller gave one among the parameters.
	}
	key := k.key
	if key == "" {
		key = newUUID(k.app.cfg.clock.Now(), k.app.cfg.random)
	}
	if rule.Header != "" {
		if strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r > '~' }) {
			return errors.New("an idempotency key must be printable ASCII")
		}
		k.req.header = append(k.req.header, Header{rule.Header, key})
		return nil
	}
	p.set(cmp.Or(rule.Query, rule.Body), quote(key))
	return nil
}

// newUUID returns a UUID of version 7 (RFC 9562, 5.7): it sorts by time and has
// 74 random bits.
func newUUID(now time.Time, random func() float64) string {
	var u [16]byte
	fill(u[:], random)
	ms := now.UnixMilli()
	for i := range 6 {
		u[i] = byte(ms >> (40 - 8*i))
	}
	u[6] = u[6]&0x0f | 0x70
	u[8] = u[8]&0x3f | 0x80
	h := hex.EncodeToString(u[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// randomHex returns 32 random hexadecimal digits.
func randomHex(random func() float64) string {
	var b [16]byte
	fill(b[:], random)
	return hex.EncodeToString(b[:])
}

// fill takes 32 bits from each random number, which has 53.
func fill(b []byte, random func() float64) {
	for len(b) > 0 {
		n := uint32(random() * (1 << 32))
		for i := 0; i < 4 && len(b) > 0; i++ {
			b[0] = byte(n >> (8 * i))
			b = b[1:]
		}
	}
}
