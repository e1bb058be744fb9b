// Package phases takes OpenAPI documents through the phases of their way to a
// compiled package, and says what each takes. Every phase is a process of its
// own, so that its memory and its time are its own.
package phases

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// Module is a folder with a go.mod that generated packages are compiled in.
type Module struct {
	Dir   string
	Path  string // Of the module.
	keep  bool
	cache string // GOCACHE; empty is the user's.
	self  string // This program, which runs phases.
}

// NewModule writes a module that asks for exactly what the module in a folder of
// the checkout asks for, so that compiling it needs nothing that compiling that
// does not. It stands in a folder that is kept, or with an empty name in a
// temporary one. A fresh one has a build cache of its own, in which nothing is
// built yet.
func NewModule(path, like, keep string, fresh bool) (*Module, error) {
	m := &Module{Dir: keep, Path: path, keep: keep != ""}
	var err error
	if m.self, err = os.Executable(); err != nil {
		return nil, err
	}
	if m.keep {
		m.Dir, err = filepath.Abs(keep)
	} else {
		m.Dir, err = os.MkdirTemp("", "porin-phases-")
	}
	if err != nil {
		return nil, err
	}
	if fresh {
		m.cache = filepath.Join(m.Dir, ".cache")
	}
	gomod, err := os.ReadFile(filepath.Join(like, "go.mod"))
	if err != nil {
		return nil, err
	}
	gosum, err := os.ReadFile(filepath.Join(like, "go.sum"))
	if err != nil {
		return nil, err
	}
	text := regexp.MustCompile(`(?m)^module .*$`).ReplaceAllLiteralString(string(gomod), "module "+path)
	if err := write(filepath.Join(m.Dir, "go.mod"), []byte(text)); err != nil {
		return nil, err
	}
	return m, write(filepath.Join(m.Dir, "go.sum"), gosum)
}

// Replace has the module take another one from a folder.
func (m *Module) Replace(path, dir string) error {
	_, err := m.Run(context.Background(), "go", "mod", "edit", "-require="+path+"@v0.0.0", "-replace="+path+"="+dir)
	return err
}

// Write writes a file of the module.
func (m *Module) Write(name string, content []byte) error {
	return write(filepath.Join(m.Dir, filepath.FromSlash(name)), content)
}

// Close removes the module unless it is kept.
func (m *Module) Close() {
	if !m.keep {
		os.RemoveAll(m.Dir) // Best effort: a temporary folder.
	} else if m.cache != "" {
		os.RemoveAll(m.cache)
	}
}

// Cost is what a process took.
type Cost struct {
	Seconds float64
	CPU     float64 // Seconds of all processors, with the processes below it.
	Peak    int64   // Bytes of the largest process below it.
	Out     []byte  `json:"-"`
}

// Run runs a command in the module. The error has what the command printed.
func (m *Module) Run(ctx context.Context, name string, args ...string) (Cost, error) {
	return m.RunWith(ctx, nil, name, args...)
}

// RunWith is Run with more in the environment, as "NAME=value" each.
func (m *Module) RunWith(ctx context.Context, env []string, name string, args ...string) (Cost, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = m.Dir
	cmd.Env = append(append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off"), env...)
	if m.cache != "" {
		cmd.Env = append(cmd.Env, "GOCACHE="+m.cache)
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	start := time.Now()
	err := cmd.Run()
	c := Cost{Seconds: time.Since(start).Seconds(), Out: out.Bytes()}
	if s := cmd.ProcessState; s != nil {
		c.CPU = (s.UserTime() + s.SystemTime()).Seconds()
		if usage, ok := s.SysUsage().(*syscall.Rusage); ok {
			c.Peak = int64(usage.Maxrss) << 10
		}
	}
	if err != nil && errs.Len() > 0 {
		err = errors.New(strings.TrimSpace(errs.String()))
	}
	return c, err
}

// Phase runs one phase of this program, whose flags are phase and into, as a
// process of its own, and reads its figures.
func (m *Module) Phase(ctx context.Context, figures any, phase, into, arg string) (Cost, error) {
	c, err := m.Run(ctx, m.self, "-phase", phase, "-into", into, arg)
	if err != nil {
		return c, err
	}
	return c, json.Unmarshal(c.Out, figures)
}
