// Command corpus drafts and checks every OpenAPI document of the folder
// PORIN_CORPUS, and prints a line for each: operations, actions, types, errors
// of the checks, and seconds. Documents may be packed with gzip.
package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/draft"
	"github.com/porin-dev/porin/spec/quirks"
)

func main() {
	if err := run(os.Getenv("PORIN_CORPUS")); err != nil {
		fmt.Fprintln(os.Stderr, "corpus:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	if dir == "" {
		return fmt.Errorf("set PORIN_CORPUS to a folder of OpenAPI documents")
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	index, err := quirks.Load()
	if err != nil {
		return err
	}
	fmt.Printf("%-36s %10s %8s %6s %7s %8s\n", "document", "operations", "actions", "types", "errors", "seconds")
	for _, e := range entries {
		plain := strings.TrimSuffix(e.Name(), ".gz")
		if ext := filepath.Ext(plain); ext != ".json" && ext != ".yaml" && ext != ".yml" {
			continue
		}
		if err := measure(filepath.Join(dir, e.Name()), plain, index); err != nil {
			return err
		}
	}
	return nil
}

// measure prints the line of one document. What the document is to blame for
// is printed, too; an error is of the machine.
func measure(file, name string, index *quirks.Index) error {
	document, err := load(file)
	if err != nil {
		return err
	}
	start := time.Now()
	result, err := draft.Draft(context.Background(), draft.Options{Document: document, Index: index})
	if err != nil {
		fmt.Printf("%-36s %s\n", name, err)
		return nil
	}
	report, err := vet(result)
	if err != nil {
		return err
	}
	s := result.Stats
	fmt.Printf("%-36s %10d %8d %6d %7d %8.1f\n", name, s.Operations, s.Actions, s.Types, report.Count(diag.Error), time.Since(start).Seconds())
	return nil
}

// vet checks a drafted spec in a folder of its own.
func vet(result *draft.Result) (*diag.Report, error) {
	dir, err := os.MkdirTemp("", "corpus-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	for _, f := range result.Files {
		err = cmp.Or(err, os.WriteFile(filepath.Join(dir, f.Name), f.Content, 0o644))
	}
	_, _, report := compiler.Load(dir)
	return report, err
}

func load(file string) ([]byte, error) {
	data, err := os.ReadFile(file)
	if err != nil || filepath.Ext(file) != ".gz" {
		return data, err
	}
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
