package codegen_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/codegen"
	"github.com/porin-dev/porin/compiler/ir"
)

// TestOnly generates a part of a connector, and compiles it as a module of a
// user would be: the goldens are whole, and in this module.
func TestOnly(t *testing.T) {
	opts := codegen.Options{ImportPath: "example.test/app/acme", Only: []string{"boards.admin", "auth.t*"}}
	files, err := codegen.Generate(load(t, "acme"), opts)
	require.NoError(t, err)
	all := join(files)
	assert.Contains(t, all, "func (s BoardsAdminService) Archive(")
	assert.Contains(t, all, "func (s BoardsAdminMembersService) List(")
	assert.Contains(t, all, "func (s AuthService) Test(")
	assert.NotContains(t, all, "func (s BoardsService) List(", "the group is kept for what is below it alone")
	assert.NotContains(t, all, "opAuthRevoke")
	assert.NotContains(t, all, "CardsService")
	assert.Contains(t, all, "type Card struct", "an event has it")

	dir := t.TempDir()
	for _, f := range files {
		path := filepath.Join(dir, "acme", f.Path)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, f.Content, 0o644))
	}
	userModule(t, dir)
	goTool(t, dir, "build", "./...")
}

func join(files []codegen.File) string {
	var b strings.Builder
	for _, f := range files {
		if strings.HasSuffix(f.Path, ".go") {
			b.Write(f.Content)
		}
	}
	return b.String()
}

// userModule makes dir a module that uses this one.
func userModule(t *testing.T, dir string) {
	t.Helper()
	root, err := filepath.Abs("..")
	require.NoError(t, err)
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	_, requires, _ := strings.Cut(string(mod), "\n")
	text := "module example.test/app\n" + requires +
		"\nrequire github.com/porin-dev/porin v0.0.0\n\nreplace github.com/porin-dev/porin => " + root + "\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte(text), 0o644))
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.sum"), sum, 0o644))
}

func goTool(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOPROXY=off", "GOFLAGS=-mod=mod", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "go %s:\n%s", strings.Join(args, " "), out)
}

// TestRefuses is what cannot be written as Go. The compiler keeps specs from
// coming here with it; the error says what is the matter all the same.
func TestRefuses(t *testing.T) {
	for _, test := range []struct {
		name   string
		want   string
		damage func(c *ir.Connector, o *codegen.Options)
	}{
		{"no import path", "import path", func(_ *ir.Connector, o *codegen.Options) { o.ImportPath = "" }},
		{"nothing selected", "no action of acme matches nothing.*", func(_ *ir.Connector, o *codegen.Options) { o.Only = []string{"nothing.*"} }},
		{"empty glob", "empty glob", func(_ *ir.Connector, o *codegen.Options) { o.Only = []string{""} }},
		{"name taken twice", `"BoardsService" is declared in`, func(c *ir.Connector, _ *codegen.Options) { c.Type("Board").Go = "BoardsService" }},
		{"name of the package's own", `"Client" is declared in`, func(c *ir.Connector, _ *codegen.Options) { c.Type("Board").Go = "Client" }},
		{"dangling reference", `"Nobody"`, func(c *ir.Connector, _ *codegen.Options) { c.Action("boards.info").Returns.Ref = "Nobody" }},
		{"unknown limit", `no limit "fast"`, func(c *ir.Connector, _ *codegen.Options) { c.Action("boards.info").Limits[0].Limit = "fast" }},
		{"unknown server", `no server "eu"`, func(c *ir.Connector, _ *codegen.Options) { c.Action("boards.info").Server = "eu" }},
		{"unknown style", `"wild"`, func(c *ir.Connector, _ *codegen.Options) { c.Action("boards.list").Places[0].Style = "wild" }},
		{"unknown paging", `"spiral"`, func(c *ir.Connector, _ *codegen.Options) { c.Action("boards.list").Page.Style = "spiral" }},
		{"bad duration", `"soon"`, func(c *ir.Connector, _ *codegen.Options) { c.Limits[0].Per = "soon" }},
		{"bad status", `"9xx"`, func(c *ir.Connector, _ *codegen.Options) {
			c.Action("boards.info").Errors[0].When.Status = []string{"9xx"}
		}},
		{"foreign rules", "do not end with those of the connector", func(c *ir.Connector, _ *codegen.Options) { c.Action("boards.info").Errors = nil }},
		{"event without object", "is no named object", func(c *ir.Connector, _ *codegen.Options) { c.Webhooks[0].Events[0].Type = "FileURL" }},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, opts := load(t, "acme"), options("acme")
			test.damage(c, &opts)
			_, err := codegen.Generate(c, opts)
			require.Error(t, err)
			assert.Contains(t, err.Error(), test.want)
		})
	}
}

// TestTypeNamedAsPassedOn has types that are called like functions which the
// package passes on from the runtime: the types have the names.
func TestTypeNamedAsPassedOn(t *testing.T) {
	for _, name := range []string{"Ahead", "At", "WithServer", "Some", "Null"} {
		c := load(t, "acme")
		c.Type("Board").Go = name
		files, err := codegen.Generate(c, options("acme"))
		require.NoError(t, err)
		assert.NotContains(t, join(files), "func "+name, name)
	}
}

// TestTypeNamedAsMember has a type that is called like a member of an enum: the
// type has the name.
func TestTypeNamedAsMember(t *testing.T) {
	c := load(t, "acme")
	c.Types = append(c.Types,
		&ir.Type{Kind: ir.Enum, Name: "SomeKind", Go: "SomeKind", Enum: []any{"card", "cash"}, In: true, Out: true},
		&ir.Type{Kind: ir.Object, Name: "Other", Go: "SomeKindCard", In: true, Out: true})
	files, err := codegen.Generate(c, options("acme"))
	require.NoError(t, err)
	assert.True(t, strings.Contains(join(files), "SomeKindValueCard "))
}

// TestInputIsNotChanged lets one connector be generated from by several callers.
func TestInputIsNotChanged(t *testing.T) {
	c := load(t, "acme")
	for _, only := range [][]string{nil, {"boards"}} {
		opts := options("acme")
		opts.Only = only
		_, err := codegen.Generate(c, opts)
		require.NoError(t, err)
	}
	assert.Equal(t, load(t, "acme"), c)
}
