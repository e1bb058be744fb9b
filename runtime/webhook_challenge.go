package runtime

import (
	"cmp"
	"crypto/hmac"
	"net/http"
)

// challenge returns the handshake that the message is, if any: one that is
// proved as deliveries are, or one that is not.
func (w *Webhook) challenge(m *message, unproved bool) *Challenge {
	for i := range w.Challenges {
		c := &w.Challenges[i]
		if c.unproved() == unproved && c.is(m) {
			return c
		}
	}
	return nil
}

// unproved reports whether the handshake comes without the proof of a delivery.
func (c *Challenge) unproved() bool { return c.Open || c.Token != "" || c.Learn != nil }

func (c *Challenge) is(m *message) bool {
	if m.method != cmp.Or(c.Method, http.MethodPost) || !c.When.matches(0, m.header, m.body) {
		return false
	}
	if len(c.Query) == 0 {
		return true
	}
	query := When{Header: c.Query} // Parameters are looked up as headers are.
	return query.matches(0, m.parameters(), nil)
}

// reply fills the challenge's templates.
func (c *Challenge) reply(m *message) (*ChallengeReply, error) {
	r := &ChallengeReply{Status: cmp.Or(c.Status, http.StatusOK), Type: "text/plain; charset=utf-8", Header: http.Header{}}
	for _, h := range c.Header {
		text, err := m.join(h.Value)
		if err != nil {
			return nil, err
		}
		r.Header.Set(h.Name, string(text))
	}
	if len(c.JSON) == 0 {
		text, err := m.join(c.Text)
		r.Body = text
		return r, err
	}
	r.Type = "application/json"
	for i, member := range c.JSON {
		text, err := m.join(member.Value)
		if err != nil {
			return nil, err
		}
		r.Body = append(r.Body, "{,"[min(i, 1)])
		r.Body = append(append(r.Body, quote(member.Name)...), ':')
		if member.Literal != "" {
			r.Body = append(r.Body, member.Literal...)
			continue
		}
		r.Body = append(r.Body, quote(string(text))...)
	}
	r.Body = append(r.Body, '}')
	return r, nil
}

// signReply computes what PartSigned stands for, with the newest secret.
func (r *WebhookReader) signReply(p *ChallengeProof, m *message) error {
	signed, err := m.join(p.Signed)
	if err != nil {
		return err
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	mac := hmac.New(p.Hash.new(), []byte(r.secrets[0].Reveal()))
	_, _ = mac.Write(signed)
	m.signed = p.Encoding.encode(mac.Sum(nil))
	return nil
}
