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

// TestShapes has promises that the goldens do not make.
func TestShapes(t *testing.T) {
	str := &ir.Type{Kind: ir.String}
	list := func(elem *ir.Type) *ir.Type { return &ir.Type{Kind: ir.List, Elem: elem} }
	field := func(name string, t *ir.Type, required bool) *ir.Field {
		return &ir.Field{Name: name, Go: strings.ToUpper(name), Type: t, Required: required}
	}
	object := func(name string, fields ...*ir.Field) *ir.Type {
		return &ir.Type{Kind: ir.Object, Go: name, Out: true, Fields: fields}
	}
	for _, test := range []struct {
		name    string
		returns *ir.Type
		want    string // The variables; empty when there are none.
		op      string // How the operation refers to them.
	}{
		{"nothing is promised", object("Result", field("a", str, false), field("b", object("Inner", field("c", str, false)), false)), "", ""},
		{"required", object("Result", field("b", str, true), field("a", str, true), field("c", str, false)),
			`var shapeResult = rt.Shapes{{ {Name: "a", Required: true}, {Name: "b", Required: true}, }}`, "Returns: &rt.Member{Of: &shapeResult},"},
		{"may be null", object("Result", field("a", &ir.Type{Kind: ir.String, Nullable: true}, true), field("b", &ir.Type{Kind: ir.Any}, true),
			field("c", &ir.Type{Kind: ir.Union, Go: "C", Variants: []*ir.Type{str, {Kind: ir.Int, Nullable: true}}}, true)),
			`var shapeResult = rt.Shapes{{ {Name: "a", Required: true, Null: true}, {Name: "b", Required: true, Null: true}, {Name: "c", Required: true, Null: true}, }}`,
			"Returns: &rt.Member{Of: &shapeResult},"},
		{"deep within", list(&ir.Type{Kind: ir.Map, Elem: object("Result", field("a", list(list(object("Inner", field("b", str, true)))), false))}),
			`var shapeResult = rt.Shapes{{ {Name: "a", Each: "[[", Of: &shapeInner}, }} var shapeInner = rt.Shapes{{ {Name: "b", Required: true}, }}`,
			`Returns: &rt.Member{Each: "[{", Of: &shapeResult},`},
		{"constants", object("Result", field("a", &ir.Type{Kind: ir.Bool, Enum: []any{true}}, false), field("b", &ir.Type{Kind: ir.Enum, Enum: []any{float64(1000000), float64(-1)}, Go: "B"}, false)),
			`var shapeResult = rt.Shapes{{ {Name: "a", Values: []string{"true"}}, {Name: "b", Values: []string{"1000000", "-1"}}, }}`, "Returns: &rt.Member{Of: &shapeResult},"},
		{"a list that holds itself", object("Result", field("a", &ir.Type{Kind: ir.Ref, Ref: "Loop"}, true)),
			`var shapeResult = rt.Shapes{{ {Name: "a", Required: true}, }}`, "Returns: &rt.Member{Of: &shapeResult},"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := &ir.Connector{Version: ir.Version, Name: "small", Title: "Small", Servers: []*ir.Server{{Name: "api", URL: text("https://small.test")}}}
			c.Auth = []*ir.Auth{{Name: "token", Go: "Token", Kind: "bearer"}}
			c.Types = []*ir.Type{{Kind: ir.List, Name: "Loop", Go: "Loop", Out: true, Elem: &ir.Type{Kind: ir.Ref, Ref: "Loop"}}}
			c.Groups = []*ir.Group{{Name: "things", Path: "things", Field: "Things", Go: "Things", Actions: []*ir.Action{{
				Name: "get", Path: "things.get", Go: "Get", Method: "GET", Server: "api", Effect: ir.Read, URL: text("x"), Returns: test.returns,
			}}}}
			files, err := codegen.Generate(c, options("small"))
			require.NoError(t, err)
			shapes, ops := "", ""
			for _, f := range files {
				switch f.Path {
				case "shapes.go":
					_, shapes, _ = strings.Cut(string(f.Content), "[rt.Shapes].\n")
				case "things.go":
					ops = string(f.Content)
				}
			}
			assert.Equal(t, test.want, strings.Join(strings.Fields(shapes), " "))
			assert.Contains(t, strings.Join(strings.Fields(ops), " "), test.op)
		})
	}
}

// TestProgramHasItsShapesAlone links a program that calls one action: what is
// promised of the others is data that nobody refers to.
func TestProgramHasItsShapesAlone(t *testing.T) {
	dir := t.TempDir()
	userModule(t, dir)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "main.go"), []byte(`package main

import (
	"context"

	"github.com/porin-dev/porin/golden/gen/acme"
)

func main() {
	var boards acme.BoardsService
	_, _ = boards.Info(context.Background(), acme.BoardsInfoParams{})
}
`), 0o644))
	goTool(t, dir, "build", "-o", "program", ".")
	symbols, err := exec.Command("go", "tool", "nm", filepath.Join(dir, "program")).Output()
	require.NoError(t, err)
	assert.Contains(t, string(symbols), "acme.shapeBoard\n")
	assert.NotContains(t, string(symbols), "acme.shapeCard")
}
