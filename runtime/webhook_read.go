package runtime

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"
)

// Errors of a [WebhookReader], possibly wrapped. No text holds a secret, a
// signature or a part of the body.
var (
	// ErrWebhookSignature says that the delivery does not prove where it comes
	// from. Answer 401 and do not look at the body.
	ErrWebhookSignature = errors.New("the delivery is not signed with a known secret")

	// ErrWebhookStale says that a delivery is too old, or from the future: a
	// replay, or a clock that is wrong. It is genuine, unless its key would have
	// to be fetched: for what is stale nobody is asked.
	ErrWebhookStale = errors.New("the delivery is outside of the allowed age")

	// ErrWebhookTooLarge says that the body is over the webhook's limit.
	ErrWebhookTooLarge = errors.New("the delivery is too large")

	// ErrWebhookMalformed says that a genuine delivery could not be read.
	ErrWebhookMalformed = errors.New("the delivery is malformed")

	// ErrWebhookSecret says that the receiver is set up wrongly: it has no
	// secret, an empty one, or one that is not encoded as the webhook says. An
	// empty secret would accept what anybody signs.
	ErrWebhookSecret = errors.New("the webhook has no usable secret")

	// ErrWebhookKeys says that what proves the delivery could not be fetched
	// from the provider, or is not asked for now because deliveries name too many
	// keys that nobody knows, or too many that the provider was asked about in the
	// last minute proved nothing. Answer 503, so that the provider delivers again.
	ErrWebhookKeys = errors.New("the keys of the webhook cannot be fetched")
)

// defaultWebhookBody is the most bytes of a delivery that are read.
const defaultWebhookBody = 1 << 20

// WebhookReader reads the deliveries of one webhook. It keeps the keys that it
// fetched, and is safe for concurrent use.
type WebhookReader struct {
	webhook *Webhook
	set     webhookSettings
	keys    keyStore
	doubts  doubts

	mu      sync.RWMutex
	secrets []Secret
	known   [][]verifier // Of each proof, from the secrets.
}

// NewWebhookReader returns a reader. Any one of the secrets may have signed a
// delivery, so that a secret can be rotated; schemes with a public key take
// that in place of a secret. Where secrets are needed there has to be one, and
// none may be empty: [ErrWebhookSecret]. A webhook that tells its secret in a
// handshake needs none at first.
func NewWebhookReader(w *Webhook, secrets []Secret, opts ...WebhookOption) (*WebhookReader, error) {
	r := &WebhookReader{webhook: w, set: newWebhookSettings(opts)}
	r.keys = keyStore{client: r.set.client, now: r.set.clock.Now}
	if err := r.setSecrets(secrets); err != nil {
		return nil, fmt.Errorf("%s: %w", w.Name, err)
	}
	if err := r.set.enough(w); err != nil {
		return nil, fmt.Errorf("%s: %w", w.Name, err)
	}
	return r, nil
}

// ReadWebhook reads one delivery and checks its origin, and its age against the
// clock of the system: a [WebhookReader] for one request. Keys that it fetches
// are forgotten, so that each delivery, forged or not, costs a request to the
// provider where keys are fetched. It answers nothing; see [Handle] for a
// complete handler.
func ReadWebhook(w *Webhook, req *http.Request, secrets ...Secret) (*Delivery, error) {
	r, err := NewWebhookReader(w, secrets)
	if err != nil {
		return nil, err
	}
	return r.Read(req)
}

// Read reads a delivery, and checks its origin and age. The request's body is
// consumed.
func (r *WebhookReader) Read(req *http.Request) (*Delivery, error) {
	d, err := r.read(req)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.webhook.Name, err)
	}
	return d, nil
}

func (r *WebhookReader) read(req *http.Request) (*Delivery, error) {
	body, err := r.webhook.readBody(req)
	if err != nil {
		return nil, err
	}
	m := requestMessage(req, body)
	if r.set.url != nil {
		m.deliveredTo(r.set.url)
	}
	// The origin comes first: nothing in the body is looked at for somebody
	// unknown, but for the handshakes that say so.
	ctx := req.Context()
	if c := r.webhook.challenge(m, true); c != nil {
		return r.answer(ctx, c, m)
	}
	if err := r.prove(ctx, m); err != nil {
		return nil, err
	}
	if c := r.webhook.challenge(m, false); c != nil {
		return r.answer(ctx, c, m)
	}
	return r.webhook.open(m)
}

