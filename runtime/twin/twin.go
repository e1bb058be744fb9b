// Package twin simulates a provider from its compiled spec: it keeps state,
// issues and refuses tokens, counts limits, pages, signs events, and misbehaves
// on demand. A [Twin] is an [http.RoundTripper] for tests in process and an
// [http.Handler] for clients in any language; both share one core, so a fault
// means the same on either side of a socket.
//
// The twin knows nothing about a provider besides its [ir.Connector], and uses
// none of the client's code: a mistake in the client's limiter or verifier has
// no double here that would hide it.
package twin

import (
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// Options sets a twin up. The zero value is one account, 25 objects in each
// collection, the seed 0 and the real clock.
type Options struct {
	Seed     uint64
	Now      func() time.Time // nil is time.Now, which testing/synctest makes virtual. Waiting is not by it.
	Accounts int              // 0 is 1.

	// Volume is how many objects a collection starts with, by resource name,
	// or by action path for a list that no resource declares. The key "*"
	// replaces the default of 25. Objects are made when they are read, so a
	// million costs nothing.
	Volume map[string]int

	Whole bool // Objects have every member that is declared, however deep, where they usually lack some optional ones.

	ClientID     string // "" is "twin-client".
	ClientSecret string // "" is "twin-secret", or a key where the client signs with one.
	// CertificateReplaced has the tokens that accounts start with bound to the certificate
	// that the application had before, where it has one.
	CertificateReplaced bool
	TLS                 bool // Served over TLS, see [Twin.TLSConfig].
	// Control serves what is below [ControlPath] in place of [Twin.Control], such as a
	// page for people. It is made when the twin's handler is.
	Control func(*Twin) http.Handler
	// Hosts are further names that a served twin is steered under, besides those of loopback
	// and the one that it listens at: "twin", "twin.example". "*" is any address in numbers.
	Hosts []string

	Secrets    map[string]string // Webhook secrets, by their name under cred. The others are made from the seed.
	Settings   map[string]string // Facts of the connection. The others take their default, or a made value.
	TokenLife  time.Duration     // Life of an access token that can be refreshed; 0 is 1 h.
	Plan       string            // Tier of the limits that have tiers.
	Plans      []string          // The same for each account, in order; "" and those that are missing have Plan.
	Latency    time.Duration     // Time from a request's arrival to its answer.
	JournalCap int               // Entries kept; 0 is 100,000.
	// JournalTo is given each entry as a line of JSON, in order: some hundred at a time, and
	// what there is with [Journal.Flush]. An entry that changes after that, because its client
	// left, is written again under the same number. It is called under the lock of the journal.
	JournalTo io.Writer
}

// Twin is one simulated provider with its own state. It is safe for concurrent
// use, starts no goroutine and needs no closing.
type Twin struct {
	spec *ir.Connector
	opt  Options
	idx  *index // Compiled from spec; never changed.

	mu          sync.Mutex // Guards everything below.
	accounts    []*account
	wires       map[string]*grant // Live and dead credentials by place and wire value.
	refreshes   map[string]*grant
	nonces      map[string]time.Time // Of signed requests, with when they were used.
	proofs      map[string]time.Time // Of possession, by their id, with when they came.
	nonce       string               // That proofs have to have; empty is none.
	codes       map[string]*consent
	pairings    map[string]*pairing // By device code.
	pushes      map[string]*pushed  // By request_uri.
	formKey     []byte              // What forms of pages are proved by; nil is not drawn yet.
	collections map[string]*collection
	born        map[string]bool // Objects that requests made.
	keys        map[string]*keyed
	keysUntil   int // Keys until the expired ones are looked for.
	limits      *limiter
	faults      []*Armed
	uploads     map[string]*upload
	kept        int64                          // Bytes of files.
	secrets     []string                       // Every secret ever issued.
	certificate string                         // Which one of the application counts.
	asked       map[string][]map[string]string // What each webhook's deliveries are asked about with, the newest last.
	issued      int                            // Families of tokens.
	minted      int                            // Codes, uploads, deliveries and writes.
	arming      int                            // Faults armed.
	dated       string                         // The Date of the last answer,
	datedAt     int64                          // and the second that it is of.

	journal *Journal
}

// New makes a twin of the connector. The connector is only read.
func New(c *ir.Connector, o Options) *Twin {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Accounts <= 0 {
		o.Accounts = 1
	}
	if o.ClientID == "" {
		o.ClientID = "twin-client"
	}
	if o.ClientSecret == "" {
		o.ClientSecret = clientSecret(c)
	}
	if o.TokenLife <= 0 {
		o.TokenLife = time.Hour
	}
	t := &Twin{
		spec:        c,
		opt:         o,
		wires:       map[string]*grant{},
		refreshes:   map[string]*grant{},
		nonces:      map[string]time.Time{},
		proofs:      map[string]time.Time{},
		codes:       map[string]*consent{},
		pairings:    map[string]*pairing{},
		pushes:      map[string]*pushed{},
		collections: map[string]*collection{},
		born:        map[string]bool{},
		keys:        map[string]*keyed{},
		uploads:     map[string]*upload{},
		asked:       map[string][]map[string]string{},
		journal:     newJournal(o.JournalCap, o.JournalTo),
	}
	t.idx = newIndex(c, o)
	t.limits = newLimiter(c)
	t.secrets = append(t.secrets, o.ClientSecret)
	for _, w := range c.Webhooks {
		if name := secretName(w); name != "" {
			t.secrets = append(t.secrets, t.idx.secrets[name], t.NextSecret(w.Name))
		}
	}
	if o.CertificateReplaced {
		t.certificate = "old"
	}
	for i := range o.Accounts {
		t.accounts = append(t.accounts, t.newAccount(i))
	}
	t.certificate = ""
	return t
}

// Journal returns the record of everything the twin was asked.
func (t *Twin) Journal() *Journal { return t.journal }

// Secrets returns every credential issued so far, the client secret and the
// webhook secrets: the strings that must not appear in a log, an error or a
// recording.
func (t *Twin) Secrets() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]string(nil), t.secrets...)
}

