package phases

import (
	"bytes"
	"context"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/porin-dev/porin/codegen"
	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/draft"
	"github.com/porin-dev/porin/golden/openapi"
	"github.com/porin-dev/porin/spec/quirks"
)

// Drafted are the figures of the first phase.
type Drafted struct {
	Stats   draft.Stats
	Notes   int
	Seconds float64
}

// Draft writes the spec of a document into a folder. With known it applies the
// knowledge base, which corrects what documents say.
func Draft(ctx context.Context, file, into string, known bool) (*Drafted, error) {
	content, err := openapi.Read(file)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	var index *quirks.Index
	if known {
		if index, err = quirks.Load(); err != nil {
			return nil, err
		}
	}
	result, err := draft.Draft(ctx, draft.Options{Document: content, Index: index, Name: filepath.Base(into)})
	if err != nil {
		return nil, err
	}
	for _, f := range result.Files {
		if err := write(filepath.Join(into, f.Name), f.Content); err != nil {
			return nil, err
		}
	}
	return &Drafted{result.Stats, len(result.Notes), time.Since(start).Seconds()}, nil
}

// Generated are the figures of the second phase.
type Generated struct {
	Errors        []string // Of vet; nothing is generated then.
	Vet, Generate float64  // Seconds.
	Lines         int      // Of the client package.
	TestLines     int      // Of the test package.
	Longest       int      // Lines of the longest file of Go.
	Unformatted   []string
}

// Generate checks the spec in a folder and writes its packages there.
func Generate(dir, importPath string) (*Generated, error) {
	start := time.Now()
	c, _, report := compiler.Load(dir)
	g := &Generated{Vet: time.Since(start).Seconds()}
	for _, d := range report.Diagnostics() {
		if d.Severity == diag.Error {
			g.Errors = append(g.Errors, fmt.Sprintf("%s %s:%d: %s", d.Code, filepath.Base(d.At.File), d.At.Line, d.Message))
		}
	}
	if len(g.Errors) > 0 {
		return g, nil
	}
	files, err := codegen.Generate(c, codegen.Options{ImportPath: importPath})
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if err := write(filepath.Join(dir, filepath.FromSlash(f.Path)), f.Content); err != nil {
			return nil, err
		}
	}
	g.Generate = time.Since(start).Seconds() - g.Vet
	for _, f := range files {
		g.count(f)
	}
	return g, nil
}

// count adds a file to the figures.
func (g *Generated) count(f codegen.File) {
	if filepath.Ext(f.Path) != ".go" {
		return
	}
	lines := bytes.Count(f.Content, []byte("\n"))
	g.Longest = max(g.Longest, lines)
	if strings.Contains(f.Path, "/") {
		g.TestLines += lines
	} else {
		g.Lines += lines
	}
	if tidy, err := format.Source(f.Content); err != nil || !bytes.Equal(tidy, f.Content) {
		g.Unformatted = append(g.Unformatted, f.Path)
	}
}

func write(file string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("the folder of %s: %w", file, err)
	}
	return os.WriteFile(file, content, 0o644)
}
