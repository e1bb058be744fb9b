package twin

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

const authorizeURL = "https://acme.test/oauth/authorize"

// browser is a client that reads pages.
type browser struct{ *client }

// open asks for a page.
func (b browser) open(address string) got {
	b.t.Helper()
	r := b.request(http.MethodGet, address, nil)
	r.Header.Set("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
	g, err := b.try(r)
	if err != nil {
		b.t.Fatal(err)
	}
	return g
}

// send posts the form of a page; headers are pairs.
func (b browser) send(address string, form url.Values, headers ...string) got {
	b.t.Helper()
	r := b.request(http.MethodPost, address, form)
	r.Header.Set("Accept", "text/html")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	g, err := b.try(r)
	if err != nil {
		b.t.Fatal(err)
	}
	return g
}

var hiddenForm = regexp.MustCompile(`name="form" value="([^"]+)"`)

// proofOf is what the form of a page proves itself by.
func proofOf(t *testing.T, g got) string {
	t.Helper()
	found := hiddenForm.FindStringSubmatch(g.raw)
	if found == nil {
		t.Fatalf("no form in %s", g.raw)
	}
	return found[1]
}

func asked(args ...string) string {
	v := url.Values{"client_id": {"twin-client"}, "redirect_uri": {"https://app.test/callback?x=1"}, "response_type": {"code"}, "state": {"s&1"}}
	for i := 0; i+1 < len(args); i += 2 {
		v.Set(args[i], args[i+1])
	}
	return authorizeURL + "?" + v.Encode()
}

// TestConsentPage shows a browser a page on which to agree or to deny; a program is led
// back at once.
func TestConsentPage(t *testing.T) {
	inBubble(t, Options{Accounts: 2}, func(t *testing.T, tw *Twin) {
		b := browser{&client{t: t, tw: tw}}
		address := asked("login_hint", "acct-2", "scope", "channels:read,<b>")
		page := b.open(address)
		equal(t, "status", page.status, http.StatusOK)
		equal(t, "media", page.header.Get("Content-Type"), "text/html; charset=utf-8")
		equal(t, "no frame of another site", strings.Contains(page.header.Get("Content-Security-Policy"), "frame-ancestors 'none'"), true)
		for _, want := range []string{"<h1>Acme</h1>", "app.test", "<code>channels:read</code>", "<code>&lt;b&gt;</code>", "<option selected>acct-2</option>", "<option>acct-1</option>"} {
			if !strings.Contains(page.raw, want) {
				t.Errorf("no %s in %s", want, page.raw)
			}
		}
		equal(t, "no script", strings.Contains(page.raw, "<script"), false)

		back := func(g got) url.Values {
			t.Helper()
			equal(t, "status", g.status, http.StatusSeeOther)
			to := parseURL(g.header.Get("Location"))
			equal(t, "host", to.Host, "app.test")
			equal(t, "state", to.Query().Get("state"), "s&1")
			equal(t, "kept", to.Query().Get("x"), "1")
			return to.Query()
		}
		form := func(do, account string) url.Values {
			return url.Values{"form": {proofOf(t, page)}, "do": {do}, "account": {account}}
		}
		denied := back(b.send(address, form("deny", "acct-1")))
		equal(t, "denied", denied.Get("error"), "access_denied")
		equal(t, "no code", denied.Has("code"), false)
		equal(t, "nothing but allow is consent", back(b.send(address, form("", "acct-1"))).Get("error"), "access_denied")

		agreed := back(b.send(address, form("allow", "acct-1"), "Sec-Fetch-Site", "same-origin"))
		g, err := b.ask("grant_type", "authorization_code", "code", agreed.Get("code"), "redirect_uri", "https://app.test/callback?x=1")
		equal(t, "exchanged", err, nil)
		b.token = textOf(g.at(t, "access_token"))
		equal(t, "works", b.get(api+"auth.test").at(t, "ok"), any(true))
		equal(t, "account", b.last().Account, "acct-1")
		b.token = ""

		equal(t, "nobody's account", b.send(address, form("allow", "acct-9")).status, http.StatusBadRequest)
		equal(t, "a program", b.get(address).status, http.StatusFound)
		equal(t, "of another type", strings.Contains(b.open(asked("response_type", "token")).header.Get("Location"), "error=unsupported_response_type"), true)

		arm(t, tw, Fault{ID: "auth/denied", Scope: Scope{Action: "@authorize"}, Times: 1})
		equal(t, "who will not", strings.Contains(b.open(address).header.Get("Location"), "error=access_denied"), true)
	})
}

// TestForeignForms sends the form of the page from elsewhere: nobody has agreed.
func TestForeignForms(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
		b := browser{&client{t: t, tw: tw}}
		address := asked()
		proof := proofOf(t, b.open(address))
		refused := func(what string, g got) {
			t.Helper()
			equal(t, what, g.status, http.StatusForbidden)
			equal(t, what, g.header.Get("Location"), "")
		}
		form := func(proof string) url.Values {
			return url.Values{"form": {proof}, "do": {"allow"}, "account": {"acct-1"}}
		}
		refused("no proof", b.send(address, form("")))
		refused("one made up", b.send(address, form("99999999999.AAAA")))
		refused("one of another request", b.send(asked("scope", "channels:write"), form(proof)))
		refused("one of another twin", b.send(address, form(proofOf(t, browser{&client{t: t, tw: New(connector(), Options{})}}.open(address)))))
		refused("the page of another site", b.send(address, form(proof), "Sec-Fetch-Site", "cross-site"))
		equal(t, "a code", strings.Contains(b.send(address, form(proof)).header.Get("Location"), "code="), true)
		time.Sleep(formLife)
		refused("one that is too old", b.send(address, form(proof)))
	})
}