// setSecrets makes the secrets ready.
func (r *WebhookReader) setSecrets(secrets []Secret) error {
	known, err := r.webhook.verifiers(secrets)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.secrets, r.known = secrets, known
	return nil
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
	d, doc := &Delivery{Body: m.body}, Raw(m.body)
	if w.Form {
		form, err := url.ParseQuery(string(m.body))
		if err != nil {
			return nil, fmt.Errorf("%w: the body is no form", ErrWebhookMalformed)
		}
		doc = formObject(form)
		d.Data = doc
	}
	if w.reads() && !isJSON(doc) {
		return nil, fmt.Errorf("%w: the body is not JSON", ErrWebhookMalformed)
	}
	if w.Many {
		return d, w.openEach(d, doc)
	}
	d.Tag = cmp.Or(m.header.Get(w.TagHeader), textAt(doc, w.Tag))
	d.ID = cmp.Or(m.header.Get(w.IDHeader), textAt(doc, w.ID))
	if len(w.Data) > 0 {
		d.Data = lookup(doc, w.Data)
	}
	return d, nil
}

// openEach reads the events that a delivery lists.
func (w *Webhook) openEach(d *Delivery, doc Raw) error {
	events, err := w.list(doc)
	if err != nil {
		return err
	}
	for _, event := range events {
		e := &Delivery{Body: event, Tag: textAt(event, w.Tag), ID: textAt(event, w.ID)}
		if len(w.Data) > 0 {
			e.Data = lookup(event, w.Data)
		}
		d.Events = append(d.Events, e)
	}
	return nil
}

// list returns the events that a body lists.
func (w *Webhook) list(doc Raw) ([]Raw, error) {
	list := doc
	if len(w.Each) > 0 {
		list = lookup(doc, w.Each)
	}
	if list.Kind() != '[' {
		return nil, fmt.Errorf("%w: it lists no events", ErrWebhookMalformed)
	}
	return elements(list), nil
}

// reads reports whether something of the body is looked for.
func (w *Webhook) reads() bool { return len(w.Tag)+len(w.ID)+len(w.Data)+len(w.TagHeader) > 0 }

// formObject is a form as an object of texts. Of a parameter that comes several
// times, it has the first.
func formObject(form url.Values) Raw {
	b := []byte{'{'}
	for i, name := range slices.Sorted(maps.Keys(form)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendQuote(b, name), ':')
		b = appendQuote(b, form.Get(name))
	}
	return append(b, '}')
}

// answer fills the reply of a handshake, after what it is proved by.
func (r *WebhookReader) answer(ctx context.Context, c *Challenge, m *message) (*Delivery, error) {
	if c.Token != "" && !r.set.token.Equal(NewSecret(m.query(c.Token))) {
		return nil, fmt.Errorf("%w: the parameter %s is another", ErrWebhookSignature, c.Token)
	}
	if c.Learn != nil {
		if err := r.learn(ctx, c.Learn, m); err != nil {
			return nil, err
		}
	}
	if c.Confirm != nil {
		if _, err := r.keys.get(ctx, textAt(m.body, c.Confirm.URL), c.unproved(), c.Confirm.Hosts); err != nil {
			return nil, err
		}
	}
	if c.Sign != nil {
		if err := r.signReply(c.Sign, m); err != nil {
			return nil, err
		}
	}
	reply, err := c.reply(m)
	if err != nil {
		return nil, fmt.Errorf("%w: a handshake: %w", ErrWebhookMalformed, err)
	}
	return &Delivery{Body: m.body, Challenge: reply}, nil
}

// learn takes the secret that a handshake tells, if the application agrees.
func (r *WebhookReader) learn(ctx context.Context, from *Source, m *message) error {
	secret := NewSecret(m.header.Get(from.Header))
	if from.Header == "" {
		secret = NewSecret(textAt(m.body, from.Body))
	}
	if r.set.learned == nil || secret.IsZero() {
		return fmt.Errorf("%w: nobody waits for its secret", ErrWebhookSignature)
	}
	if err := r.set.learned(ctx, secret); err != nil {
		return fmt.Errorf("%w: %w", ErrWebhookSignature, err)
	}
	r.mu.RLock()
	secrets := append([]Secret{secret}, r.secrets...)
	r.mu.RUnlock()
	return r.setSecrets(secrets[:min(len(secrets), maxLearned)])
}

// maxLearned bounds the secrets that a reader learnt and was given.
const maxLearned = 16
