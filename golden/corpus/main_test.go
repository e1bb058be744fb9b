package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestUntil refuses a last phase that there is not, and one that is left out: without
// an end a run would go on to the gauntlet.
func TestUntil(t *testing.T) {
	for _, phase := range lasts {
		require.NoError(t, settings{until: phase, vet: true}.check())
	}
	require.EqualError(t, settings{until: "smokes", vet: true}.check(), `-until "smokes" is no phase; the phases are draft, generate, build, vet, smoke, mock, gauntlet`)
	require.Error(t, settings{until: "", vet: true}.check())
	require.ErrorContains(t, settings{until: "vet"}.check(), "-vet=false leaves out")
	require.NoError(t, settings{until: "smoke"}.check())
}
