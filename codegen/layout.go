package codegen

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"

	"github.com/porin-dev/porin/codegen/internal/gofile"
)

// maxLines is the longest file that is written. Editors and people cope with
// more badly, and so does a review.
const maxLines = 1500

// decl is one top-level declaration under its doc comment.
type decl struct {
	doc  string
	code *gofile.Code
}

// source is a file before it is rendered.
type source struct {
	path   string
	pkg    gofile.Package
	doc    string // Package comment.
	embeds bool   // The file has a go:embed line.
	decls  []decl
	raw    []byte // Content that is not Go.
}

// add puts declarations into a file of the client package.
func (g *generator) add(name string, decls ...decl) {
	if len(decls) > 0 {
		g.files = append(g.files, &source{path: name + ".go", pkg: g.pkg, decls: decls})
	}
}

// addTest puts declarations into a file of the test package.
func (g *generator) addTest(name string, decls ...decl) *source {
	s := &source{path: g.test.Name + "/" + name, pkg: g.test, decls: decls}
	g.files = append(g.files, s)
	return s
}

// addSplit puts declarations into one file, or into path_a, path_b and so on
// when one would be too long. Declarations stay in order and in one piece.
func (g *generator) addSplit(pkg gofile.Package, path string, decls []decl) {
	put := func(path string, decls []decl) {
		g.files = append(g.files, &source{path: path + ".go", pkg: pkg, decls: decls})
	}
	if len(decls) == 0 {
		return
	}
	if g.lines(decls) <= maxLines {
		put(path, decls)
		return
	}
	for part := 0; len(decls) > 0; part++ {
		n := g.fitting(decls)
		put(path+"_"+letters(part), decls[:n])
		decls = decls[n:]
	}
}

// fitting is how many of the declarations, at least one, fit into a file.
func (g *generator) fitting(decls []decl) int {
	for n := range decls {
		if n > 0 && g.lines(decls[:n+1]) > maxLines {
			return n
		}
	}
	return len(decls)
}

// overhead is more than the lines of a file's header, package clause and imports.
const overhead = 25

// lines is how long a file of these declarations is at most.
func (g *generator) lines(decls []decl) int {
	n := overhead
	for _, d := range decls {
		n += g.size(d)
	}
	return n
}

// size is how many lines a declaration takes, the empty one before it included.
// It is counted once: where a group is split, each is asked for several times.
func (g *generator) size(d decl) int {
	if n, ok := g.sizes[d.code]; ok {
		return n
	}
	n, err := (&source{pkg: g.pkg, decls: []decl{d}}).file().Lines()
	if err != nil {
		g.fail("%w", err)
	}
	g.sizes[d.code] = n
	return n
}

// letters counts a, b, ..., z, aa: the order of names is the order of parts for
// all sizes that occur.
func letters(n int) string {
	if n < 26 {
		return string(rune('a' + n))
	}
	return letters(n/26-1) + letters(n%26)
}

// render writes every file.
func (g *generator) render() ([]File, error) {
	if g.err != nil {
		return nil, g.err // What was written around it does not parse.
	}
	var out []File
	for _, s := range g.files {
		src, err := s.render()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.path, err)
		}
		out = append(out, File{s.path, src})
	}
	return out, nil
}

func (s *source) render() ([]byte, error) {
	if s.raw != nil {
		return s.raw, nil
	}
	return s.file().Source()
}

func (s *source) file() *gofile.File {
	f := gofile.New(s.pkg, s.doc)
	if s.embeds {
		f.Import("embed")
	}
	for _, d := range s.decls {
		f.Decl(d.doc, d.code)
	}
	return f
}

// checkNames reports a name that a package declares twice: a type of the spec
// that is called like one of the package's own, say.
func checkNames(files []File) error {
	seen := map[string]string{}
	for _, f := range files {
		if !bytes.HasPrefix(f.Content, []byte("// Code generated")) {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f.Path, f.Content, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, name := range declared(file) {
			key := file.Name.Name + "." + name
			if first, ok := seen[key]; ok {
				return fmt.Errorf("%s is declared in %s and in %s: give one of them another name", strconv.Quote(name), first, f.Path)
			}
			seen[key] = f.Path
		}
	}
	return nil
}

// declared lists the top-level names of a file, and its methods and struct
// fields as Type.Name, since those share a name space.
func declared(file *ast.File) []string {
	var names []string
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			names = append(names, receiver(d)+d.Name.Name)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				names = append(names, specNames(s)...)
			}
		}
	}
	return names
}

func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	id, ok := typ.(*ast.Ident)
	if !ok {
		return "?."
	}
	return id.Name + "."
}

func specNames(s ast.Spec) []string {
	var names []string
	switch s := s.(type) {
	case *ast.ValueSpec:
		for _, n := range s.Names {
			if n.Name != "_" {
				names = append(names, n.Name)
			}
		}
	case *ast.TypeSpec:
		names = append(names, s.Name.Name)
		if st, ok := s.Type.(*ast.StructType); ok {
			for _, f := range st.Fields.List {
				for _, n := range f.Names {
					names = append(names, s.Name.Name+"."+n.Name)
				}
			}
		}
	}
	return names
}
