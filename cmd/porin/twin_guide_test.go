package main

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/runtime/twin"
)

// TestGuideOfTheTwin does what the example of docs/twin.md does: its token is good, and what
// it arms is met.
func TestGuideOfTheTwin(t *testing.T) {
	guide, err := os.ReadFile("../../docs/twin.md")
	require.NoError(t, err)
	cmd := command(t, "twin", "../../connectors/slack", "--addr", "127.0.0.1:0", "--json")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	var ready twin.Ready
	require.NoError(t, json.Unmarshal([]byte(line), &ready))

	lines := regexp.MustCompile(`(?m)^curl (?:-i )?(?:-H '([^:]+): ([^']+)'|-d '([^']+)') http://127\.0\.0\.1:8080(\S+)$`).FindAllStringSubmatch(string(guide), -1)
	var got []int
	for _, l := range lines {
		method := "GET"
		if l[3] != "" {
			method = "POST"
		}
		req, err := http.NewRequest(method, strings.TrimSuffix(ready.Control, twin.ControlPath)+l[4], strings.NewReader(l[3]))
		require.NoError(t, err)
		if l[1] != "" {
			req.Header.Set(l[1], l[2])
		}
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		resp.Body.Close()
		got = append(got, resp.StatusCode)
		if strings.HasSuffix(l[4], "auth.test") {
			require.Contains(t, l[2], ready.Accounts[0].Tokens[2].Access)
		}
	}
	require.Equal(t, []int{200, 200, 503}, got)
}
