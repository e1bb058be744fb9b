package repo

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

var goBlock = regexp.MustCompile("(?s)```go\n(.*?)```")

// TestGuide compiles the code of docs/using.md as one file, and runs its test.
func TestGuide(t *testing.T) {
	guide, err := os.ReadFile(filepath.Join(root, "docs", "using.md"))
	require.NoError(t, err)
	var src bytes.Buffer
	for _, block := range goBlock.FindAllSubmatch(guide, -1) {
		src.Write(block[1])
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "using_test.go")
	require.NoError(t, os.WriteFile(file, src.Bytes(), 0o600))
	here, err := filepath.Abs(root)
	require.NoError(t, err)
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(here, "docs", "using", "using_test.go"): file}})
	require.NoError(t, err)
	overlaid := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(overlaid, overlay, 0o600))
	program := filepath.Join(dir, "using.test")
	build := exec.Command("go", "test", "-c", "-vet=off", "-o", program, "-overlay", overlaid, "./docs/using")
	build.Dir = root
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	out, err = exec.Command(program, "-test.v").CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "--- PASS: TestPost")
}
