package twin

import (
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// steer sends a request to what steers a twin.
func steer(t *testing.T, method, path, body string) (status int, said string) {
	t.Helper()
	rec := httptest.NewRecorder()
	New(connector(), Options{}).Control().ServeHTTP(rec, httptest.NewRequest(method, ControlPath+path, strings.NewReader(body)))
	return rec.Code, rec.Body.String()
}

// TestGuide holds the guide to what steers a twin: each endpoint that it lists is there.
func TestGuide(t *testing.T) {
	guide, err := os.ReadFile("../../docs/twin.md")
	require.NoError(t, err)
	rows := regexp.MustCompile("(?m)^\\| (GET|POST) \\| `([a-z]+)`").FindAllStringSubmatch(string(guide), -1)
	require.Greater(t, len(rows), 10)
	for _, row := range rows {
		if row[2] == "verdict" {
			continue // The page's.
		}
		status, said := steer(t, row[1], row[2], "")
		require.NotEqual(t, http.StatusMethodNotAllowed, status, row[2])
		require.NotContains(t, said, "page not found", row[2])
	}
}
