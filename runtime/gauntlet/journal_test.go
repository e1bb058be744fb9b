package gauntlet

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/runtime/twin"
)

// TestJournalAlone judges requests that nobody but the provider knows of: one after a
// refusal that named its wait, and one with a token that was revoked.
func TestJournalAlone(t *testing.T) {
	spec := shelf()
	sim := twin.New(spec, twin.Options{})
	_, err := sim.Arm(twin.Fault{ID: "limits/429-seconds", Times: 1})
	require.NoError(t, err)
	ask := func() {
		req, err := http.NewRequest("GET", "https://api.shelf.example/v1/books", nil)
		require.NoError(t, err)
		req.Header.Set("Authorization", "Bearer "+sim.Accounts()[0].Access)
		resp, err := sim.RoundTrip(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
	}
	ask()
	ask()
	got := map[string]Outcome{}
	for _, v := range JudgeJournal(spec, sim.Journal().Entries()) {
		got[v.Oracle] = v.Outcome
	}
	assert.Equal(t, Fail, got["early"])
	assert.Len(t, got, len(inJournal))

	sim.Revoke(sim.Accounts()[0].ID)
	for range 9 {
		ask()
	}
	for _, v := range JudgeJournal(spec, sim.Journal().Entries()) {
		got[v.Oracle] = v.Outcome
	}
	assert.Equal(t, Fail, got["dead"])
}
