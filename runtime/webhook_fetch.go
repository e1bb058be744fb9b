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
	"time"
)

// What is fetched for a delivery that is not proved yet is bounded.
const (
	maxKeyBytes   = 64 << 10
	maxKeyAddress = 2 << 10
	fetchTimeout  = 5 * time.Second
)

// get returns what is at an address, from one of the hosts. One that was told is named
// by a delivery that is not proved.
func (k *keyStore) get(ctx context.Context, address string, told bool, hosts []string) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil || len(address) > maxKeyAddress || !isAt(u, hosts) {
		return nil, fmt.Errorf("%w: the address of its key is not the provider's", ErrWebhookSignature)
	}
	return k.keep(ctx, address, told, keyLife, func(ctx context.Context) ([]byte, error) { return k.ask(ctx, address) })
}

// ask makes the request for a key. Its errors match [ErrWebhookKeys].
func (k *keyStore) ask(ctx context.Context, address string) ([]byte, error) {
	text, err := k.request(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWebhookKeys, err)
	}
	return text, nil
}

// request makes the request. A redirect is not followed: it could lead anywhere.
func (k *keyStore) request(ctx context.Context, address string) ([]byte, error) {
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

// proveFetched checks a signature with the key that the delivery names. What costs nothing
// is looked at before the key is asked for.
func (r *WebhookReader) proveFetched(ctx context.Context, s *WebhookSignature, m *message, now time.Time) error {
	address := textAt(m.body, s.Key.Fetch.URL)
	switch {
	case address == "":
		return fmt.Errorf("%w: it names no key", ErrWebhookSignature)
	case len(s.signatures(m)) == 0:
		return fmt.Errorf("%w: %s has none", ErrWebhookSignature, s.place())
	case s.Age != nil:
		if err := s.Age.check(m, now); err != nil {
			return err
		}
	}
	text, err := r.keys.get(ctx, address, true, s.Key.Fetch.Hosts)
	if err != nil {
		return err
	}
	if len(s.Key.Fetch.At) > 0 {
		text = []byte(textAt(text, s.Key.Fetch.At))
	}
	v, err := s.verifier(string(text))
	if err != nil {
		return fmt.Errorf("%w: the key cannot be read", ErrWebhookKeys)
	}
	if err := s.verify(m, []verifier{v}, now); err != nil {
		return err
	}
	r.keys.trust(address)
	return nil
}
