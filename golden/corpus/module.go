package main

import (
	"context"

	"github.com/porin-dev/porin/golden/openapi"
	"github.com/porin-dev/porin/golden/phases"
)

// module is where the packages of the corpus are compiled, with porin from this
// checkout.
type module struct {
	*phases.Module
	kept  bool
	quick bool
}

// compile runs go build with more arguments.
func (m *module) compile(ctx context.Context, args ...string) (phases.Cost, error) {
	build := []string{"build", "-trimpath", "-ldflags=-s -w"}
	if m.quick {
		build = append(build, "-gcflags="+m.Path+"/...=-N -dwarf=false")
	}
	return m.Run(ctx, "go", append(build, args...)...)
}

func newModule(s settings) (*module, error) {
	top, err := openapi.Root()
	if err != nil {
		return nil, err
	}
	m, err := phases.NewModule("corpus.example", top, s.keep, s.fresh)
	if err != nil {
		return nil, err
	}
	if err := m.Replace("github.com/porin-dev/porin", top); err != nil {
		return nil, err
	}
	// What all packages link is compiled first, so that no document pays for it.
	_, err = m.Run(context.Background(), "go", "build", "-trimpath", "github.com/porin-dev/porin/golden/corpus/smoke", "github.com/porin-dev/porin/runtime/fake")
	return &module{m, s.keep != "", s.quick}, err
}
