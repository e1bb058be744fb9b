package cli

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// runtimeModule is the module that generated packages import.
const runtimeModule = "github.com/porin-dev/porin"

// module is a Go module, as far as its go.mod says.
type module struct {
	name     string
	requires []string
}

// hasRuntime reports whether generated packages build in the module.
func (m *module) hasRuntime() bool {
	return m.name == runtimeModule || slices.Contains(m.requires, runtimeModule)
}

// noteModules says once how a module gets what the packages in it import.
func (a *app) noteModules(packages []generatedPackage) {
	var said []string
	for _, p := range packages {
		if p.lacking == "" || slices.Contains(said, p.lacking) || a.json {
			continue
		}
		said = append(said, p.lacking)
		a.printf("note: the go.mod of %s does not require %s, which the package imports; run `go get %[2]s`\n", p.lacking, runtimeModule)
	}
}

// moduleOf finds the module of a folder, in the go.mod above it, and the import path of
// the folder.
func moduleOf(dir string) (*module, string, error) {
	abs, err := filepath.Abs(dir)
	if err == nil {
		abs, err = filepath.EvalSymlinks(abs) // Go knows a package by the folder that it is in.
	}
	if err != nil {
		return nil, "", err
	}
	for at, rel := abs, ""; ; {
		data, err := os.ReadFile(filepath.Join(at, "go.mod"))
		if err == nil {
			m := readModule(data)
			if m.name == "" {
				return nil, "", fmt.Errorf("%s has no module line", filepath.Join(at, "go.mod"))
			}
			if bad := notInImportPath.FindString(filepath.ToSlash(rel)); bad != "" {
				return nil, "", fmt.Errorf("the folder %s has %q in its path, which no Go import path may have; rename it", dir, bad)
			}
			return m, path.Join(m.name, filepath.ToSlash(rel)), nil
		}
		if !errors.Is(err, os.ErrNotExist) {
			return nil, "", err
		}
		parent := filepath.Dir(at)
		if parent == at {
			return nil, "", fmt.Errorf("no go.mod at or above %s, so the package has no import path; run `go mod init` first", dir)
		}
		rel = filepath.Join(filepath.Base(at), rel)
		at = parent
	}
}

// notInImportPath is what https://go.dev/ref/mod#module-path keeps out of paths.
var notInImportPath = regexp.MustCompile(`[^-A-Za-z0-9._~+/]`)

// readModule reads the name of a module and the names of those that it requires, on lines
// of their own or in a block (https://go.dev/ref/mod#go-mod-file-grammar).
func readModule(gomod []byte) *module {
	m, block := &module{}, ""
	for line := range strings.Lines(string(gomod)) {
		line, _, _ = strings.Cut(line, "//")
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
		case words[0] == ")":
			block = ""
		case len(words) == 2 && words[1] == "(":
			block = words[0]
		default:
			if block != "" {
				words = append([]string{block}, words...)
			}
			switch name := strings.Trim(words[min(1, len(words)-1)], "\"`"); words[0] {
			case "module":
				m.name = name
			case "require":
				m.requires = append(m.requires, name)
			}
		}
	}
	return m
}
