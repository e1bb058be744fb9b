package gauntlet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/twin"
)

// Env is what the workload of a scenario works with: a twin with the faults
// armed, and one application that the driver set up against it.
type Env struct {
	Plan *Plan
	Twin *twin.Twin

	scenario *Scenario
	outside  *outside // nil in process.
	setUp    func() (App, error)
	lacks    func(Feature) bool
	app      App
	wire     *recorder
	store    *watchedStore
	start    time.Time
	armed    []*twin.Armed
	secrets  []string

	mu     sync.Mutex
	calls  []*Record
	events []*Delivered
	drifts []Drift
	log    written
	broken error // Why the driver is of no more use.

	contradiction error // Of what an application said; it is of no use either.
}

// latency is how long the twin takes for an answer, so that requests overlap as
// they do outside.
const latency = 20 * time.Millisecond

// newEnv makes the twin, arms the faults and sets up the application. Outside is
// nil for a client in process.
func newEnv(p *Plan, d Driver, s *Scenario, seed uint64, outside *outside) (*Env, error) {
	e := &Env{Plan: p, scenario: s, start: time.Now(), outside: outside, lacks: lacks(d)}
	e.Twin = twin.New(p.Spec, s.options(p, seed))
	e.store = &watchedStore{saved: map[string]bool{}}
	e.wire = &recorder{next: e.Twin, origins: e.origins(), secrets: e.Twin.Secrets, saved: e.covered}
	random := rand.New(rand.NewPCG(seed, 1))
	var mu sync.Mutex
	oauth := e.Twin.OAuth()
	target := Target{
		Transport:    e.wire,
		Servers:      e.Twin.Servers(),
		Settings:     e.Twin.Settings(),
		ClientID:     oauth.ClientID,
		ClientSecret: oauth.ClientSecret,

		Certificate:    oauth.Certificate,
		CertificateKey: oauth.CertificateKey,

		Store:   e.store,
		Secrets: map[string][]string{},

		Asking:          e.accountBy(1, p.asking()),
		WebhookAudience: e.Twin.WebhookAudience(),
		WebhookToken:    e.Twin.HandshakeToken(),

		MaxWait: s.MaxWait,
		Random: func() float64 {
			mu.Lock()
			defer mu.Unlock()
			return random.Float64()
		},
		Drift: func(d Drift) {
			e.mu.Lock()
			defer e.mu.Unlock()
			e.drifts = append(e.drifts, d)
		},
		Log: e.log.add,
	}
	for _, w := range p.Spec.Webhooks {
		target.Secrets[w.Name] = []string{e.Twin.SigningSecret(w.Name)}
		if s.Overlap {
			target.Secrets[w.Name] = []string{e.Twin.NextSecret(w.Name), e.Twin.SigningSecret(w.Name)}
		}
	}
	if p.OAuth == nil || p.OAuth.Kind == "exchange" {
		target.ClientID, target.ClientSecret = "", ""
	}
	if outside != nil {
		if err := outside.serve(e, &target); err != nil {
			return nil, err
		}
	}
	e.setUp = func() (App, error) { return d.App(target) }
	var err error
	if e.app, err = e.setUp(); err != nil {
		return nil, fmt.Errorf("the driver opens no app: %w", err)
	}
	if err := e.arm(s.Faults); err != nil {
		e.end()
		return nil, err
	}
	return e, nil
}

// end closes the application, and notes whether it contradicted itself.
func (e *Env) end() {
	e.mu.Lock()
	app := e.app
	e.mu.Unlock()
	app.Close()
	if a, ok := app.(Contradicting); ok {
		said := a.Contradiction()
		e.mu.Lock()
		e.contradiction = cmp.Or(e.contradiction, said)
		e.mu.Unlock()
	}
}

// origins returns where credentials may go.
func (e *Env) origins() map[string]bool {
	all := map[string]bool{}
	oauth := e.Twin.OAuth()
	for _, base := range append(slices.Collect(maps.Values(e.Twin.Servers())), oauth.Token, oauth.Authorize, oauth.Pushed) {
		if u, err := url.Parse(base); err == nil && u.Host != "" {
			all[u.Scheme+"://"+u.Host] = true
		}
	}
	return all
}

func (e *Env) arm(faults []Arm) error {
	for _, f := range e.Plan.faults(e.Twin, faults) {
		a, err := e.Twin.Arm(f)
		switch {
		case errors.Is(err, twin.ErrInVain): // It then never takes effect, which the result says.
		case err != nil:
			return err
		default:
			e.armed = append(e.armed, a)
		}
	}
	return nil
}

