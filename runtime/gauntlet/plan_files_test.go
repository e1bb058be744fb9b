package gauntlet

import (
	"slices"
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
)

// TestFilesAreTried has actions with files tried with all others, and none of them stand
// for all.
func TestFilesAreTried(t *testing.T) {
	file := &ir.Type{Kind: ir.Object, Fields: []*ir.Field{{Name: "photo", Type: &ir.Type{Kind: ir.Bytes}, Required: true}}}
	text := &ir.Type{Kind: ir.Object, Fields: []*ir.Field{{Name: "name", Type: &ir.Type{Kind: ir.String}, Required: true}}}
	post := func(name, as string, params *ir.Type) *ir.Action {
		return &ir.Action{Name: name, Path: name, Method: "POST", Effect: ir.Create, Params: params, Body: &ir.Body{As: as}, Returns: &ir.Type{Kind: ir.Object}}
	}
	old := post("old", "json", text)
	old.Deprecated = "it is old"
	p := NewPlan(&ir.Connector{Groups: []*ir.Group{{Actions: []*ir.Action{
		post("parts", "multipart", text), post("raw", "raw", file), post("photo", "json", file), post("name", "json", text), old,
	}}}})
	var tried, stands []string
	for _, a := range everyCreate(p) {
		tried = append(tried, a.Path)
		if p.usable(a) {
			stands = append(stands, a.Path)
		}
	}
	if !slices.Equal(tried, []string{"parts", "raw", "photo", "name"}) || !slices.Equal(stands, []string{"name"}) || p.Create.Path != "name" {
		t.Errorf("tried are %v, and %v can stand for all; %s does", tried, stands, p.Create.Path)
	}
}
