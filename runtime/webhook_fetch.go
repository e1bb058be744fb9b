package runtime

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// What is fetched for a delivery that is not proved yet is bounded.
const (
	maxKeyBytes  = 64 << 10
	maxKeys      = 64
	keyLife      = 24 * time.Hour
	failureLife  = 10 * time.Second
	fetchTimeout = 5 * time.Second
)

// keyStore fetches keys over TLS and keeps them for a day. It is safe for
// concurrent use.
type keyStore struct {
	client *http.Client
	now    func() time.Time

	mu   sync.Mutex
	kept map[string]keptKey
}

type keptKey struct {
	text  []byte
	err   error
	asked time.Time
}

// get returns what is at an address, from one of the hosts.
func (k *keyStore) get(ctx context.Context, address string, hosts []string) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil || !isAt(u, hosts) {
		return nil, fmt.Errorf("%w: the address of its key is not the provider's", ErrWebhookSignature)
	}
	return k.keep(address, keyLife, func() ([]byte, error) { return k.ask(ctx, address) })
}

// keep returns what ask gave within life, or asks. A failure is kept for some
// seconds, so that forged deliveries do not become requests to the provider.
func (k *keyStore) keep(name string, life time.Duration, ask func() ([]byte, error)) ([]byte, error) {
	k.mu.Lock()
	kept, ok := k.kept[name]
	k.mu.Unlock()
	if kept.err != nil {
		life = min(life, failureLife)
	}
	if ok && k.now().Sub(kept.asked) < life {
		return kept.text, kept.err
	}
	text, err := ask()
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrWebhookKeys, err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept == nil || len(k.kept) >= maxKeys {
		k.kept = map[string]keptKey{}
	}
	k.kept[name] = keptKey{text, err, k.now()}
	return text, err
}

// ask makes the request. A redirect is not followed: it could lead anywhere.
func (k *keyStore) ask(ctx context.Context, address string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, errors.New("the address cannot be read")
	}
	client := http.Client{Transport: k.client.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxKeyBytes+1))
	switch {
	case err != nil:
		return nil, err
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("the provider answered %d", resp.StatusCode)
	case len(text) > maxKeyBytes:
		return nil, errors.New("the answer is too large")
	}
	return text, nil
}

// isAt reports whether an address is one of the hosts, over TLS at its own port.
func isAt(u *url.URL, hosts []string) bool {
	if u.Scheme != "https" || u.User != nil || u.Port() != "" && u.Port() != "443" {
		return false
	}
	return slices.ContainsFunc(hosts, func(h string) bool { return hostMatches(h, u.Hostname()) })
}

// hostMatches reports whether a host is of the pattern, in which a label of "*"
// stands for any one label.
func hostMatches(pattern, host string) bool {
	want, got := strings.Split(strings.ToLower(pattern), "."), strings.Split(strings.ToLower(host), ".")
	return slices.EqualFunc(want, got, func(w, g string) bool { return w == g || w == "*" && g != "" })
}

// fetchVerifier fetches the key that a delivery names.
func (r *WebhookReader) fetchVerifier(ctx context.Context, s *WebhookSignature, m *message) (verifier, error) {
	address := textAt(m.body, s.Key.Fetch.URL)
	if address == "" {
		return nil, fmt.Errorf("%w: it names no key", ErrWebhookSignature)
	}
	text, err := r.keys.get(ctx, address, s.Key.Fetch.Hosts)
	if err != nil {
		return nil, err
	}
	if len(s.Key.Fetch.At) > 0 {
		text = []byte(textAt(text, s.Key.Fetch.At))
	}
	v, err := s.verifier(string(text))
	if err != nil {
		return nil, fmt.Errorf("%w: the key cannot be read", ErrWebhookKeys)
	}
	return v, nil
}
