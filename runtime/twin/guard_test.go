package twin

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// steered sends a request as a browser or a program does, and returns the answer.
func steered(tw *Twin, method, url, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, url, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	tw.Handler().ServeHTTP(rec, r)
	return rec
}

// The page of another site does nothing to a twin, whichever of the two headers its browser
// sends; programs and the twin's own page do.
func TestPagesOfOtherSites(t *testing.T) {
	const home, fault = "http://127.0.0.1:8080" + ControlPath, `{"id": "status/503"}`
	for _, foreign := range [][]string{
		{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site", "Content-Type", "text/plain"},
		{"Origin", "https://evil.example"},
		{"Origin", "null"},
		{"Origin", "http://127.0.0.1:9090"},
		{"Sec-Fetch-Site", "same-site"},
	} {
		tw := New(connector(), Options{})
		for _, e := range []string{"arm", "disarm", "reset", "expire", "revoke", "rotate", "agree", "lower", "job", "deliver", ""} {
			rec := steered(tw, "POST", home+e, fault, foreign...)
			require.Equal(t, http.StatusForbidden, rec.Code, "%s %s", e, foreign)
			require.Contains(t, rec.Body.String(), "another site")
		}
		require.Empty(t, tw.Armed())
	}
	for _, own := range [][]string{
		nil,
		{"Origin", "http://127.0.0.1:8080"},
		{"Origin", "http://127.0.0.1:8080", "Sec-Fetch-Site", "same-origin"},
		{"Sec-Fetch-Site", "none"},
	} {
		tw := New(connector(), Options{})
		require.Equal(t, http.StatusOK, steered(tw, "POST", home+"arm", fault, own...).Code, own)
		require.Len(t, tw.Armed(), 1)
	}
}

// A twin is steered under no name that a page could have lead to it, and says what to do.
func TestNamesOfTwin(t *testing.T) {
	for _, one := range []struct {
		host   string
		hosts  []string
		status int
	}{
		{"127.0.0.1:8080", nil, 200},
		{"127.8.0.1", nil, 200},
		{"[::1]:8080", nil, 200},
		{"[::1]", nil, 200},
		{"LocalHost:8080", nil, 200},
		{"evil.example:8080", nil, 421},
		{"localhost.evil.example", nil, 421},
		{"127.0.0.1.evil.example", nil, 421},
		{"192.0.2.7:8080", nil, 421},
		{"*", []string{"*"}, 421},
		{"192.0.2.7:8080", []string{"*"}, 200},
		{"evil.example", []string{"*"}, 421},
		{"twin:8080", []string{"twin"}, 200},
		{"twin2:8080", []string{"twin"}, 421},
	} {
		tw := New(connector(), Options{Hosts: one.hosts})
		r := httptest.NewRequest("GET", ControlPath+"state", nil)
		r.Host = one.host
		rec := httptest.NewRecorder()
		tw.Handler().ServeHTTP(rec, r)
		require.Equal(t, one.status, rec.Code, one.host)
		if one.status != 200 {
			require.Contains(t, rec.Body.String(), "porin twin --host NAME")
			require.NotContains(t, rec.Body.String(), "access")
		}
	}
	for addr, name := range map[string]string{
		":8080": "*", "0.0.0.0:8080": "*", "[::]:8080": "*", "127.0.0.1:0": "127.0.0.1", "[::1]:80": "::1", "twin.example:8080": "twin.example",
	} {
		require.Equal(t, name, listened(addr), addr)
	}
}

// What the provider has is open under every name, and steering only under the twin's.
func TestServedUnderForeignName(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	tw := New(connector(), Options{})
	up, down := make(chan Ready, 1), make(chan error, 1)
	go func() { down <- tw.Serve(ctx, "127.0.0.1:0", func(r Ready) { up <- r }) }()
	ready := <-up
	ask := func(address, host string) (int, string) {
		r, err := http.NewRequest("GET", address, nil)
		require.NoError(t, err)
		r.Host = host
		resp, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return resp.StatusCode, string(body)
	}
	status, said := ask(ready.Control+"state", "evil.example")
	require.Equal(t, 421, status)
	require.NotContains(t, said, ready.Accounts[0].Access)
	status, said = ask(ready.Control+"state", "")
	require.Equal(t, 200, status)
	require.Contains(t, said, ready.Accounts[0].Access)
	status, _ = ask(ready.Servers["api"], "evil.example")
	require.Equal(t, 404, status, "the twin's answer for no action")
	status, said = ask(strings.TrimSuffix(ready.Control, "/"), "")
	require.Equal(t, 404, status)
	require.Contains(t, said, "there is no /_porin/; there is\nGET", "it leads to the endpoints, which have no page here")
	stop()
	require.NoError(t, <-down)
}
