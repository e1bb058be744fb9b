package quirks

import (
	"bytes"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"
)

// Files are read from their syntax. They hold plain data, so that nothing has
// to be evaluated, and rules are copied as they are written, attributes and
// comments included.

// readAPI reads what a file says of the API. The block stands before the
// facts, so that the rest of the file need not be parsed.
func readAPI(p page) (API, error) {
	head := p.src
	if i := bytes.Index(head, []byte("\nfacts:")); i >= 0 {
		head = head[:i+1]
	}
	syntax, err := parser.ParseFile(p.name, head)
	if err != nil {
		return API{}, err
	}
	r := &reader{}
	api := r.object(r.at(&ast.StructLit{Elts: syntax.Decls}, "api"))
	a := API{
		Name:   nameOf(p.name),
		Title:  r.text(api, "title"),
		Hosts:  r.texts(api, "hosts"),
		Titles: r.texts(api, "titles"),
		Except: r.texts(api, "except"),
	}
	return a, r.err
}

// readFacts reads the facts of a file, in the order written.
func readFacts(p page) ([]*Fact, error) {
	syntax, err := parser.ParseFile(p.name, p.src, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	r := &reader{}
	var facts []*Fact
	for _, d := range syntax.Decls {
		f, ok := d.(*ast.Field)
		if !ok || label(f) != "facts" {
			continue
		}
		for _, d := range r.object(f.Value).Elts {
			if f, ok := d.(*ast.Field); ok {
				facts = append(facts, r.fact(f))
			}
		}
	}
	return facts, r.err
}

// reader keeps the first error, so that reading is written without one.
type reader struct{ err error }

func (r *reader) fail(at token.Pos, format string, args ...any) {
	if r.err == nil {
		r.err = errors.Newf(at, format, args...)
	}
}

func (r *reader) fact(field *ast.Field) *Fact {
	s := r.object(field.Value)
	f := &Fact{
		ID:         label(field),
		Area:       r.text(s, "area"),
		Claim:      r.text(s, "claim"),
		Src:        r.text(s, "src"),
		Seen:       r.text(s, "seen"),
		Since:      r.text(s, "since"),
		Confidence: r.text(s, "confidence"),
		How:        r.text(s, "how"),
		On:         r.text(s, "on"),
		Effect:     r.text(s, "effect"),
		Advice:     r.text(s, "advice"),
	}
	for _, part := range []struct{ name, text string }{
		{"area", f.Area}, {"claim", f.Claim}, {"src", f.Src}, {"confidence", f.Confidence}, {"how", f.How},
	} {
		if part.text == "" {
			r.fail(field.Pos(), "fact %s: %s is missing", f.ID, part.name)
		}
	}
	if rule := r.at(s, "rule"); rule != nil {
		f.Rule = r.rule(f, r.object(rule))
	}
	return f
}

func (r *reader) rule(f *Fact, s *ast.StructLit) *Rule {
	rule := &Rule{
		Why:         r.text(s, "why"),
		Spec:        r.source(s, "spec"),
		Params:      r.source(s, "params"),
		Fields:      r.source(s, "fields"),
		Actions:     r.texts(s, "actions"),
		Required:    r.named(s, "required"),
		Set:         r.sources(s, "set"),
		Unpaged:     r.texts(s, "unpaged"),
		Limits:      r.named(s, "limits"),
		Effects:     r.named(s, "effects"),
		Methods:     r.named(s, "methods"),
		Deprecated:  r.pairs(s, "deprecated"),
		Failure:     r.table(s, "failure"),
		Envelope:    r.texts(s, "envelope"),
		Credentials: r.texts(s, "credentials"),
		Scopes:      r.table(s, "scopes"),
		Codes:       r.table(s, "codes"),
		NoScopes:    r.texts(s, "no_scopes"),
		Docs:        r.text(s, "docs"),
	}
	if rule.Why == "" {
		rule.Why = f.Claim
	}
	if x := r.at(s, "types"); x != nil {
		types := r.object(x)
		rule.Prefixes, rule.Names = r.texts(types, "prefixes"), r.table(types, "names")
	}
	if x := r.at(s, "page"); x != nil {
		page := r.object(x)
		rule.Page = &Page{
			Name:    r.text(page, "name"),
			Actions: r.texts(page, "actions"),
			Params:  r.texts(page, "params"),
			Members: r.texts(page, "members"),
			Send:    r.source(page, "send"),
			Reply:   r.source(page, "reply"),
			Use:     r.source(page, "use"),
			Items:   r.pairs(page, "items"),
		}
	}
	return rule
}

// at returns the value of a member, or nil.
func (r *reader) at(s *ast.StructLit, name string) ast.Expr {
	for _, d := range s.Elts {
		if f, ok := d.(*ast.Field); ok && label(f) == name {
			return f.Value
		}
	}
	return nil
}

func (r *reader) object(x ast.Expr) *ast.StructLit {
	if s, ok := x.(*ast.StructLit); ok {
		return s
	}
	if x != nil {
		r.fail(x.Pos(), "write a struct with { and }: files of quirks are plain data")
	}
	return &ast.StructLit{}
}

func (r *reader) text(s *ast.StructLit, name string) string {
	if x := r.at(s, name); x != nil {
		return r.literal(x)
	}
	return ""
}

func (r *reader) literal(x ast.Expr) string {
	if lit, ok := x.(*ast.BasicLit); ok && lit.Kind == token.STRING {
		if text, err := literal.Unquote(lit.Value); err == nil {
			return text
		}
	}
	r.fail(x.Pos(), "write text in quotes: files of quirks are plain data")
	return ""
}

func (r *reader) texts(s *ast.StructLit, name string) []string {
	if x := r.at(s, name); x != nil {
		return r.list(x)
	}
	return nil
}

func (r *reader) list(x ast.Expr) []string {
	l, ok := x.(*ast.ListLit)
	if !ok {
		r.fail(x.Pos(), "write a list of texts: files of quirks are plain data")
		return nil
	}
	var out []string
	for _, e := range l.Elts {
		out = append(out, r.literal(e))
	}
	return out
}

func (r *reader) members(s *ast.StructLit, name string, visit func(name string, x ast.Expr)) {
	x := r.at(s, name)
	if x == nil {
		return
	}
	for _, d := range r.object(x).Elts {
		if f, ok := d.(*ast.Field); ok {
			visit(label(f), f.Value)
		}
	}
}

func (r *reader) named(s *ast.StructLit, name string) []Named {
	var out []Named
	r.members(s, name, func(name string, x ast.Expr) { out = append(out, Named{name, r.list(x)}) })
	return out
}

func (r *reader) pairs(s *ast.StructLit, name string) []Pair {
	var out []Pair
	r.members(s, name, func(name string, x ast.Expr) { out = append(out, Pair{name, r.literal(x)}) })
	return out
}

func (r *reader) table(s *ast.StructLit, name string) map[string]string {
	pairs := r.pairs(s, name)
	if len(pairs) == 0 {
		return nil
	}
	out := map[string]string{}
	for _, p := range pairs {
		out[p.Name] = p.Text
	}
	return out
}

func (r *reader) sources(s *ast.StructLit, name string) []Source {
	var out []Source
	r.members(s, name, func(name string, x ast.Expr) { out = append(out, Source{name, r.print(name, x)}) })
	return out
}

// source is the text of a member, or empty when there is none.
func (r *reader) source(s *ast.StructLit, name string) string {
	x := r.at(s, name)
	if x == nil {
		return ""
	}
	return r.print(name, x)
}

func (r *reader) print(name string, x ast.Expr) string {
	b, err := format.Node(x)
	if err != nil {
		r.fail(x.Pos(), "%s cannot be read: %s", name, err)
	}
	return strings.TrimSpace(string(b))
}

func label(f *ast.Field) string {
	name, _, err := ast.LabelName(f.Label)
	if err != nil {
		return ""
	}
	return name
}
