package login_test

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// callback is where the provider sends the user back; nobody listens there.
const callback = "http://127.0.0.1/callback"

// user signs in and agrees by HTTP alone: a browser's cookies, and forms sent as they
// came, with a name and a password where they are asked for.
type user struct {
	name string
	http *http.Client
}

func newUser(t *testing.T, name string) *user {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &user{name, &http.Client{Jar: jar, CheckRedirect: func(req *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(req.URL.String(), callback) {
			return http.ErrUseLastResponse
		}
		return nil
	}}}
}

// maxForms is more than any way through the provider has.
const maxForms = 10

// agree goes from an address to the callback, which it returns, or to the first page
// without a form, for which it returns nil.
func (u *user) agree(address string) (url.Values, error) {
	resp, err := u.http.Get(address)
	for range maxForms {
		if err != nil {
			return nil, err
		}
		body, failed := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if failed != nil {
			return nil, failed
		}
		if to := resp.Header.Get("Location"); to != "" {
			back, err := url.Parse(to)
			if err != nil {
				return nil, err
			}
			return back.Query(), nil
		}
		if resp.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("the user sees %s: %s", resp.Status, body)
		}
		form := firstForm.FindString(string(body))
		if form == "" {
			return nil, nil
		}
		resp, err = u.http.PostForm(u.target(resp.Request.URL, form))
	}
	return nil, fmt.Errorf("there are more than %d forms", maxForms)
}

var (
	firstForm = regexp.MustCompile(`(?s)<form.*?</form>`)
	action    = regexp.MustCompile(`<form[^>]* action="([^"]*)"`)
	input     = regexp.MustCompile(`<input[^>]*>`)
	attribute = regexp.MustCompile(`(name|value)="([^"]*)"`)
)

// target is where a form goes, and what it has.
func (u *user) target(page *url.URL, form string) (string, url.Values) {
	address := page
	if m := action.FindStringSubmatch(form); m != nil {
		if to, err := page.Parse(html.UnescapeString(m[1])); err == nil {
			address = to
		}
	}
	values := url.Values{}
	for _, field := range input.FindAllString(form, -1) {
		has := map[string]string{}
		for _, m := range attribute.FindAllStringSubmatch(field, -1) {
			has[m[1]] = html.UnescapeString(m[2])
		}
		switch has["name"] {
		case "":
		case "login", "password":
			values.Set(has["name"], u.name)
		default:
			values.Set(has["name"], has["value"])
		}
	}
	return address.String(), values
}
