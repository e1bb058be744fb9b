package auths_test

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/golden/schemes/auths"
)

// wire is a provider that answers from a script and writes down what it is asked.
type wire struct {
	answers map[string][]string // By address without a query; the last one is repeated.

	mu    sync.Mutex
	asked []*http.Request
	text  []string
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	body := ""
	if r.Body != nil {
		data, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = string(data)
	}
	w.asked = append(w.asked, r)
	w.text = append(w.text, r.Method+" "+r.URL.String()+" "+body)
	key := r.URL.Scheme + "://" + r.URL.Host + r.URL.Path
	all := w.answers[key]
	answer := `{"parcels":[]}`
	if len(all) > 0 {
		answer = all[0]
	}
	if len(all) > 1 {
		w.answers[key] = all[1:]
	}
	status := http.StatusOK
	if code, rest, ok := strings.Cut(answer, " "); ok && len(code) == 3 {
		if _, err := fmt.Sscan(code, &status); err != nil {
			return nil, err
		}
		answer = rest
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(answer)), Request: r}, nil
}

// list makes a call and returns what the provider was asked for it.
func (w *wire) list(t *testing.T, c *auths.Client) ([]*http.Request, []string) {
	t.Helper()
	w.asked, w.text = nil, nil
	_, err := c.Parcels.List(t.Context(), auths.ParcelsListParams{})
	require.NoError(t, err)
	return w.asked, w.text
}

func client(t *testing.T, w *wire, auth auths.Auth) *auths.Client {
	t.Helper()
	c, err := auths.New(auth, auths.Settings{}, auths.WithTransport(w))
	require.NoError(t, err)
	return c
}

const listed = "GET https://api.auths.test/parcels?limit=50 "

// TestWalmart: the pair is the one of RFC 7617 section 2.
func TestWalmart(t *testing.T) {
	w := &wire{answers: map[string][]string{"https://marketplace.walmart.test/v3/token": {`{"access_token":"t1","expires_in":900}`}}}
	asked, text := w.list(t, client(t, w, auths.Walmart("Aladdin", "open sesame")))
	assert.Equal(t, []string{"POST https://marketplace.walmart.test/v3/token grant_type=client_credentials", listed}, text)
	assert.Equal(t, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", asked[0].Header.Get("Authorization"))
	assert.Equal(t, "application/x-www-form-urlencoded", asked[0].Header.Get("Content-Type"))
	assert.Regexp(t, regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`), asked[0].Header.Get("WM_QOS.CORRELATION_ID"))
	assert.Equal(t, "t1", asked[1].Header.Get("WM_SEC.ACCESS_TOKEN"))
	assert.Empty(t, asked[1].Header.Get("Authorization"))
}

func TestBullhorn(t *testing.T) {
	w := &wire{answers: map[string][]string{
		"https://auth.bullhorn.test/oauth/token":         {`{"access_token":"a&b"}`},
		"https://rest.bullhorn.test/rest-services/login": {`{"BhRestToken":"session"}`},
	}}
	asked, text := w.list(t, client(t, w, auths.Bullhorn("u", "p=1")))
	assert.Equal(t, []string{
		"POST https://auth.bullhorn.test/oauth/token grant_type=password&password=p%3D1&username=u",
		"POST https://rest.bullhorn.test/rest-services/login?access_token=a%26b&version=%2A ",
		listed,
	}, text)
	assert.Equal(t, "session", asked[2].Header.Get("BhRestToken"))
}

// TestCoros: the session is extended before its end, and the token stays.
func TestCoros(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answers: map[string][]string{
			"https://open.coros.test/login":                {`{"result":"0000","data":{"access_token":"t1"}}`},
			"https://open.coros.test/oauth2/refresh-token": {`{"result":"0000"}`},
		}}
		c := client(t, w, auths.Coros("1", "s"))
		_, text := w.list(t, c)
		assert.Equal(t, []string{`POST https://open.coros.test/login {"account":{"id":"1","secret":"s"}}`, listed}, text)
		_, text = w.list(t, c)
		assert.Equal(t, []string{listed}, text)
		time.Sleep(28 * 24 * time.Hour)
		asked, text := w.list(t, c)
		assert.Equal(t, []string{"POST https://open.coros.test/oauth2/refresh-token access_token=t1", listed}, text)
		assert.Equal(t, "accessToken=t1", asked[1].Header.Get("Cookie"))
		time.Sleep(26 * 24 * time.Hour)
		_, text = w.list(t, c)
		assert.Equal(t, []string{listed}, text)
	})
}

