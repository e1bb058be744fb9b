package compiler

import (
	"slices"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// lowerEvidence collects @why and @assumed.
func (c *compilation) lowerEvidence() {
	for _, a := range c.attributes() {
		if a.inside {
			continue
		}
		e := &ir.Evidence{Pos: a.at, Path: a.path, Why: a.first(), Src: a.arg("src"), Seen: a.arg("seen"), Quirk: a.arg("quirk")}
		switch a.name {
		case "why":
			e.How = or(a.arg("how"), "documented")
			c.explained = append(c.explained, a.label, a.value)
		case "assumed":
			e.How = "assumed"
		default:
			continue
		}
		c.out.Evidence = append(c.out.Evidence, e)
	}
}

// assumed reports whether the part of the spec at a path is a guess.
func (c *compilation) assumed(path string) bool {
	return slices.ContainsFunc(c.out.Evidence, func(e *ir.Evidence) bool { return e.How == "assumed" && e.Path == path })
}

// warn reports what is legal and probably not meant. A field with @why is
// meant, so that what it says is no surprise to anyone.
func (c *compilation) warn(code diag.Code, at ir.Pos, format string, args ...any) *diag.Diagnostic {
	if slices.ContainsFunc(c.explained, func(p ir.Pos) bool { return p.Contains(at) }) {
		return &diag.Diagnostic{} // Nobody reads it.
	}
	return c.report.Warnf(code, at, format, args...)
}
