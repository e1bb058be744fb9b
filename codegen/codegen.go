// Package codegen turns a compiled connector into Go: a client package, and
// beside it a test package with a fake, a twin and the driver that the gauntlet
// runs.
//
// The emitted code is thin. What a connector does stands in values that the
// runtime interprets; a method is its documentation, a parameter struct and one
// call. Generation is pure and gives the same bytes for the same input.
package codegen

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// Options says what is generated.
type Options struct {
	// ImportPath is the import path of the client package. The test package is
	// below it, in a directory named after the connector and "test".
	ImportPath string

	// Only keeps the actions whose dotted path matches one of these globs, in
	// which * stands for any text: "chat.*", "conversations". Types and groups
	// that nothing kept needs are left out with the rest. Empty keeps all.
	Only []string
}

// File is one file of the output.
type File struct {
	Path    string // Relative to the client package, with slashes.
	Content []byte
}

// Generate returns the files of the client package and of its test package,
// sorted by path. The connector is only read. An error names what in the
// connector cannot be written as Go; a connector that the compiler has passed
// has no such parts.
func Generate(c *ir.Connector, opts Options) ([]File, error) {
	if opts.ImportPath == "" {
		return nil, errors.New("codegen: the import path of the package is empty")
	}
	kept, err := keep(c, opts.Only)
	if err != nil {
		return nil, err
	}
	g := newGenerator(kept, opts)

	g.client()     // Client, services, New.
	g.auth()       // Credentials, App.
	g.options()    // What is passed on from the runtime.
	g.errors()     // Codes and the rules that find them.
	g.types()      // Named types.
	g.shapeDecls() // What is promised of results.
	g.groups()     // A file for each group: params, results, operations, methods.
	g.webhooks()   // Events.
	g.doc()        // The package comment.
	g.testFake()   // The test package: stubs.
	g.testTwin()   // The test package: the simulator.
	g.testDriver() // The test package: what the gauntlet runs.

	files, err := g.render()
	if err != nil {
		return nil, fmt.Errorf("codegen: %w", err)
	}
	if err := checkNames(files); err != nil {
		return nil, fmt.Errorf("codegen: %w", err)
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return files, nil
}

// generator holds the connector and the declarations made so far.
type generator struct {
	c     *ir.Connector
	title string // How the provider is called in prose.

	pkg  gofile.Package // The client package.
	test gofile.Package // Its test package.

	named   map[string]*ir.Type // By name.
	loops   map[*ir.Type]int    // Component of each object type in the graph of containment by value.
	taken   map[string]bool     // Go names of the connector's own types.
	limits  map[string]string   // Go constant of each limit.
	rules   *ruleSets
	shapes  *shapes
	emitted map[string]bool   // Go names of inline types that are written already.
	firsts  map[string]string // Go name of the first enum or union of a kind, by [generator.kindKey].
	sizes   map[*gofile.Code]int

	files []*source
	err   error // The first thing that could not be written.
}

func newGenerator(c *ir.Connector, opts Options) *generator {
	g := &generator{
		c:       c,
		title:   provider(c),
		pkg:     gofile.Package{Path: opts.ImportPath, Name: c.Name, From: c.Name},
		test:    gofile.Package{Path: opts.ImportPath + "/" + c.Name + "test", Name: c.Name + "test", From: c.Name, Uses: opts.ImportPath},
		named:   map[string]*ir.Type{},
		taken:   map[string]bool{},
		limits:  map[string]string{},
		emitted: map[string]bool{},
		firsts:  map[string]string{},
		sizes:   map[*gofile.Code]int{},
	}
	for _, t := range c.Types {
		g.named[t.Name] = t
		g.taken[t.Go] = true
	}
	for _, l := range c.Limits {
		g.limits[l.Name] = "limit" + exported(l.Name)
	}
	g.loops = containment(g)
	g.shapes = newShapes(g)
	g.rules = newRuleSets(g)
	return g
}

// fail keeps the first error, so that emitting code stays free of plumbing.
func (g *generator) fail(format string, args ...any) {
	if g.err == nil {
		g.err = fmt.Errorf(format, args...)
	}
}
