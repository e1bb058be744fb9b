package runtime

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Defaults of the options.
const (
	DefaultMaxAttempts    = 3
	DefaultMaxWait        = 30 * time.Second
	DefaultMaxResponse    = 32 << 20
	DefaultAttemptTimeout = 60 * time.Second
)

// Option sets up an [App] or a [Client]. WithServer, WithSettings, WithMaxAttempts,
// WithMaxWait, WithMaxResponse and WithAttemptTimeout may be given to either;
// what the clients of an app share may be given to [NewApp] and [NewClient] only.
type Option func(*config) error

// config is what the options say.
type config struct {
	perClient bool // The options are those of a client on an existing app.

	http           *http.Client
	clock          Clock
	random         func() float64
	watch          watcher // Comes with the observer, so that a program without one does not link it.
	store          TokenStore
	sharer         sharer
	liner          liner
	clientID       string
	clientSecret   Secret
	presents       presenter // The certificate of the application.
	servers        map[string]string
	settings       map[string]string
	maxAttempts    int
	maxWait        time.Duration
	plan           string
	attemptTimeout time.Duration // 0 leaves it to the operation.
	maxResponse    int64
	userAgent      string
}

// errShared says that an option came too late.
var errShared = errors.New("is shared by the clients of an app: give it to NewApp")

// shared makes an option that the clients of an app have in common.
func shared(name string, set func(*config) error) Option {
	return func(c *config) error {
		if c.perClient {
			return fmt.Errorf("%s %w", name, errShared)
		}
		return set(c)
	}
}

// WithTransport sends requests through rt, in place of a transport with the
// package's own timeouts. It must be safe for concurrent use.
//
// Requests for tokens go through a copy of rt that makes a connection for each: on one
// that was idle, and which the provider closes at that moment, a refresh token would be
// lost. That takes an [http.Transport]; any other rt is used as it is, and should not
// send a POST to a token endpoint on a connection that was idle.
//
// A client with a client certificate sends through a copy of rt that presents it: rt
// then has to be an [http.Transport] or a [CertificateTransport]. With any other there is
// an error when the client is made.
func WithTransport(rt http.RoundTripper) Option {
	return shared("WithTransport", func(c *config) error {
		if rt == nil {
			return errors.New("WithTransport needs a transport")
		}
		c.http = &http.Client{Transport: rt}
		return nil
	})
}

// WithHTTPClient sends requests through a copy of hc. Its redirect policy is
// not used: redirects are followed within one origin only.
func WithHTTPClient(hc *http.Client) Option {
	return shared("WithHTTPClient", func(c *config) error {
		if hc == nil {
			return errors.New("WithHTTPClient needs a client")
		}
		c.http = hc
		return nil
	})
}

// WithClock replaces the system's clock.
func WithClock(clock Clock) Option {
	return shared("WithClock", func(c *config) error {
		if clock == nil {
			return errors.New("WithClock needs a clock")
		}
		c.clock = clock
		return nil
	})
}

// WithRandom replaces the source of randomness. It returns numbers in [0, 1),
// and must be safe for concurrent use. Jitter and idempotency keys are made
// from it.
func WithRandom(random func() float64) Option {
	return shared("WithRandom", func(c *config) error {
		if random == nil {
			return errors.New("WithRandom needs a source")
		}
		c.random = random
		return nil
	})
}

// WithObserver reports what the clients do to o.
func WithObserver(o Observer) Option {
	return shared("WithObserver", func(c *config) error {
		c.watch = nil
		if o != nil {
			c.watch = watching{o}
		}
		return nil
	})
}

// WithTokenStore keeps the tokens of [App.Connection] in store. The default is
// a [MemoryStore].
func WithTokenStore(store TokenStore) Option {
	return shared("WithTokenStore", func(c *config) error {
		if store == nil {
			return errors.New("WithTokenStore needs a store")
		}
		c.store = store
		return nil
	})
}

// WithOAuthClient names the application to the provider's OAuth 2.0 server.
func WithOAuthClient(clientID string, clientSecret Secret) Option {
	return shared("WithOAuthClient", func(c *config) error {
		c.clientID, c.clientSecret = clientID, clientSecret
		return nil
	})
}

