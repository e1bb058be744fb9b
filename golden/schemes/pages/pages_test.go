package pages_test

import (
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/golden/schemes/pages/pagestest"
	"github.com/porin-dev/porin/runtime/gauntlet"
)

// TestGauntlet judges the client on every list, not on the one that suits best.
func TestGauntlet(t *testing.T) { judge(t, pagestest.Driver(), 3) }

// TestGauntletAhead judges it as it reads ahead, one page and several. The answers of
// several come in any order, by which some oracles find out what a call was told.
func TestGauntletAhead(t *testing.T) {
	t.Run("1", func(t *testing.T) { judge(t, gauntlet.ReadAhead(pagestest.Driver(), 1), 1) })
	t.Run("4", func(t *testing.T) { judge(t, gauntlet.ReadAhead(pagestest.Driver(), 4), 1, "lossless", "typed") })
}

func judge(t *testing.T, d gauntlet.Driver, seeds uint64, without ...string) {
	c, _, report := compiler.Load(".")
	require.False(t, report.HasErrors())
	scenarios, err := gauntlet.Choose("paging,transport/reset-mid-body,data/unknown-member-in-list")
	require.NoError(t, err)
	for i, s := range scenarios {
		chosen := *s
		chosen.Oracles = slices.DeleteFunc(slices.Clone(s.Oracles), func(o string) bool { return slices.Contains(without, o) })
		scenarios[i] = &chosen
	}
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
				for seed := gauntlet.SeedOr(1); seed < gauntlet.SeedOr(1)+seeds; seed++ {
					r := gauntlet.Try(t, plan, d, s, seed)
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
