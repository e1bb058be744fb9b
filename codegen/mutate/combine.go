package mutate

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/porin-dev/porin/codegen"
)

// Env is the variable by which a program with mutants is told the ID of the
// one that is to be at work.
const Env = "PORIN_MUTANT"

// Program is a client package that holds mutants beside the true rules. Rules
// are data in generated code: where a mutant differs in the value of a variable
// or in the body of a function alone, both stand in one package, and [Env]
// chooses. What the compiler has to know, a type, cannot be chosen so.
type Program struct {
	base  map[string]*file // By path.
	order []string
	with  map[string]map[string][]variant // What stands in place of a declaration, by file and name.
}

type variant struct {
	id   int
	decl *decl
}

// file is a generated file in parts.
type file struct {
	content []byte
	imports []string // As written: rt "github.com/...".
	decls   []*decl
}

// decl is one declaration at the top of a file.
type decl struct {
	name string // "op", "(Service) List"; of types and constants the first name.
	head string // What is before the value or the body.
	body string // The value of a variable; the body of a function, braces included; "" of others.
	code string // All of it.
	fn   bool
	void bool // A function without results.
}

// NewProgram takes the files of the true client. Those of the test package are
// left alone.
func NewProgram(files []codegen.File) (*Program, error) {
	p := &Program{base: map[string]*file{}, with: map[string]map[string][]variant{}}
	for _, f := range files {
		if !client(f.Path) {
			continue
		}
		parsed, err := parse(f)
		if err != nil {
			return nil, err
		}
		p.base[f.Path] = parsed
		p.order = append(p.order, f.Path)
	}
	return p, nil
}

func client(name string) bool { return path.Ext(name) == ".go" && path.Dir(name) == "." }

// Outcome says how a mutant stands in the client.
type Outcome string

// The outcomes of [Program.Add].
const (
	Same   Outcome = "same"   // The client does not hold the rule: the generated code is the same.
	Chosen Outcome = "chosen" // The program holds it, to be chosen by [Env].
	Fixed  Outcome = "fixed"  // It changes what the compiler has to know: it needs a program of its own.
)

// Add takes a mutant's files into the program, if they differ in values alone.
func (p *Program) Add(m *Mutant, files []codegen.File) (Outcome, error) {
	changes, outcome, err := p.changes(files)
	if err != nil || outcome != Chosen {
		return outcome, err
	}
	for _, c := range changes {
		p.hold(m.ID, c)
	}
	return Chosen, nil
}

// AddSeveral takes the files of mutants of which each changes the operation of one action
// and nothing else, generated with all of them at work. It is false, and the program is as it was,
// when a change is of none of them: each has to be added by itself then. Those
// that change nothing are returned.
func (p *Program) AddSeveral(mutants []*Mutant, files []codegen.File) (same []*Mutant, ok bool, err error) {
	changes, outcome, err := p.changes(files)
	if err != nil || outcome == Fixed {
		return nil, false, err
	}
	by := map[string]*Mutant{}
	for _, m := range mutants {
		by[m.Actions[0]] = m
	}
	owners := make([]*Mutant, len(changes))
	for i, c := range changes {
		found := operation.FindStringSubmatch(c.decl.body)
		if found == nil || by[found[1]] == nil {
			return nil, false, nil
		}
		owners[i] = by[found[1]]
	}
	for i, c := range changes {
		p.hold(owners[i].ID, c)
	}
	for _, m := range mutants {
		if !slices.Contains(owners, m) {
			same = append(same, m)
		}
	}
	return same, true, nil
}

// operation is the beginning of an operation, with the path of its action.
var operation = regexp.MustCompile(`(?s)^rt\.Op\{\s*API:\s+&api,\s*Name:\s+"([^"]+)"`)

// change is a declaration of a mutant that is not that of the true client.
type change struct {
	file string
	decl *decl
}

func (p *Program) hold(id int, c change) {
	if p.with[c.file] == nil {
		p.with[c.file] = map[string][]variant{}
	}
	p.with[c.file][c.decl.name] = append(p.with[c.file][c.decl.name], variant{id, c.decl})
}

// changes compares files with those of the true client.
func (p *Program) changes(files []codegen.File) ([]change, Outcome, error) {
	var out []change
	count := 0
	for _, f := range files {
		if !client(f.Path) {
			continue
		}
		count++
		base := p.base[f.Path]
		if base == nil {
			return nil, Fixed, nil
		}
		if bytes.Equal(base.content, f.Content) {
			continue
		}
		now, err := parse(f)
		if err != nil {
			return nil, "", err
		}
		differ, ok := base.differ(now)
		if !ok {
			return nil, Fixed, nil
		}
		for _, d := range differ {
			out = append(out, change{f.Path, d})
		}
	}
	switch {
	case count != len(p.base):
		return nil, Fixed, nil
	case len(out) == 0:
		return nil, Same, nil
	}
	return out, Chosen, nil
}

