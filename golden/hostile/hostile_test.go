// Package hostile holds documents that try to get out of what is made of them:
// out of strings and comments into code, and out of the folder.
package hostile

import (
	"context"
	"encoding/json"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	cueast "cuelang.org/go/cue/ast"
	cueparser "cuelang.org/go/cue/parser"
	"github.com/pb33f/go-yaml"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/codegen"
	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/draft"
	"github.com/porin-dev/porin/compiler/ir"
)

// TestHostile takes a document of each dialect all the way to packages that
// compile.
func TestHostile(t *testing.T) {
	root := t.TempDir()
	userModule(t, root)
	for name, d := range dialects {
		t.Run(name, func(t *testing.T) {
			text, err := json.Marshal(d.hostile())
			if name == "openapi30" {
				text, err = yaml.Marshal(d.hostile())
			}
			require.NoError(t, err)
			dir := filepath.Join(root, name)
			c := take(t, text, dir, name)
			require.Len(t, actions(c), 2*len(texts))
			carries(t, c)
		})
	}
	require.ElementsMatch(t, []string{"go.mod", "go.sum", "swagger2", "openapi30", "openapi31"}, list(t, root), "files beside the packages")
	goVet(t, root)
}

// TestTitles names a connector by each of the texts.
func TestTitles(t *testing.T) {
	for _, title := range texts {
		text, err := json.Marshal(object{"openapi": "3.1.0", "info": object{"title": title, "version": title}, "paths": object{"/a": object{"get": object{"responses": object{"204": object{"description": ""}}}}}})
		require.NoError(t, err)
		c := take(t, text, t.TempDir(), "")
		require.Regexp(t, `^[a-z][a-z0-9]*$`, c.Name)
		require.LessOrEqual(t, len(c.Name), 100)
	}
}

// take drafts, checks and generates, and writes what comes out into a folder.
func take(t *testing.T, document []byte, dir, name string) *ir.Connector {
	t.Helper()
	result, err := draft.Draft(context.Background(), draft.Options{Document: document, Descriptions: true, Name: name})
	require.NoError(t, err)
	require.Equal(t, result.Stats.Operations, result.Stats.Actions)
	for _, f := range result.Files {
		require.Equal(t, path.Base(f.Name), f.Name, "a file beside the folder")
		harmlessCUE(t, f)
		write(t, dir, f.Name, f.Content)
	}
	c, _, report := compiler.Load(dir)
	for _, d := range report.Diagnostics() {
		if d.Severity == diag.Error {
			t.Errorf("%s %s:%d: %s", d.Code, d.At.File, d.At.Line, d.Message)
		}
	}
	require.False(t, t.Failed(), "the spec has errors")
	files, err := codegen.Generate(c, codegen.Options{ImportPath: "example.test/app/" + filepath.Base(dir)})
	require.NoError(t, err)
	for _, f := range files {
		require.True(t, path.Dir(f.Path) == "." || path.Dir(f.Path) == c.Name+"test", "%s is beside the folder", f.Path)
		harmlessGo(t, f)
		write(t, dir, f.Path, f.Content)
	}
	return c
}

// harmlessCUE holds that a drafted file computes nothing.
func harmlessCUE(t *testing.T, f draft.File) {
	t.Helper()
	file, err := cueparser.ParseFile(f.Name, f.Content)
	require.NoError(t, err)
	labels := map[cueast.Node]bool{}
	cueast.Walk(file, func(n cueast.Node) bool {
		switch n := n.(type) {
		case *cueast.Field:
			labels[n.Label] = true
		case *cueast.Package:
			labels[n.Name] = true
		case *cueast.Interpolation, *cueast.ImportDecl, *cueast.CallExpr, *cueast.Comprehension:
			t.Errorf("%s has a %T at %s", f.Name, n, n.Pos())
		case *cueast.Ident:
			require.True(t, labels[n] || n.Name != payload, "%s", n.Pos())
		}
		return true
	}, nil)
}

// plainComment is a comment that is none of a tool's.
var plainComment = regexp.MustCompile(`^//( |\t|$)`)

// harmlessGo holds that a generated file has declarations of the generator
// alone, and no comment that is an instruction.
func harmlessGo(t *testing.T, f codegen.File) {
	t.Helper()
	if path.Ext(f.Path) != ".go" {
		require.True(t, json.Valid(f.Content), f.Path)
		return
	}
	included, err := build.Default.MatchFile(writeTo(t, f), path.Base(f.Path))
	require.NoError(t, err)
	require.True(t, included, "%s is not compiled here", f.Path)
	require.Equal(t, path.Base(f.Path) == "gauntlet_test.go", strings.HasSuffix(f.Path, "_test.go"), f.Path)
	file, err := parser.ParseFile(token.NewFileSet(), f.Path, f.Content, parser.ParseComments)
	require.NoError(t, err)
	for _, group := range file.Comments {
		for _, c := range group.List {
			require.True(t, plainComment.MatchString(c.Text) || c.Text == "//go:embed twin.json", "%s: %.80s", f.Path, c.Text)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			require.True(t, n.Name != payload || strings.TrimSuffix(file.Name.Name, "test") == payload, f.Path)
		case *ast.FuncDecl:
			require.False(t, n.Recv == nil && (n.Name.Name == "init" || n.Name.Name == "main"), f.Path)
		case *ast.ImportSpec:
			require.NotEqual(t, `"C"`, n.Path.Value, f.Path)
		}
		return true
	})
}

func writeTo(t *testing.T, f codegen.File) string {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, path.Base(f.Path), f.Content)
	return dir
}

// carries holds that the texts go over the wire as they are.
func carries(t *testing.T, c *ir.Connector) {
	t.Helper()
	sent, enums := map[string]bool{}, map[any]bool{}
	for _, a := range actions(c) {
		for _, p := range a.Places {
			if p.In == "query" {
				sent[p.Name] = true
			}
		}
	}
	for _, typ := range c.Types {
		for _, v := range typ.Enum {
			enums[v] = true
		}
	}
	for _, text := range texts {
		if strings.TrimSpace(text) != "" {
			require.True(t, sent[text], "no parameter is called %.80q", text)
		}
		require.True(t, enums[text], "no choice is %.80q", text)
	}
}

func actions(c *ir.Connector) []*ir.Action {
	var all []*ir.Action
	for _, a := range c.AllActions() {
		all = append(all, a)
	}
	return all
}

func write(t *testing.T, dir, name string, content []byte) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, content, 0o644))
}

func list(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// userModule makes a folder a module that uses this one.
func userModule(t *testing.T, dir string) {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	_, requires, _ := strings.Cut(string(mod), "\n")
	write(t, dir, "go.mod", []byte("module example.test/app\n"+requires+
		"\nrequire github.com/porin-dev/porin v0.0.0\n\nreplace github.com/porin-dev/porin => "+root+"\n"))
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	require.NoError(t, err)
	write(t, dir, "go.sum", sum)
}

func goVet(t *testing.T, dir string) {
	t.Helper()
	cmd := exec.Command("go", "vet", "./...")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOPROXY=off", "GOFLAGS=-mod=mod", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "go vet:\n%.4000s", out)
}
