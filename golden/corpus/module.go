package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"github.com/porin-dev/porin/golden/openapi"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// modulePath is the module that the packages of the corpus are compiled in.
const modulePath = "corpus.example"

// module is a folder with a go.mod that takes porin from this checkout.
type module struct {
	dir   string
	keep  bool
	cache string // GOCACHE; empty is the user's.
	self  string // This program.
}

// newModule writes the module. It asks for exactly what the checkout asks for,
// so that compiling it needs nothing that compiling porin does not.
func newModule(s settings) (*module, error) {
	top, err := openapi.Root()
	if err != nil {
		return nil, err
	}
	m := &module{dir: s.keep, keep: s.keep != ""}
	if m.self, err = os.Executable(); err != nil {
		return nil, err
	}
	if m.keep {
		m.dir, err = filepath.Abs(s.keep)
	} else {
		m.dir, err = os.MkdirTemp("", "porin-corpus-")
	}
	if err != nil {
		return nil, err
	}
	if s.fresh {
		m.cache = filepath.Join(m.dir, ".cache")
	}
	gomod, err := os.ReadFile(filepath.Join(top, "go.mod"))
	if err != nil {
		return nil, err
	}
	gosum, err := os.ReadFile(filepath.Join(top, "go.sum"))
	if err != nil {
		return nil, err
	}
	text := regexp.MustCompile(`(?m)^module .*$`).ReplaceAllLiteralString(string(gomod), "module "+modulePath)
	text += fmt.Sprintf("\nrequire %[1]s v0.0.0\n\nreplace %[1]s => %[2]s\n", "github.com/porin-dev/porin", top)
	if err := write(filepath.Join(m.dir, "go.mod"), []byte(text)); err != nil {
		return nil, err
	}
	if err := write(filepath.Join(m.dir, "go.sum"), gosum); err != nil {
		return nil, err
	}
	// What all packages link is compiled first, so that no document pays for it.
	_, err = m.run(context.Background(), "go", "build", "-trimpath", "github.com/porin-dev/porin/golden/corpus/smoke", "github.com/porin-dev/porin/runtime/fake")
	return m, err
}

// close removes the module unless it is kept.
func (m *module) close() {
	if !m.keep {
		os.RemoveAll(m.dir) // Best effort: a temporary folder.
	} else if m.cache != "" {
		os.RemoveAll(m.cache)
	}
}

// cost is what a process took.
type cost struct {
	seconds float64
	peak    int64 // Bytes of the largest process below it.
	out     []byte
}

// run runs a command in the module. The error has what the command printed.
func (m *module) run(ctx context.Context, name string, args ...string) (cost, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = m.dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	if m.cache != "" {
		cmd.Env = append(cmd.Env, "GOCACHE="+m.cache)
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	start := time.Now()
	err := cmd.Run()
	c := cost{seconds: time.Since(start).Seconds(), out: out.Bytes()}
	if cmd.ProcessState != nil {
		if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			c.peak = int64(usage.Maxrss) << 10
		}
	}
	if err != nil && errs.Len() > 0 {
		err = errors.New(strings.TrimSpace(errs.String()))
	}
	return c, err
}

// phase runs one phase of this program as a process of its own and reads its
// figures.
func (m *module) phase(ctx context.Context, figures any, phase, dir, arg string) (cost, error) {
	c, err := m.run(ctx, m.self, "-phase", phase, "-into", dir, arg)
	if err != nil {
		return c, err
	}
	return c, json.Unmarshal(c.out, figures)
}
