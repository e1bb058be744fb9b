package twin

import (
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
)

// TestWhyUnauthorized reads in the journal why credentials are refused, and that of basic
// auth without a password in the spec the user alone is enough.
func TestWhyUnauthorized(t *testing.T) {
	c := connector()
	c.Auth = append(c.Auth, &ir.Auth{Name: "alone", Kind: "basic", User: tmpl("{cred.key}")})
	tw := New(c, Options{})
	one := clientOf(t, tw)
	login, _ := tw.Issue("", "login")
	alone, _ := tw.Issue("", "alone")
	ask := func(user, pass string) (int, string) {
		t.Helper()
		r := one.request("GET", api+"auth.test", nil)
		r.Header.Del("Authorization")
		if user != "" {
			r.SetBasicAuth(user, pass)
		}
		if _, err := one.try(r); err != nil {
			t.Fatal(err)
		}
		return len(one.last().Class), one.last().Why
	}
	for _, s := range []struct{ user, pass, why string }{
		{alone.Access, "", ""},
		{alone.Access, "x", "the user is that of acct-1, and alone wants an empty password"},
		{login.Access, "", "the user is that of acct-1, and login wants the password {cred.pass}, not an empty one"},
		{login.Access, "x", "the user is that of acct-1, and the password is another than {cred.pass}"},
		{"nobody", "", "the credential is none that the twin gave out"},
		{"", "", "no credential came where app or token or login or key or alone is read"},
	} {
		class, why := ask(s.user, s.pass)
		equal(t, "why", why, s.why)
		equal(t, "refused", class > 0, s.why != "")
	}
}
