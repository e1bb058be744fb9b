package twin

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// authorize is the authorization endpoint (RFC 6749, 4.1.1). For a program the user agrees
// at once, in the name of the account of login_hint or the first; a person who comes with a
// browser gets a page to agree or deny on.
func (t *Twin) authorize(x *exchange) *answer {
	m := x.to.endpoint.method
	v := url.Values{}
	for name, values := range x.q.query { // By the names of RFC 6749.
		v[standardName(m.OAuth2.Rename, name)] = values
	}
	shows := x.q.method == http.MethodGet && x.q.browses()
	if !m.OAuth2.Pushed.IsZero() {
		p := t.pushedBy(x, v, shows)
		if p == nil {
			return x.refusePage(http.StatusBadRequest, "unknown client or request_uri")
		}
		v, m = p.values, p.method
	}
	back, ok := redirectOf(v.Get("redirect_uri"))
	if why := "unknown client or redirect_uri"; !ok || v.Get("client_id") != t.opt.ClientID {
		return x.refusePage(http.StatusBadRequest, why) // Never by a redirect (RFC 6749, 4.1.2.1).
	}
	state, hint := v.Get("state"), t.accountOf(v.Get("login_hint"))
	switch {
	case v.Has("response_type") && !slices.Contains(strings.Fields(v.Get("response_type")), "code"):
		return backTo(back, state, "error", "unsupported_response_type")
	case x.denied:
		return backTo(back, state, "error", "access_denied")
	case x.q.method == http.MethodPost:
		return t.decide(x, v, m, back)
	case shows:
		return t.consentPage(x, v, m, back)
	case hint == nil:
		return backTo(back, state, "error", "access_denied")
	}
	return backTo(back, state, "code", t.consent(x, v, hint, m))
}

// decide is what the form of the page does.
func (t *Twin) decide(x *exchange, v url.Values, m *ir.Auth, back *url.URL) *answer {
	site := x.q.header.Get("Sec-Fetch-Site")
	if site != "" && site != "same-origin" || !t.formed(x, x.q.form.Get("form")) {
		return x.refusePage(http.StatusForbidden, "this form is not from the page of this request, or too old: open the address again")
	}
	a := t.accountOf(x.q.form.Get("account"))
	if a == nil {
		return x.refusePage(http.StatusBadRequest, "unknown account")
	}
	found := backTo(back, v.Get("state"), "error", "access_denied")
	if x.q.form.Get("do") == "allow" {
		found = backTo(back, v.Get("state"), "code", t.consent(x, v, a, m))
	}
	found.status = http.StatusSeeOther // So that the browser leaves the form behind (RFC 9700, 4.12).
	return found
}

// backTo leads back to the application.
func backTo(back *url.URL, state, name, value string) *answer {
	args := back.Query()
	if state != "" {
		args.Set("state", state)
	}
	args.Set(name, value)
	to := *back
	to.RawQuery = args.Encode()
	a := &answer{status: http.StatusFound, header: http.Header{}}
	a.header.Set("Location", to.String())
	return a
}

// redirectOf reads a redirect_uri: an absolute address without a fragment (RFC 6749, 3.1.2)
// that runs nothing in a browser.
func redirectOf(text string) (*url.URL, bool) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme == "" || u.Fragment != "" || strings.Contains(text, "#") {
		return nil, false
	}
	return u, !slices.Contains([]string{"javascript", "data", "vbscript", "blob"}, u.Scheme)
}

// browses reports whether a request is for a page that a person reads.
func (q *request) browses() bool {
	return slices.ContainsFunc(q.header.Values("Accept"), func(v string) bool { return strings.Contains(strings.ToLower(v), "text/html") })
}

// formLife is how long the form of a page may be sent.
const formLife = 10 * time.Minute

// formOf is what a form has to prove that it is of the page that was shown for a request:
// only who has read that page knows it.
func (t *Twin) formOf(x *exchange, until string) string {
	if t.formKey == nil {
		t.formKey = make([]byte, sha256.Size)
		_, _ = rand.Read(t.formKey) // It never fails.
	}
	mac := hmac.New(sha256.New, t.formKey)
	mac.Write([]byte(until + "\x00" + x.q.url.RawQuery))
	return until + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// formed reports whether a form is of the page of its request.
func (t *Twin) formed(x *exchange, proof string) bool {
	until, _, _ := strings.Cut(proof, ".")
	end, err := strconv.ParseInt(until, 10, 64)
	return err == nil && x.now.Unix() < end && hmac.Equal([]byte(proof), []byte(t.formOf(x, until)))
}

// standardName is what RFC 6749 calls a parameter that a provider has another name
// for; empty is a name that the provider does not know.
func standardName(renames map[string]string, name string) string {
	for from, to := range renames {
		if to == name {
			return from
		}
	}
	if _, ok := renames[name]; ok {
		return ""
	}
	return name
}
