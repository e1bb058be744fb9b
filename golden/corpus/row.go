package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/porin-dev/porin/golden/openapi"
	"github.com/porin-dev/porin/golden/phases"
	"github.com/porin-dev/porin/runtime/gauntlet"
)

// row is what became of one document.
type row struct {
	doc       openapi.Document
	drafted   phases.Drafted
	generated phases.Generated
	smoked    smoked
	mocked    int              // Requests that a mock server was asked about.
	played    *gauntlet.Report // nil: the gauntlet was not reached.

	draft, generate, build, vet, link, call, judge, play phases.Cost

	failed string // The phase that fell short; empty is none.
	why    []string
}

// take leads a document through the phases up to the last one asked for, or the
// first that falls short.
func (m *module) take(ctx context.Context, doc openapi.Document, s settings) *row {
	r := &row{doc: doc}
	dir := filepath.Join(m.Dir, doc.Package())
	pkg := "./" + doc.Package()
	draft := "draft"
	if s.quirks {
		draft = "draft with quirks"
	}
	var err error
	for _, phase := range []struct {
		name string
		run  func()
	}{
		{"draft", func() { r.draft, err = m.Phase(ctx, &r.drafted, draft, dir, doc.File) }},
		{"generate", func() { r.generate, err = m.Phase(ctx, &r.generated, "generate", dir, m.Path+"/"+doc.Package()) }},
		{"judge what is generated", func() { err = r.accept() }},
		{"know more", func() { err = r.know(ctx, m) }},
		{"build", func() { r.build, err = m.compile(ctx, pkg) }},
		{"write the smoke test", func() { err = m.writeProgram(doc) }},
		{"vet", func() { r.vet, err = m.Run(ctx, "go", "vet", "-trimpath", pkg+"/...") }},
		{"smoke", func() { err = r.smoke(ctx, m) }},
		{"mock", func() { err = r.mock(ctx, m) }},
		{"gauntlet", func() { err = m.play(ctx, doc, r) }},
	} {
		if phase.name == "vet" && !s.vet || phase.name == "know more" && !s.known {
			continue
		}
		if phase.run(); err != nil {
			r.failed = phase.name
			r.why = append([]string{err.Error()}, r.why...)
			return r
		}
		if phase.name == s.until {
			break
		}
	}
	return r
}

// accept judges the figures of a spec and its package.
func (r *row) accept() error {
	s, g := r.drafted.Stats, r.generated
	switch {
	case s.Actions < s.Operations:
		return fmt.Errorf("%d operations became %d actions", s.Operations, s.Actions)
	case len(g.Errors) > 0:
		r.why = g.Errors
		return fmt.Errorf("vet finds %d errors", len(g.Errors))
	case len(g.Unformatted) > 0:
		return fmt.Errorf("gofmt would change %s", g.Unformatted[0])
	case g.Longest > longestFile:
		return fmt.Errorf("a file has %d lines", g.Longest)
	}
	return nil
}

// longestFile is how many lines a generated file may have.
const longestFile = 1500
