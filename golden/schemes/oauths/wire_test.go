package oauths_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/golden/schemes/oauths"
	rt "github.com/porin-dev/porin/runtime"
)

// wire is a provider that answers from a script and writes down what it is asked.
type wire struct {
	answers map[string]string // By host and path.
	asked   []*http.Request
	bodies  []string
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	w.asked, w.bodies = append(w.asked, r), append(w.bodies, string(body))
	answer, ok := w.answers[r.URL.Host+r.URL.Path]
	if !ok {
		answer = `{"parcels":[]}`
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(answer)), Request: r}, nil
}

const redirect = "https://app.example/callback"

func app(t *testing.T, w *wire) *oauths.App {
	t.Helper()
	a, err := oauths.NewApp(oauths.AppConfig{ClientID: "c1", ClientSecret: oauths.NewSecret("s3cret")}, oauths.WithTransport(w))
	require.NoError(t, err)
	return a
}

func redeem(t *testing.T, g rt.Grants) {
	t.Helper()
	_, err := g.Exchange(t.Context(), rt.CodeGrant{
		Account: "a", Code: "code1", State: "state1", RedirectURL: redirect, Verifier: rt.NewSecret("verifier1"),
		Settings: map[string]string{"handle": "acme", "installation": "inst-7", "tenant": "contoso"},
	})
	require.NoError(t, err)
}

// TestStripeApp: the secret is the user, and there is no password (RFC 7617 section 2).
func TestStripeApp(t *testing.T) {
	w := &wire{answers: map[string]string{"api.stripe.test/v1/oauth/token": `{"access_token":"t1","refresh_token":"r1"}`}}
	a := app(t, w)
	_, err := a.Exchange(t.Context(), rt.CodeGrant{Account: "a", Code: "code1", RedirectURL: redirect})
	require.NoError(t, err)
	assert.Equal(t, "Basic "+base64.StdEncoding.EncodeToString([]byte("s3cret:")), w.asked[0].Header.Get("Authorization"))
	assert.Equal(t, "code=code1&grant_type=authorization_code", w.bodies[0])
}

func TestTiktok(t *testing.T) {
	w := &wire{answers: map[string]string{"open.tiktokapis.test/v2/oauth/token/": `{"data":{"access_token":"t1","refresh_token":"r1","expires_in":86400,"scope":"a,b"}}`}}
	a := app(t, w)
	attempt, err := a.Tiktok().AuthCodeURL(rt.AuthRequest{RedirectURL: redirect, State: "s", Scopes: []string{"a", "b"}})
	require.NoError(t, err)
	u, err := url.Parse(attempt.URL)
	require.NoError(t, err)
	assert.Equal(t, "c1", u.Query().Get("client_key"))
	assert.False(t, u.Query().Has("client_id"))
	assert.Equal(t, "a,b", u.Query().Get("scope"))
	redeem(t, a.Tiktok())
	form, err := url.ParseQuery(w.bodies[0])
	require.NoError(t, err)
	assert.Equal(t, url.Values{
		"client_key": {"c1"}, "client_secret": {"s3cret"}, "code": {"code1"}, "code_verifier": {"verifier1"},
		"grant_type": {"authorization_code"}, "redirect_uri": {redirect},
	}, form)
}

func TestFigma(t *testing.T) {
	w := &wire{answers: map[string]string{"www.figma.test/api/oauth/token": `{"access_token":"t1","expires_in":100}`}}
	redeem(t, app(t, w).Figma())
	assert.Equal(t, "application/json", w.asked[0].Header.Get("Content-Type"))
	assert.JSONEq(t, `{"client_id":"c1","client_secret":"s3cret","code":"code1","code_verifier":"verifier1","grant_type":"authorization_code","redirect_uri":"`+redirect+`"}`, w.bodies[0])
}

// TestShopline: the signature is made by hand, over the body and the time.
func TestShopline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // From 946684800000 on.
		w := &wire{answers: map[string]string{"acme.myshopline.test/admin/oauth/token/create": `{"data":{"accessToken":"t1","expireTime":"2000-01-01T01:00:00Z"}}`}}
		redeem(t, app(t, w).Shopline())
		assert.Equal(t, `{"code":"code1"}`, w.bodies[0])
		assert.Equal(t, "946684800000", w.asked[0].Header.Get("timestamp"))
		mac := hmac.New(sha256.New, []byte("s3cret"))
		mac.Write([]byte(`{"code":"code1"}946684800000`))
		assert.Equal(t, hex.EncodeToString(mac.Sum(nil)), w.asked[0].Header.Get("sign"))
	})
}

// TestSalesforce: the token is that of the first request, and the second one says when
// it ends.
func TestSalesforce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answers: map[string]string{
			"login.salesforce.test/services/oauth2/token":      `{"access_token":"t1","refresh_token":"r1"}`,
			"login.salesforce.test/services/oauth2/introspect": `{"active":true,"exp":946688400}`, // 01:00
		}}
		a := app(t, w)
		redeem(t, a.Salesforce())
		assert.Equal(t, "client_id=c1&client_secret=s3cret&token=t1", w.bodies[1])
		c, err := a.SalesforceClient("a", oauths.Settings{})
		require.NoError(t, err)
		call := func() string {
			w.asked, w.bodies = nil, nil
			_, err = c.Parcels.List(t.Context(), oauths.ParcelsListParams{})
			require.NoError(t, err)
			return w.asked[len(w.asked)-1].Header.Get("Authorization")
		}
		time.Sleep(44 * time.Minute)
		assert.Equal(t, "Bearer t1", call())
		assert.Len(t, w.asked, 1)
		time.Sleep(2 * time.Minute) // A quarter of an hour is left.
		w.answers["login.salesforce.test/services/oauth2/token"] = `{"access_token":"t2","refresh_token":"r1"}`
		assert.Equal(t, "Bearer t2", call())
		assert.Len(t, w.asked, 3)
	})
}

// TestAgiloft: what renews the token has the first 20 characters of the secret.
func TestAgiloft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answers: map[string]string{"acme.agiloft.test/ewws/token": `{"access_token":"t1","refresh_token":"r1","expires_in":900}`}}
		a, err := oauths.NewApp(oauths.AppConfig{ClientID: "c1", ClientSecret: oauths.NewSecret("abcdefghijklmnopqrstuvwxyz")}, oauths.WithTransport(w))
		require.NoError(t, err)
		redeem(t, a.Agiloft())
		assert.NotContains(t, w.bodies[0], "md5_secret")
		time.Sleep(20 * time.Minute)
		c, err := a.AgiloftClient("a", oauths.Settings{})
		require.NoError(t, err)
		_, err = c.Parcels.List(t.Context(), oauths.ParcelsListParams{})
		require.NoError(t, err)
		assert.Equal(t, "grant_type=refresh_token&md5_secret=abcdefghijklmnopqrst&refresh_token=r1", w.bodies[1])
	})
}

// TestCapturedNothing: an answer without what the next request needs is told, and
// quotes nothing.
func TestCapturedNothing(t *testing.T) {
	w := &wire{answers: map[string]string{"api.instagram.test/oauth/access_token": `{"token":"hunter2"}`}}
	_, err := app(t, w).Instagram().Exchange(t.Context(), rt.CodeGrant{Account: "a", Code: "hunter1", RedirectURL: redirect})
	require.ErrorContains(t, err, "has no short")
	assert.NotContains(t, err.Error(), "hunter")
	assert.Len(t, w.asked, 1)
}
