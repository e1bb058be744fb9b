// Package runtime is what generated clients are made of. Generated packages
// hold the facts of a provider as data, an [API] and its [Op] values; this
// package does the work: [Client.Do] builds a request, keeps to the limits,
// authorizes, sends, classifies the answer, waits and retries, and decodes.
//
// Nothing here is global. What belongs to an application is made once, in an
// [App], and shared by the clients of its connections; a [Client] is cheap.
package runtime

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// GeneratedCodeV1 is referred to by generated packages of version 1. A package
// that does not compile because it is undefined needs a newer runtime.
const GeneratedCodeV1 = true

// App is what the connections of an application share: the transport, the
// state of rate limits and retry budgets, the token store, the OAuth client.
// Make one per API and process. It is safe for concurrent use.
type App struct {
	api     *API
	cfg     config
	http    *http.Client
	limits  limiter
	budgets budgets
	own     addresses // Of clients without options.
	plans   sync.Map  // *Op to *plan
	drift   driftLog
	audits  sync.Pool // Of *audit.
	tokens  tokenKeeper
	proofs  any // A *proofKeeper, of which programs without a [Proof] link nothing.

	storeOnce   sync.Once
	proofOnce   sync.Once
	tokenOnce   sync.Once
	tokenClient *http.Client // See [App.tokenHTTP].

	presentingMu sync.Mutex
	presenting   map[[sha256.Size]byte]*http.Client // By the digest of what they present.
}

// NewApp returns an app. It makes no request.
func NewApp(api *API, opts ...Option) (*App, error) {
	if api == nil || len(api.Servers) == 0 {
		return nil, errors.New("an app needs an API with a server")
	}
	a := &App{api: api, cfg: config{
		clock: systemClock{}, random: rand.Float64, userAgent: "porin-" + api.Name,
		maxWait:     DefaultMaxWait,
		maxResponse: DefaultMaxResponse,
	}}
	if err := a.cfg.apply(api, opts); err != nil {
		return nil, err
	}
	if a.cfg.http == nil {
		a.cfg.http = &http.Client{Transport: newTransport()}
	}
	a.own = a.cfg.addresses(api)
	a.limits.start = a.cfg.clock.Now()
	hc := *a.cfg.http
	hc.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	a.http = &hc
	if a.cfg.presents != nil {
		own, err := a.cfg.presents.present(a)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", api.Name, err)
		}
		a.http = own
	}
	return a, nil
}

// Client returns a client for one connection. It makes no request and shares
// everything but cred and opts with the other clients of the app.
func (a *App) Client(cred Credential, opts ...Option) (*Client, error) {
	if cred == nil {
		return nil, fmt.Errorf("%s: a client needs a credential", a.api.Name)
	}
	cfg, at := &a.cfg, a.own
	if len(opts) > 0 {
		own := a.cfg
		own.perClient = true
		if err := own.apply(a.api, opts); err != nil {
			return nil, err
		}
		cfg, at = &own, own.addresses(a.api)
	}
	if at.err != nil {
		return nil, at.err
	}
	if b, ok := cred.(binder); ok {
		cred = b.bind(a, "", cfg.settings)
	}
	c := &Client{app: a, http: a.http, cred: cred, cfg: cfg, bases: at.bases}
	if p, ok := cred.(presenter); ok {
		own, err := p.present(a)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.api.Name, err)
		}
		c.http = cmp.Or(own, a.http)
	}
	return c, nil
}

// NewClient returns a client with an app of its own, for a program that has
// one connection. It makes no request.
func NewClient(api *API, cred Credential, opts ...Option) (*Client, error) {
	a, err := NewApp(api, opts...)
	if err != nil {
		return nil, err
	}
	return a.Client(cred)
}

// CloseIdleConnections closes the connections that no request uses. An app that
// is dropped needs it only to be rid of them sooner than in 90 seconds.
func (a *App) CloseIdleConnections() {
	a.http.CloseIdleConnections()
	a.presentingMu.Lock()
	defer a.presentingMu.Unlock()
	for _, c := range a.presenting {
		c.CloseIdleConnections()
	}
}

// apply reads the options.
func (c *config) apply(api *API, opts []Option) error {
	for _, opt := range opts {
		if opt == nil {
			continue
		}
		if err := opt(c); err != nil {
			return fmt.Errorf("%s: %w", api.Name, err)
		}
	}
	return nil
}

// addresses are those of the servers, or why there is none.
type addresses struct {
	bases []*url.URL // By index into API.Servers.
	err   error
}

// addresses are those of the servers, with the settings in them.
func (c *config) addresses(api *API) (at addresses) {
	for _, s := range api.Servers {
		base, err := c.base(s)
		if err != nil {
			return addresses{err: fmt.Errorf("%s: server %s: %w", api.Name, s.Name, err)}
		}
		at.bases = append(at.bases, base)
	}
	return at
}

// base is the address of a server, with the connection's settings in it.
func (c *config) base(s Server) (*url.URL, error) {
	text := s.URL
	if own, ok := c.servers[s.Name]; ok {
		text = own
	}
	text, err := expandSettings(text, c.settings)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("the address must be an absolute http or https URL without user, query and fragment")
	}
	return u, nil
}

// newTransport is the default transport. http.DefaultTransport has no bound on
// the wait for a response's headers and may be changed by anybody.
func newTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           dialer.DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          128,
		MaxIdleConnsPerHost:   32,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   5 * time.Second,
		ResponseHeaderTimeout: 30 * time.Second,
		ExpectContinueTimeout: time.Second,
	}
}
