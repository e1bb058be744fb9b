package diag

import (
	"embed"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
)

//go:embed explain
var explainFiles embed.FS

// Entry is what `porin explain` says about a code.
type Entry struct {
	Code        Code   `json:"code"`
	Title       string `json:"title"`
	Explanation string `json:"explanation"` // A paragraph or more, wrapped.
	Bad         Sample `json:"bad"`         // Gives the diagnostic.
	Good        Sample `json:"good"`        // The same, put right.
}

// Sample is an example in some language.
//
// CUE that begins with a package clause is a whole spec. Other CUE is the part
// that matters and stands beside [SampleBase]. Lines such as "-- api.cue --"
// name the files of a sample that has several.
type Sample struct {
	Lang   string `json:"lang"` // cue, json, yaml, html or console
	Text   string `json:"text"`
	Strict bool   `json:"strict,omitempty"` // Checked with --strict.
}

// Explain returns the entry of a code. The letter may be small.
func Explain(code Code) (Entry, bool) {
	code = Code(strings.ToUpper(string(code)))
	entries := entriesOnce()
	i, ok := slices.BinarySearchFunc(entries, code, func(e Entry, c Code) int {
		return strings.Compare(string(e.Code), string(c))
	})
	if !ok {
		return Entry{}, false
	}
	return entries[i], true
}

// Entries returns every entry, by code. The caller may change the slice.
func Entries() []Entry { return slices.Clone(entriesOnce()) }

// SampleBase is the rest of a spec for the CUE samples that are a part of one.
func SampleBase() string {
	base, _ := explainFiles.ReadFile("explain/base.cue")
	return string(base)
}

// String is the entry as text for a terminal.
func (e Entry) String() string {
	var b strings.Builder
	b.WriteString(string(e.Code) + ": " + e.Title + "\n\n" + e.Explanation)
	b.WriteString("\nThis gives " + string(e.Code) + ":\n\n" + indented(e.Bad.Text))
	b.WriteString("\nThis does not:\n\n" + indented(e.Good.Text))
	return b.String()
}

func indented(text string) string {
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		if strings.TrimSpace(line) != "" {
			lines[i] = "    " + line
		}
	}
	return strings.Join(lines, "")
}

var entriesOnce = sync.OnceValue(readEntries)

// readEntries reads the embedded files, one section a code. A test holds them
// to their form, so what does not parse is left out here.
func readEntries() []Entry {
	names, _ := fs.Glob(explainFiles, "explain/*.md")
	var out []Entry
	for _, name := range names {
		data, _ := explainFiles.ReadFile(name)
		for _, section := range strings.Split(string(data), "\n## ")[1:] {
			if e, ok := readEntry(section); ok {
				out = append(out, e)
			}
		}
	}
	slices.SortFunc(out, func(a, b Entry) int { return strings.Compare(string(a.Code), string(b.Code)) })
	return out
}

// entryForm is a section after its "## ": the code and title, the explanation,
// and two fenced examples.
var entryForm = regexp.MustCompile(
	"(?s)^(P[0-9]{4}) ([^\n]+)\n\n(.+?\n)\n" +
		"```([a-z]+) fails( strict)?\n(.+?\n)```\n\n" +
		"```([a-z]+) works( strict)?\n(.+?\n)```\n*$")

func readEntry(section string) (Entry, bool) {
	m := entryForm.FindStringSubmatch(section)
	if m == nil {
		return Entry{}, false
	}
	return Entry{
		Code:        Code(m[1]),
		Title:       m[2],
		Explanation: m[3],
		Bad:         Sample{Lang: m[4], Strict: m[5] != "", Text: m[6]},
		Good:        Sample{Lang: m[7], Strict: m[8] != "", Text: m[9]},
	}, true
}
