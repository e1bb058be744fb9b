package state_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/runtime/gauntlet"
	"github.com/porin-dev/porin/runtime/gauntlet/process"
)

// asDriver makes the test's program a driver: of the generated client, with a sin at batches, at
// jobs or at reads, such as "jobs: gives up", or without a feature, such as "without jobs".
const asDriver = "PORIN_TEST_DRIVER"

func TestMain(m *testing.M) {
	if is, ok := os.LookupEnv(asDriver); ok {
		if err := process.Serve(driverOf(is), "", os.Stdin, os.Stdout); err != nil {
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func driverOf(is string) gauntlet.Driver {
	if feature, ok := strings.CutPrefix(is, "without "); ok {
		return modest{batching(""), gauntlet.Feature(feature)}
	}
	at, sin, _ := strings.Cut(is, ": ")
	switch at {
	case "jobs":
		return waiting(sin)
	case "reads":
		return reading(sin)
	}
	return batching(sin)
}

type modest struct {
	gauntlet.Driver
	lacks gauntlet.Feature
}

// Offers implements [gauntlet.Modest].
func (d modest) Offers(f gauntlet.Feature) bool { return f != d.lacks }

// A client that is a process of its own is held to what it says of each item, of a job and of what
// it created, and to nothing that it does not offer.
func TestStateOverTCP(t *testing.T) {
	c, _, report := compiler.Load(".")
	require.False(t, report.HasErrors())
	for _, tc := range []struct {
		driver, only string
		of           gauntlet.Outcome
		says         string
	}{
		{"batches: ", "batches", gauntlet.Pass, ""},
		{"batches: takes silence for a result", "batches/item-missing", gauntlet.Fail, "item 2 is told as done, and no answer says so"},
		{"batches: sends again what is unknown", "batches/item-missing", gauntlet.Fail, "item 2 took effect 2 times"},
		{"without batches", "batches", gauntlet.NotOffered, "leaves it to its callers"},
		{"jobs: ", "jobs", gauntlet.Pass, ""},
		{"jobs: looks all the time", "jobs/slow", gauntlet.Fail, "is looked at again after"},
		{"jobs: takes any answer for the end", "jobs/slow", gauntlet.Fail, "the wait ended without an error, and the job is"},
		{"jobs: plain errors", "jobs/failed", gauntlet.Fail, "is not of the client's type"},
		{"without jobs", "jobs", gauntlet.NotOffered, "leaves it to its callers"},
		{"reads: ", "data/read-after-create", gauntlet.Pass, ""},
		{"reads: creates again what it does not find", "data/read-after-create", gauntlet.Fail, "took effect 2 times"},
		{"reads: remembers that there was nothing", "data/read-after-create", gauntlet.Fail, "what was created is there, and is not found"},
	} {
		t.Run(tc.driver+" "+tc.only, func(t *testing.T) {
			t.Setenv(asDriver, tc.driver)
			d, err := process.Open(t.Context(), []string{os.Args[0]})
			require.NoError(t, err)
			if feature, ok := strings.CutPrefix(tc.driver, "without "); ok {
				assert.NotContains(t, d.Offered, gauntlet.Feature(feature))
			}
			r, err := gauntlet.Judge(t.Context(), c, d, gauntlet.Judging{Only: tc.only, Seed: 1, Patience: 20 * time.Second})
			require.NoError(t, err)
			for _, one := range r.Scenarios {
				assert.Equal(t, tc.of, one.Outcome, "%s: %s", one.ID, one.Why)
				assert.Contains(t, one.Why, tc.says)
			}
		})
	}
}

// What takes longer than a client outside is watched for is not exercised.
func TestLongWaitsOverTCP(t *testing.T) {
	t.Setenv(asDriver, "")
	d, err := process.Open(t.Context(), []string{os.Args[0]})
	require.NoError(t, err)
	for scenario, says := range map[string]string{"jobs/slow": "a job takes 1m20s", "data/read-after-create": "reads lag 40s behind"} {
		c, _, report := compiler.Load(".")
		require.False(t, report.HasErrors())
		for _, r := range c.Resources {
			if r.Job != nil {
				r.Job.Every = "40s"
			}
			for _, u := range r.Uses {
				if u.Lag != "" {
					u.Lag = "40s"
				}
			}
		}
		r, err := gauntlet.Judge(t.Context(), c, d, gauntlet.Judging{Only: scenario, Seed: 1})
		require.NoError(t, err)
		assert.Equal(t, gauntlet.NotExercised, r.Scenarios[0].Outcome)
		assert.Contains(t, r.Scenarios[0].Why, says)
	}
}
