package compiler

import (
	"strings"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// lowerFlows lowers flows, which stand in a tree of groups like actions.
func (c *compilation) lowerFlows() {
	for _, n := range c.root.get("flows").fields() {
		c.lowerFlowNode(n, n.name)
	}
	if f := c.root.get("flows"); len(c.out.Flows) > 0 {
		c.notCompiled(f, "flows")
	}
}

func (c *compilation) lowerFlowNode(n node, path string) {
	if n.v.Err() != nil {
		return
	}
	if !n.isStruct() {
		c.report.Errorf(diag.UnknownField, n.labelPos(), "`%s` is %s, and a flow or a group of flows is a struct", n.name, nounOf(n.v.IncompleteKind()))
		return
	}
	sh := c.shapes.def("#Flow")
	isFlow := false
	for _, f := range n.fields() {
		isFlow = isFlow || sh.field(f.name) != nil && (f.name != "input" || !f.get("steps").exists())
	}
	if !isFlow {
		for _, f := range n.fields() {
			c.lowerFlowNode(f, path+"."+f.name)
		}
		return
	}
	if c.checkShape(n, sh) {
		c.lowerFlow(n, path)
	}
}

func (c *compilation) lowerFlow(n node, path string) {
	f := &ir.Flow{Path: path, Go: n.get("go").str(), Pos: n.labelPos(), Doc: n.get("doc").str(), Returns: n.get("returns").str()}
	if in := n.get("input"); in.exists() {
		f.Input = c.lowerType(in)
	}
	done := map[string]bool{}
	var names []string
	for _, s := range n.get("steps").fields() {
		step := &ir.FlowStep{Name: s.name, Pos: s.labelPos(), Call: s.get("call").str(), Body: s.get("body").str(), With: s.get("with").data()}
		for _, m := range []string{"put", "post"} {
			if u := s.get(m); u.exists() {
				step.Method, step.URL = strings.ToUpper(m), u.str()
				c.checkStepRefs(u, done, names)
			}
		}
		if call := s.get("call"); call.exists() {
			c.actionNamed(call, step.Call, false)
		}
		c.checkStepRefs(s.get("with"), done, names)
		done[s.name] = true
		names = append(names, s.name)
		f.Steps = append(f.Steps, step)
	}
	c.checkStepRefs(n.get("returns"), done, names)
	c.out.Flows = append(c.out.Flows, f)
}

// checkStepRefs checks every "step.NAME" in n against the steps before it.
func (c *compilation) checkStepRefs(n node, done map[string]bool, names []string) {
	switch {
	case n.isStruct():
		for _, f := range n.fields() {
			c.checkStepRefs(f, done, names)
		}
	case n.isList():
		for _, e := range n.list() {
			c.checkStepRefs(e, done, names)
		}
	default:
		rest, ok := strings.CutPrefix(n.str(), "step.")
		name, _, _ := strings.Cut(rest, ".")
		if ok && !done[name] {
			c.report.Errorf(diag.UnknownStep, n.textPos(5, 5+len(name)), "no step `%s` comes before this one", name).Label("unknown step").
				DidYouMean(name, names)
		}
	}
}

// lowerRest lowers the sections whose backends come later.
func (c *compilation) lowerRest() {
	for _, n := range c.root.get("syncs").fields() {
		s := &ir.Sync{Name: n.name, Pos: n.labelPos(), Doc: n.get("doc").str(), List: n.get("list").str(), Key: n.get("key").str(), Cursor: n.get("cursor").data()}
		if a := c.actionNamed(n.get("list"), s.List, false); a != nil && a.Page == nil {
			c.report.Errorf(diag.SyncNotPaged, n.get("list").pos(), "a sync goes through a list, and `%s` has no page rule", s.List).
				Also(a.Pos, "the action")
		}
		c.out.Syncs = append(c.out.Syncs, s)
	}
	for _, n := range c.root.get("hooks").fields() {
		c.out.Hooks = append(c.out.Hooks, &ir.Hook{Name: n.name, Pos: n.labelPos(), At: n.get("at").str(), Why: n.get("why").str()})
	}
	for _, n := range c.root.get("tests").fields() {
		t := &ir.Test{Name: n.name, Pos: n.labelPos(), Doc: n.get("doc").str(), Call: n.get("call").str(), Body: n.data()}
		c.actionNamed(n.get("call"), t.Call, false)
		c.out.Tests = append(c.out.Tests, t)
	}
	for _, name := range []string{"syncs", "hooks", "tests"} {
		if n := c.root.get(name); len(n.fields()) > 0 {
			c.notCompiled(n, name)
		}
	}
}
