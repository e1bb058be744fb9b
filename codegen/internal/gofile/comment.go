package gofile

import (
	"strings"
	"unicode"

	"github.com/dave/jennifer/jen"
)

// The builder takes a comment that begins like one as it is. What is said here
// comes from documents, so that all of it goes through these functions: a text
// is prose, never an instruction to a tool, and ends with its line.

// CommentLine is a comment on lines of its own.
func CommentLine(text string) *Code { return jen.Comment(comment(text)) }

// Trailing puts a comment of one line behind code.
func Trailing(code *Code, text string) *Code {
	return code.Comment("// " + strings.Join(strings.Fields(plain(text)), " "))
}

// Embedded is the declaration of a variable that holds a file.
func Embedded(file string, decl *Code) *Code {
	return jen.Comment("//go:embed " + file).Line().Add(decl)
}

// width is the column at which comments are wrapped.
const width = 90

// comment turns text into a line comment. Paragraphs are separated by empty
// lines; the lines of one that is indented are kept as they are, the others
// are wrapped.
func comment(text string) string {
	var lines []string
	for _, para := range strings.Split(strings.TrimSpace(plain(text)), "\n\n") {
		if len(lines) > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, wrap(para)...)
	}
	for i, l := range lines {
		lines[i] = strings.TrimRight("// "+l, " ")
	}
	return strings.ReplaceAll(strings.Join(lines, "\n"), "// \t", "//\t")
}

// plain has spaces for what a source file cannot hold.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, text)
}

// wrap breaks one paragraph into lines of at most width columns.
func wrap(para string) []string {
	if strings.HasPrefix(para, "\t") || strings.HasPrefix(para, "  - ") {
		return strings.Split(strings.TrimRight(para, "\n"), "\n")
	}
	var lines []string
	line := ""
	for _, word := range strings.Fields(para) {
		if line != "" && len("// ")+len(line)+1+len(word) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