// few is how often a workload does something: as often as it likes on virtual
// time, and a few times where time passes.
func (e *Env) few(inside, outside int) int {
	if e.outside != nil {
		return outside
	}
	return inside
}

// Static opens the connection of the nth account, from 1, with a credential
// that the session cannot renew.
func (e *Env) Static(n int) (*Conn, error) {
	return e.static(n, e.Plan.single())
}

// openBy opens the connection of the nth account, from 1, by a method: with a token
// that the session renews where the method has one, and with a given credential else. A
// driver in another process has the tokens of the plan's method alone.
func (e *Env) openBy(n int, method *ir.Auth) (*Conn, error) {
	if method == e.Plan.OAuth {
		return e.Renewing(n)
	}
	if renewable(method) && e.outside == nil {
		return e.renewing(n, method, method.OAuth2.Tokens[0].Name)
	}
	return e.static(n, method)
}

// nth is the number of an account, from 1.
func (e *Env) nth(id string) int {
	return 1 + slices.IndexFunc(e.Twin.Accounts(), func(a twin.Account) bool { return a.ID == id })
}

// static is Static with a credential of a method; nil is none.
func (e *Env) static(n int, method *ir.Auth) (*Conn, error) {
	a := e.accountBy(n, method)
	if a.Token != "" {
		e.store.give(a.Token)
	}
	return e.open(a)
}

// accountBy is the nth account, from 1, with a credential of a method that is given; nil is none.
func (e *Env) accountBy(n int, method *ir.Auth) Account {
	acct := e.Twin.Accounts()[n-1]
	a := Account{ID: acct.ID, Cred: maps.Clone(acct.Cred), Tokens: map[string]string{}}
	for _, t := range slices.Backward(acct.Tokens) { // The first of a method is the one that counts.
		a.Tokens[t.Method] = t.Access
	}
	if method != nil {
		a.Method = method.Name
		if t, ok := tokenOf(acct, method.Name, ""); ok {
			a.Token = t.Access
			maps.Copy(a.Cred, t.Cred) // Methods may share a name.
		}
	}
	return a
}

// Renewing opens the connection of the nth account with a token in the store,
// which the session renews.
func (e *Env) Renewing(n int) (*Conn, error) { return e.renewing(n, e.Plan.OAuth, e.Plan.Token) }

// errNoToken says that an account has no token of a name.
var errNoToken = errors.New("the twin has no token")

// renewing is Renewing with one of the tokens that a method gives.
func (e *Env) renewing(n int, method *ir.Auth, name string) (*Conn, error) {
	acct := e.Twin.Accounts()[n-1]
	t, ok := tokenOf(acct, method.Name, name)
	if !ok {
		return nil, fmt.Errorf("%w %s", errNoToken, name)
	}
	// Another connection of the account may have put it there, and renewed it since.
	if _, err := e.store.Save(context.Background(), acct.ID, name, stored(acct, t), 0); err != nil && !errors.Is(err, runtime.ErrVersionConflict) {
		return nil, err
	}
	if method.Kind == "exchange" { // Its secrets are the connection's own.
		return e.open(Account{ID: acct.ID, Method: method.Name, Cred: e.accountBy(n, method).Cred})
	}
	return e.open(Account{ID: acct.ID, Method: method.Name, Stored: name})
}

// stored is a token as a store has it.
func stored(a twin.Account, t twin.Token) runtime.Token {
	also := map[string]runtime.Secret{}
	if key, ok := t.Cred[runtime.ProofKey]; ok {
		also[runtime.ProofKey] = runtime.NewSecret(key)
	}
	for name, text := range t.Also {
		also[name] = runtime.NewSecret(text)
	}
	return runtime.Token{
		Also:     also,
		Access:   runtime.NewSecret(t.Access),
		Refresh:  runtime.NewSecret(t.Refresh),
		Issued:   time.Now(),
		Expiry:   t.Expires,
		Scopes:   t.Scopes,
		Settings: a.Settings,
	}
}

func tokenOf(a twin.Account, method, name string) (twin.Token, bool) {
	i := slices.IndexFunc(a.Tokens, func(t twin.Token) bool { return t.Method == method && (name == "" || t.Name == name) })
	if i < 0 {
		return twin.Token{}, false
	}
	return a.Tokens[i], true
}

