// Package spec reads the files of a connector spec: parsing with positions,
// cutting the references between types, and evaluation. It knows the syntax of
// the language and the embedded schema; what a spec means is the compiler's.
package spec

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"
)

// File is one parsed file of a spec.
type File struct {
	Name   string // As given to the loader; positions carry it.
	Source []byte
	Syntax *ast.File
}

// Package is a spec as read from disk, before any evaluation.
type Package struct {
	Dir   string
	Name  string // The package clause, the same in every file.
	Files []*File
}

// LoadError says why a folder is not a spec. Syntax errors of CUE come as they
// are, from [Parse].
type LoadError struct {
	Kind LoadErrorKind
	Path string
	Line int // Of the package clause, for ManyNames; else 0.
	Msg  string
}

// LoadErrorKind tells load errors apart.
type LoadErrorKind int

// The kinds of load errors.
const (
	NotFound  LoadErrorKind = iota // The path does not exist.
	NotDir                         // The path is a file.
	NoFiles                        // The folder has no .cue files.
	Unread                         // A file could not be read.
	EmptyFile                      // A file has no content.
	NoName                         // A file has no package clause.
	ManyNames                      // Two files have different package clauses.
)

func (e *LoadError) Error() string { return e.Path + ": " + e.Msg }

// maxFile is the largest file that is read. The largest spec known, Stripe's, has 1.4 MB.
const maxFile = 32 << 20

// Load reads and parses the .cue files of a folder, in the order of their
// names. Errors are *LoadError or CUE's syntax errors, joined.
func Load(dir string) (*Package, error) {
	switch info, err := os.Stat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &LoadError{Kind: NotFound, Path: dir, Msg: "no such folder"}
	case err != nil:
		return nil, &LoadError{Kind: Unread, Path: dir, Msg: reason(err)}
	case !info.IsDir():
		return nil, &LoadError{Kind: NotDir, Path: dir, Msg: "a spec is a folder of .cue files, and this is a file"}
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.cue"))
	if err != nil || len(names) == 0 {
		return nil, &LoadError{Kind: NoFiles, Path: dir, Msg: "the folder has no .cue files"}
	}
	sort.Strings(names)
	sources := map[string][]byte{}
	for _, name := range names {
		data, err := readFile(name)
		if err != nil {
			return nil, err
		}
		sources[name] = data
	}
	pkg, err := Parse(sources)
	if pkg != nil {
		pkg.Dir = dir
	}
	return pkg, err
}

func readFile(name string) ([]byte, error) {
	if info, err := os.Stat(name); err == nil && info.Size() > maxFile {
		return nil, &LoadError{Kind: Unread, Path: name, Msg: fmt.Sprintf("the file has %d MB; the compiler reads at most %d", info.Size()>>20, maxFile>>20)}
	}
	data, err := ReadFile(name)
	if err != nil {
		return nil, &LoadError{Kind: Unread, Path: name, Msg: reason(err)}
	}
	return data, nil
}

// ReadFile is os.ReadFile for the files of a folder that others may have
// written: pipes and devices, which may have no end, are an error.
func ReadFile(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if mode := info.Mode(); !mode.IsRegular() && !mode.IsDir() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("it is a pipe or a device")}
	}
	return os.ReadFile(name)
}

// reason is an I/O error without the path that the caller prints itself.
func reason(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}

// Parse parses the files of one package. When files have syntax errors, the
// package holds what could be parsed and the error joins them all.
func Parse(sources map[string][]byte) (*Package, error) {
	names := make([]string, 0, len(sources))
	for name := range sources {
		names = append(names, name)
	}
	sort.Strings(names)
	pkg := &Package{}
	var errs []error
	for _, name := range names {
		data := sources[name]
		f := &File{Name: name, Source: data}
		pkg.Files = append(pkg.Files, f)
		if len(strings.TrimSpace(string(data))) == 0 {
			errs = append(errs, &LoadError{Kind: EmptyFile, Path: name, Msg: "the file is empty"})
			continue
		}
		syntax, err := parser.ParseFile(name, data, parser.ParseComments)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		f.Syntax = syntax
		if err := pkg.addName(f); err != nil {
			errs = append(errs, err)
		}
	}
	return pkg, errors.Join(errs...)
}

func (p *Package) addName(f *File) error {
	name := f.Syntax.PackageName()
	line := 0
	for _, d := range f.Syntax.Decls {
		if c, ok := d.(*ast.Package); ok {
			line = c.Pos().Line()
		}
	}
	switch {
	case name == "" || name == "_":
		return &LoadError{Kind: NoName, Path: f.Name, Msg: "the file has no package clause"}
	case p.Name == "":
		p.Name = name
	case p.Name != name:
		return &LoadError{Kind: ManyNames, Path: f.Name, Line: line, Msg: fmt.Sprintf("the file is of package %s, the others are of package %s", name, p.Name)}
	}
	return nil
}

// Sources returns the text of every file by name.
func (p *Package) Sources() map[string][]byte {
	m := make(map[string][]byte, len(p.Files))
	for _, f := range p.Files {
		m[f.Name] = f.Source
	}
	return m
}
