package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/porin-dev/porin/golden/phases"
)

// row is what was measured on one document.
type row struct {
	Name       string
	Swagger    bool // The document is Swagger 2.0; it is OpenAPI 3 otherwise.
	Bytes      int
	Operations int
	Results    []*result

	pkg, file string
}

// of is the result of a generator, or nil.
func (r *row) of(generator string) *result {
	for _, x := range r.Results {
		if x.Generator == generator {
			return x
		}
	}
	return nil
}

// result is what one generator made of one document.
type result struct {
	Generator, Version, Setting string
	Generate, Build             cost
	Lines, Operations           int
	Failed                      string `json:",omitempty"` // What fell short: generate, build, vet or operations.
	Why                         string `json:",omitempty"`
}

// cost is what one step took.
type cost phases.Cost

// and is the cost of two steps, one after the other.
func (c cost) and(d cost) cost {
	return cost{Seconds: c.Seconds + d.Seconds, CPU: c.CPU + d.CPU, Peak: max(c.Peak, d.Peak)}
}

// Passes reports whether everything was as it should be.
func (x *result) Passes() bool { return x.Failed == "" }

// stage is how far the generator came.
func (x *result) stage() int {
	return slices.Index([]string{"generate", "build", "vet", "operations", ""}, x.Failed)
}

func (x *result) failed(what string, err error) *result {
	x.Failed = what
	x.Why, _, _ = strings.Cut(err.Error(), "\n")
	return x
}

// count counts lines of Go and operations in what was generated, without the
// package for tests, which only Porin writes.
func (x *result) count(dir string, g generator) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && strings.HasSuffix(d.Name(), "test") && g.name == porin.name {
			if d != nil && d.IsDir() && err == nil {
				return filepath.SkipDir
			}
			return err
		}
		if filepath.Ext(path) != ".go" {
			return nil
		}
		content, err := os.ReadFile(path)
		x.Lines += bytes.Count(content, []byte("\n"))
		x.Operations += len(g.method.FindAll(content, -1))
		return err
	})
}
