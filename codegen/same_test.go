package codegen_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/codegen"
	"github.com/porin-dev/porin/compiler/ir"
)

// clientOf is the client package of a connector with one action, as one text
// with single spaces.
func clientOf(t *testing.T, a *ir.Action, types ...*ir.Type) string {
	t.Helper()
	c := &ir.Connector{Version: ir.Version, Name: "small", Title: "Small", Servers: []*ir.Server{{Name: "api", URL: text("https://small.test")}}}
	c.Auth = []*ir.Auth{{Name: "token", Go: "Token", Kind: "bearer"}}
	c.Types = types
	a.Name, a.Path, a.Go, a.Method, a.Server, a.URL = "get", "things.get", "Get", "GET", "api", text("x")
	c.Groups = []*ir.Group{{Name: "things", Path: "things", Field: "Things", Go: "Things", Actions: []*ir.Action{a}}}
	files, err := codegen.Generate(c, options("small"))
	require.NoError(t, err)
	var all strings.Builder
	for _, f := range files {
		if !strings.Contains(f.Path, "/") {
			all.Write(f.Content)
		}
	}
	return strings.Join(strings.Fields(all.String()), " ")
}

func field(name string, t *ir.Type) *ir.Field {
	return &ir.Field{Name: name, Go: strings.ToUpper(name), Type: t}
}

func enum(name string, values ...any) *ir.Type {
	return &ir.Type{Kind: ir.Enum, Go: name, Enum: values}
}

// TestSame has types that are written twice.
func TestSame(t *testing.T) {
	str, num := &ir.Type{Kind: ir.String}, &ir.Type{Kind: ir.Int}
	union := func(name string, variants ...*ir.Type) *ir.Type {
		return &ir.Type{Kind: ir.Union, Go: name, Variants: variants}
	}
	state := enum("State", "open", "closed")
	state.Name, state.Out = "State", true
	got := clientOf(t, &ir.Action{
		Effect: ir.Read,
		Params: &ir.Type{Kind: ir.Object, Fields: []*ir.Field{field("a", union("ParamsA", str, num))}},
		Returns: &ir.Type{Kind: ir.Object, Go: "Result", Out: true, Fields: []*ir.Field{
			field("a", enum("A", "closed", "open")), // As the named one, in another order.
			field("b", enum("B", "open", "shut")),
			field("c", enum("C", "open", "shut")),
			field("d", enum("D", 1.0, 2.0)),
			field("e", union("E", str, num)), // Numbers are wider in what comes.
			field("f", union("F", str, num)),
			field("g", union("G", str, enum("GKind", 1.0, 2.0))),
			field("h", union("H", str, &ir.Type{Kind: ir.Object, Go: "HObject"})),
			field("i", union("I", str, &ir.Type{Kind: ir.Object, Go: "IObject"})),
		}},
	}, state)
	for _, want := range []string{
		"type State string",
		"A is the member a of [Result]. It is the same type as [State]. type A = State // Values of [A]. const ( AClosed A = \"closed\" AOpen A = \"open\" )",
		"type B string", "type C = B", "type D int64", "type GKind = D", "type F = E",
		"type E struct{ rt.Union }", "type ParamsA struct{ rt.Union }", "type G struct{ rt.Union }",
		"type H struct{ rt.Union }", "type I struct{ rt.Union }",
		"func (u E) AsInt() (v int64, ok bool)", "func FFromInt(v int64) F { return F{rt.UnionOf(v)} }",
	} {
		assert.Contains(t, got, want)
	}
	for _, absent := range []string{"func (v A)", "func (v C)", "func (u F)"} {
		assert.NotContains(t, got, absent)
	}
}

// TestObjectsThatAreNot has the ways in which a member may lack its object.
func TestObjectsThatAreNot(t *testing.T) {
	object := func(name string, nullable bool, required ...string) *ir.Type {
		o := &ir.Type{Kind: ir.Object, Go: name, Nullable: nullable, Fields: []*ir.Field{field("n", &ir.Type{Kind: ir.Int})}}
		for _, name := range required {
			o.Fields = append(o.Fields, &ir.Field{Name: name, Go: name, Type: &ir.Type{Kind: ir.Bool}, Required: true})
		}
		return o
	}
	last := -1
	item := object("Item", false)
	item.Fields = append(item.Fields, field("d", &ir.Type{Kind: ir.Object, Go: "D", Nullable: true, Fields: []*ir.Field{field("key", &ir.Type{Kind: ir.String})}}))
	item.Fields = append(item.Fields, field("l", &ir.Type{Kind: ir.List, Elem: object("E", true)}))
	got := clientOf(t, &ir.Action{
		Effect: ir.Read, All: "All",
		Params: &ir.Type{Kind: ir.Object, Fields: []*ir.Field{
			field("a", object("A", false)), field("b", object("B", false, "On")), field("c", object("C", true)), field("after", &ir.Type{Kind: ir.String}),
		}},
		Returns: &ir.Type{Kind: ir.Object, Go: "Result", Out: true, Fields: []*ir.Field{field("items", &ir.Type{Kind: ir.List, Elem: item})}},
		Page: &ir.Page{
			Style: "cursor", Items: ir.Path{{Name: "items"}}, Item: item,
			From: &ir.Source{Body: ir.Path{{Name: "items"}, {Index: &last}, {Name: "d"}, {Name: "key"}}},
			To:   &ir.Slot{Query: "after"},
		},
	})
	for _, want := range []string{
		"A A `json:\"a,omitzero\"`",
		"B *B `json:\"b,omitzero\"`",     // Its zero value says something.
		"C Opt[C] `json:\"c,omitzero\"`", // Null can be sent.
		"D *D `json:\"d,omitzero\"`",
		"L []*E `json:\"l,omitzero\"`",
		"Cursor: rt.Value(rt.Elem(b.Items, -1).D).KEY",
	} {
		assert.Contains(t, got, want)
	}
}
