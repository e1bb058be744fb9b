package repo

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/golden/bench/program"
)

func TestOneActionFitsItsSizeBudget(t *testing.T) {
	hand, client, err := program.Sizes(root, t.TempDir())
	require.NoError(t, err)
	require.Positive(t, hand)
	require.LessOrEqual(t, client-hand, int64(program.Budget), "a program that calls one action is larger by this many bytes")
}
