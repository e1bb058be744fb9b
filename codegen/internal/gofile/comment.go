package gofile

import "strings"

// width is the column at which comments are wrapped.
const width = 90

// Comment turns text into a line comment. Paragraphs are separated by empty
// lines; the lines of one that is indented are kept as they are, the others
// are wrapped. Text that already is a comment is returned unchanged.
func Comment(text string) string {
	if strings.HasPrefix(text, "//") {
		return text
	}
	var lines []string
	for _, para := range strings.Split(strings.TrimSpace(text), "\n\n") {
		if len(lines) > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, wrap(para)...)
	}
	for i, l := range lines {
		lines[i] = strings.TrimRight("// "+strings.ReplaceAll(l, "\n", " "), " ")
	}
	return strings.ReplaceAll(strings.Join(lines, "\n"), "// \t", "//\t")
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
