package sdk

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestJudge has the drivers for Slack judged by porin judge in some scenarios, as
// make clients does in all of them. Each is of what the library documents.
func TestJudge(t *testing.T) {
	bin := t.TempDir()
	build := func(dir, pkg string) {
		cmd := exec.Command("go", "build", "-o", bin+string(filepath.Separator), pkg)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go build %s: %v\n%s", pkg, err, out)
		}
	}
	build(filepath.Join("..", ".."), "./cmd/porin")
	build(".", "./slackgo")
	build(".", "./nethttp")
	for _, c := range []struct {
		driver, scenario, outcome string
	}{
		{"nethttp", "paging/whole-list", "pass"},
		{"nethttp", "limits/429-seconds", "not offered"}, // Nothing is tried again.
		{"nethttp", "webhooks/genuine", "not offered"},
		{"slackgo", "paging/whole-list", "pass"},
		{"slackgo", "limits/429-seconds", "pass"}, // OptionRetry waits as it is told,
		{"slackgo", "status/503-then-ok", "fail"}, // and is for 429 alone.
		{"slackgo", "webhooks/genuine", "pass"},
		{"slackgo", "webhooks/tampered", "pass"},
		{"slackgo", "webhooks/duplicate", "not offered"},
		{"slackgo", "auth/revoked", "not offered"},
	} {
		t.Run(c.driver+"/"+c.scenario, func(t *testing.T) {
			cmd := exec.Command(filepath.Join(bin, "porin"), "judge", filepath.Join("..", "..", "connectors", "slack"), "--json", "--scenario", c.scenario, "--", filepath.Join(bin, c.driver))
			out, _ := cmd.Output() // It exits with 1 when a scenario fails.
			var report struct {
				Scenarios []struct{ Outcome, Why string }
			}
			if err := json.Unmarshal(out, &report); err != nil || len(report.Scenarios) != 1 {
				t.Fatalf("%v\n%s", err, out)
			}
			if got := report.Scenarios[0]; got.Outcome != c.outcome {
				t.Errorf("%s: %s, want %s", got.Outcome, got.Why, c.outcome)
			}
		})
	}
}
