package pages_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/golden/schemes/pages/pagestest"
	"github.com/porin-dev/porin/runtime/gauntlet"
)

// TestGauntlet judges the client on every list, not on the one that suits best.
func TestGauntlet(t *testing.T) {
	c, _, report := compiler.Load(".")
	require.False(t, report.HasErrors())
	scenarios, err := gauntlet.Choose("paging,transport/reset-mid-body,data/unknown-member-in-list")
	require.NoError(t, err)
	met := map[string]int{}
	for _, a := range c.AllActions() {
		if a.Page == nil {
			continue
		}
		t.Run(a.Name, func(t *testing.T) {
			plan := gauntlet.NewPlan(c)
			plan.List = a
			plan.Only = []string{a.Path}
			passed := map[string]bool{}
			for _, s := range scenarios {
				for seed := gauntlet.SeedOr(1); seed < gauntlet.SeedOr(1)+3; seed++ {
					r := gauntlet.Try(t, plan, pagestest.Driver(), s, seed)
					switch r.Outcome {
					case gauntlet.Pass:
						met[s.ID]++
						passed[s.ID] = true
					case gauntlet.Fail:
						t.Error("seed " + strconv.FormatUint(seed, 10) + ": " + r.Text())
					case gauntlet.NotExercised:
						t.Logf("%s: %s", s.ID, r.Why)
					}
				}
			}
			assert.GreaterOrEqual(t, len(passed), 5)
			assert.True(t, passed["paging/whole-list"])
			assert.Equal(t, a.Page.Cap > 0, passed["paging/past-cap"])
		})
	}
	for _, s := range scenarios {
		assert.NotZero(t, met[s.ID], "no list makes %s possible", s.ID)
	}
	t.Logf("scenarios by lists and seeds that met them: %v", met)
}
