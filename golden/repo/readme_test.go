package repo

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/runtime/gauntlet"
	"github.com/porin-dev/porin/spec"
)

var scoreBlock = regexp.MustCompile(`(?s)<!-- score -->\n.*<!-- /score -->`)

// TestReadmeScore runs the gauntlet of the committed connector, by the command
// that the README names, and holds the README's table to what it came to.
// PORIN_UPDATE=1 rewrites the table, and fails.
func TestReadmeScore(t *testing.T) {
	cmd := exec.Command("go", "run", "./cmd/porin", "test", "--json", "connectors/slack")
	cmd.Dir = root
	out, err := cmd.Output()
	require.NoError(t, err, "a scenario failed: go run ./cmd/porin test connectors/slack shows it")
	report, err := gauntlet.ReadReport(out)
	require.NoError(t, err)

	path := filepath.Join(root, "README.md")
	readme, err := os.ReadFile(path)
	require.NoError(t, err)
	want := scoreBlock.ReplaceAllLiteralString(string(readme), "<!-- score -->\n"+scoreTable(report)+"<!-- /score -->")
	if want == string(readme) {
		return
	}
	if os.Getenv("PORIN_UPDATE") != "" {
		require.NoError(t, os.WriteFile(path, []byte(want), 0o644))
	}
	t.Errorf("the score in README.md is not current; PORIN_UPDATE=1 rewrites it")
}

var cueBlock = regexp.MustCompile("(?s)```cue\n(.*?)```")

// TestReadmeSpec compiles the spec of the README, and holds the mistake that
// the README shows to what the compiler says of it.
func TestReadmeSpec(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	require.NoError(t, err)
	src := cueBlock.FindSubmatch(readme)
	require.NotNil(t, src)
	require.Empty(t, vet(t, string(src[1])))
	shown := vet(t, strings.Replace(string(src[1]), "response_metadata.next_cursor", "response_metadata.next_curser", 1))
	shown, _, _ = strings.Cut(shown, "   = note:")
	require.NotEmpty(t, shown)
	require.Contains(t, string(readme), shown)
}

// vet returns what porin vet prints of a spec.
func vet(t *testing.T, src string) string {
	t.Helper()
	pkg, err := spec.Parse(map[string][]byte{"slack/api.cue": []byte(src)})
	require.NoError(t, err)
	report := &diag.Report{}
	compiler.Compile(pkg, report)
	var b strings.Builder
	require.NoError(t, diag.Render(&b, report.Diagnostics(), pkg.Sources(), diag.RenderOptions{}))
	return b.String()
}

func scoreTable(r *gauntlet.Report) string {
	type row struct{ passed, exercised, not int }
	rows := map[string]*row{}
	var groups []string
	for _, s := range r.Scenarios {
		g := rows[s.Group]
		if g == nil {
			g = &row{}
			rows[s.Group] = g
			groups = append(groups, s.Group)
		}
		switch s.Outcome {
		case gauntlet.Pass:
			g.passed++
			g.exercised++
		case gauntlet.Fail:
			g.exercised++
		default:
			g.not++
		}
	}
	var b strings.Builder
	b.WriteString("| faults | passed | exercised | not exercised |\n| --- | ---: | ---: | ---: |\n")
	for _, name := range groups {
		g := rows[name]
		fmt.Fprintf(&b, "| %s | %d | %d | %d |\n", name, g.passed, g.exercised, g.not)
	}
	fmt.Fprintf(&b, "| **all** | **%d** | **%d** | **%d** |\n", r.Score.Passed, r.Score.Exercised, r.Score.NotExercised)
	return b.String()
}
