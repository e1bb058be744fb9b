package compiler

import (
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// laterPart is a part of a spec for which no code is generated yet.
type laterPart struct {
	at   ir.Pos
	what string
}

// notCompiled notes a part that is read and checked, and not yet built.
func (c *compilation) notCompiled(n node, what string) {
	c.later = append(c.later, laterPart{n.labelPos(), what})
}

// reportLater says what the client will lack. That matters to a spec without
// mistakes; beside an error it would only distract.
func (c *compilation) reportLater() {
	if c.report.HasErrors() {
		return
	}
	for _, p := range c.later {
		c.report.Warnf(diag.NotCompiledYet, p.at, "%s: the spec is checked, and no code is generated for it yet", p.what).
			Label("not compiled yet")
	}
}