// TestCorosAgain: a session that cannot be extended any more is begun anew, and when
// that is refused, too, the secrets rest.
func TestCorosAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answers: map[string][]string{
			"https://open.coros.test/login":                {`{"result":"0000","data":{"access_token":"t1"}}`, `{"result":"0000","data":{"access_token":"t2"}}`, `401 {}`},
			"https://open.coros.test/oauth2/refresh-token": {`{"result":"5000"}`},
		}}
		c := client(t, w, auths.Coros("1", "s"))
		w.list(t, c)
		time.Sleep(28 * 24 * time.Hour)
		asked, text := w.list(t, c)
		assert.Equal(t, []string{"POST https://open.coros.test/oauth2/refresh-token access_token=t1", `POST https://open.coros.test/login {"account":{"id":"1","secret":"s"}}`, listed}, text)
		assert.Equal(t, "accessToken=t2", asked[2].Header.Get("Cookie"))
		time.Sleep(40 * 24 * time.Hour)
		w.text = nil
		for range 3 {
			_, err := c.Parcels.List(t.Context(), auths.ParcelsListParams{})
			require.ErrorIs(t, err, auths.ErrDisconnected)
		}
		assert.Len(t, w.text, 2)
	})
}

// TestHightouch: in a bubble the clock begins at 2000-01-01T00:00:00Z.
func TestHightouch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answers: map[string][]string{"https://login.hightouch.test/sessions": {
			`{"session":{"token":"t1","expires_at":"2000-01-01T01:00:00Z"}}`, `{"session":{"token":"t2","expires_at":"2000-01-01T03:00:00+01:00"}}`,
		}}}
		c := client(t, w, auths.Hightouch("u", `p"1`))
		asked, text := w.list(t, c)
		assert.Equal(t, []string{`POST https://login.hightouch.test/sessions {"password":"p\"1","user":"u"}`, listed}, text)
		assert.Equal(t, "2000-01-01T00:00:00Z", asked[0].Header.Get("X-Requested-At"))
		assert.Equal(t, "application/json", asked[0].Header.Get("Content-Type"))
		assert.Equal(t, "Session t1", asked[1].Header.Get("Authorization"))
		time.Sleep(53 * time.Minute)
		_, text = w.list(t, c)
		assert.Equal(t, []string{listed}, text)
		time.Sleep(2 * time.Minute) // A tenth of its life is left.
		asked, _ = w.list(t, c)
		assert.Equal(t, "Session t2", asked[1].Header.Get("Authorization"))
	})
}

func TestClover(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answers: map[string][]string{
			"https://apisandbox.clover.test/oauth/v2/token":   {`{"access_token":"t1","refresh_token":"r1","access_token_expiration":946688400}`}, // 01:00
			"https://apisandbox.clover.test/oauth/v2/refresh": {`{"access_token":"t2","refresh_token":"r2","access_token_expiration":946692000}`, `400 {"error":"gone"}`},
		}}
		c := client(t, w, auths.Clover("id", "secret"))
		_, text := w.list(t, c)
		assert.Equal(t, []string{`POST https://apisandbox.clover.test/oauth/v2/token {"client_id":"id","client_secret":"secret"}`, listed}, text)
		time.Sleep(59 * time.Minute)
		asked, text := w.list(t, c)
		assert.Equal(t, []string{`POST https://apisandbox.clover.test/oauth/v2/refresh {"client_id":"id","refresh_token":"r1"}`, listed}, text)
		assert.Equal(t, "Bearer t2", asked[1].Header.Get("Authorization"))
	})
}

// TestDocuware: the address of the token endpoint is found in two answers.
func TestDocuware(t *testing.T) {
	w := &wire{answers: docuware("https://login-eu.docuware.test/", "https://login-eu.docuware.test/connect/token?v=2")}
	asked, text := w.list(t, client(t, w, auths.Docuware("u", "p=1")))
	assert.Equal(t, []string{
		"GET https://acme.docuware.test/DocuWare/Platform/Home/IdentityServiceInfo ",
		"GET https://login-eu.docuware.test/.well-known/openid-configuration ",
		"POST https://login-eu.docuware.test/connect/token?v=2 client_id=docuware.platform.net.client&grant_type=password&password=p%3D1&scope=docuware.platform&username=u",
		listed,
	}, text)
	assert.Equal(t, "Bearer t1", asked[3].Header.Get("Authorization"))
}

