package golden_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/draft"
	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/golden"
)

// TestDiag holds what the compiler says about each case of golden/diag: about
// the spec in its folder, or what its "run:" line names.
func TestDiag(t *testing.T) {
	golden.Run(t, "diag/*.txtar", func(t *testing.T, c golden.Case) map[string]string {
		out := ""
		switch command := strings.Join(c.Args[:max(0, len(c.Args)-1)], " "); command {
		case "":
			out = vet(t, c.Dir)
		case "vet":
			out = vet(t, filepath.Join(c.Dir, c.Args[1]))
		case "vet --strict":
			out = vet(t, c.Dir, compiler.RefuseAssumptions)
		case "vet --assumptions":
			out = vet(t, c.Dir, compiler.NoteAssumptions)
		case "draft":
			out = draftDocument(t, c.Dir, c.Args[1])
		default:
			t.Fatalf("the corpus has no command %q", command)
		}
		return map[string]string{"want": strings.NewReplacer(c.Dir+"/", "", c.Dir, ".").Replace(out)}
	})
}

// vet compiles the spec in a folder and renders what was reported. Checks are
// those that flags add.
func vet(t *testing.T, dir string, checks ...func(*ir.Connector, *diag.Report)) string {
	t.Helper()
	c, pkg, report := compiler.Load(dir)
	for _, check := range checks {
		if c != nil {
			check(c, report)
		}
	}
	src := diag.Sources{}
	if pkg != nil {
		src = pkg.Sources()
	}
	return render(t, report, src)
}

// draftDocument drafts from a document and renders what is wrong with it.
func draftDocument(t *testing.T, dir, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	report := &diag.Report{}
	_, err = draft.Draft(t.Context(), draft.Options{Document: data, Strict: true})
	if err != nil && !draft.Report(report, name, data, err) {
		t.Fatal(err)
	}
	return render(t, report, diag.Sources{name: data})
}

func render(t *testing.T, report *diag.Report, src diag.Sources) string {
	t.Helper()
	var b strings.Builder
	if err := diag.Render(&b, report.Diagnostics(), src, diag.RenderOptions{Width: 120}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var codeInOutput = regexp.MustCompile(`(?m)^(?:error|warning|note)\[(P[0-9]{4})\]`)

// codesIn lists the codes of rendered diagnostics, each once.
func codesIn(rendered string) []string {
	var codes []string
	for _, m := range codeInOutput.FindAllStringSubmatch(rendered, -1) {
		codes = append(codes, m[1])
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// noCase are the codes that no spec and no document can show.
var noCase = map[diag.Code]string{
	diag.InternalError: "a mistake of the compiler is fixed when it is known",
}

// TestDiagCorpusIsComplete holds the corpus against the table of codes. A case
// named after a code gives that code and no other; the other cases give none.
// Parts that are not compiled yet may say so in any case. Codes that need the
// command itself have their cases in golden/cli.
func TestDiagCorpusIsComplete(t *testing.T) {
	shown := commandCodes(t)
	negative, positive := 0, 0
	for _, file := range glob(t, "diag/*.txtar") {
		name := filepath.Base(file)
		var want []string
		if code := name[:min(5, len(name))]; codeName.MatchString(code) {
			want = []string{code}
			shown[code] = true
			negative++
		} else {
			positive++
		}
		got := codesIn(section(t, file, "want"))
		if !slices.Contains(want, string(diag.NotCompiledYet)) {
			got = slices.DeleteFunc(got, func(c string) bool { return c == string(diag.NotCompiledYet) })
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s gives %v, and its name says %v", name, got, want)
		}
	}
	for code := range shown {
		if _, ok := diag.Explain(diag.Code(code)); !ok {
			t.Errorf("%s has a case and no explanation", code)
		}
	}
	for _, e := range diag.Entries() {
		if !shown[string(e.Code)] && noCase[e.Code] == "" {
			t.Errorf("no case shows %s: %s", e.Code, e.Title)
		}
	}
	if negative <= positive {
		t.Errorf("%d negative cases and %d positive ones: mistakes are the larger part of a corpus", negative, positive)
	}
}

var codeName = regexp.MustCompile(`^P[0-9]{4}$`)

// commandCodes lists the codes after which scripts in golden/cli are named.
func commandCodes(t *testing.T) map[string]bool {
	t.Helper()
	shown := map[string]bool{}
	for _, file := range glob(t, "cli/*.txtar") {
		name := filepath.Base(file)
		if code := name[:min(5, len(name))]; codeName.MatchString(code) {
			shown[code] = true
		}
	}
	return shown
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func section(t *testing.T, file, name string) string {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}
