package reference

import (
	"fmt"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"
)

// schemaSections writes a section for every definition of the schema, with a
// row for every field.
func schemaSections(source string) (markdown, error) {
	file, err := parser.ParseFile("schema.cue", source, parser.ParseComments)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, d := range file.Decls {
		f, ok := d.(*ast.Field)
		if !ok {
			continue
		}
		name, _, _ := ast.LabelName(f.Label)
		fmt.Fprintf(&b, "### %s\n\n", strings.TrimPrefix(name, "#"))
		if doc := comment(f); doc != "" {
			b.WriteString(doc + "\n\n")
		}
		writeDefinition(&b, f.Value)
	}
	return markdown(b.String()), nil
}

func writeDefinition(b *strings.Builder, value ast.Expr) {
	s, ok := value.(*ast.StructLit)
	if !ok {
		b.WriteString(valueText(value) + "\n\n")
		return
	}
	t := &table{}
	t.addStruct("", s)
	for _, c := range t.choices {
		fmt.Fprintf(b, "%s\n\n", c)
	}
	b.WriteString("| field | value | meaning |\n| --- | --- | --- |\n" + strings.Join(t.rows, "") + "\n")
}

// table is the rows of a definition, with nested structs as dotted names.
type table struct {
	rows    []string
	choices []string // Sentences.
}

func (t *table) addStruct(prefix string, s *ast.StructLit) {
	choices := map[string][]string{}
	var order []*ast.Attribute
	for _, d := range s.Elts {
		f, ok := d.(*ast.Field)
		if !ok {
			continue
		}
		name := prefix + labelText(f)
		t.rows = append(t.rows, fmt.Sprintf("| %s | %s | %s |\n", code(name+constraint(f)), cell(valueText(f.Value)), cell(comment(f))))
		if inner, prefix := nested(name, f.Value); inner != nil {
			t.addStruct(prefix, inner)
		}
		for _, a := range f.Attrs {
			if key, body := a.Split(); key == "choice" {
				choice, _, _ := strings.Cut(body, ",")
				if choices[choice] == nil {
					order = append(order, a)
				}
				choices[choice] = append(choices[choice], "`"+name+"`")
			}
		}
	}
	for _, a := range order {
		_, body := a.Split()
		choice, rest, _ := strings.Cut(body, ",")
		sentence := "Exactly one of "
		if strings.Contains(rest, "optional") {
			sentence = "At most one of "
		}
		t.choices = append(t.choices, sentence+strings.Join(choices[choice], ", ")+".")
	}
}

// labelText is the name of a field; that of a pattern is NAME.
func labelText(f *ast.Field) string {
	if _, ok := f.Label.(*ast.ListLit); ok {
		return "NAME"
	}
	name, _, _ := ast.LabelName(f.Label)
	return name
}

func constraint(f *ast.Field) string {
	switch f.Constraint {
	case token.OPTION:
		return "?"
	case token.NOT:
		return "!"
	}
	return ""
}

// nested returns the struct with fields inside a value, if it has one, and the
// prefix of their names.
func nested(name string, value ast.Expr) (*ast.StructLit, string) {
	switch v := value.(type) {
	case *ast.ListLit:
		if e, ok := element(v); ok {
			inner, _ := nested(name, e)
			return inner, name + "[]."
		}
	case *ast.StructLit:
		if pattern(v) == nil && len(v.Elts) > 0 && !isOpen(v) {
			return v, name + "."
		}
	}
	return nil, ""
}

// valueText says in words what a value is.
func valueText(value ast.Expr) string {
	switch v := value.(type) {
	case *ast.Ident:
		if name, ok := strings.CutPrefix(v.Name, "#"); ok {
			return fmt.Sprintf("[%s](#%s)", name, strings.ToLower(name))
		}
		if word, ok := map[string]string{"_": "type", "bool": "true or false", "int": "integer"}[v.Name]; ok {
			return word
		}
		return v.Name
	case *ast.ListLit:
		if e, ok := element(v); ok {
			return "list of " + valueText(e)
		}
	case *ast.StructLit:
		return structText(v)
	case *ast.BinaryExpr:
		if v.Op == token.OR {
			return valueText(v.X) + " or " + valueText(v.Y)
		}
		return valueText(v.X) + ", " + valueText(v.Y)
	}
	source, err := format.Node(value)
	if err != nil {
		return "value"
	}
	return "`" + string(source) + "`"
}

func structText(s *ast.StructLit) string {
	switch p := pattern(s); {
	case p != nil:
		return "by name: " + valueText(p.Value)
	case isOpen(s):
		return "struct, not compiled yet"
	case len(s.Elts) == 0:
		return "`{}`"
	}
	return "struct"
}

// pattern returns the only field of a struct when that is a pattern.
func pattern(s *ast.StructLit) *ast.Field {
	if len(s.Elts) != 1 {
		return nil
	}
	f, ok := s.Elts[0].(*ast.Field)
	if !ok {
		return nil
	}
	if _, ok := f.Label.(*ast.ListLit); !ok {
		return nil
	}
	return f
}

func isOpen(s *ast.StructLit) bool {
	if len(s.Elts) != 1 {
		return false
	}
	_, ok := s.Elts[0].(*ast.Ellipsis)
	return ok
}

func element(l *ast.ListLit) (ast.Expr, bool) {
	if len(l.Elts) != 1 {
		return nil, false
	}
	e, ok := l.Elts[0].(*ast.Ellipsis)
	if !ok || e.Type == nil {
		return nil, false
	}
	return e.Type, true
}

// comment is the text above a field, on one line.
func comment(f *ast.Field) string {
	for _, g := range ast.Comments(f) {
		if g.Doc {
			return strings.Join(strings.Fields(g.Text()), " ")
		}
	}
	return ""
}
