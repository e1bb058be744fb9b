package compiler

import (
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// checkActions checks what needs all actions: references among them, and
// which types are sent and received.
func (c *compilation) checkActions() {
	any := false
	for _, a := range c.out.AllActions() {
		any = true
		c.mark(a.Params, sent)
		c.mark(a.Returns, received)
		c.checkRecover(a)
	}
	for _, w := range c.out.Webhooks {
		if w.Envelope != "" {
			c.mark(&ir.Type{Kind: ir.Ref, Ref: w.Envelope}, received)
		}
		for _, e := range w.Events {
			c.mark(&ir.Type{Kind: ir.Ref, Ref: e.Type}, received)
		}
	}
	c.dropMembers()
	for _, s := range c.root.get("settings").fields() {
		if a := s.get("action"); a.exists() {
			c.checkDiscover(s, c.actionNamed(a, a.str(), false))
		}
	}
	if !any && !c.report.HasErrors() {
		c.warn(diag.NoActions, c.out.Pos, "the spec has no actions, so the client has no methods")
	}
}

func (c *compilation) checkDiscover(s node, a *ir.Action) {
	if a == nil || a.Returns == nil {
		return
	}
	if at := s.get("at"); at.exists() {
		c.pathInType(at, a.Returns)
	}
}
