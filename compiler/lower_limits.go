package compiler

import (
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

var limitKeys = []string{"app", "workspace", "connection", "user", "action", "ip"}

func (c *compilation) lowerLimits() {
	for _, n := range c.root.get("limits").fields() {
		c.declare("limits", n.name, n.labelPos())
		l := &ir.Limit{Name: n.name, Pos: n.labelPos(), Doc: n.get("doc").str(), By: n.get("by").strs(), Share: n.get("share").str()}
		for _, shape := range []string{"rate", "window", "bucket", "concurrency", "gap", "unknown"} {
			if s := n.get(shape); s.exists() {
				l.Shape = shape
				lowerLimitShape(l, s)
			}
		}
		if tiers := n.get("tiers"); tiers.isStruct() {
			l.Tiers = map[string]int{}
			for _, t := range tiers.fields() {
				l.Tiers[t.name] = t.int()
			}
		}
		if o := n.get("observe"); o.exists() {
			l.Observe = &ir.Observe{
				Limit: c.lowerSource(o.get("limit")), Left: c.lowerSource(o.get("left")),
				Used: c.lowerSource(o.get("used")), Reset: c.lowerSource(o.get("reset")),
			}
		}
		c.checkLimit(n, l)
		c.out.Limits = append(c.out.Limits, l)
	}
}

func lowerLimitShape(l *ir.Limit, s node) {
	switch l.Shape {
	case "rate", "window":
		l.Calls, l.Per, l.Burst = s.get("calls").int(), ir.Duration(s.get("per").str()), s.get("burst").int()
	case "bucket":
		l.Calls, l.Refill, l.Unit = s.get("size").int(), s.get("refill").float(), s.get("unit").str()
	case "concurrency":
		l.Calls = s.int()
	case "gap":
		l.Calls, l.Per = 1, ir.Duration(s.str())
	}
}

func (c *compilation) checkLimit(n node, l *ir.Limit) {
	if l.Share == "cluster" {
		c.notCompiled(n.get("share"), "limits shared by a cluster")
	}
	for _, b := range n.get("by").list() {
		if key := b.str(); !slices.Contains(limitKeys, key) && !strings.HasPrefix(key, "in.") {
			c.report.Errorf(diag.UnknownLimitKey, b.pos(), "`%s` is not something that calls share a limit by", key).
				DidYouMean(key, append(limitKeys, "in.NAME"))
		}
	}
	if by := n.get("by"); by.isList() && len(by.list()) == 0 {
		c.report.Errorf(diag.LimitWithoutBy, by.pos(), "`by` is empty, so nothing says what shares the limit").
			Help("write by: [\"app\", \"workspace\"], for example")
	}
}

// lowerLimitUses lowers a list of limit names, or of {limit, cost}.
func (c *compilation) lowerLimitUses(n node) []*ir.LimitUse {
	var list []*ir.LimitUse
	for _, e := range n.list() {
		use := &ir.LimitUse{Limit: e.str(), Cost: 1, Pos: e.pos()}
		name := e
		if e.isStruct() {
			name = e.get("limit")
			use.Limit = name.str()
			if cost := e.get("cost"); cost.exists() {
				use.Cost = cost.int()
			}
		}
		if !name.sound() {
			continue
		}
		if !c.declared("limits", use.Limit) {
			c.report.Errorf(diag.UnknownLimit, name.pos(), "the spec has no limit `%s`", use.Limit).Label("unknown limit").
				DidYouMean(use.Limit, c.namesIn("limits"))
			continue
		}
		if l := c.limit(use.Limit); l != nil && l.Calls > 0 && use.Cost > l.Calls {
			c.report.Errorf(diag.CostAboveLimit, name.pos(), "the cost %d is above the %d that `%s` ever has", use.Cost, l.Calls, use.Limit).
				Also(l.Pos, "declared here")
		}
		list = append(list, use)
	}
	return list
}

func (c *compilation) limit(name string) *ir.Limit {
	for _, l := range c.out.Limits {
		if l.Name == name {
			return l
		}
	}
	return nil
}
