package codegen

import (
	"strings"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// opChoices are the sets of parameters of which one has to be there. What is
// sent without being given counts as well.
func (g *generator) opChoices(a *ir.Action) *gofile.Code {
	if !hasParams(a) {
		return nil
	}
	var list []*gofile.Code
	for _, c := range a.Params.Choices {
		var sets []*gofile.Code
		for _, set := range c.Sets {
			names := make([]*gofile.Code, len(set))
			for i, name := range set {
				names[i] = gofile.Lit(name)
			}
			sets = append(sets, gofile.Elems(gofile.Op(""), names...))
		}
		list = append(list, gofile.Elems(gofile.Op(""), sets...))
	}
	// []rt.Choice{{{"note"}, {"content_id", "content_type"}}}
	return gofile.Elems(gofile.Slice(gofile.RT("Choice")), list...)
}

// choicesDoc is a paragraph that says, by the names of Go, what has to be there of
// an object; it is empty where nothing is left to choose. "They need", as the lead,
// is "They need at least Note, or ContentID and ContentType."
func choicesDoc(t *ir.Type, lead string) string {
	var parts []string
	for _, c := range t.Choices {
		var sets []string
		or := " or "
		for _, set := range c.Sets {
			var names []string
			for _, name := range set {
				if f := fieldOf(t, name); f != nil {
					names = append(names, f.Go)
				}
			}
			sets = append(sets, andList(names))
			if len(names) > 1 {
				or = ", or "
			}
		}
		last := len(sets) - 1
		parts = append(parts, lead+" at least "+strings.Join(sets[:last], ", ")+or+sets[last]+".")
	}
	if len(parts) == 0 {
		return ""
	}
	return "\n\n" + strings.Join(parts, " ")
}
