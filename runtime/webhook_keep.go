package runtime

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

const (
	maxKeys     = 64 // Beyond which one that proved nothing goes.
	maxAsked    = 10 // Keys in a minute, of those that proved nothing yet.
	keyLife     = 24 * time.Hour
	failureLife = 10 * time.Second
)

// keyStore asks for keys and keeps them for a while. It is safe for concurrent use.
//
// A key is told by a delivery before that proves anything, so whoever reaches the
// endpoint can name any number of them. Of names that have proved nothing some are
// asked about in a minute, and they do not displace those that have.
type keyStore struct {
	client *http.Client
	now    func() time.Time

	mu    sync.Mutex
	kept  map[string]*keptKey
	asked []time.Time // When names were asked about that had proved nothing.
}

type keptKey struct {
	text   []byte
	at     time.Time // Of the text.
	err    error     // Of the last question, when it failed.
	failed time.Time
	proved bool          // It is the spec's, or a delivery was genuine by it.
	asking chan struct{} // Closed when there is an answer; nil when nobody asks.
}

// keep returns what ask gave within life, or asks: once for all who wait. A failure is
// kept for some seconds. A name that was told is the delivery's, not the spec's. Who
// asks does not stop when the sender of the delivery hangs up: the answer is for others, too.
func (k *keyStore) keep(ctx context.Context, name string, told bool, life time.Duration, ask func(context.Context) ([]byte, error)) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for {
		kept, now := k.kept[name], k.now()
		switch {
		case kept == nil:
		case now.Sub(kept.at) < life:
			return kept.text, nil
		case kept.asking != nil:
			if err := k.await(ctx, kept.asking); err != nil {
				return nil, err
			}
			continue
		case kept.err != nil && now.Sub(kept.failed) < failureLife:
			return nil, kept.err
		}
		if told && (kept == nil || !kept.proved) && !k.spend(now) {
			return nil, fmt.Errorf("%w: too many that have proved nothing are asked for", ErrWebhookKeys)
		}
		if kept == nil {
			kept = k.add(name, now)
		}
		kept.proved = kept.proved || !told
		return k.question(ctx, kept, ask)
	}
}

// question asks, while others may use the store.
func (k *keyStore) question(ctx context.Context, kept *keptKey, ask func(context.Context) ([]byte, error)) ([]byte, error) {
	kept.asking = make(chan struct{})
	defer func() {
		close(kept.asking)
		kept.asking = nil
	}()
	text, err := func() ([]byte, error) {
		k.mu.Unlock()
		defer k.mu.Lock()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchTimeout)
		defer cancel()
		return ask(ctx)
	}()
	if err == nil {
		kept.text, kept.at, kept.err = text, k.now(), nil
		return text, nil
	}
	kept.err, kept.failed = err, k.now()
	if errors.Is(err, ErrWebhookSignature) { // The provider does not know it, or no longer.
		kept.text, kept.at, kept.proved = nil, time.Time{}, false
	}
	return nil, err
}

// await waits for the answer to somebody else's question.
func (k *keyStore) await(ctx context.Context, answer <-chan struct{}) error {
	k.mu.Unlock()
	defer k.mu.Lock()
	select {
	case <-answer:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", ErrWebhookKeys, ctx.Err())
	}
}

// spend reports whether a name that proved nothing may be asked about now.
func (k *keyStore) spend(now time.Time) bool {
	k.asked = slices.DeleteFunc(k.asked, func(t time.Time) bool { return now.Sub(t).Abs() >= time.Minute })
	if len(k.asked) >= maxAsked {
		return false
	}
	k.asked = append(k.asked, now)
	return true
}

// add makes room for a name: what proved nothing goes, or not for a day.
func (k *keyStore) add(name string, now time.Time) *keptKey {
	if k.kept == nil {
		k.kept = map[string]*keptKey{}
	}
	if len(k.kept) >= maxKeys {
		for other, kept := range k.kept {
			if kept.asking == nil && (!kept.proved || now.Sub(kept.at) > keyLife) {
				delete(k.kept, other)
				break
			}
		}
	}
	kept := &keptKey{}
	k.kept[name] = kept
	return kept
}

// trust says that a delivery was genuine by the key of that name.
func (k *keyStore) trust(name string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if kept := k.kept[name]; kept != nil {
		kept.proved = true
	}
}
