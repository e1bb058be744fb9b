package oauths_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/golden/schemes/oauths/oauthstest"
	"github.com/porin-dev/porin/runtime/gauntlet"
)

// TestEachPartMatters: where the provider wants one part of a flow otherwise than the
// client does it, a scenario fails.
func TestEachPartMatters(t *testing.T) {
	c := connector(t)
	scenarios, err := gauntlet.Choose("auth/connect,auth/every-token,auth/early-expiry")
	require.NoError(t, err)
	parts := 0
	for i, a := range c.Auth {
		t.Run(a.Name, func(t *testing.T) {
			n := len(differences(a))
			require.NotZero(t, n)
			for k := range n {
				other := clone(t, c)
				d := differences(other.Auth[i])[k]
				d.make()
				plan := gauntlet.NewPlan(other)
				plan.Choose(other.Auth[i])
				noticed := false
				for _, s := range scenarios {
					r := gauntlet.Try(t, plan, oauthstest.Driver(), s, 1)
					noticed = noticed || r.Outcome == gauntlet.Fail
				}
				assert.True(t, noticed, d.what)
				parts++
			}
		})
	}
	t.Logf("%d parts of %d flows", parts, len(c.Auth))
}

func clone(t *testing.T, c *ir.Connector) *ir.Connector {
	t.Helper()
	text, err := json.Marshal(c)
	require.NoError(t, err)
	copied, err := ir.ReadJSON(text)
	require.NoError(t, err)
	return copied
}

type difference struct {
	what string
	make func()
}

// differences are the parts of a flow, each with how it becomes another one.
func differences(a *ir.Auth) []difference {
	var all []difference
	add := func(make func(), format string, args ...any) {
		all = append(all, difference{fmt.Sprintf(format, args...), make})
	}
	members := func(where string, list []*ir.Header) {
		for _, h := range list {
			add(func() { h.Name += "-x" }, "%s: the name %s", where, h.Name)
			add(func() { h.Value.Parts = append(h.Value.Parts, ir.Part{Text: "-x"}) }, "%s: the value of %s", where, h.Name)
		}
	}
	o := a.OAuth2
	steps := append(slices.Clone(o.Steps), o.Renew...)
	for i, s := range steps {
		same := slices.DeleteFunc(slices.Clone(steps), func(other *ir.TokenStep) bool { return request(other) != request(s) })
		if same[0] != s {
			continue // One request on both ways.
		}
		where := fmt.Sprintf("request %d", i)
		for list, of := range []func(*ir.TokenStep) []*ir.Header{
			func(s *ir.TokenStep) []*ir.Header { return s.Headers }, func(s *ir.TokenStep) []*ir.Header { return s.Query },
			func(s *ir.TokenStep) []*ir.Header { return s.Form }, func(s *ir.TokenStep) []*ir.Header { return s.JSON },
		} {
			for k := range of(s) {
				for _, m := range []struct {
					what string
					make func(*ir.Header)
				}{
					{"name", func(h *ir.Header) { h.Name += "-x" }},
					{"value", func(h *ir.Header) { h.Value.Parts = append(h.Value.Parts, ir.Part{Text: "-x"}) }},
				} {
					add(func() {
						for _, each := range same {
							m.make(of(each)[k])
						}
					}, "%s: the %s of member %d of list %d", where, m.what, k, list)
				}
			}
		}
		if s.Basic {
			add(func() { s.User.Parts[0].Text, s.User.Parts[0].Scope = "x", "" }, "%s: the user", where)
		}
		if s.Sign != nil {
			add(func() { s.Sign.Algorithm = "sha512" }, "%s: the hash", where)
			add(func() { s.Sign.Signed.Parts = s.Sign.Signed.Parts[:1] }, "%s: what is signed", where)
		}
	}
	for _, names := range []map[string]string{o.Rename, renames(o.Request)} {
		for from, to := range names {
			add(func() { names[from] = to + "_x" }, "the name %s for %s", to, from)
		}
	}
	if r := o.Request; r != nil {
		members("request", append(r.Headers, r.Params...))
		add(func() { r.JSON = !r.JSON }, "the encoding of the request")
	}
	if !o.Pushed.IsZero() {
		add(func() { o.Pushed.Parts[0].Text += "-x" }, "the address that requests are pushed to")
		add(func() { o.Pushed = ir.Template{} }, "that requests are pushed")
	}
	if o.PKCE == "S256" && o.Client == "none" {
		add(func() { o.Client = "post" }, "the secret of the application")
	}
	for _, token := range o.Tokens {
		if len(token.At) > 0 {
			add(func() { token.At[len(token.At)-1].Name += "_x" }, "the path of the token")
		}
	}
	return all
}

// request is what a step asks.
func request(s *ir.TokenStep) string {
	text := s.Method + " " + s.URL.String()
	for _, t := range s.Templates() {
		text += " " + t.String()
	}
	return text
}

func renames(r *ir.TokenRequest) map[string]string {
	if r == nil {
		return nil
	}
	return r.Rename
}
