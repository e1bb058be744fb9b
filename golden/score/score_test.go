package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/runtime/gauntlet"
)

// A scenario that is no longer exercised is told, with why, and so is one that is now.
func TestApart(t *testing.T) {
	report := func(results ...gauntlet.Result) *gauntlet.Report {
		return gauntlet.NewReport("slack", "porin", 1, results)
	}
	result := func(id string, is gauntlet.Outcome, why string) gauntlet.Result {
		return gauntlet.Result{ID: id, Outcome: is, Why: why}
	}
	was := table([]*gauntlet.Report{
		report(result("data/null", gauntlet.Pass, ""), result("data/bom", gauntlet.NotExercised, "no reads"), result("data/gone", gauntlet.Pass, ""), result("data/same", gauntlet.Pass, "")),
		gauntlet.NewReport("other", "porin", 1, nil),
	})
	is := []*gauntlet.Report{report(
		result("data/null", gauntlet.NotExercised, "the fault data/null never took effect"), result("data/bom", gauntlet.Pass, ""), result("data/same", gauntlet.Pass, ""),
		result("data/new", gauntlet.NotExercised, "no lists"),
	)}
	require.Equal(t, []string{
		"other is not played any more",
		"slack: data/bom is exercised now: pass",
		"slack: data/gone is no scenario any more",
		"slack: data/null is not exercised any more: the fault data/null never took effect",
	}, apart(was, is))
	require.Empty(t, apart(table(is), is))
	require.Contains(t, table(is), "score                              2/2\n")
}
