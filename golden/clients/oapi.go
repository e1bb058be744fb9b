package main

import (
	"context"
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// oapi has the drivers of clients that oapi-codegen generates, one a file. They are no
// packages: what they call is generated from documents that are not in the repository.
//
//go:embed oapi
var oapi embed.FS

const oapiConfig = "package: main\noutput: %s\ngenerate:\n  models: true\n  client: true\n"

// generator matches what oapi-codegen says of itself in what it writes.
var generator = regexp.MustCompile(`oapi-codegen/v2 version (v\S+)`)

// generated builds the driver of a client that oapi-codegen generates from the document
// of an API, in a workspace of the module that has the generator and that of the
// drivers.
func (b *bench) generated(ctx context.Context, a *api) ([]string, error) {
	dir, err := os.MkdirTemp("golden/peers", "generated")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	client, config := filepath.Join(dir, "client.go"), filepath.Join(dir, "config.yaml")
	if err := os.WriteFile(config, fmt.Appendf(nil, oapiConfig, client), 0o644); err != nil {
		return nil, err
	}
	if err := run(ctx, "golden/peers", "go", "tool", "oapi-codegen", "-config", config, b.document(a)); err != nil {
		return nil, err
	}
	for _, name := range []string{"common", a.name} {
		source, err := oapi.ReadFile("oapi/" + name + ".go.txt")
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(dir, name+".go"), source, 0o644); err != nil {
			return nil, err
		}
	}
	source, err := os.ReadFile(client)
	if err != nil {
		return nil, err
	}
	version := generator.FindSubmatch(source)
	if version == nil {
		return nil, fmt.Errorf("oapi-codegen does not say its version")
	}
	work := filepath.Join(b.dir, "go.work")
	if err := os.WriteFile(work, []byte(b.workspace()), 0o644); err != nil {
		return nil, err
	}
	program := filepath.Join(b.dir, "oapi-"+a.name)
	return []string{program}, run(ctx, dir, "env", "GOWORK="+work, "go", "build", "-ldflags", "-X main.version="+string(version[1]), "-o", program, ".")
}

// workspace has the modules that a generated driver imports.
func (b *bench) workspace() string {
	var w strings.Builder
	w.WriteString("go 1.26.0\n")
	for _, dir := range []string{"golden/peers", "golden/sdk"} {
		if abs, err := filepath.Abs(dir); err == nil {
			fmt.Fprintf(&w, "use %q\n", abs)
		}
	}
	return w.String()
}
