package quirks

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/parser"
)

//go:embed *.cue
var files embed.FS

const schemaFile = "schema.cue"

// Index is the whole knowledge base.
type Index struct {
	Sets []*Set // By name.
}

// Load reads the embedded knowledge base. The error names the file and the
// place of what does not hold.
func Load() (*Index, error) { return load(files) }

// Parse reads one file of a knowledge base that is not embedded. The name is
// that of the file, and gives the set its name.
func Parse(name string, src []byte) (*Set, error) {
	ctx := cuecontext.New()
	schema, err := readSchema(ctx, files)
	if err != nil {
		return nil, err
	}
	return readSet(ctx, schema, name, src)
}

func load(fsys fs.FS) (*Index, error) {
	ctx := cuecontext.New()
	schema, err := readSchema(ctx, fsys)
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(fsys, "*.cue")
	if err != nil {
		return nil, err
	}
	x := &Index{}
	for _, name := range names {
		if name == schemaFile {
			continue
		}
		src, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		set, err := readSet(ctx, schema, name, src)
		if err != nil {
			return nil, fmt.Errorf("read the quirks of %s: %w", strings.TrimSuffix(name, ".cue"), err)
		}
		x.Sets = append(x.Sets, set)
	}
	return x, nil
}

func readSchema(ctx *cue.Context, fsys fs.FS) (cue.Value, error) {
	src, err := fs.ReadFile(fsys, schemaFile)
	if err != nil {
		return cue.Value{}, err
	}
	v := ctx.CompileBytes(src, cue.Filename(schemaFile)).LookupPath(cue.ParsePath("#File"))
	return v, v.Err()
}

func readSet(ctx *cue.Context, schema cue.Value, name string, src []byte) (*Set, error) {
	syntax, err := parser.ParseFile(name, src, parser.ParseComments)
	if err != nil {
		return nil, detail(err)
	}
	v := ctx.BuildFile(syntax).Unify(schema)
	if err := v.Validate(); err != nil {
		return nil, detail(err)
	}
	set := &Set{Name: strings.TrimSuffix(path.Base(name), ".cue")}
	set.Title = text(v, "api.title")
	set.Hosts = texts(v, "api.hosts")
	set.Titles = texts(v, "api.titles")
	set.Except = texts(v, "api.except")
	rules := rulesOf(syntax)
	it, err := v.LookupPath(cue.ParsePath("facts")).Fields()
	if err != nil {
		return nil, detail(err)
	}
	for it.Next() {
		id := it.Selector().Unquoted()
		fact, err := readFact(id, it.Value(), rules[id])
		if err != nil {
			return nil, fmt.Errorf("%s: fact %s: %w", name, id, err)
		}
		set.Facts = append(set.Facts, fact)
	}
	return set, nil
}

func readFact(id string, v cue.Value, rule *ast.StructLit) (*Fact, error) {
	f := &Fact{
		ID:         id,
		Area:       text(v, "area"),
		Claim:      text(v, "claim"),
		Src:        text(v, "src"),
		Seen:       text(v, "seen"),
		Since:      text(v, "since"),
		Confidence: text(v, "confidence"),
		How:        text(v, "how"),
		On:         text(v, "on"),
		Effect:     text(v, "effect"),
		Advice:     text(v, "advice"),
	}
	if err := f.complete(); err != nil {
		return nil, err
	}
	if rule == nil {
		return f, nil
	}
	var err error
	f.Rule, err = readRule(f, v.LookupPath(cue.ParsePath("rule")), rule)
	return f, err
}

// complete reports what a fact lacks. CUE only asks for it of values that are
// concrete all through, which the types in rules are not.
func (f *Fact) complete() error {
	for _, part := range []struct{ name, text string }{
		{"area", f.Area}, {"claim", f.Claim}, {"src", f.Src}, {"confidence", f.Confidence}, {"how", f.How},
	} {
		if part.text == "" {
			return fmt.Errorf("%s is missing", part.name)
		}
	}
	return nil
}