func docuware(identity, endpoint string) map[string][]string {
	return map[string][]string{
		"https://acme.docuware.test/DocuWare/Platform/Home/IdentityServiceInfo": {`{"IdentityServiceUrl":"` + identity + `"}`},
		"https://login-eu.docuware.test/.well-known/openid-configuration":       {`{"token_endpoint":"` + endpoint + `"}`},
		"https://login-eu.docuware.test/connect/token":                          {`{"access_token":"t1","expires_in":3600}`},
	}
}

// TestToldElsewhere: nothing is asked at an address that is not the provider's.
func TestToldElsewhere(t *testing.T) {
	for _, address := range []string{
		"https://evil.test/token", "https://docuware.test.evil.test/token", "https://login.docuware.test@evil.test/token", "http://login.docuware.test/token",
		"https://evil.test#.docuware.test", "https://a.b.docuware.test/token", "https://login.docuware.test:8443/token", "//login.docuware.test/token",
		"https://login.docuware.test/{domain}", "token", "https://user@login.docuware.test/token", `https:\\\\evil.test\\.docuware.test`,
	} {
		w := &wire{answers: docuware("https://login-eu.docuware.test", address)}
		_, err := client(t, w, auths.Docuware("u", "hunter2")).Parcels.List(t.Context(), auths.ParcelsListParams{})
		require.Error(t, err, address)
		assert.NotContains(t, err.Error(), "evil")
		assert.Len(t, w.text, 2, "%s: %v", address, err)
	}
}

// TestToldPath: what follows a told address is a part of its path, and its port may be written.
func TestToldPath(t *testing.T) {
	for _, address := range []string{"https://login.docuware.test/x?", "https://login.docuware.test/x?a=1", "https://login.docuware.test/x#"} {
		w := &wire{answers: docuware(address, "https://login-eu.docuware.test/connect/token")}
		_, err := client(t, w, auths.Docuware("u", "hunter2")).Parcels.List(t.Context(), auths.ParcelsListParams{})
		require.Error(t, err, address)
		assert.Len(t, w.text, 1, "%s: %v", address, w.text)
	}
	w := &wire{answers: docuware("https://login-eu.docuware.test", "https://login-eu.docuware.test:443/connect/token")}
	w.answers["https://login-eu.docuware.test:443/connect/token"] = []string{`{"access_token":"t1","expires_in":3600}`}
	_, text := w.list(t, client(t, w, auths.Docuware("u", "p")))
	assert.Len(t, text, 4)
}

// TestExpiredSession: one login for all who wait, and the call is made again.
func TestExpiredSession(t *testing.T) {
	w := &wire{answers: map[string][]string{
		"https://marketplace.walmart.test/v3/token": {`{"access_token":"t1"}`, `{"access_token":"t2"}`},
		"https://api.auths.test/parcels":            {`401 {}`, `{"parcels":[]}`},
	}}
	asked, text := w.list(t, client(t, w, auths.Walmart("u", "p")))
	assert.Len(t, text, 4)
	assert.Equal(t, "t2", asked[3].Header.Get("WM_SEC.ACCESS_TOKEN"))
}

// TestRefusedSecrets: the error says what to do and no secret, and the secrets rest.
func TestRefusedSecrets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answers: map[string][]string{"https://auth.bullhorn.test/oauth/token": {`401 {"error":"bad"}`}}}
		c := client(t, w, auths.Bullhorn("hunter1", "hunter2"))
		for range 3 {
			_, err := c.Parcels.List(t.Context(), auths.ParcelsListParams{})
			require.ErrorIs(t, err, auths.ErrDisconnected)
			assert.NotContains(t, fmt.Sprintf("%+v %#v", err, err), "hunter")
		}
		assert.Len(t, w.text, 1)
		time.Sleep(time.Minute)
		_, err := c.Parcels.List(t.Context(), auths.ParcelsListParams{})
		require.ErrorIs(t, err, auths.ErrDisconnected)
		assert.Len(t, w.text, 2)
	})
}

// TestEmptySecret: nothing is sent.
func TestEmptySecret(t *testing.T) {
	w := &wire{}
	_, err := client(t, w, auths.Bullhorn("u", "")).Parcels.List(t.Context(), auths.ParcelsListParams{})
	require.ErrorContains(t, err, "password is empty")
	assert.Empty(t, w.text)
}