// Servers returns the base URL of each declared server as a client in process
// uses it, by name, with the twin's settings filled in.
func (t *Twin) Servers() map[string]string {
	urls := map[string]string{}
	for _, s := range t.idx.servers {
		urls[s.name] = s.url.String()
	}
	return urls
}

// SigningSecret returns the secret that deliveries of the webhook are signed
// with. The empty name is the first webhook.
func (t *Twin) SigningSecret(webhook string) string {
	w := t.idx.webhook(webhook)
	if w == nil {
		return ""
	}
	return t.idx.secrets[secretName(w)]
}

// Settings returns the facts of the connection that the twin assumes.
func (t *Twin) Settings() map[string]string {
	facts := make(map[string]string, len(t.idx.settings))
	for name, v := range t.idx.settings {
		facts[name] = v
	}
	return facts
}

// OAuth says how a client gets tokens from the twin.
type OAuth struct {
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	// Certificate and its key, in PEM, are what the application proves with who it is.
	Certificate    string `json:"certificate,omitempty"`
	CertificateKey string `json:"certificate_key,omitempty"`
	Authorize      string `json:"authorize,omitempty"`
	Pushed         string `json:"pushed,omitempty"`
	Token          string `json:"token,omitempty"`
}

// client is what the application is known by.
func (t *Twin) client() OAuth {
	o := OAuth{ClientID: t.opt.ClientID, ClientSecret: t.opt.ClientSecret}
	if slices.ContainsFunc(t.spec.Auth, func(m *ir.Auth) bool { return m.OAuth2.Bound() }) {
		pair := t.appCertificate()
		o.Certificate, o.CertificateKey = pair.Certificate(), pair.PrivatePEM()
	}
	return o
}

// OAuth returns what a client in process needs of the first OAuth 2.0 method;
// the addresses are empty when the connector has none.
func (t *Twin) OAuth() OAuth {
	o := t.client()
	for _, e := range t.idx.endpoints {
		switch {
		case e.route == RouteToken && o.Token == "":
			o.Token = e.url.String()
		case e.route == RoutePushed && o.Pushed == "":
			o.Pushed = e.url.String()
		case (e.route == RouteAuthorize || e.route == RouteDevice) && o.Authorize == "":
			o.Authorize = e.url.String()
		}
	}
	return o
}
