package state_test

import (
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/runtime/gauntlet"
	"github.com/porin-dev/porin/runtime/gauntlet/process"
)

// asDriver makes the test's program a driver: of the generated client, with a sin of
// [batching] or without batches.
const asDriver, withoutBatches = "PORIN_TEST_DRIVER", "offers no batches"

func TestMain(m *testing.M) {
	if sin, ok := os.LookupEnv(asDriver); ok {
		d := batching(sin)
		if sin == withoutBatches {
			d = modest{d}
		}
		if err := process.Serve(d, "", os.Stdin, os.Stdout); err != nil {
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

type modest struct{ gauntlet.Driver }

// Offers implements [gauntlet.Modest].
func (modest) Offers(f gauntlet.Feature) bool { return f != gauntlet.Batches }

// A client that is a process of its own is held to what it says of each item, and one that
// offers no batches is not.
func TestBatchesOverTCP(t *testing.T) {
	c, _, report := compiler.Load(".")
	require.False(t, report.HasErrors())
	for sin, want := range map[string]struct {
		only string
		of   gauntlet.Outcome
		says string
	}{
		"":                            {"batches", gauntlet.Pass, ""},
		"takes silence for a result":  {"batches/item-missing", gauntlet.Fail, "item 2 is told as done, and no answer says so"},
		"sends again what is unknown": {"batches/item-missing", gauntlet.Fail, "item 2 took effect 2 times"},
		withoutBatches:                {"batches", gauntlet.NotOffered, "leaves it to its callers"},
	} {
		t.Run(sin, func(t *testing.T) {
			t.Setenv(asDriver, sin)
			d, err := process.Open(t.Context(), []string{os.Args[0]})
			require.NoError(t, err)
			assert.Equal(t, sin != withoutBatches, slices.Contains(d.Offered, gauntlet.Batches))
			r, err := gauntlet.Judge(t.Context(), c, d, gauntlet.Judging{Only: want.only, Seed: 1, Patience: 20 * time.Second})
			require.NoError(t, err)
			for _, one := range r.Scenarios {
				assert.Equal(t, want.of, one.Outcome, "%s: %s", one.ID, one.Why)
				assert.Contains(t, one.Why, want.says)
			}
		})
	}
}
