package runtime

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
)

// WebhookOption sets up a [WebhookReader], or a handler of [Handle].
type WebhookOption func(*webhookSettings)

type webhookSettings struct {
	clock    Clock
	client   *http.Client
	url      *url.URL
	audience string
	token    Secret
	call     func(ctx context.Context, op *Op, in, out any, opts []CallOption) error
	learned  func(context.Context, Secret) error

	// Of a handler.
	seen   Deduper
	failed func(context.Context, error)
}

func newWebhookSettings(opts []WebhookOption) webhookSettings {
	s := webhookSettings{clock: systemClock{}, client: http.DefaultClient}
	for _, opt := range opts {
		opt(&s)
	}
	return s
}

// WithWebhookClock replaces the system's clock for the age of deliveries.
func WithWebhookClock(c Clock) WebhookOption { return func(s *webhookSettings) { s.clock = c } }

// WithWebhookClient sets the client that fetches the provider's keys, of which
// the transport is used. Without, it is that of [http.DefaultClient].
func WithWebhookClient(c *http.Client) WebhookOption {
	return func(s *webhookSettings) { s.client = c }
}

// WithWebhookURL sets the address that the provider was told to deliver to, for
// schemes that sign it. Without, it is the request's host and target under https,
// which is wrong behind a proxy that changes either.
func WithWebhookURL(u *url.URL) WebhookOption { return func(s *webhookSettings) { s.url = u } }

// WithWebhookAudience sets the audience that tokens of deliveries have to name,
// as it was registered with the provider.
func WithWebhookAudience(audience string) WebhookOption {
	return func(s *webhookSettings) { s.audience = audience }
}

// WithWebhookToken sets the token that a handshake has to repeat.
func WithWebhookToken(token Secret) WebhookOption {
	return func(s *webhookSettings) { s.token = token }
}

// WithWebhookCaller sets the function that asks the provider about deliveries, where it
// proves them so: the Do of a client. Handlers of generated packages set that of the
// client that they are given.
func WithWebhookCaller(call func(ctx context.Context, op *Op, in, out any, opts []CallOption) error) WebhookOption {
	return func(s *webhookSettings) { s.call = call }
}

// WithWebhookLearned lets f keep the secret that a handshake tells. Whoever
// reaches the endpoint can send a handshake, so f returns an error when the
// application did not just subscribe; the secret is then not used.
func WithWebhookLearned(f func(context.Context, Secret) error) WebhookOption {
	return func(s *webhookSettings) { s.learned = f }
}

// WithDeduper replaces the handler's own [MemoryDeduper].
func WithDeduper(d Deduper) WebhookOption { return func(s *webhookSettings) { s.seen = d } }

// WithWebhookErrors tells f of every delivery that a handler does not
// acknowledge, and why. It is called on the goroutine of the request.
func WithWebhookErrors(f func(context.Context, error)) WebhookOption {
	return func(s *webhookSettings) { s.failed = f }
}

// enough reports whether what the webhook's proofs need was given.
func (s *webhookSettings) enough(w *Webhook) error {
	for i := range w.Proofs {
		p := &w.Proofs[i]
		switch {
		case p.JWT != nil && p.JWT.Audience && s.audience == "":
			return fmt.Errorf("%w: WithWebhookAudience has to say whom tokens are for", ErrWebhookSecret)
		case p.call() != nil && s.call == nil:
			return fmt.Errorf("%w: WithWebhookCaller has to ask the provider", ErrWebhookSecret)
		}
	}
	for i := range w.Challenges {
		if w.Challenges[i].Token != "" && s.token.IsZero() {
			return fmt.Errorf("%w: WithWebhookToken has to name the token of the handshake", ErrWebhookSecret)
		}
	}
	return nil
}
