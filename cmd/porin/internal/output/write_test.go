package output

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/draft"
)

// Of two runs that planned on the same folder the second one to write fails,
// unless it writes what the first one wrote.
func TestTwoRuns(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "acme")
	planned := func(name string) *Plan {
		r := &diag.Report{}
		p := NewDraft(dir, []draft.File{{Name: name, Content: []byte("// Drafted by porin\n")}}, false, r)
		require.False(t, r.HasErrors())
		return p
	}
	first, same, other := planned("a.cue"), planned("a.cue"), planned("b.cue")
	require.NoError(t, first.Apply())
	require.NoError(t, same.Apply())
	require.ErrorIs(t, other.Apply(), ErrMeanwhile)
	require.NoFileExists(t, filepath.Join(dir, "b.cue"))
	require.NoError(t, planned("b.cue").Apply())
	require.NoFileExists(t, filepath.Join(dir, "a.cue"))
}

// What a killed run leaves is removed by the next one.
func TestLeftovers(t *testing.T) {
	dir := t.TempDir()
	left := filepath.Join(dir, tempPrefix+"1")
	require.NoError(t, os.WriteFile(left, []byte("half"), 0o644))
	require.NoError(t, NewDraft(dir, []draft.File{{Name: "a.cue"}}, false, &diag.Report{}).Apply())
	require.NoFileExists(t, left)
}
