package process

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/porin-dev/porin/runtime/gauntlet"
)

// startWithin is how long a driver may take to say what it is: on a busy machine, too,
// with an interpreter to load.
const startWithin = 30 * time.Second

// Driver is a [gauntlet.Driver] that is a program: each App is a process of it.
type Driver struct {
	// Library, Version and Offered are what the program said of itself.
	Library, Version string
	Offered          []gauntlet.Feature

	args []string
	life context.Context // What Open was given: no process lives longer.
}

// Open starts a program once, to learn what it is. Its processes, this one and those of
// its Apps, are killed when ctx ends. The error says why it is no driver.
func Open(ctx context.Context, args []string) (*Driver, error) {
	d := &Driver{args: args, life: ctx}
	p, err := start(ctx, args, nil)
	if err != nil {
		return nil, err
	}
	defer p.end()
	hello, err := p.hello(ctx, gauntlet.Target{Servers: map[string]string{}})
	if err != nil {
		return nil, err
	}
	for _, f := range hello.Offers {
		if !slices.Contains(gauntlet.Features(), f) {
			return nil, fmt.Errorf("the driver offers %q, which is none of %s", f, known())
		}
	}
	if hello.Name == "" {
		return nil, errors.New("the driver does not say its name")
	}
	for _, said := range []string{hello.Name, hello.Version} {
		if i := strings.IndexFunc(said, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 || len(said) > maxName {
			return nil, fmt.Errorf("the driver's name and version are at most %d bytes of one line that can be printed, and not %.80q", maxName, said)
		}
	}
	d.Library, d.Version, d.Offered = hello.Name, hello.Version, hello.Offers
	return d, nil
}

// maxName is the longest name or version of a library.
const maxName = 200

// known is what a driver may offer, as a text.
func known() string {
	var all []string
	for _, f := range gauntlet.Features() {
		all = append(all, string(f))
	}
	return strings.Join(all, ", ")
}

// Name implements [gauntlet.Driver].
func (d *Driver) Name() string { return d.Library }

// ReportsDrift implements [gauntlet.Driver].
func (d *Driver) ReportsDrift() bool { return d.Offers(gauntlet.Drifts) }

// Offers implements [gauntlet.Modest].
func (d *Driver) Offers(f gauntlet.Feature) bool { return slices.Contains(d.Offered, f) }

// App implements [gauntlet.Driver]. It starts a process.
func (d *Driver) App(t gauntlet.Target) (gauntlet.App, error) {
	p, err := start(d.life, d.args, t.Drift)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", gauntlet.ErrBroken, err)
	}
	a := &app{process: p, driver: d, target: t}
	if _, err := p.hello(d.life, t); err != nil {
		p.end()
		return nil, err
	}
	return a, nil
}

// hello sets a process up.
func (p *process) hello(ctx context.Context, t gauntlet.Target) (*answer, error) {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	var hello *answer
	err := p.ask(ctx, request{
		Do: doStart, Servers: t.Servers, Settings: t.Settings, ClientID: t.ClientID, ClientSecret: t.ClientSecret, Certificate: t.Certificate, CertificateKey: t.CertificateKey, MaxWait: t.MaxWait.Milliseconds(),
	}, func(a *answer) bool { hello = a; return true })
	if errors.Is(err, context.DeadlineExceeded) {
		printed := "it printed no whole line; does it flush its output after each?"
		if p.lines.Load() > 0 {
			printed = "it printed lines, and none with the id of the request"
		}
		p.fail(fmt.Errorf("it did not answer start within %s: %s", startWithin, printed))
		err = fmt.Errorf("%w: %w", gauntlet.ErrBroken, p.failure())
	}
	return hello, err
}

type app struct {
	*process
	driver *Driver
	target gauntlet.Target
	once   sync.Once
}

// Close implements [gauntlet.App].
func (a *app) Close() { a.once.Do(a.end) }

// Contradiction implements [gauntlet.Contradicting].
func (a *app) Contradiction() error {
	a.mu.Lock()
	again := a.again
	a.mu.Unlock()
	if !again {
		return nil
	}
	return fmt.Errorf("%w: %w", gauntlet.ErrBroken, a.failure())
}

// Session implements [gauntlet.App].
func (a *app) Session(acct gauntlet.Account) (gauntlet.Session, error) {
	s := &session{a, account{ID: acct.ID, Method: acct.Method, Token: acct.Token, Stored: acct.Stored, Tokens: acct.Tokens, Cred: acct.Cred}}
	if acct.Stored == "" {
		return s, nil
	}
	if !a.driver.Offers(gauntlet.Renewal) {
		return nil, fmt.Errorf("%w: the library does not renew tokens", gauntlet.ErrNotOffered)
	}
	t, _, err := a.target.Store.Load(context.Background(), acct.ID, acct.Stored)
	s.account.Token, s.account.Refresh, s.account.Expires = t.Access.Reveal(), t.Refresh.Reveal(), t.Expiry
	return s, err
}

// Handler implements [gauntlet.App]. Deliveries are passed on to the address that
// the process serves.
func (a *app) Handler(webhook string, fn func(ctx context.Context, id string, event gauntlet.JSON) error) (http.Handler, error) {
	if !a.driver.Offers(gauntlet.Webhooks) {
		return nil, fmt.Errorf("%w: the library verifies no deliveries", gauntlet.ErrNotOffered)
	}
	at := make(chan string, 1)
	go func() { // Events come for as long as the process lives.
		err := a.ask(context.Background(), request{
			Do: doReceive, Webhook: webhook, Secrets: a.target.Secrets[webhook], Audience: a.target.WebhookAudience, Verify: a.target.WebhookToken,
		}, func(m *answer) bool {
			if m.URL != "" {
				select {
				case at <- m.URL:
				default: // It said so before.
				}
			} else {
				_ = fn(context.Background(), m.Delivery, m.Event) // It counts, and cannot fail.
			}
			return false
		})
		if err != nil {
			close(at)
		}
	}()
	select {
	case address, ok := <-at:
		to, err := url.Parse(address)
		if !ok || err != nil || to.Host == "" {
			return nil, fmt.Errorf("%w: it serves no webhook: %w", gauntlet.ErrBroken, errors.Join(err, a.failure()))
		}
		return forward(to), nil
	case <-time.After(startWithin):
		return nil, fmt.Errorf("%w: it did not say within %s where it serves the webhook", gauntlet.ErrBroken, startWithin)
	}
}

// Explain implements [gauntlet.App].
func (a *app) Explain(err error) gauntlet.Failure {
	f, ok := errors.AsType[*failure](err)
	if !ok && errors.Is(err, gauntlet.ErrGaveUp) { // Whoever leaves knows that he does not know.
		return gauntlet.Failure{OutcomeUnknown: true, Text: err.Error()}
	}
	if !ok {
		return gauntlet.Failure{Text: err.Error()}
	}
	return gauntlet.Failure{
		Typed: f.Typed, Class: f.Class, Code: f.Code, Status: f.Status, RequestID: f.RequestID, OutcomeUnknown: f.Unknown, Text: f.Text,
	}
}

// Error implements [error].
func (f *failure) Error() string { return f.Text }
