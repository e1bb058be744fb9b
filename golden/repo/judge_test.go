package repo

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/runtime/gauntlet"
	"github.com/porin-dev/porin/runtime/gauntlet/process"
)

var exampleBlock = regexp.MustCompile("(?s)```(go|js)\n(.*?)```")

// TestJudgeExamples builds the drivers that docs/judge.md shows, and has them judged.
func TestJudgeExamples(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join(root, "docs", "judge.md"))
	require.NoError(t, err)
	spec, _, _ := compiler.Load(filepath.Join(root, "connectors", "slack"))
	require.NotNil(t, spec)
	examples := exampleBlock.FindAllSubmatch(doc, -1)
	require.Len(t, examples, 2)
	for _, e := range examples {
		t.Run(string(e[1]), func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "driver."+map[string]string{"go": "go", "js": "mjs"}[string(e[1])])
			require.NoError(t, os.WriteFile(file, e[2], 0o644))
			driver, err := process.Open(t.Context(), commandOf(t, file))
			require.NoError(t, err)
			outcome := func(scenario string) gauntlet.Outcome {
				r, err := gauntlet.Judge(t.Context(), spec, driver, gauntlet.Judging{Only: scenario, Seed: 1})
				require.NoError(t, err)
				t.Log(r.Scenarios[0].Text())
				return r.Scenarios[0].Outcome
			}
			require.Equal(t, gauntlet.Pass, outcome("evolution/deprecated"))
			require.Equal(t, gauntlet.NotOffered, outcome("status/503-then-ok"), "neither example claims to retry")
			require.Equal(t, gauntlet.NotOffered, outcome("status/500-on-create"))
			if string(e[1]) == "js" {
				require.Equal(t, gauntlet.Pass, outcome("paging/whole-list"))
			}
		})
	}
}

// commandOf returns how a driver is run.
func commandOf(t *testing.T, file string) []string {
	if filepath.Ext(file) == ".mjs" {
		if _, err := exec.LookPath("node"); err != nil {
			t.Skip("there is no node")
		}
		return []string{"node", file}
	}
	program := file + ".exe"
	out, err := exec.Command("go", "build", "-o", program, file).CombinedOutput()
	require.NoError(t, err, string(out))
	return []string{program}
}
