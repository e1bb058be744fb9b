// Package repo tests facts about the repository itself.
package repo

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	module = "github.com/porin-dev/porin"
	root   = "../.."
)

type listed struct {
	ImportPath string
	Imports    []string
	Deps       []string
	Standard   bool
}

func list(t *testing.T, args ...string) []listed {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports,Deps,Standard"}, args...)...)
	cmd.Dir = root
	out, err := cmd.Output()
	require.NoError(t, err)
	var pkgs []listed
	dec := json.NewDecoder(bytes.NewReader(out))
	for dec.More() {
		var p listed
		require.NoError(t, dec.Decode(&p))
		pkgs = append(pkgs, p)
	}
	return pkgs
}

// allowed says which of our packages each part may import. The longest prefix
// decides. A direction that is not here is a change of the architecture.
var allowed = map[string][]string{
	"spec":                       {"spec"},
	"compiler/ir":                {},
	"compiler/diag":              {"compiler/ir"},
	"compiler":                   {"spec", "compiler"},
	"codegen":                    {"codegen", "compiler/ir"},
	"runtime":                    {"runtime"},
	"runtime/internal":           {},
	"runtime/internal/limitwire": {"runtime"},
	"runtime/twin":               {"runtime/twin", "runtime/internal", "compiler/ir"},
	"runtime/gauntlet":           {"runtime", "compiler/ir"},
	"runtime/fake":               {"runtime", "compiler/ir"},
	"cmd":                        {"cmd", "codegen", "compiler", "spec", "runtime"},
	"connectors":                 {"runtime", "connectors", "compiler/ir"},
	"golden":                     {"golden", "cmd", "codegen", "compiler", "spec", "runtime", "connectors"},
}

func TestImportDirection(t *testing.T) {
	for _, p := range list(t, "./...") {
		own := strings.TrimPrefix(p.ImportPath, module+"/")
		rule, ok := longest(own)
		require.True(t, ok, "no rule for %s", own)
		for _, imp := range p.Imports {
			name, ours := strings.CutPrefix(imp, module+"/")
			if ours && !slices.ContainsFunc(rule, func(a string) bool { return within(name, a) }) {
				t.Errorf("%s imports %s", own, name)
			}
		}
	}
}

func longest(name string) ([]string, bool) {
	best := ""
	for part := range allowed {
		if within(name, part) && len(part) > len(best) {
			best = part
		}
	}
	return allowed[best], best != ""
}

func within(name, part string) bool { return name == part || strings.HasPrefix(name, part+"/") }

// TestUsersLinkLittle holds what a generated client brings into a program: the
// standard library, the runtime and the JSON package.
func TestUsersLinkLittle(t *testing.T) {
	std := map[string]bool{}
	for _, p := range list(t, "std") {
		std[p.ImportPath] = true
	}
	for _, p := range list(t, "./connectors/slack", "./runtime") {
		for _, dep := range p.Deps {
			if std[dep] || strings.HasPrefix(dep, "vendor/") || dep == module+"/runtime" || strings.HasPrefix(dep, "github.com/go-json-experiment/json") {
				continue
			}
			t.Errorf("%s links %s", p.ImportPath, dep)
		}
	}
}

// TestGoVersion holds the oldest Go that the module and its dependencies ask
// for: a newer one would shut out everybody who is not there yet.
func TestGoVersion(t *testing.T) {
	cmd := exec.Command("go", "list", "-m", "-f", "{{.Path}} {{.GoVersion}}", "all")
	cmd.Dir = root
	out, err := cmd.Output()
	require.NoError(t, err)
	for line := range strings.Lines(string(out)) {
		path, version, _ := strings.Cut(strings.TrimSpace(line), " ")
		minor := strings.SplitN(strings.TrimPrefix(version, "1."), ".", 2)[0]
		if len(minor) == 2 && minor > "26" {
			t.Errorf("%s needs Go %s", path, version)
		}
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	require.Contains(t, string(mod), "\ngo 1.26.0\n")
	require.NotContains(t, string(mod), "toolchain ")
	require.NotContains(t, string(mod), "replace ")
}

// TestGeneratedIsThin holds generated packages to what hand-written ones would
// look like: short bodies, short files, no init.
func TestGeneratedIsThin(t *testing.T) {
	files := 0
	err := filepath.WalkDir(filepath.Join(root, "connectors"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil || !bytes.HasPrefix(src, []byte("// Code generated")) {
			return err
		}
		files++
		if n := bytes.Count(src, []byte("\n")); n > 1500 {
			t.Errorf("%s has %d lines", path, n)
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, src, 0)
		if err != nil {
			return err
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && (len(fn.Body.List) > 6 || fn.Name.Name == "init") {
				t.Errorf("%s: %s has %d statements", path, fn.Name.Name, len(fn.Body.List))
			}
		}
		for _, imp := range f.Imports {
			if imp.Path.Value == `"reflect"` {
				t.Errorf("%s imports reflect", path)
			}
		}
		return nil
	})
	require.NoError(t, err)
	require.NotZero(t, files)
}

// TestNoSecrets looks for strings shaped like live credentials.
func TestNoSecrets(t *testing.T) {
	shapes := []string{"xo" + "xb-1", "xo" + "xp-1", "sk_" + "live_", "gh" + "p_0", "AK" + "IA0"}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && strings.HasPrefix(d.Name(), ".git") {
			if d != nil && d.IsDir() && d.Name() == ".git" {
				return filepath.SkipDir
			}
			return err
		}
		if d.IsDir() {
			return nil
		}
		data, err := os.ReadFile(path)
		for _, s := range shapes {
			if err == nil && bytes.Contains(data, []byte(s)) {
				t.Errorf("%s holds a string like %s...", path, s)
			}
		}
		return nil
	})
	require.NoError(t, err)
}