func readRule(f *Fact, v cue.Value, syntax *ast.StructLit) (*Rule, error) {
	r := &Rule{
		Why:         text(v, "why"),
		Actions:     texts(v, "actions"),
		Required:    named(v, "required"),
		Limits:      named(v, "limits"),
		Effects:     named(v, "effects"),
		Methods:     named(v, "methods"),
		Deprecated:  pairs(v, "deprecated"),
		Envelope:    texts(v, "envelope"),
		Credentials: texts(v, "credentials"),
		Scopes:      pairs(v, "scopes"),
		Codes:       pairs(v, "codes"),
		NoScopes:    texts(v, "no_scopes"),
		Docs:        text(v, "docs"),
		Prefixes:    texts(v, "types.prefixes"),
		Names:       pairs(v, "types.names"),
	}
	if r.Why == "" {
		r.Why = f.Claim
	}
	for name, into := range map[string]*string{"spec": &r.Spec, "params": &r.Params, "fields": &r.Fields} {
		if err := source(syntax, into, name); err != nil {
			return nil, err
		}
	}
	page := v.LookupPath(cue.ParsePath("page"))
	if !page.Exists() {
		return r, nil
	}
	r.Page = &Page{
		Name:    text(page, "name"),
		Params:  texts(page, "params"),
		Members: texts(page, "members"),
		Items:   pairs(page, "items"),
	}
	if err := source(syntax, &r.Page.Reply, "page", "reply"); err != nil {
		return nil, err
	}
	return r, source(syntax, &r.Page.Use, "page", "use")
}

// source puts the text of the field at the path into *into, or leaves it
// empty when there is none. Rules are copied as text, so that attributes and
// comments come through.
func source(s *ast.StructLit, into *string, names ...string) error {
	value := fieldAt(s, names)
	if value == nil {
		return nil
	}
	b, err := format.Node(value)
	if err != nil {
		return err
	}
	*into = string(b)
	return nil
}

func fieldAt(s *ast.StructLit, names []string) ast.Expr {
	for _, d := range s.Elts {
		f, ok := d.(*ast.Field)
		if !ok || label(f) != names[0] {
			continue
		}
		if len(names) == 1 {
			return f.Value
		}
		if inner, ok := f.Value.(*ast.StructLit); ok {
			return fieldAt(inner, names[1:])
		}
	}
	return nil
}

// rulesOf returns the rules of the file as written, by the id of the fact.
func rulesOf(f *ast.File) map[string]*ast.StructLit {
	rules := map[string]*ast.StructLit{}
	root := &ast.StructLit{Elts: f.Decls}
	for _, d := range root.Elts {
		facts, ok := d.(*ast.Field)
		if !ok || label(facts) != "facts" {
			continue
		}
		for _, d := range facts.Value.(*ast.StructLit).Elts {
			fact, ok := d.(*ast.Field)
			if !ok {
				continue
			}
			if s, ok := fact.Value.(*ast.StructLit); ok {
				if rule, ok := fieldAt(s, []string{"rule"}).(*ast.StructLit); ok {
					rules[label(fact)] = rule
				}
			}
		}
	}
	return rules
}

func label(f *ast.Field) string {
	name, _, err := ast.LabelName(f.Label)
	if err != nil {
		return ""
	}
	return name
}

func text(v cue.Value, path string) string {
	s, err := v.LookupPath(cue.ParsePath(path)).String()
	if err != nil {
		return ""
	}
	return s
}

func texts(v cue.Value, path string) []string {
	return stringsOf(v.LookupPath(cue.ParsePath(path)))
}

func stringsOf(v cue.Value) []string {
	var list []string
	it, err := v.List()
	if err != nil {
		return nil
	}
	for it.Next() {
		if s, err := it.Value().String(); err == nil {
			list = append(list, s)
		}
	}
	return list
}

func named(v cue.Value, path string) []Named {
	var list []Named
	it, err := v.LookupPath(cue.ParsePath(path)).Fields()
	if err != nil {
		return nil
	}
	for it.Next() {
		list = append(list, Named{Name: it.Selector().Unquoted(), List: stringsOf(it.Value())})
	}
	return list
}

func pairs(v cue.Value, path string) map[string]string {
	it, err := v.LookupPath(cue.ParsePath(path)).Fields()
	if err != nil {
		return nil
	}
	m := map[string]string{}
	for it.Next() {
		if s, err := it.Value().String(); err == nil {
			m[it.Selector().Unquoted()] = s
		}
	}
	return m
}

// detail keeps the position and the path in the text of a CUE error.
func detail(err error) error {
	return fmt.Errorf("%s", strings.TrimSpace(errors.Details(err, nil)))
}
