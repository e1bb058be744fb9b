package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/porin-dev/porin/golden/corpus/judge"
	"github.com/porin-dev/porin/golden/openapi"
	"github.com/porin-dev/porin/golden/phases"
)

// shop is where the packages of all generators are made: ours in a module that
// has what Porin has, theirs in one that has what golden/peers has.
type shop struct {
	ours, theirs *phases.Module
	generators   []generator
}

const ours = "github.com/porin-dev/porin"

// newShop builds the generators, and what the packages that they write import,
// so that no document pays for either.
func newShop(ctx context.Context, keep string) (*shop, error) {
	top, err := openapi.Root()
	if err != nil {
		return nil, err
	}
	folder := func(name string) string {
		if keep == "" {
			return ""
		}
		return filepath.Join(keep, name)
	}
	s := &shop{}
	if s.ours, err = phases.NewModule("compare.example", top, folder("porin"), false); err != nil {
		return nil, err
	}
	peers := filepath.Join(top, "golden", "peers")
	if s.theirs, err = phases.NewModule("compare.example", peers, folder("peers"), false); err != nil {
		return nil, err
	}
	imports, err := os.ReadFile(filepath.Join(peers, "peers.go"))
	if err != nil {
		return nil, err
	}
	if err := errors.Join(s.ours.Replace(ours, top), s.theirs.Write("peers.go", imports)); err != nil {
		return nil, err
	}
	fmt.Fprintln(os.Stderr, "building the generators")
	for _, b := range []struct {
		module *phases.Module
		args   []string
	}{
		{s.ours, []string{"-o", ".bin/", ours + "/cmd/porin"}},
		{s.ours, []string{"-trimpath", ours + "/runtime"}},
		{s.theirs, []string{"-o", ".bin/", oapiModule + "/cmd/oapi-codegen", swaggerModule + "/cmd/swagger"}},
		{s.theirs, []string{"-trimpath", "."}},
	} {
		if _, err := b.module.Run(ctx, "go", append([]string{"build"}, b.args...)...); err != nil {
			return nil, err
		}
	}
	s.generators = []generator{porin, oapiCodegen, goSwagger}
	s.generators[0].version = "this checkout"
	for i, module := range []string{oapiModule, swaggerModule} {
		c, err := s.theirs.Run(ctx, "go", "list", "-m", "-f", "{{.Version}}", module)
		if err != nil {
			return nil, err
		}
		s.generators[i+1].version = strings.TrimSpace(string(c.Out))
	}
	return s, nil
}

const (
	oapiModule    = "github.com/oapi-codegen/oapi-codegen/v2"
	swaggerModule = "github.com/go-swagger/go-swagger"
)

func (s *shop) close() {
	s.ours.Close()
	s.theirs.Close()
}

// module is where the packages of a generator are.
func (s *shop) module(g generator) *phases.Module {
	if g.name == porin.name {
		return s.ours
	}
	return s.theirs
}

// row starts the row of a document. The operations are counted by the judge of the
// corpus, which is no generator's own count.
func (s *shop) row(doc openapi.Document) (*row, error) {
	content, err := openapi.Read(doc.File)
	if err != nil {
		return nil, err
	}
	d, err := judge.Read(content)
	if err != nil {
		return nil, err
	}
	r := &row{Name: doc.Name, Bytes: len(content), Swagger: d.Swagger(), Operations: len(d.Operations), pkg: doc.Package()}
	// Generators do not unpack documents.
	r.file = ".documents/" + strings.TrimSuffix(filepath.Base(doc.File), ".gz")
	return r, errors.Join(s.ours.Write(r.file, content), s.theirs.Write(r.file, content))
}

// best runs the settings of a generator until one passes. When none does, the one
// that came furthest counts.
func (s *shop) best(ctx context.Context, g generator, r *row) *result {
	var best *result
	for _, set := range g.settings {
		got := s.try(ctx, g, set, r)
		if best == nil || got.stage() > best.stage() {
			best = got
		}
		if best.Passes() || ctx.Err() != nil {
			break
		}
	}
	return best
}

// try generates, builds and vets.
func (s *shop) try(ctx context.Context, g generator, set setting, r *row) *result {
	m := s.module(g)
	folder := r.pkg + "_" + strings.NewReplacer("-", "", " ", "").Replace(g.name+set.name)
	out := &result{Generator: g.name, Version: g.version, Setting: set.name}
	fill := strings.NewReplacer("$doc", r.file, "$dir", folder, "$pkg", r.pkg)
	if err := os.MkdirAll(filepath.Join(m.Dir, folder), 0o755); err != nil {
		return out.failed("generate", err)
	}
	if set.file != "" {
		if err := m.Write(folder+"/"+set.file, []byte(fill.Replace(set.content))); err != nil {
			return out.failed("generate", err)
		}
	}
	for _, command := range set.commands {
		args := make([]string, 0, len(command))
		for _, a := range command[1:] {
			args = append(args, fill.Replace(a))
		}
		c, err := m.Run(ctx, filepath.Join(m.Dir, ".bin", command[0]), args...)
		out.Generate = out.Generate.and(cost(c))
		if err != nil {
			return out.failed("generate", err)
		}
	}
	if err := out.count(filepath.Join(m.Dir, folder), g); err != nil {
		return out.failed("generate", err)
	}
	pattern := "./" + filepath.ToSlash(filepath.Join(folder, g.packages))
	c, err := m.Run(ctx, "go", "build", "-trimpath", pattern)
	out.Build = cost(c)
	if err != nil {
		return out.failed("build", err)
	}
	if _, err := m.Run(ctx, "go", "vet", "-trimpath", pattern); err != nil {
		return out.failed("vet", err)
	}
	if out.Operations < r.Operations {
		return out.failed("operations", fmt.Errorf("%d of %d operations", out.Operations, r.Operations))
	}
	return out
}
