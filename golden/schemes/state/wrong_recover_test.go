package state_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/golden/schemes/state/statetest"
	"github.com/porin-dev/porin/runtime/gauntlet"
)

// looking is the generated client which is told something else, where it is told
// anything, when it looks for what it wrote.
type looking struct {
	gauntlet.Driver
	told string
}

func (d looking) App(t gauntlet.Target) (gauntlet.App, error) {
	if d.told != "" {
		t.Transport = tells{t.Transport, d.told}
	}
	return d.Driver.App(t)
}

type tells struct {
	http.RoundTripper
	body string
}

func (t tells) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodGet {
		return t.RoundTripper.RoundTrip(r)
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Request: r, Body: io.NopCloser(strings.NewReader(t.body))}, nil
}

// A client that looks for what it wrote passes, and each that does not, or not well, fails.
func TestScenariosOfLostWrites(t *testing.T) {
	c, _, report := compiler.Load(".")
	require.False(t, report.HasErrors())
	const (
		nothing = `{"invites":[]}`
		another = `{"invites":[{"id":"i-1","email":"a@example.test","seats":1}]}`
		silence = `nobody can tell`
	)
	for _, tc := range []struct {
		scenario, told string
		want           gauntlet.Outcome
	}{
		{"status/lost-and-found", "", gauntlet.Pass},
		{"status/lost-and-found", nothing, gauntlet.Fail}, // Writes twice.
		{"status/lost-and-found", silence, gauntlet.Fail}, // Gives up, as one that does not look.
		{"status/lost-and-absent", "", gauntlet.Pass},
		{"status/lost-and-absent", another, gauntlet.Fail}, // Calls it done.
		{"status/lost-and-absent", silence, gauntlet.Fail},
	} {
		scenarios, err := gauntlet.Choose(tc.scenario)
		require.NoError(t, err)
		r := gauntlet.Try(t, gauntlet.NewPlan(c), looking{statetest.Driver(), tc.told}, scenarios[0], 1)
		assert.Equal(t, tc.want, r.Outcome, "%s, %s: %s", tc.scenario, tc.told, r.Why)
	}
}
