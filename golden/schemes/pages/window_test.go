package pages_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/golden/schemes/pages/pagestest"
)

// TestWindowsHaveALength asks the provider for windows of the declared length, an hour
// and half of one, and for longer ones.
func TestWindowsHaveALength(t *testing.T) {
	for query, status := range map[string]int{
		"window_unix?since=1767225600&until=1767229200":                            200,
		"window_unix?since=1767225600&until=1767229201":                            400,
		"window_unix?since=1767225600":                                             200, // No end was asked for.
		"window_text?since=2026-01-01T00:00:00Z&until=2026-01-01T00:30:00Z":        200,
		"window_text?since=2026-01-01T00:00:00Z&until=2026-01-01T00:30:01Z":        400,
		"window_text?since=2026-01-01T00:00:00Z&until=2026-01-01T02:30:00%2b02:00": 200,
	} {
		sim := pagestest.Twin(t)
		req, err := http.NewRequest("GET", "https://api.pages.test/notes/"+query, nil)
		require.NoError(t, err)
		req.Header.Set("Authorization", "Bearer "+sim.Accounts()[0].Access)
		resp, err := sim.RoundTrip(req)
		require.NoError(t, err)
		resp.Body.Close()
		assert.Equal(t, status, resp.StatusCode, query)
	}
}
