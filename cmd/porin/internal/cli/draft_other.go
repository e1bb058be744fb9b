package cli

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/porin-dev/porin/cmd/porin/internal/output"
	"github.com/porin-dev/porin/compiler/draft"
	"github.com/porin-dev/porin/spec"
)

// draftedTitle is the title of a connector as a draft writes it.
var draftedTitle = regexp.MustCompile(`(?m)^(?:connector: |\t)title:\s+("(?:[^"\\]|\\.)*")`)

// noteOther notes that a folder held the draft of another API, by the titles. It is to be
// called before the files are written.
func noteOther(dir string, result *draft.Result) {
	for _, f := range result.Files {
		now := titleIn(f.Content)
		if now == "" {
			continue
		}
		data, err := spec.ReadFile(filepath.Join(dir, f.Name))
		if err != nil || !output.IsDrafted(data) {
			return
		}
		if before := titleIn(data); before != "" && before != now {
			result.Notes = append([]draft.Note{{
				At:   "/info/title",
				Text: fmt.Sprintf("%s held a draft of %q, and this is one of %q", dir, before, now), Done: "it was replaced",
				Help: "if that was not meant, restore the folder from version control, or draft it anew, and name another one with -o",
			}}, result.Notes...)
		}
		return
	}
}

func titleIn(file []byte) string {
	m := draftedTitle.FindSubmatch(file)
	if m == nil {
		return ""
	}
	title, err := strconv.Unquote(string(m[1]))
	if err != nil { // CUE has escapes that Go has not.
		return string(m[1])
	}
	return title
}
