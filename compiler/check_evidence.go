package compiler

import (
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// Assumptions returns the facts of c that are guesses.
func Assumptions(c *ir.Connector) []*ir.Evidence {
	var list []*ir.Evidence
	for _, e := range c.Evidence {
		if e.How == "assumed" {
			list = append(list, e)
		}
	}
	return list
}

// NoteAssumptions adds a note for every assumption.
func NoteAssumptions(c *ir.Connector, report *diag.Report) {
	for _, e := range Assumptions(c) {
		report.Notef(diag.Assumed, e.Pos, "assumed for `%s`: %s", e.Path, e.Why)
	}
}

// RefuseAssumptions reports the assumptions that lose data or money when they
// are wrong: about effects, keys and retries, pages, and what counts as an
// error.
func RefuseAssumptions(c *ir.Connector, report *diag.Report) {
	for _, e := range Assumptions(c) {
		parts := strings.Split(e.Path, ".")
		if slices.ContainsFunc(parts, func(p string) bool {
			return slices.Contains([]string{"effect", "key", "retry", "recover", "page", "errors", "hosts", "verify"}, p)
		}) {
			report.Errorf(diag.AssumedStrict, e.Pos, "`%s` is assumed, and a wrong guess here loses data or money", e.Path).
				Help("check it against the provider, and replace @assumed by @why with the source")
		}
	}
}
