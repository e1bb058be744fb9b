package twin

import (
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// steer sends a request to what steers a twin.
func steer(t *testing.T, method, path, body string) (status int, said string) {
	t.Helper()
	rec := httptest.NewRecorder()
	New(connector(), Options{}).Control().ServeHTTP(rec, httptest.NewRequest(method, ControlPath+path, strings.NewReader(body)))
	return rec.Code, rec.Body.String()
}

// TestGuide holds the guide to what steers a twin: each endpoint that it lists is there.
func TestGuide(t *testing.T) {
	guide, err := os.ReadFile("../../docs/twin.md")
	require.NoError(t, err)
	rows := regexp.MustCompile("(?m)^\\| (GET|POST) \\| `([a-z]+)`").FindAllStringSubmatch(string(guide), -1)
	require.Greater(t, len(rows), 10)
	for _, row := range rows {
		if row[2] == "verdict" {
			continue // The page's.
		}
		status, said := steer(t, row[1], row[2], "")
		require.NotEqual(t, http.StatusMethodNotAllowed, status, row[2])
		require.NotContains(t, said, "page not found", row[2])
	}
}

// Each endpoint is in the guide, and so is its method.
func TestGuideIsWhole(t *testing.T) {
	guide, err := os.ReadFile("../../docs/twin.md")
	require.NoError(t, err)
	_, said := steer(t, "GET", "nothing", "")
	lines := regexp.MustCompile(`(?m)^(GET|POST) +/_porin/([a-z]+)`).FindAllStringSubmatch(said, -1)
	require.Greater(t, len(lines), 10)
	for _, line := range lines {
		require.Contains(t, string(guide), "| "+line[1]+" | `"+line[2]+"` |")
	}
}

// A method that an endpoint does not take is answered with those that it does.
func TestAllow(t *testing.T) {
	rec := httptest.NewRecorder()
	New(connector(), Options{}).Control().ServeHTTP(rec, httptest.NewRequest("GET", ControlPath+"arm", nil))
	require.Equal(t, 405, rec.Code)
	require.Equal(t, "POST", rec.Header().Get("Allow"))
}

// What is wrong with a request for a delivery is the caller's, and told before anything
// is sent: 502 says that the receiver could not be reached.
func TestDeliverIsAskedForRightly(t *testing.T) {
	for _, one := range []struct {
		body   string
		status int
		says   string
	}{
		{`{}`, 400, `say where to; such as {"url": "http://127.0.0.1:9000/"`},
		{`{"url": "file:///etc/hosts"}`, 400, "say where to: the address needs http:// or https://"},
		{`{"url": "127.0.0.1:9000/"}`, 400, "say where to: the address needs http:// or https://"},
		{`{"url": "http://127.0.0.1:1/", "webhook": "event"}`, 404, `no webhook "event"; there is events`},
		{`{"url": "http://127.0.0.1:1/", "event": "messge"}`, 404, `no event of webhook events "messge"; there is message`},
		{`{"url": "http://127.0.0.1:1/", "account": "acct-9"}`, 404, `no account "acct-9"; there is acct-1`},
		{`{"url": "http://127.0.0.1:1/", "webhook": "shared", "challenge": true}`, 400, "webhook shared has 0 challenges"},
		{`{"url": "http://127.0.0.1:1/", "fault": "webhooks/stal"}`, 404, `no webhook fault "webhooks/stal"; there is webhooks/stale`},
		{`{"url": "http://127.0.0.1:1/", "fault": "status/503"}`, 404, "no webhook fault"},
		{`{"url": "http://127.0.0.1:1/", "fault": "webhooks/stale", "params": {"by": "soon"}}`, 400, "by is a duration such as 1h"},
		{`{"url": "http://127.0.0.1:1/", "fault": "webhooks/stale", "params": {"from": "1h"}}`, 400, `no parameter "from"; there is by`},
		{`{"url": "http://127.0.0.1:1/", "fault": "webhooks/replay", "params": {"after": "61s"}}`, 400, "after is a duration from 0 to 1m0s where time is real, not 61s"},
		{`{"url": "http://127.0.0.1:1/", "fault": "webhooks/replay", "params": {"after": "60s"}}`, 502, "refused"},
		{`{"url": "http://127.0.0.1:1/", "params": {"by": "1h"}}`, 400, "none is named"},
		{`{"url": "http://127.0.0.1:1/"}`, 502, "refused"},
	} {
		status, said := steer(t, "POST", "deliver", one.body)
		require.Equal(t, one.status, status, said)
		require.Contains(t, said, one.says)
	}
}

// What is wrong with a request is told without the words of a parser.
func TestMisreadRequests(t *testing.T) {
	for body, says := range map[string]string{
		`Nonsense`:                            "it is no JSON, from byte 1 on; such as",
		`{"id": `:                             "it is no JSON, from byte 8 on",
		`{"id": "a"} more`:                    "it is no JSON, from byte 13 on",
		`[]`:                                  "it is no object",
		`{"id": "status/503", "times": 1.5}`:  "times is 1.5, where it should be a whole number",
		`{"id": "status/503", "times": 1e30}`: "times is 1e30, where it should be a whole number",
		`{"id": "status/503", "times": "2"}`:  "times is a string, where it should be a whole number",
		`{"id": "status/503", "scope": {"from": "soon"}}`: `scope/from should be a duration such as "10s"`,
		`{"id": 1}`:                         "id is a number, where it should be a text",
		`{"id": "status/503", "params": 1}`: "params is a number, where it should be an object",
		`{"id": "status/503", "id": "a"}`:   `the member "id" is there twice`,
		`{"id": "status/503", "seed": -1}`:  "seed is -1, where it should be a whole number",
		`{"id": "status/503", "tims": 1}`:   `no member "tims"; there is id`,
	} {
		status, said := steer(t, "POST", "arm", body)
		require.Equal(t, http.StatusBadRequest, status, body)
		require.Contains(t, said, says)
	}
}

// A fault that was armed for longer than whoever asks for a delivery waits is told, too.
func TestDeliverComesAgainSoon(t *testing.T) {
	tw := New(connector(), Options{})
	_, err := tw.Arm(Fault{ID: "webhooks/replay", Params: map[string]string{"after": "1h"}})
	require.NoError(t, err)
	rec := httptest.NewRecorder()
	tw.Control().ServeHTTP(rec, httptest.NewRequest("POST", ControlPath+"deliver", strings.NewReader(`{"url": "http://127.0.0.1:1/"}`)))
	require.Equal(t, http.StatusBadRequest, rec.Code)
	require.Contains(t, rec.Body.String(), "from 0 to 1m0s where time is real, not 1h")
}

// The journal says what is near an address that the spec has no action at, and says no
// value of the request.
func TestWhyNowhere(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
		clientOf(t, tw).get(api + "channels/C12345678/pins")
		entry := tw.Journal().Entries()[0]
		require.Equal(t, "the spec has no action there; it has channels.get at GET /v1/channels/{id}, channels.delete at DELETE /v1/channels/{id}, channels.update at PUT /v1/channels/{id}", entry.Why)
	})
}