// TestBadRedirects names addresses that nobody may be led to: it is said on the page.
func TestBadRedirects(t *testing.T) {
	tw := New(connector(), Options{})
	b := browser{&client{t: t, tw: tw}}
	for _, address := range []string{
		asked("redirect_uri", ""), asked("redirect_uri", "/callback"), asked("redirect_uri", "javascript:alert(1)"), asked("redirect_uri", "https://app.test/#x"), asked("redirect_uri", "data:text/html,x"),
		asked("client_id", "<script>"),
	} {
		g := b.open(address)
		equal(t, address, g.status, http.StatusBadRequest)
		equal(t, address, g.header.Get("Location"), "")
		equal(t, "media", g.header.Get("Content-Type"), "text/html; charset=utf-8")
		equal(t, "says why", strings.Contains(g.raw, "unknown client or redirect_uri"), true)
		equal(t, "to a program", b.get(address).raw, "unknown client or redirect_uri\n")
		equal(t, "nor by the form", b.send(address, url.Values{"do": {"allow"}}).status, http.StatusBadRequest)
	}
	equal(t, "an application on a phone", b.get(asked("redirect_uri", "com.acme.app:/callback")).status, http.StatusFound)
	page := b.open(asked("redirect_uri", `https://"><script>alert(1)</script>.test/`, "scope", `"><script>`, "login_hint", `"><script>`))
	equal(t, "no script", strings.Contains(page.raw, "<script"), false)

	s := httptest.NewServer(tw.Handler())
	defer s.Close()
	served := strings.Replace(asked(), "https://acme.test", s.URL, 1)
	r := b.request(http.MethodGet, served, nil)
	r.Header.Set("Accept", "text/html")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	equal(t, "the page of a served twin", resp.StatusCode, http.StatusOK)
}

// TestConsentToPushed shows the page for a request that was pushed: its reference lives as
// long as the form, and is used up by it.
func TestConsentToPushed(t *testing.T) {
	inBubbleOf(t, pushing(connector()), func(t *testing.T, tw *Twin) {
		b := browser{&client{t: t, tw: tw}}
		pushed := textOf(b.do(http.MethodPost, pushedURL, pushedForm(nil)).at(t, "request_uri"))
		address := visitURL + "?" + url.Values{"client_id": {"twin-client"}, "request_uri": {pushed}}.Encode()
		page := b.open(address)
		equal(t, "status", page.status, http.StatusOK)
		time.Sleep(2 * pushedLife)
		equal(t, "again", b.open(address).status, http.StatusOK)
		form := url.Values{"form": {proofOf(t, page)}, "do": {"allow"}, "account": {"acct-1"}}
		to := parseURL(b.send(address, form).header.Get("Location")).Query()
		equal(t, "state", to.Get("state"), "s1")
		equal(t, "a code", to.Get("code") != "", true)
		equal(t, "a second time", b.send(address, form).status, http.StatusBadRequest)
	})
}
