// Package reference writes the reference of the spec language: the chapters in
// text/, and between them what the schema and the compiler's tables say, so
// that the document cannot fall behind them.
package reference

import (
	"embed"
	"fmt"
	"strings"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/spec"
)

//go:embed text
var text embed.FS

// Markdown returns the whole reference. The error is about the embedded schema
// or text, and so a mistake of the build.
func Markdown() (string, error) {
	sections, err := schemaSections(spec.SchemaSource())
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, part := range []any{"introduction.md", "attributes.md", attributes(), "templates.md", "sections.md", sections, "later.md"} {
		content, generated := part.(markdown)
		if !generated {
			data, err := text.ReadFile("text/" + part.(string))
			if err != nil {
				return "", err
			}
			content = markdown(data)
		}
		b.WriteString(strings.TrimSpace(string(content)) + "\n\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n", nil
}

// markdown is generated text.
type markdown string

// attributes is the table of attributes.
func attributes() markdown {
	var b strings.Builder
	b.WriteString("| attribute | on | meaning |\n| --- | --- | --- |\n")
	for _, a := range compiler.AttributeForms() {
		on := "any field"
		if len(a.On) > 0 {
			on = kinds(a.On)
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", code("@"+a.Name+"("+a.Args+")"), on, cell(a.Means))
	}
	return markdown(b.String())
}

func kinds(list []ir.Kind) string {
	words := make([]string, len(list))
	for i, k := range list {
		words[i] = string(k)
	}
	return strings.Join(words, ", ")
}

// code is text as code in a table cell.
func code(text string) string { return "`" + cell(text) + "`" }

// cell escapes what ends a table cell.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