func (e *Env) open(a Account) (*Conn, error) {
	s, err := e.app.Session(a)
	if err != nil {
		return nil, fmt.Errorf("the driver opens no session: %w", err)
	}
	return &Conn{env: e, id: a.ID, method: a.Method, session: s}, nil
}

func (e *Env) record(a *ir.Action, account string, lists bool, d time.Duration) *Record {
	now := time.Now()
	if e.outside != nil {
		d = min(d, e.outside.patience)
	}
	r := &Record{Action: a, Account: account, Lists: lists, Start: now, Until: now.Add(d), Timed: e.scenario.Every != nil}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.calls = append(e.calls, r)
	r.ID = len(e.calls)
	return r
}

func (e *Env) finish(r *Record, set func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	set()
	r.End = time.Now()
	if r.Err != nil {
		r.Failure = e.app.Explain(r.Err)
	}
	if errors.Is(r.Err, ErrNotOffered) || errors.Is(r.Err, ErrBroken) {
		e.broken = cmp.Or(e.broken, r.Err)
	}
}

// Together runs f n times at once and returns when all are done.
func (e *Env) Together(n int, f func(i int)) {
	if most := e.scenario.callers; most > 0 {
		n = min(n, most)
	}
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			time.Sleep(time.Duration(i)) // So that each begins at an instant of its own, and in one order.
			f(i)
		})
	}
	wg.Wait()
}

// evidence collects what the run left behind.
func (e *Env) evidence(d Driver) *Evidence {
	e.mu.Lock()
	defer e.mu.Unlock()
	ev := &Evidence{
		Plan:     e.Plan,
		Scenario: e.scenario,
		Start:    e.start,
		Entries:  e.Twin.Journal().Entries(),
		Dropped:  e.Twin.Journal().Dropped(),
		Calls:    slices.DeleteFunc(slices.Clone(e.calls), func(r *Record) bool { return r.End.IsZero() }),
		Sends:    e.wire.sends,
		Events:   e.events,
		Drifts:   e.drifts,
		Log:      e.log.all(),
		Fired:    map[string]int{},
		Expected: map[listing][]string{},
		Secrets:  append(e.Twin.Secrets(), e.secrets...),
		Drifting: d.ReportsDrift(),
		Lacks:    e.lacks,
		Ahead:    readsAhead(d),
		Outside:  e.outside != nil,
	}
	for _, a := range e.armed {
		ev.Fired[a.Fault().ID] += a.Fired()
	}
	for _, a := range e.Twin.Accounts() {
		ev.Accounts = append(ev.Accounts, a.ID)
	}
	for _, r := range ev.Calls {
		key := listing{r.Account, r.Action.Path}
		if _, ok := ev.Expected[key]; r.Lists && !ok {
			ev.Expected[key] = e.expected(r.Account, r.Action)
		}
	}
	return ev
}

// expected returns the ids that a list must give for an account.
func (e *Env) expected(account string, list *ir.Action) []string {
	res, use := e.Plan.use(list, "list")
	if res == nil {
		return e.Twin.IDs(account, list.Path, "")
	}
	parent, example := "", parse(e.Twin.Example(account, list.Path))
	if res.Within != nil {
		v, _ := at(example, ir.Path{{Name: res.Within.In(use)}})
		parent = plain(v)
	}
	return slices.DeleteFunc(e.Twin.IDs(account, res.Name, parent), func(id string) bool {
		return slices.ContainsFunc(use.Filters, func(by *ir.Filter) bool {
			want, asked := at(example, ir.Path{{Name: by.Param}})
			return asked && by.By == "is" && !e.has(account, res.Name, parent, id, by, want)
		})
	})
}

// has reports whether an object is one that a list gives when it is asked for a value.
func (e *Env) has(account, resource, parent, id string, by *ir.Filter, want any) bool {
	object, _ := e.Twin.Object(account, resource, parent, id)
	v, _ := at(parse(object), by.At)
	if all, several := want.([]any); several {
		return slices.ContainsFunc(all, func(one any) bool { return plain(one) == plain(v) })
	}
	return plain(want) == plain(v)
}

// covered reports whether every current access token that a request bears was
// persisted before.
func (e *Env) covered(req *http.Request) bool {
	for _, a := range e.Twin.Accounts() {
		for _, t := range a.Tokens {
			if carries(req, []string{t.Access}) && !e.store.has(t.Access) {
				return false
			}
		}
	}
	return true
}
