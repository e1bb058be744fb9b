package compiler_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/porin-dev/porin/compiler"
)

// TestGuessedIDTellsNothingApart: items of a list are dropped as duplicates by an id that
// somebody vouches for, and by no guess.
func TestGuessedIDTellsNothingApart(t *testing.T) {
	for attribute, want := range map[string]string{
		"":                                   "id",
		` @why("the documents say so")`:      "id",
		` @assumed("/tags/{tag} is one of")`: "",
	} {
		dir := filepath.Join(t.TempDir(), "demo")
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		spec := fmt.Sprintf(`package demo
connector: {title: "Demo", servers: api: url: "https://demo.test/"}
auth: token: bearer: {}
#Tag: {id!: string, name!: string}
actions: tags: list: {GET: "tags", query: page?: int, returns: [...#Tag], page: {items: "", number: {to: query: "page", start: 1}, end: ["empty"]}}
resources: tags: {of: #Tag, id: "id", list: "tags.list": {}}%s
`, attribute)
		if err := os.WriteFile(filepath.Join(dir, "spec.cue"), []byte(spec), 0o644); err != nil {
			t.Fatal(err)
		}
		c, _, report := compiler.Load(dir)
		if report.HasErrors() {
			t.Fatal(report.Diagnostics())
		}
		if got := c.ListedID(c.Action("tags.list")).String(); got != want {
			t.Errorf("with%s: %q, want %q", attribute, got, want)
		}
	}
}
