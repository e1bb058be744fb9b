package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestDriverOfNode hands on what a library gives for an integer beyond 2^53.
func TestDriverOfNode(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("there is no node")
	}
	driver, err := filepath.Abs("../sdk/npm/driver.mjs")
	if err != nil {
		t.Fatal(err)
	}
	library := filepath.Join(t.TempDir(), "library.mjs")
	source := "import { run } from " + `"file://` + filepath.ToSlash(driver) + `";
run({ call: async () => ({ big: 9007199254740993n, below: [-1n], text: '"5"' }), explain: () => ({}) });
`
	if err := os.WriteFile(library, []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", library)
	cmd.Stdin = strings.NewReader(`{"id":1,"do":"read","action":"a"}` + "\n")
	got, err := cmd.Output()
	const want = `{"id":1,"result":{"big":9007199254740993,"below":[-1],"text":"\"5\""}}` + "\n"
	if err != nil || string(got) != want {
		t.Errorf("got %s (%v), want %s", got, err, want)
	}
}
