package runtime

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// call is the operation that a proof is made with; nil when none is.
func (p *WebhookProof) call() *WebhookCall {
	if p.JWT != nil {
		return p.JWT.Key
	}
	return p.Asked
}

// takesSecret reports whether the provider is told what the receiver was given.
func (c *WebhookCall) takesSecret() bool {
	return slices.ContainsFunc(c.With, func(a WebhookArg) bool {
		return slices.ContainsFunc(a.Value, func(p WebhookPart) bool { return p.From == PartSecret })
	})
}

// askProvider lets the provider say whether a delivery is its own, with each secret until one
// holds. A delivery that lacks a part that is told, or that could not be read if it were
// genuine, is not asked about; nor is any while [maxDoubted] questions of the last minute were
// in vain, so that who keeps forging keeps most real ones waiting, too.
func (r *WebhookReader) askProvider(ctx context.Context, c *WebhookCall, m *message, known []verifier) error {
	if !c.takesSecret() {
		known = []verifier{digestKey{}}
	}
	if _, err := r.webhook.open(m); err != nil {
		return fmt.Errorf("%w: it cannot be read", ErrWebhookSignature)
	}
	if _, err := c.parameters(m, ""); err != nil {
		return fmt.Errorf("%w: %w", ErrWebhookSignature, err)
	}
	if wait, ok := r.doubts.begin(r.set.clock.Now(), len(known)); !ok {
		return &doubtedError{wait}
	}
	genuine := false
	defer func() { r.doubts.end(r.set.clock.Now(), len(known), genuine) }() // Also when the call panics.
	err := r.askWith(ctx, c, m, known)
	genuine = err == nil
	return err
}

// askWith asks with one secret after the other.
func (r *WebhookReader) askWith(ctx context.Context, c *WebhookCall, m *message, known []verifier) error {
	var failed error
	for _, key := range known {
		_, err := r.ask(ctx, c, m, key.secret())
		if err == nil {
			return nil
		}
		if !errors.Is(err, ErrWebhookSignature) {
			failed = err
		}
	}
	return cmp.Or(failed, ErrWebhookSignature)
}

// maxKeyID is how long the name of a key may be.
const maxKeyID = 256

// isKeyID reports whether a text can be the name of a key: some visible ASCII.
func isKeyID(id string) bool {
	return id != "" && len(id) <= maxKeyID && !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' })
}

// askedName is what the key of a token is kept by.
func askedName(id string) string { return "kid:" + id }

// askKey lets the provider tell a key, and keeps the answer for an hour.
func (r *WebhookReader) askKey(ctx context.Context, c *WebhookCall, id string) (*jwk, error) {
	if !isKeyID(id) {
		return nil, fmt.Errorf("%w: the token names no key", ErrWebhookSignature)
	}
	text, err := r.keys.keep(ctx, askedName(id), true, keySetLife, func(ctx context.Context) ([]byte, error) {
		return r.ask(ctx, c, &message{keyID: id}, "")
	})
	if err != nil {
		return nil, err
	}
	key := new(jwk)
	if err := UnmarshalRaw(text, key); err != nil {
		return nil, fmt.Errorf("%w: the key cannot be read", ErrWebhookKeys)
	}
	return key, nil
}

// ask makes the call, and returns what of its answer is asked for.
func (r *WebhookReader) ask(ctx context.Context, c *WebhookCall, m *message, secret string) (Raw, error) {
	in, err := c.parameters(m, secret)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWebhookSignature, err)
	}
	var answer Raw
	if err := r.set.call(ctx, c.Op, in, &answer, nil); err != nil {
		if refusedKey(err) {
			return nil, fmt.Errorf("%w: the provider does not know it", ErrWebhookSignature)
		}
		return nil, fmt.Errorf("%w: %w", ErrWebhookKeys, err)
	}
	if c.Answer != nil && !c.Answer.matches(0, nil, answer) {
		return nil, fmt.Errorf("%w: the provider says so", ErrWebhookSignature)
	}
	if len(c.At) > 0 {
		return lookup(answer, c.At), nil
	}
	return answer, nil
}

// refusedKey reports whether the provider answered that what it was asked about is wrong,
// not that it could not tell.
func refusedKey(err error) bool {
	return errors.Is(err, ErrInvalid) || errors.Is(err, ErrNotFound)
}

// parameters fills the templates.
func (c *WebhookCall) parameters(m *message, secret string) (Raw, error) {
	list := make([]member, 0, len(c.With))
	for _, a := range c.With {
		text, err := m.joinWith(a.Value, secret)
		if err != nil {
			return nil, err
		}
		value := Raw(quote(string(text)))
		if a.JSON {
			if !isJSON(m.body) {
				return nil, errors.New("the body is not JSON")
			}
			value = lookup(m.body, a.Value[0].Path)
		}
		list = append(list, member{a.Name, value})
	}
	return joinMembers(list), nil
}
