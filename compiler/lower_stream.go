package compiler

import (
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// lowerStream reads how items stand in the answer of an action, n.
func (c *compilation) lowerStream(s, n node, a *ir.Action) *ir.Stream {
	st := &ir.Stream{Pos: s.labelPos()}
	for _, form := range s.fields() {
		st.As, st.End = form.name, form.get("end").str()
	}
	if a.Returns == nil {
		c.report.Errorf(diag.StreamUnfit, st.Pos, "`%s` is a stream and says not what of", a.Path).
			Help("add `returns` with the type of one item")
		return nil
	}
	for _, other := range []string{"page", "batch", "reply"} {
		if o := n.get(other); o.exists() {
			c.report.Errorf(diag.StreamUnfit, st.Pos, "`%s` is a stream, and not what `%s` says as well", a.Path, other).
				Also(o.labelPos(), "said here").
				Help("take one of them away")
			return nil
		}
	}
	return st
}
