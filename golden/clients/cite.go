package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
)

// What docs/clients.md says, line by line.
var (
	heading  = regexp.MustCompile(`^(?:###|\*) \w+: (.+?)(?: (?:v|go)\d\S*)?$`)
	failure  = regexp.MustCompile("^\\* `([^`]+)`, [^*]+: (?:\\*\\*(\\w+)\\*\\*)?")
	absence  = regexp.MustCompile("^  \\* ([^`]+): `([^`]+)`")
	citation = regexp.MustCompile(` \(\[upstream\]\([^)]+\): .*\)$`)
	count    = regexp.MustCompile(`<!-- cited -->.*<!-- /cited -->`)
)

// cite puts what upstream says into a page that publish writes, in place of what it
// cited before.
func cite(page string) string {
	var client string
	all, cited := 0, 0
	lines := strings.Split(page, "\n")
	for i, line := range lines {
		line = citation.ReplaceAllString(line, "")
		if m := heading.FindStringSubmatch(line); m != nil {
			client = m[1]
			continue
		}
		var u upstream
		if m := failure.FindStringSubmatch(line); m != nil && client != "porin" {
			all++
			if u = said(client, m[1], m[2]); u.at != "" {
				cited++
			}
		} else if m := absence.FindStringSubmatch(line); m != nil {
			u = said(client, m[2], m[1])
		}
		if u.at != "" {
			line += fmt.Sprintf(" ([upstream](%s): %s)", u.at, u.said)
		}
		lines[i] = line
	}
	text := fmt.Sprintf("<!-- cited -->%d of the %d failures of other people's clients cite what maintainers, users or documentation of the library, or of what it is built on, say of it; of the others, we found nothing.<!-- /cited -->", cited, all)
	return count.ReplaceAllLiteralString(strings.Join(lines, "\n"), text)
}

// citeAnew writes docs/clients.md with what upstream says now, of what was measured
// before.
func citeAnew() error {
	page, err := os.ReadFile("docs/clients.md")
	if err != nil {
		return err
	}
	return os.WriteFile("docs/clients.md", []byte(cite(string(page))), 0o644)
}
