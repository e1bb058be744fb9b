package gauntlet

import (
	"context"
	"net/http"

	"github.com/go-json-experiment/json"

	"github.com/porin-dev/porin/runtime"
)

// This file is what the drivers of generated packages have in common.

// Options sets up the app of a generated package for a target.
func Options(t Target) []runtime.Option {
	opts := []runtime.Option{runtime.WithTransport(t.Transport)}
	for name, url := range t.Servers {
		opts = append(opts, runtime.WithServer(name, url))
	}
	if t.Store != nil {
		opts = append(opts, runtime.WithTokenStore(t.Store))
	}
	if t.Random != nil {
		opts = append(opts, runtime.WithRandom(t.Random))
	}
	if t.MaxWait > 0 {
		opts = append(opts, runtime.WithMaxWait(t.MaxWait))
	}
	if t.Drift != nil || t.Log != nil {
		opts = append(opts, runtime.WithObserver(observer(t)))
	}
	return opts
}

// WebhookSecrets are the secrets of a webhook that count at present, and the
// public keys of webhooks that have those.
func WebhookSecrets(t Target, webhook string) []runtime.Secret {
	var out []runtime.Secret
	for _, s := range t.Secrets[webhook] {
		if s != "" {
			out = append(out, runtime.NewSecret(s))
		}
	}
	return out
}

// WebhookOptions sets up a handler for what its webhook needs besides secrets.
func WebhookOptions(t Target) []runtime.WebhookOption {
	return []runtime.WebhookOption{
		runtime.WithWebhookClient(&http.Client{Transport: t.Transport}),
		runtime.WithWebhookAudience(t.WebhookAudience),
		runtime.WithWebhookToken(runtime.NewSecret(t.WebhookToken)),
		runtime.WithWebhookLearned(func(context.Context, runtime.Secret) error { return nil }),
	}
}

// Received passes an event on as JSON.
func Received(ctx context.Context, fn func(ctx context.Context, id string, event JSON) error, id string, event any) error {
	data, err := json.Marshal(event)
	if err != nil {
		return err
	}
	return fn(ctx, id, data)
}
