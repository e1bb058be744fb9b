package gauntlet

import (
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
)

// TestEveryDeadCode: the right client knows the code of RFC 6749 alone, so that it fails where
// the provider has one more.
func TestEveryDeadCode(t *testing.T) {
	s := scenarioOf(t, "auth/every-dead-code")
	plan := NewPlan(shelf())
	if s.Impossible(plan) == "" {
		t.Fatal("the shelf declares no codes")
	}
	for _, c := range []struct {
		codes []any
		want  Outcome
	}{{[]any{"invalid_grant"}, Pass}, {[]any{"invalid_grant", "account_closed"}, Fail}, {[]any{"account_closed", "invalid_grant"}, Fail}} {
		plan.OAuth.OAuth2.Dead = &ir.When{Body: []*ir.Match{{At: names("error"), Op: "in", Values: c.codes}}}
		if r := Try(t, plan, clientDriver{}, s, 1); r.Outcome != c.want {
			t.Errorf("%v: %s %s", c.codes, r.Outcome, r.Text())
		}
	}
}
