package auths_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/golden/schemes/auths/authstest"
	"github.com/porin-dev/porin/runtime/gauntlet"
	"github.com/porin-dev/porin/runtime/twin"
)

// changes are what could happen to a signed request on its way, by what changes.
var changes = map[string]func(*http.Request){
	"nothing": func(*http.Request) {},
	"method":  func(r *http.Request) { r.Method = http.MethodPut },
	"path":    func(r *http.Request) { r.URL.Path += "/" },
	"query":   func(r *http.Request) { r.URL.RawQuery = strings.TrimPrefix("x=1&"+r.URL.RawQuery, "&") },
	"body": func(r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(append(data, ' ')))
	},
	"time":   func(*http.Request) {}, // The provider's clock is another.
	"replay": func(*http.Request) {},
}

// TestSignatures: what each scheme covers of a request cannot be changed on its way,
// and what it does not cover can.
func TestSignatures(t *testing.T) {
	covered := map[string][]string{
		"aws":      {"method", "path", "query", "body", "time"},
		"s3":       {"method", "path", "query", "time"},
		"netsuite": {"method", "path", "query", "time", "replay"},
		"x":        {"method", "path", "query", "time", "replay"},
		"discogs":  {},
		"wsse":     {"time", "replay"},
		"rfc9421":  {"method", "path", "query", "body", "time"},
		"binance":  {"query", "body", "time"},
		"okx":      {"method", "path", "query", "body", "time"},
		"rsa":      {"method", "path", "body", "time", "replay"},
		"ecdsa":    {"method", "path", "query", "body", "time"},
	}
	c := connector(t)
	for _, m := range c.Auth {
		if m.Kind != "sign" {
			continue
		}
		require.Contains(t, covered, m.Name)
		for what, change := range changes {
			if refused := slices.Contains(covered[m.Name], what); what == "nothing" || refused || what == "body" || what == "time" {
				t.Run(m.Name+"/"+what, func(t *testing.T) { tamper(t, c, m.Name, what, change, refused) })
			}
		}
	}
}

// tamper sends a request that is changed on its way.
func tamper(t *testing.T, c *ir.Connector, method, what string, change func(*http.Request), refused bool) {
	synctest.Test(t, func(t *testing.T) {
		late := map[string]time.Duration{"time": 6 * time.Minute}[what]
		sim := twin.New(c, twin.Options{Now: func() time.Time { return time.Now().Add(late) }})
		var last twin.Entry
		way := roundTrip(func(r *http.Request) (*http.Response, error) {
			r = r.Clone(r.Context())
			data, err := io.ReadAll(r.Body)
			if err != nil {
				return nil, err
			}
			sent := func() (*http.Response, error) {
				r.Body = io.NopCloser(bytes.NewReader(data))
				change(r)
				return sim.RoundTrip(r)
			}
			if what == "replay" {
				if resp, err := sent(); err != nil || resp.StatusCode != http.StatusOK {
					return resp, err
				}
			}
			resp, err := sent()
			entries := sim.Journal().Entries()
			last = entries[len(entries)-1]
			return resp, err
		})
		app, err := authstest.Driver().App(gauntlet.Target{Transport: way, Servers: sim.Servers()})
		require.NoError(t, err)
		acct := sim.Accounts()[0]
		session, err := app.Session(gauntlet.Account{ID: acct.ID, Method: method, Cred: acct.Cred})
		require.NoError(t, err)
		_, err = session.Call(t.Context(), "parcels.create", gauntlet.JSON(`{"name":"a b/ü"}`))
		if refused {
			require.Error(t, err)
			assert.NotEqual(t, twin.TokenLive, last.TokenState, "%+v", last)
			for _, secret := range sim.Secrets() {
				assert.NotContains(t, err.Error(), secret)
			}
			return
		}
		require.NoError(t, err)
		assert.Equal(t, twin.TokenLive, last.TokenState)
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestSignedQuery: the parameters of a call are signed as they are sent.
func TestSignedQuery(t *testing.T) {
	c := connector(t)
	sim := twin.New(c, twin.Options{})
	for _, m := range c.Auth {
		if m.Kind != "sign" {
			continue
		}
		app, err := authstest.Driver().App(gauntlet.Target{Transport: sim, Servers: sim.Servers()})
		require.NoError(t, err)
		acct := sim.Accounts()[0]
		session, err := app.Session(gauntlet.Account{ID: acct.ID, Method: m.Name, Cred: acct.Cred})
		require.NoError(t, err)
		for _, cursor := range []string{"a b+c/ü*~'%=&", "", "A-._~"} {
			_, _ = session.Call(t.Context(), "parcels.list", gauntlet.JSON(`{"cursor":`+jsonText(cursor)+`,"limit":3}`)) // The cursor is nobody's.
			_, _ = session.Call(t.Context(), "parcels.get", gauntlet.JSON(`{"id":`+jsonText("x"+cursor)+`}`))
			entries := sim.Journal().Entries()
			for _, e := range entries[len(entries)-2:] {
				assert.Equal(t, twin.TokenLive, e.TokenState, "%s: %s %s", m.Name, e.Path, url.QueryEscape(cursor))
			}
		}
	}
}

func jsonText(s string) string {
	data, err := json.Marshal(s)
	if err != nil {
		return ""
	}
	return string(data)
}
