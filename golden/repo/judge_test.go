package repo

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/runtime/gauntlet"
	"github.com/porin-dev/porin/runtime/gauntlet/process"
)

var exampleBlock = regexp.MustCompile("(?s)```(go|js)\n(.*?)```")

// TestJudgeExamples builds the drivers that docs/judge.md shows, and has them judged in
// every group that they have calls for: nothing that they claim may fail.
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
			r, err := gauntlet.Judge(t.Context(), spec, driver, gauntlet.Judging{Only: "transport,status,limits,data,paging,evolution", Seed: 1})
			require.NoError(t, err)
			outcome := map[string]gauntlet.Outcome{}
			for _, s := range r.Scenarios {
				outcome[s.ID] = s.Outcome
				switch {
				case s.Outcome == gauntlet.Fail && byTheClock(s):
					t.Log(s.Text())
				case s.Outcome == gauntlet.Fail:
					t.Error(s.Text())
				}
				if s.Outcome == gauntlet.NotOffered || s.Outcome == gauntlet.NotExercised {
					require.NotEmpty(t, s.Why, s.ID)
				}
			}
			t.Log(r.Score)
			require.Equal(t, gauntlet.Pass, outcome["evolution/deprecated"])
			require.Equal(t, gauntlet.NotOffered, outcome["status/503-then-ok"], "neither example claims to retry")
			require.Equal(t, gauntlet.NotOffered, outcome["status/500-on-create"])
			if string(e[1]) == "js" {
				require.Equal(t, gauntlet.Pass, outcome["paging/whole-list"])
			} else {
				require.Equal(t, gauntlet.Pass, outcome["data/big-int"])
			}
		})
	}
}

// byTheClock reports whether a scenario may have failed since the machine was busy: the
// rules that were broken are about how long something took.
func byTheClock(s gauntlet.Result) bool {
	return !slices.ContainsFunc(s.Verdicts, func(v gauntlet.Verdict) bool {
		clock := slices.Contains([]string{"isolate", "deadline", "amplify"}, v.Oracle)
		return v.Outcome == gauntlet.Fail && !clock
	})
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
