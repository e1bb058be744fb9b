package twin

import (
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
)

// TestRefusalsSayWhatIsMeant holds what a bad request is answered with against the codes
// that an action has: in the envelope of the provider, and by what a code means.
func TestRefusalsSayWhatIsMeant(t *testing.T) {
	envelope := []*ir.ErrorRule{
		{When: ir.When{Body: []*ir.Match{eq("ok", false), eq("error", "missing_scope")}}, Class: ir.ScopeMissing, Code: &ir.Source{Body: path("error")}},
		{When: ir.When{Body: []*ir.Match{eq("ok", false)}}, Class: ir.Unknown, Code: &ir.Source{Body: path("error")}},
	}
	for _, c := range []struct {
		body  string
		codes []string
		code  string
	}{
		{`{}`, []string{"missing_scope", "missing_charset", "missing_post_type", "channel_missing", "no_text"}, "channel_missing"},
		{`{}`, []string{"missing_charset", "invalid_arg_name", "invalid_arguments", "invalid_channel"}, "invalid_channel"},
		{`{}`, []string{"missing_charset", "invalid_arg_name", "invalid_array_arg", "invalid_arguments"}, "invalid_arguments"},
		{`{}`, []string{"missing_charset", "invalid_form_data", "invalid_arg_name", "missing_scope"}, "invalid_arg_name"},
		{`{}`, []string{"missing_charset", "missing_post_type", "missing_scope", "is_archived"}, "invalid"},
		{`{"channel":"C12345678","text":7}`, []string{"no_text", "invalid_charset", "invalid_text"}, "invalid_text"},
		{`{"channel":"C12345678","text":7}`, []string{"invalid_channel", "invalid_charset", "InvalidRequest"}, "InvalidRequest"},
	} {
		tw := connector()
		for _, a := range tw.Groups[0].Actions {
			if a.Path == "messages.post" {
				a.Errors, a.Codes = envelope, c.codes
			}
		}
		one := clientOf(t, New(tw, Options{}))
		g := one.do("POST", api+"messages.post", c.body)
		equal(t, "status", g.status, 200)
		equal(t, "ok", g.at(t, "ok"), any(false))
		equal(t, "code of "+c.body, textOf(g.at(t, "error")), c.code)
	}
}

// TestReusedKeyHasNoMadeUpCode sends a key again with other parameters to a provider that
// declares no code for it.
func TestReusedKeyHasNoMadeUpCode(t *testing.T) {
	c := connector()
	for _, a := range c.Groups[0].Actions {
		if a.Path == "payments.create" {
			a.Errors = []*ir.ErrorRule{{When: ir.When{Status: []string{"409"}}, Class: ir.Conflict, Code: &ir.Source{Body: path("error.code")}, Message: &ir.Source{Body: path("error.message")}}}
		}
	}
	one := clientOf(t, New(c, Options{}))
	pay := func(amount string) got {
		r := one.request("POST", api+"payments", `{"amount":`+amount+`}`)
		r.Header.Set("Idempotency-Key", "k")
		g, err := one.try(r)
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	pay("1")
	g := pay("2")
	equal(t, "status", g.status, 409)
	equal(t, "code", textOf(g.at(t, "error.code")), string(ir.KeyReused))
	equal(t, "message", textOf(g.at(t, "error.message")), one.last().Why)
}

// TestReusedKeyByStatusAlone says of a 422 that no rule reads what every client reads in it.
func TestReusedKeyByStatusAlone(t *testing.T) {
	c := connector()
	for _, a := range c.Groups[0].Actions {
		a.Errors = nil
	}
	one := clientOf(t, New(c, Options{}))
	for _, amount := range []string{"1", "2"} {
		r := one.request("POST", api+"payments", `{"amount":`+amount+`}`)
		r.Header.Set("Idempotency-Key", "k")
		if _, err := one.try(r); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "status", one.last().Status, 422)
	equal(t, "class", one.last().Class, string(ir.Invalid))
	equal(t, "key", one.last().Key, KeyDigest("k"))
}
