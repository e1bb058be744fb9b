package runtime

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// Handle returns a handler of the webhook's deliveries. A delivery that proves
// its origin is decoded and given to fn, and acknowledged when fn returns nil.
// Providers wait some seconds only, so fn should put the event into a queue and
// return. Its context is not cancelled when the provider stops waiting: what
// was begun is finished, and the redelivery is recognised by its id.
//
// The answers: the webhook's status when the delivery is handled, or was
// before; 401 when it is forged or stale; 413 when it is too large; 400 when it
// cannot be read; 500 when fn fails, so that the provider delivers again; 503
// while another request is at the same delivery, or the provider's keys cannot be
// fetched, or too many deliveries that the provider was asked about proved nothing:
// then Retry-After says how long. The order of deliveries is
// whatever the provider makes of it.
//
// The secrets are those of [NewWebhookReader]; Handle returns [ErrWebhookSecret]
// when they could not be used.
func Handle[E any](w *Webhook, secrets []Secret, decode func(*Delivery) (E, error), fn func(context.Context, E) error, opts ...WebhookOption) (http.Handler, error) {
	return w.handler(secrets, opts, func(ctx context.Context, d *Delivery) error {
		event, err := decode(d)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrWebhookMalformed, err)
		}
		return fn(ctx, event)
	})
}

// webhookHandler is the handler of [Handle] without its type parameter.
type webhookHandler struct {
	*WebhookReader
	seen   Deduper
	failed func(context.Context, error)
	handle func(context.Context, *Delivery) error
}

func (w *Webhook) handler(secrets []Secret, opts []WebhookOption, handle func(context.Context, *Delivery) error) (http.Handler, error) {
	r, err := NewWebhookReader(w, secrets, opts...)
	if err != nil {
		return nil, err
	}
	h := &webhookHandler{WebhookReader: r, seen: r.set.seen, failed: r.set.failed, handle: handle}
	if h.seen == nil {
		h.seen = NewMemoryDeduper(0)
	}
	return h, nil
}

// ServeHTTP answers one delivery.
func (h *webhookHandler) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	d, err := h.Read(r)
	switch {
	case err != nil:
		h.fail(rw, r, err)
	case d.Challenge != nil:
		d.Challenge.write(rw)
	default:
		if err := h.each(context.WithoutCancel(r.Context()), d); err != nil {
			h.fail(rw, r, err)
			return
		}
		h.acknowledge(rw)
	}
}

// write answers with the reply.
func (c *ChallengeReply) write(rw http.ResponseWriter) {
	for name, values := range c.Header {
		rw.Header()[name] = values
	}
	rw.Header().Set("Content-Type", c.Type)
	rw.Header().Set("X-Content-Type-Options", "nosniff")
	rw.WriteHeader(c.Status)
	_, _ = rw.Write(c.Body)
}

func (h *webhookHandler) acknowledge(rw http.ResponseWriter) {
	status := h.webhook.Status
	if status == 0 {
		status = http.StatusOK
	}
	rw.WriteHeader(status)
}

// errWebhookBusy says that another request is at the same delivery. It may yet
// fail, so this one is not acknowledged.
var errWebhookBusy = errors.New("the delivery is being handled by another request")

// each handles the events of a delivery. One that fails is no reason to leave out
// those behind it: the provider delivers all again, and those that were handled are
// known by their ids.
func (h *webhookHandler) each(ctx context.Context, d *Delivery) error {
	if !h.webhook.Many {
		return h.once(ctx, d)
	}
	var failed error
	for _, event := range d.Events {
		if err := h.once(ctx, event); err != nil && failed == nil {
			failed = err
		}
	}
	return failed
}

// once handles a delivery unless that was done before.
func (h *webhookHandler) once(ctx context.Context, d *Delivery) error {
	if d.ID == "" {
		return h.handle(ctx, d)
	}
	claim, err := h.seen.Claim(ctx, d.ID)
	switch {
	case err != nil:
		return fmt.Errorf("%s: claim the delivery: %w", h.webhook.Name, err)
	case claim == ClaimBusy:
		return errWebhookBusy
	case claim == ClaimHandled:
		return nil
	}
	handled := false
	// Deferred, so that a panic of the application's function gives the
	// delivery back. A claim that cannot be settled expires.
	defer func() { _ = h.seen.Settle(ctx, d.ID, handled) }()
	err = h.handle(ctx, d)
	handled = err == nil
	return err
}

// fail answers a delivery that is not acknowledged. The answer is a fixed
// text: it goes to whoever asked.
func (h *webhookHandler) fail(rw http.ResponseWriter, r *http.Request, err error) {
	if h.failed != nil {
		h.failed(r.Context(), err)
	}
	status := http.StatusInternalServerError
	switch {
	case errors.Is(err, ErrWebhookSignature), errors.Is(err, ErrWebhookStale):
		status = http.StatusUnauthorized
	case errors.Is(err, ErrWebhookTooLarge):
		status = http.StatusRequestEntityTooLarge
		rw.Header().Set("Connection", "close") // The rest of the body is not read.
	case errors.Is(err, ErrWebhookMalformed):
		status = http.StatusBadRequest
	case errors.Is(err, errWebhookBusy), errors.Is(err, ErrWebhookKeys):
		status = http.StatusServiceUnavailable
		rw.Header().Set("Retry-After", "1")
		if over := (*doubtedError)(nil); errors.As(err, &over) {
			rw.Header().Set("Retry-After", over.retryAfter())
		}
	}
	http.Error(rw, http.StatusText(status), status)
}
