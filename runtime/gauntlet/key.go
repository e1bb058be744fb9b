package gauntlet

import (
	"context"

	"github.com/porin-dev/porin/runtime"
)

type idempotencyKey struct{}

// WithKey asks for a call under ctx to be sent with an idempotency key of the caller's.
func WithKey(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, idempotencyKey{}, key)
}

// KeyOf is the idempotency key that a call under ctx is to be sent with; "" leaves it to
// the library.
func KeyOf(ctx context.Context) string {
	key, _ := ctx.Value(idempotencyKey{}).(string)
	return key
}

// keyed is the option that a call is sent with, where its caller has a key.
func keyed(ctx context.Context) []runtime.CallOption {
	if key := KeyOf(ctx); key != "" {
		return []runtime.CallOption{runtime.WithIdempotencyKey(key)}
	}
	return nil
}
