package limits_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/golden/schemes/limits/limitstest"
	"github.com/porin-dev/porin/runtime/gauntlet"
)

// TestGauntlet judges the client under every shape of a limit, not under the tightest
// alone.
func TestGauntlet(t *testing.T) {
	c, _, report := compiler.Load(".")
	require.False(t, report.HasErrors())
	scenarios, err := gauntlet.Choose("limits")
	require.NoError(t, err)
	for _, a := range c.AllActions() {
		t.Run(a.Name, func(t *testing.T) {
			t.Parallel()
			plan := gauntlet.NewPlan(c)
			plan.Read = a
			for _, l := range c.Limits {
				if l.Name == a.Limits[0].Limit {
					plan.Limited, plan.Limit = a, l
				}
			}
			plan.Paced = nil
			switch plan.Limit.Shape {
			case "gap":
				plan.Limited, plan.Paced = nil, a
			case "unknown":
				plan.Limited = nil
			}
			passed := map[string]bool{}
			for _, s := range scenarios {
				for seed := gauntlet.SeedOr(1); seed < gauntlet.SeedOr(1)+3; seed++ {
					r := gauntlet.Try(t, plan, limitstest.Driver(), s, seed)
					switch r.Outcome {
					case gauntlet.Pass:
						passed[s.ID] = true
					case gauntlet.Fail:
						t.Error("seed " + strconv.FormatUint(seed, 10) + ": " + r.Text())
					case gauntlet.NotExercised:
						assert.NotEmpty(t, s.Impossible(plan), "%s: %s", s.ID, r.Why)
					}
				}
			}
			if plan.Limited != nil {
				assert.True(t, passed["limits/tier-respected"], "the limit was not pressed")
			}
			if plan.Paced != nil {
				assert.True(t, passed["limits/gap-respected"], "the distance was not pressed")
			}
		})
	}
}
