package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/runtime/gauntlet"
	"github.com/porin-dev/porin/runtime/twin"
)

// steer sends something to a control endpoint, and returns the status and the answer.
func (s *served) steer(t *testing.T, method, name, body string) (int, string) {
	t.Helper()
	q, err := http.NewRequest(method, s.Control+name, strings.NewReader(body))
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(q)
	require.NoError(t, err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(answer)
}

// armed are the ids of what is armed, in its order.
func (s *served) armed(t *testing.T) (ids []string) {
	t.Helper()
	_, body := s.steer(t, "GET", "faults", "")
	var got struct{ Armed []twin.ArmedState }
	require.NoError(t, json.Unmarshal([]byte(body), &got))
	for _, a := range got.Armed {
		ids = append(ids, a.Fault.ID)
	}
	return ids
}

// A scenario of the gauntlet and one of a file are armed when the twin is ready, with what they
// want of its data; a flag holds before the file.
func TestTwinPlaysScenarios(t *testing.T) {
	file := filepath.Join(t.TempDir(), "day.json")
	require.NoError(t, os.WriteFile(file, []byte(`{
		"name": "a bad day", "seed": 7, "accounts": 2, "volume": {"*": 3},
		"faults": [{"id": "status/500", "scope": {"account": "acct-2"}}, {"id": "status/504", "scope": {"action": "issues.list"}, "times": 1}]
	}`), 0o644))
	s := serve(t, "--addr", "127.0.0.1:0", "--scenario", "status/every-safe-call", "--scenario", file)
	defer s.end(t)
	assert.Equal(t, []string{"status/503", "status/500", "status/504"}, s.armed(t))
	assert.Len(t, s.Accounts, 2)
	assert.Equal(t, 503, s.list(t), "of the scenario")
	assert.Equal(t, 504, s.list(t), "of the file, once the scenario's has taken effect")
	assert.Equal(t, 200, s.list(t))

	same := serve(t, "--addr", "127.0.0.1:0", "--seed", "7")
	defer same.end(t)
	other := serve(t, "--addr", "127.0.0.1:0", "--seed", "8", "--scenario", file)
	defer other.end(t)
	assert.Equal(t, same.Accounts[0].Access, s.Accounts[0].Access, "the seed of the file")
	assert.NotEqual(t, other.Accounts[0].Access, s.Accounts[0].Access, "the seed of the flag")
}

// While a twin is at work, scenarios are listed and armed by name; what of one is no fault is said.
func TestTwinArmsScenarios(t *testing.T) {
	s := serve(t, "--addr", "127.0.0.1:0")
	defer s.end(t)
	_, listed := s.steer(t, "GET", "scenarios", "")
	assert.Contains(t, listed, `"id":"status/every-safe-call"`)
	assert.NotContains(t, listed, "webhooks/", "the spec has none")

	status, body := s.steer(t, "POST", "scenario", `{"id": "status/every-safe-call"}`)
	require.Equal(t, 200, status, body)
	var got gauntlet.Arming
	require.NoError(t, json.Unmarshal([]byte(body), &got))
	assert.Equal(t, "status/503", got.Armed[0].Fault.ID)
	assert.Equal(t, []string{"status/503"}, s.armed(t))
	assert.Equal(t, 503, s.list(t))

	status, body = s.steer(t, "POST", "scenario", `{"id": "every-call"}`)
	assert.Equal(t, 200, status, body)
	assert.Contains(t, body, "it has no fault")
	assert.Len(t, s.armed(t), 1)

	for body, says := range map[string]string{
		`{"id": "status/every-safe"}`: `there is no scenario "status/every-safe"; there is status/every-safe-call`,
		`{"id": "webhooks"}`:          "webhooks is a group of scenarios",
		`{"id": "webhooks/replay"}`:   "the scenario webhooks/replay is impossible with this spec: no webhook with events is verified",
		`{"name": "status/503"}`:      `no member "name"; there is id`,
		`{`:                           "it is no JSON",
		`{}`:                          "say which scenario",
	} {
		status, answer := s.steer(t, "POST", "scenario", body)
		assert.Equal(t, 400, status, body)
		assert.Contains(t, answer, says)
	}
	assert.Len(t, s.armed(t), 1)
	status, body = s.steer(t, "GET", "scenario", "")
	assert.Equal(t, 405, status)
	assert.Contains(t, body, `POST /_porin/scenario`)
}
