package runtime

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"
)

// tenantsApp is an app whose operation has a limit by account, with so many accounts.
func tenantsApp(t testing.TB, n int, rt http.RoundTripper, opts ...Option) (*App, *Op, []string) {
	api := testAPI()
	api.OAuth = &OAuth2{Token: "https://idp.test/token", Tokens: []OAuthToken{{Name: "bot"}}}
	api.Limits = []Limit{{Name: "tier", Calls: 20, Per: time.Minute, By: []string{"workspace"}}}
	app, err := NewApp(api, append(opts, WithTransport(rt), WithRandom(still))...)
	if err != nil {
		t.Fatal(err)
	}
	op := testOp(api)
	op.Limits = []LimitUse{{}}
	accounts := make([]string, n)
	for i := range accounts {
		accounts[i] = fmt.Sprintf("T%06d", i)
	}
	return app, op, accounts
}

// connect stores a token of each account.
func connect(t testing.TB, app *App, accounts []string) {
	for _, account := range accounts {
		token := Token{Access: NewSecret("access-" + account), Issued: time.Now()}
		if _, err := app.store().Save(t.Context(), account, "bot", token, 0); err != nil {
			t.Fatal(err)
		}
	}
}

func tenant(t testing.TB, app *App, account string, opts ...Option) *Client {
	c, err := app.Client(app.Connection(account, ""), opts...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// BenchmarkTenant makes a client of an account, as a program does for each job.
func BenchmarkTenant(b *testing.B) {
	app, _, accounts := tenantsApp(b, 100_000, canned{[]byte(`{}`)})
	for name, opts := range map[string][]Option{"client": nil, "client-with-plan": {WithPlan("free")}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				tenant(b, app, accounts[i%len(accounts)], opts...)
			}
		})
	}
}

// TestTenantClientIsSmall holds what a client of an account may take.
func TestTenantClientIsSmall(t *testing.T) {
	app, _, accounts := tenantsApp(t, 1, canned{[]byte(`{}`)})
	allocs := testing.AllocsPerRun(100, func() { tenant(t, app, accounts[0]) })
	size := unsafe.Sizeof(Client{}) + unsafe.Sizeof(connection{})
	if allocs > 4 || size > 512 {
		t.Errorf("%.0f allocations, %d bytes", allocs, size)
	}
}

// TestIdleTenantsLeaveNothing has many accounts make a call that is refused and one that
// is served, and then be gone while a few others go on. What is left of them is nothing
// of the app's, whatever it remembered of them.
func TestIdleTenantsLeaveNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const idle, busy = 5_000, 100
		refuse := map[string]bool{}
		s := &server{handle: func(_ int, r *http.Request) answer {
			if token := r.Header.Get("Authorization"); !refuse[token] {
				refuse[token] = true
				return answer{body: `{"ok":false,"error":"ratelimited"}`}
			}
			return answer{body: `{"ok":true}`}
		}}
		app, op, accounts := tenantsApp(t, idle+busy, s)
		connect(t, app, accounts)
		call := func(account string) {
			if err := tenant(t, app, account).Do(t.Context(), op, nil, nil, nil); err != nil {
				t.Fatal(err)
			}
		}
		for _, account := range accounts {
			call(account)
			app.tokens.refuse(tokenKey{account, "bot"}, 9, app.cfg.clock.Now())
		}
		if got := len(app.limits.buckets); got < busy {
			t.Fatalf("%d buckets of the accounts", got)
		}
		time.Sleep(2 * learntKept)
		for range 20 {
			for _, account := range accounts[idle:] {
				call(account)
				app.tokens.refuse(tokenKey{account, "bot"}, 9, app.cfg.clock.Now())
				app.budgets.take(account, 1, app.cfg.clock.Now())
			}
			time.Sleep(time.Minute)
		}
		if buckets, budgets, troubles := len(app.limits.buckets), len(app.budgets.of), len(app.tokens.trouble); buckets > 2*busy || budgets > 2*busy || troubles > 2*busy {
			t.Errorf("%d accounts are busy, and there are %d buckets, %d budgets and %d troubles", busy, buckets, budgets, troubles)
		}
		if app.limits.most > 4*busy {
			t.Errorf("the map of buckets is as large as for %d", app.limits.most)
		}
	})
}

