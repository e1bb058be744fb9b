package errors_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/golden/schemes/errors/errorstest"
	"github.com/porin-dev/porin/runtime/gauntlet"
)

// TestGauntlet judges the client on every shape of a failure: each rule of each action
// is met, with each of its codes.
func TestGauntlet(t *testing.T) {
	c, _, report := compiler.Load(".")
	require.False(t, report.HasErrors())
	scenarios, err := gauntlet.Choose("status,limits,data/every-call")
	require.NoError(t, err)
	met := map[string]int{}
	for _, a := range c.AllActions() {
		t.Run(a.Name, func(t *testing.T) {
			plan := gauntlet.NewPlan(c)
			plan.Read = a
			plan.Only = []string{a.Path}
			passed := map[string]bool{}
			for _, s := range scenarios {
				for seed := gauntlet.SeedOr(1); seed < gauntlet.SeedOr(1)+2; seed++ {
					r := gauntlet.Try(t, plan, errorstest.Driver(), s, seed)
					switch r.Outcome {
					case gauntlet.Pass:
						met[s.ID]++
						passed[s.ID] = true
					case gauntlet.Fail:
						t.Errorf("seed %d: %s", seed, r.Text())
					case gauntlet.NotExercised:
						t.Logf("%s: %s", s.ID, r.Why)
					}
				}
			}
			assert.True(t, passed["status/every-error"])
			assert.True(t, passed["data/every-call"])
		})
	}
	t.Logf("scenarios by actions and seeds that met them: %v", met)
}