// differ returns the declarations that are other ones in now. It is false when
// they differ in more than values and bodies, or need other imports.
func (f *file) differ(now *file) ([]*decl, bool) {
	if !slices.Equal(f.imports, now.imports) || len(f.decls) != len(now.decls) {
		return nil, false
	}
	var out []*decl
	for i, d := range f.decls {
		e := now.decls[i]
		switch {
		case d.code == e.code || d.head == e.head && d.body == e.body && d.body != "":
		case d.name != e.name || d.head != e.head || d.body == "" || e.body == "":
			return nil, false
		default:
			out = append(out, e)
		}
	}
	return out, true
}

// Files returns the files of the program that differ from those of the true client,
// and one more that chooses.
func (p *Program) Files() []codegen.File {
	var out []codegen.File
	var pkg string
	for _, name := range p.order {
		f := p.base[name]
		pkg = packageOf(f.content)
		if len(p.with[name]) == 0 {
			continue
		}
		var b strings.Builder
		fmt.Fprintf(&b, "package %s\n\nimport (\n", pkg)
		for _, imp := range f.imports {
			fmt.Fprintf(&b, "\t%s\n", imp)
		}
		b.WriteString(")\n")
		for _, d := range f.decls {
			b.WriteString("\n" + d.choose(p.with[name][d.name]) + "\n")
		}
		out = append(out, codegen.File{Path: name, Content: []byte(b.String())})
	}
	choose := fmt.Sprintf(chooser, pkg, strconv.Quote(Env))
	return append(out, codegen.File{Path: "porin_mutant.go", Content: []byte(choose)})
}

// chooser is the file that chooses among values. Variables at the top of a
// package are made in the order of what they need, so that porinMutant is there.
const chooser = `package %s

import "os"

// porinMutant is the mutant at work; "" is none.
var porinMutant = os.Getenv(%s)

// porinChoose returns the value of the mutant at work, of pairs of an id and a
// value, or else the true one.
func porinChoose[T any](value T, mutants ...any) T {
	for i := 0; i+1 < len(mutants); i += 2 {
		if mutants[i] == porinMutant {
			return mutants[i+1].(T)
		}
	}
	return value
}
`

// choose writes a declaration with its variants.
func (d *decl) choose(with []variant) string {
	if len(with) == 0 {
		return d.code
	}
	var b strings.Builder
	if d.fn {
		b.WriteString(d.head + "{\n")
		for _, v := range with {
			body := v.decl.body
			if d.void {
				body = strings.TrimSuffix(body, "}") + "\nreturn\n}"
			}
			fmt.Fprintf(&b, "if porinMutant == \"%d\" %s\n", v.id, body)
		}
		b.WriteString(d.body[1:])
		return b.String()
	}
	fmt.Fprintf(&b, "%sporinChoose(%s", d.head, d.body)
	for _, v := range with {
		fmt.Fprintf(&b, ", \"%d\", %s", v.id, v.decl.body)
	}
	b.WriteString(")")
	return b.String()
}

func packageOf(content []byte) string {
	f, err := parser.ParseFile(token.NewFileSet(), "", content, parser.PackageClauseOnly)
	if err != nil {
		return "" // It was parsed before.
	}
	return f.Name.Name
}

// parse takes a file into parts.
func parse(f codegen.File) (*file, error) {
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, f.Path, f.Content, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("mutate: %w", err)
	}
	text := func(from, to token.Pos) string {
		return string(f.Content[fset.Position(from).Offset:fset.Position(to).Offset])
	}
	out := &file{content: f.Content}
	for _, d := range tree.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			one := &decl{name: d.Name.Name, head: text(d.Pos(), d.Body.Pos()), body: text(d.Body.Pos(), d.End()), code: text(d.Pos(), d.End()), fn: true, void: d.Type.Results == nil}
			if d.Recv != nil {
				one.name = "(" + text(d.Recv.Pos(), d.Recv.End()) + ") " + one.name
			}
			out.decls = append(out.decls, one)
		case *ast.GenDecl:
			if d.Tok == token.IMPORT {
				for _, s := range d.Specs {
					out.imports = append(out.imports, text(s.Pos(), s.End()))
				}
				continue
			}
			one := &decl{code: text(d.Pos(), d.End())}
			switch s := d.Specs[0].(type) {
			case *ast.ValueSpec:
				one.name = s.Names[0].Name
				if d.Tok == token.VAR && len(d.Specs) == 1 && len(s.Values) == 1 && !d.Lparen.IsValid() {
					one.head, one.body = text(d.Pos(), s.Values[0].Pos()), text(s.Values[0].Pos(), s.Values[0].End())
				}
			case *ast.TypeSpec:
				one.name = s.Name.Name
			}
			out.decls = append(out.decls, one)
		}
	}
	return out, nil
}