// TestDisconnectedAccountIsKnownToAllItsClients revokes an account that many clients
// are at work for. Each fails with ErrDisconnected from then on, without a request, and
// the app is told once.
func TestDisconnectedAccountIsKnownToAllItsClients(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const clients = 50
		s := &server{handle: func(int, *http.Request) answer {
			return answer{body: `{"ok":false,"error":"revoked"}`, after: time.Second}
		}}
		var told events
		app, op, accounts := tenantsApp(t, 2, s, WithObserver(&told))
		op.Errors = []ErrorRule{{When: When{Body: []Match{bodyIs("error", `"revoked"`)}}, Class: ClassDisconnected, Code: &Source{Body: Path{"error"}}}}
		op.Limits = nil
		connect(t, app, accounts)
		all := make([]*Client, clients)
		for i := range all {
			all[i] = tenant(t, app, accounts[0])
		}
		failed := func(when string) {
			var wg sync.WaitGroup
			for _, c := range all {
				wg.Go(func() {
					if e := doOnce(t.Context(), c, op); e == nil || e.Class != ClassDisconnected {
						t.Errorf("%s: %v", when, e)
					}
				})
			}
			wg.Wait()
		}
		failed("at once")
		before := len(s.requests())
		failed("afterwards")
		all = []*Client{tenant(t, app, accounts[0], WithMaxAttempts(1))}
		failed("a client that is made later")
		if after := len(s.requests()); after != before {
			t.Errorf("%d requests after the account was disconnected", after-before)
		}
		want := []DisconnectEvent{{API: "test", Account: accounts[0], Token: "bot", Code: "revoked"}}
		if got := eventsOf[DisconnectEvent](&told); !slices.Equal(got, want) {
			t.Errorf("told %v, want %v", got, want)
		}
	})
}

// TestStormOfOneTenant has one account call without end, from many places and refused
// each time, while others call now and then. On virtual time theirs take exactly as long
// as without it.
func TestStormOfOneTenant(t *testing.T) {
	slowest := func(stormers int) (p99 time.Duration) {
		synctest.Test(t, func(t *testing.T) {
			const others, calls = 20, 10
			s := &server{handle: func(_ int, r *http.Request) answer {
				if r.Header.Get("Authorization") == "Bearer access-T000000" {
					return answer{status: 429, after: 50 * time.Millisecond}
				}
				return answer{body: `{"ok":true}`, after: 50 * time.Millisecond}
			}}
			app, op, accounts := tenantsApp(t, 1+others, s)
			connect(t, app, accounts)
			ctx, cancel := context.WithCancel(t.Context())
			var storm, work sync.WaitGroup
			for range stormers {
				storm.Go(func() {
					for c := tenant(t, app, accounts[0]); ctx.Err() == nil; time.Sleep(20 * time.Millisecond) {
						_ = c.Do(ctx, op, nil, nil, nil)
					}
				})
			}
			var mu sync.Mutex
			var took []time.Duration
			for _, account := range accounts[1:] {
				work.Go(func() {
					for range calls {
						start := time.Now()
						if err := tenant(t, app, account).Do(ctx, op, nil, nil, nil); err != nil {
							t.Error(err)
						}
						mu.Lock()
						took = append(took, time.Since(start))
						mu.Unlock()
						time.Sleep(7 * time.Second)
					}
				})
			}
			work.Wait()
			cancel()
			storm.Wait()
			slices.Sort(took)
			p99 = took[len(took)*99/100]
		})
		return p99
	}
	alone, beside := slowest(0), slowest(30)
	if beside > alone*6/5 {
		t.Errorf("the others' p99 is %v beside a storm, and %v without", beside, alone)
	}
}

// BenchmarkTenantsHeap measures what 100,000 accounts hold after a call each, and when
// all but a few were idle for an hour.
func BenchmarkTenantsHeap(b *testing.B) {
	const n = 100_000
	for b.Loop() {
		app, op, accounts := tenantsApp(b, n, canned{[]byte(`{"ok":true}`)})
		start := time.Now()
		now := start
		app.cfg.clock = tickingClock{&now}
		app.limits.start = start
		connect(b, app, accounts)
		before := heapInUse()
		clients := make([]*Client, n)
		for i := range clients {
			clients[i] = tenant(b, app, accounts[i])
		}
		made := heapInUse()
		call := func(c *Client) {
			if err := c.Do(b.Context(), op, nil, nil, nil); err != nil {
				b.Fatal(err)
			}
		}
		for _, c := range clients {
			call(c)
		}
		clients = nil
		dropped := heapInUse()
		now = start.Add(time.Hour)
		for i := range n { // One in a hundred goes on.
			if i%100 == 0 {
				now = now.Add(5 * time.Second)
			}
			call(tenant(b, app, accounts[i%(n/100)]))
		}
		gone := heapInUse()
		b.ReportMetric((made-before)/n, "B/client")
		b.ReportMetric((dropped-before)/n, "B/recent")
		b.ReportMetric((gone-before)/n, "B/idle")
		runtime.KeepAlive(accounts)
		runtime.KeepAlive(app)
	}
}

// heapInUse is how many bytes are in use.
func heapInUse() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// tickingClock is at an instant that its owner moves.
type tickingClock struct{ now *time.Time }

func (c tickingClock) Now() time.Time { return *c.now }

func (c tickingClock) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }
