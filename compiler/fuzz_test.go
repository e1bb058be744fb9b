package compiler_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/spec"
)

// FuzzLoad parses and compiles specs. Whatever the text is, the result is a
// connector or a report with an error.
func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob("../golden/diag/*.txtar")
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds (%v)", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, part := range archive.Files {
			if strings.HasSuffix(part.Name, ".cue") {
				f.Add(part.Data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 1<<14 {
			return
		}
		pkg, err := spec.Parse(map[string][]byte{"api.cue": text})
		if err != nil {
			return
		}
		report := &diag.Report{}
		if c := compiler.Compile(pkg, report); c == nil && !report.HasErrors() {
			t.Fatal("no connector, and no error that says why")
		}
	})
}
