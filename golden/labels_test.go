package golden_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/golden/labels/score"
)

// TestLabels holds the drafter against what people read about real APIs. What
// has been reached is in score.Targets, and nothing that is not safe to repeat
// may be called safe. `make labels` prints the same, with each miss under -v.
func TestLabels(t *testing.T) {
	docs, err := score.Read("draft/labels")
	require.NoError(t, err)
	out, err := score.Run(docs)
	require.NoError(t, err)
	table := &strings.Builder{}
	out.Print(table)
	t.Log(table)
	require.Empty(t, out.Missed())
}
