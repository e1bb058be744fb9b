package ledger_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/golden/gen/ledger"
	"github.com/porin-dev/porin/golden/gen/ledger/ledgertest"
	"github.com/porin-dev/porin/runtime"
)

// seen keeps the last request that went to a fake.
type seen struct {
	next http.RoundTripper
	last *http.Request
}

func (s *seen) RoundTrip(r *http.Request) (*http.Response, error) {
	s.last = r
	return s.next.RoundTrip(r)
}

func TestSettingsAndCredentials(t *testing.T) {
	srv := ledgertest.New(t)
	srv.Ping.Return("pong", "pong", "pong")
	wire := &seen{next: srv}
	for _, test := range []struct {
		auth     ledger.Auth
		settings ledger.Settings
		check    func(r *http.Request)
	}{
		{ledger.APIKey("k", "7"), ledger.Settings{Subdomain: "acme"}, func(r *http.Request) {
			assert.Equal(t, "acme.eu.ledger.test", r.URL.Host, "the region has a default")
			assert.Equal(t, "k", r.Header.Get("X-Api-Key"))
			assert.Equal(t, "o-7", r.URL.Query().Get("org"))
		}},
		{ledger.Login("me", "pw"), ledger.Settings{Subdomain: "acme", Region: "us"}, func(r *http.Request) {
			assert.Equal(t, "acme.us.ledger.test", r.URL.Host)
			user, pass, _ := r.BasicAuth()
			assert.Equal(t, []string{"me/token", "pw"}, []string{user, pass})
		}},
		{ledger.NoAuth(), ledger.Settings{Subdomain: "acme"}, func(r *http.Request) {
			assert.Empty(t, r.Header.Get("Authorization"))
		}},
	} {
		client, err := ledger.New(test.auth, test.settings, ledger.WithTransport(wire))
		require.NoError(t, err)
		out, err := client.Ping(t.Context())
		require.NoError(t, err)
		assert.Equal(t, "pong", out)
		test.check(wire.last)
	}
	_, err := ledger.New(ledger.NoAuth(), ledger.Settings{})
	assert.ErrorContains(t, err, "subdomain", "a required setting")
}

// TestManyConnections shares one app between the clients of two tenants.
func TestManyConnections(t *testing.T) {
	srv := ledgertest.New(t)
	srv.Ping.Return("a", "b")
	wire := &seen{next: srv}
	app, err := ledger.NewApp(ledger.WithTransport(wire))
	require.NoError(t, err)
	for _, tenant := range []string{"one", "two"} {
		client, err := app.ClientWith(ledger.APIKey("k-"+tenant, "1").ForAccount(tenant), ledger.Settings{Subdomain: tenant})
		require.NoError(t, err)
		_, err = client.Ping(t.Context())
		require.NoError(t, err)
		assert.Equal(t, tenant+".eu.ledger.test", wire.last.URL.Host)
	}
}

// TestLinks follows a Link header, and refuses one that leads elsewhere.
func TestLinks(t *testing.T) {
	srv := ledgertest.New(t)
	srv.Entries.Return(
		ledgertest.Page[ledger.Entry]{Items: []ledger.Entry{{ID: 1}}, Next: "/api/entries?page=2"},
		ledgertest.Page[ledger.Entry]{Items: []ledger.Entry{{ID: 2, Pages: []ledger.Page{{Title: "p"}}}}, Next: "https://evil.test/api/entries"})
	var ids []int64
	var failure error
	for e, err := range srv.Client().AllEntries(t.Context()) {
		if failure = err; err == nil {
			ids = append(ids, e.ID)
		}
	}
	assert.Equal(t, []int64{1, 2}, ids)
	assert.ErrorIs(t, failure, runtime.ErrForeignURL)
}

// TestNumericCursor pages by a cursor that is a number, with an object in the
// query.
func TestNumericCursor(t *testing.T) {
	srv := ledgertest.New(t)
	srv.Windows.Find.Return(
		ledgertest.Page[ledger.Entry]{Items: []ledger.Entry{{ID: 1}}, Next: "40"},
		ledgertest.Page[ledger.Entry]{Items: []ledger.Entry{{ID: 2}}})
	n := 0
	for _, err := range srv.Client().Windows.AllFind(t.Context(), ledger.WindowsFindParams{Q: "x", Filter: ledger.WindowsFindFilter{Min: ledger.Some(3)}}) {
		require.NoError(t, err)
		n++
	}
	assert.Equal(t, 2, n)
	calls := srv.Windows.Find.Calls()
	assert.Equal(t, 3, calls[0].Filter.Min.Or(0))
	assert.Equal(t, 0, calls[1].Filter.Min.Or(0), "the cursor is sent alone")
}

// TestWaitUntil asks to wait until an instant, in the unit of the spec. The code
// "rate" has the name of a class, so the class is asked for in the runtime.
func TestWaitUntil(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := ledgertest.New(t)
		srv.Ping.RateLimit(7).Return("pong")
		start := time.Now()
		_, err := srv.Client(runtime.WithRandom(func() float64 { return 0 })).Ping(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 7*time.Second, time.Since(start))
	})
	srv := ledgertest.New(t)
	srv.Windows.Find.Fail(ledger.ErrNotThere)
	_, err := srv.Client().Windows.Find(t.Context(), ledger.WindowsFindParams{Q: "x"})
	assert.ErrorIs(t, err, ledger.ErrNotThere)
	assert.ErrorIs(t, err, runtime.ErrRejected, "no rule names the code, so the most general one has it")
}
