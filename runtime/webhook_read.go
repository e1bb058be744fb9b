package runtime

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Errors of [ReadWebhook], possibly wrapped. No text holds a secret, a
// signature or a part of the body.
var (
	// ErrWebhookSignature says that the delivery does not prove where it comes
	// from. Answer 401 and do not look at the body.
	ErrWebhookSignature = errors.New("the delivery is not signed with a known secret")

	// ErrWebhookStale says that a genuine delivery is too old, or from the
	// future: a replay, or a clock that is wrong.
	ErrWebhookStale = errors.New("the delivery is outside of the allowed age")

	// ErrWebhookTooLarge says that the body is over the webhook's limit.
	ErrWebhookTooLarge = errors.New("the delivery is too large")

	// ErrWebhookMalformed says that a genuine delivery could not be read.
	ErrWebhookMalformed = errors.New("the delivery is malformed")

	// ErrWebhookSecret says that the receiver is set up wrongly: it has no
	// secret, an empty one, or one that is not encoded as the webhook says. An
	// empty secret would accept what anybody signs.
	ErrWebhookSecret = errors.New("the webhook has no usable secret")
)

// defaultWebhookBody is the most bytes of a delivery that are read.
const defaultWebhookBody = 1 << 20

// ReadWebhook reads a delivery and checks its origin and age against the clock
// of the system. Any one of secrets may have signed it, so that a secret can be
// rotated; at least one is needed, and none may be empty. The request's body is
// consumed. It answers nothing; see [Handle] for a complete handler.
func ReadWebhook(w *Webhook, r *http.Request, secrets ...Secret) (*Delivery, error) {
	return w.read(r, secrets, time.Now())
}

func (w *Webhook) read(r *http.Request, secrets []Secret, now time.Time) (*Delivery, error) {
	d, err := w.readAt(r, secrets, now)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", w.Name, err)
	}
	return d, nil
}

func (w *Webhook) readAt(r *http.Request, secrets []Secret, now time.Time) (*Delivery, error) {
	keys, err := w.keys(secrets)
	if err != nil {
		return nil, err
	}
	body, err := w.readBody(r)
	if err != nil {
		return nil, err
	}
	m := requestMessage(r, body)
	// The origin comes first: nothing in the body is looked at, and no
	// challenge answered, for somebody unknown.
	if err := w.verify(m, keys, now); err != nil {
		return nil, err
	}
	return w.open(m)
}

// readBody reads at most the webhook's limit.
func (w *Webhook) readBody(r *http.Request) ([]byte, error) {
	limit := w.MaxBody
	if limit <= 0 {
		limit = defaultWebhookBody
	}
	if r.ContentLength > limit {
		return nil, ErrWebhookTooLarge
	}
	if r.Body == nil {
		return nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWebhookMalformed, err)
	}
	if int64(len(body)) > limit {
		return nil, ErrWebhookTooLarge
	}
	return body, nil
}

// open reads what a verified delivery holds.
func (w *Webhook) open(m *message) (*Delivery, error) {
	d := &Delivery{Body: m.body}
	for i := range w.Challenges {
		c := &w.Challenges[i]
		if !c.When.matches(0, m.header, m.body) {
			continue
		}
		reply, err := c.reply(m)
		if err != nil {
			return nil, fmt.Errorf("%w: a handshake: %w", ErrWebhookMalformed, err)
		}
		d.Challenge = reply
		return d, nil
	}
	if len(w.Tag) > 0 && !isJSON(m.body) {
		return nil, fmt.Errorf("%w: the body is not JSON", ErrWebhookMalformed)
	}
	d.Tag, d.ID = textAt(m.body, w.Tag), textAt(m.body, w.ID)
	d.Data = lookup(m.body, w.Data)
	return d, nil
}

// reply fills the challenge's templates.
func (c *Challenge) reply(m *message) (*ChallengeReply, error) {
	r := &ChallengeReply{Status: c.Status, Type: "text/plain; charset=utf-8"}
	if r.Status == 0 {
		r.Status = http.StatusOK
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
		r.Body = append(r.Body, quote(string(text))...)
	}
	r.Body = append(r.Body, '}')
	return r, nil
}
