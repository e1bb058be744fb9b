package golden_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/golden"
)

// TestSamples holds the examples of `porin explain` to what they promise: the
// first gives its code and no other, the second gives nothing at all. A sample
// for a part that is not compiled yet says so beside its own code.
func TestSamples(t *testing.T) {
	for _, e := range diag.Entries() {
		t.Run(string(e.Code), func(t *testing.T) {
			t.Parallel()
			bad, good := sampleOutput(t, e.Bad), sampleOutput(t, e.Good)
			if e.Bad.Lang != "console" {
				if codes := without(codesIn(bad), diag.NotCompiledYet, e.Code); !slices.Equal(codes, []string{string(e.Code)}) {
					t.Errorf("the failing example gives %v:\n%s", codes, bad)
				}
			}
			if codes := without(codesIn(good), diag.NotCompiledYet, e.Code); len(codes) > 0 {
				t.Errorf("the fixed example gives %v:\n%s", codes, good)
			}
		})
	}
}

// without drops a code from a list, unless the list is about that very code.
func without(codes []string, drop, about diag.Code) []string {
	if drop == about {
		return codes
	}
	return slices.DeleteFunc(codes, func(c string) bool { return c == string(drop) })
}

// sampleOutput is what porin says about a sample. Console samples are shown
// and not run: the corpus has cases for their codes.
func sampleOutput(t *testing.T, s diag.Sample) string {
	t.Helper()
	dir := t.TempDir()
	switch s.Lang {
	case "cue":
		writeSample(t, dir, s)
		return vet(t, dir, sampleChecks(s)...)
	case "json", "yaml", "html":
		if err := os.WriteFile(filepath.Join(dir, "openapi.json"), []byte(s.Text), 0o644); err != nil {
			t.Fatal(err)
		}
		return draftDocument(t, dir, "openapi.json")
	}
	return ""
}

// sampleChecks are the checks beyond those of a plain vet. A sample that is
// not for --strict shows what it assumes.
func sampleChecks(s diag.Sample) []func(*ir.Connector, *diag.Report) {
	if s.Strict {
		return []func(*ir.Connector, *diag.Report){compiler.RefuseAssumptions}
	}
	return []func(*ir.Connector, *diag.Report){compiler.NoteAssumptions}
}

// writeSample writes a CUE sample as a whole spec.
func writeSample(t *testing.T, dir string, s diag.Sample) {
	t.Helper()
	archive := txtar.Parse([]byte(s.Text))
	if len(archive.Files) == 0 {
		archive.Files = []txtar.File{{Name: "spec.cue", Data: []byte(s.Text)}}
	}
	// A sample without a connector of its own stands beside the base.
	if !strings.HasPrefix(s.Text, "package ") {
		archive.Files = append(archive.Files, txtar.File{Name: "base.cue", Data: []byte(diag.SampleBase())})
	}
	for i, f := range archive.Files {
		if strings.HasSuffix(f.Name, ".cue") && !strings.Contains(string(f.Data), "package ") {
			archive.Files[i].Data = []byte("package demo\n\n" + string(f.Data))
		}
	}
	if err := golden.Extract(archive, dir); err != nil {
		t.Fatal(err)
	}
}
