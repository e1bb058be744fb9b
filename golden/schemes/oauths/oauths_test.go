package oauths_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/golden/schemes/oauths/oauthstest"
	"github.com/porin-dev/porin/runtime/gauntlet"
)

// connector compiles the spec in this folder.
func connector(t *testing.T) *ir.Connector {
	t.Helper()
	c, _, report := compiler.Load(".")
	require.False(t, report.HasErrors())
	return c
}

// TestGauntlet judges the client with every auth method, not with the first alone:
// each scenario of the group that the method makes possible.
func TestGauntlet(t *testing.T) {
	c := connector(t)
	scenarios, err := gauntlet.Choose("auth")
	require.NoError(t, err)
	met := map[string]int{}
	for _, a := range c.Auth {
		t.Run(a.Name, func(t *testing.T) {
			plan := gauntlet.NewPlan(c)
			plan.Choose(a)
			passed := 0
			for _, s := range scenarios {
				r := gauntlet.Try(t, plan, oauthstest.Driver(), s, 1)
				switch r.Outcome {
				case gauntlet.Pass:
					passed++
					met[s.ID]++
				case gauntlet.Fail:
					t.Error(r.Text())
				case gauntlet.NotExercised:
					assert.NotEmpty(t, s.Impossible(plan), "%s: %s", s.ID, r.Why)
				}
			}
			least := 6
			if plan.OAuth == nil {
				least = 1
			}
			assert.GreaterOrEqual(t, passed, least)
		})
	}
	t.Logf("%d methods, scenarios by methods that met them: %v", len(c.Auth), met)
}