// WithOAuthCertificate has every connection of the app present the application's
// certificate, in PEM with its private key: to prove who it is to a token endpoint that
// wants that (RFC 8705, 2), and to use the tokens that are bound to it (3). The transport
// has to be able to, see [TransportWithCertificate].
//
// After the certificate was replaced, tokens that are bound to the old one are refused
// and renewed as expired ones are. Replicas that share a store should change it together:
// with different ones each would renew the other's tokens.
func WithOAuthCertificate(certificate, key Secret) Option {
	return shared("WithOAuthCertificate", func(c *config) error {
		switch cred := ClientCertificate(certificate, key).(type) {
		case brokenCredential:
			return cred.err
		case presenter:
			c.presents = cred
		}
		return nil
	})
}

// WithServer replaces the base URL of the server with that name, for a proxy,
// a sandbox or a test. Given to [NewApp], OAuth 2.0 addresses that lie under
// that server follow it, and the names oauth.authorize, oauth.pushed and
// oauth.token replace just these addresses; given to a client of an app, it is about calls alone.
func WithServer(name, baseURL string) Option {
	return func(c *config) error {
		c.servers = with(c.servers, map[string]string{name: baseURL})
		return nil
	}
}

// WithSettings sets facts of the connection, such as a subdomain, that the
// addresses of servers are made with. Further calls add to it.
func WithSettings(settings map[string]string) Option {
	return func(c *config) error {
		c.settings = with(c.settings, settings)
		return nil
	}
}

// WithMaxAttempts sets how many requests a call may make at most. Without it that is
// what the operation says or else [DefaultMaxAttempts]; with it, the smaller of
// n and what the operation says. With 1 nothing is sent again, but for the one
// retry after a token was renewed.
//
// Refusals by a rate limit that say how long to wait do not count; there may
// be [MaxThrottled] of them in a call. Without it this goes for those that do not say
// it, too. A further bound is the retry budget of each account: when most of its
// calls fail, calls are not retried at all.
func WithMaxAttempts(n int) Option {
	return func(c *config) error {
		if n < 1 {
			return errors.New("WithMaxAttempts needs at least 1")
		}
		c.maxAttempts = n
		return nil
	}
}

// WithMaxWait sets how long a call may wait at once, for a limit or before a
// retry; the default is [DefaultMaxWait]. When it would have to wait longer, it
// fails at once and says until when in [APIError.RetryAt].
func WithMaxWait(d time.Duration) Option {
	return func(c *config) error {
		if d < 0 {
			return errors.New("WithMaxWait needs a wait of 0 or more")
		}
		c.maxWait = d
		return nil
	}
}

// WithPlan names the plan that the connection is on, for limits that differ by it.
// A plan that a limit does not know leaves it as it is for everybody.
func WithPlan(name string) Option {
	return func(c *config) error {
		c.plan = name
		return nil
	}
}

// WithAttemptTimeout sets how long one request may take, reading the response
// included, whatever the spec says of an operation; the default is that of the spec,
// and else [DefaultAttemptTimeout].
func WithAttemptTimeout(d time.Duration) Option {
	return func(c *config) error {
		if d <= 0 {
			return errors.New("WithAttemptTimeout needs more than 0")
		}
		c.attemptTimeout = d
		return nil
	}
}

// WithMaxResponse sets the size in bytes, decompressed, over which a response
// fails with [ErrResponseTooLarge]; the default is [DefaultMaxResponse].
func WithMaxResponse(bytes int64) Option {
	return func(c *config) error {
		if bytes < 1 {
			return errors.New("WithMaxResponse needs at least 1 byte")
		}
		c.maxResponse = bytes
		return nil
	}
}

// WithUserAgent sets the User-Agent header.
func WithUserAgent(s string) Option {
	return shared("WithUserAgent", func(c *config) error {
		c.userAgent = s
		return nil
	})
}

// CallOption sets up one call.
type CallOption func(*call)

// At continues a list at [Page.Next], or at [APIError.Page] after an error.
func At(next string) CallOption { return func(c *call) { c.at = next } }

// WithResponse fills r with what is known of the last response, whether the
// call succeeds or fails.
func WithResponse(r *Response) CallOption { return func(c *call) { c.response = r } }

// WithIdempotencyKey sends key in place of a random one, so that the call can
// be made again after a crash. Only operations that take a key accept it.
func WithIdempotencyKey(key string) CallOption { return func(c *call) { c.key = key } }

// with returns a copy of m with the members of add.
func with(m, add map[string]string) map[string]string {
	out := make(map[string]string, len(m)+len(add))
	for k, v := range m {
		out[k] = v
	}
	for k, v := range add {
		out[k] = v
	}
	return out
}
