package hooks_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/golden/schemes/hooks/hookstest"
	"github.com/porin-dev/porin/runtime/gauntlet"
)

// connector compiles the spec in this folder.
func connector(t *testing.T) *ir.Connector {
	t.Helper()
	c, _, report := compiler.Load(".")
	require.False(t, report.HasErrors())
	return c
}

// TestGauntlet judges the handler of every webhook, not of the first alone: each
// scenario of the group that its way of proving deliveries makes possible.
func TestGauntlet(t *testing.T) {
	c := connector(t)
	scenarios, err := gauntlet.Choose("webhooks")
	require.NoError(t, err)
	met := map[string]int{}
	for _, w := range c.Webhooks {
		t.Run(w.Name, func(t *testing.T) {
			plan := gauntlet.NewPlan(c)
			plan.Webhook = w
			passed := 0
			for _, s := range scenarios {
				r := gauntlet.Try(t, plan, hookstest.Driver(), s, gauntlet.SeedOr(1))
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
			assert.GreaterOrEqual(t, passed, 7)
		})
	}
	for _, s := range scenarios {
		assert.NotZero(t, met[s.ID], "no scheme makes %s possible", s.ID)
	}
	t.Logf("%d webhooks, scenarios by webhooks that met them: %v", len(c.Webhooks), met)
}

// TestTamperedMembers: where single members are signed, what is changed is one of
// them, whatever the values are. The last byte of a signature in Base64 may mean nothing.
func TestTamperedMembers(t *testing.T) {
	c := connector(t)
	plan := gauntlet.NewPlan(c)
	plan.Webhook = c.Webhooks[slices.IndexFunc(c.Webhooks, func(w *ir.Webhook) bool { return w.Name == "sns" })]
	scenarios, err := gauntlet.Choose("webhooks/tampered")
	require.NoError(t, err)
	for seed := range uint64(10) {
		r := gauntlet.Try(t, plan, hookstest.Driver(), scenarios[0], seed+1)
		assert.Equal(t, gauntlet.Pass, r.Outcome, "seed %d: %s", seed+1, r.Text())
	}
}
