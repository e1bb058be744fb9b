package compiler

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"cuelang.org/go/cue"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// checkDefault reports a default that the type beside it does not allow.
func (c *compilation) checkDefault(n node, alts []cue.Value) {
	d, ok := n.v.Default()
	if !ok || !d.IsConcrete() {
		return
	}
	for _, a := range alts {
		if !a.IsConcrete() && a.Unify(d).Err() == nil {
			return
		}
	}
	c.report.Errorf(diag.BadDefault, n.pos(), "the default %v is not a value of the type beside it", d).
		Help("widen the type, or take a default that it allows")
}

// lowerBounds collects the constraints of a conjunction.
func (c *compilation) lowerBounds(v cue.Value, t *ir.Type) {
	op, args := v.Expr()
	bound := func() *ir.Bound {
		return &ir.Bound{Value: fmt.Sprint(args[0]), Exclusive: op == cue.GreaterThanOp || op == cue.LessThanOp}
	}
	switch op {
	case cue.AndOp:
		for _, a := range args {
			c.lowerBounds(a, t)
		}
	case cue.GreaterThanOp, cue.GreaterThanEqualOp:
		t.Min = bound()
	case cue.LessThanOp, cue.LessThanEqualOp:
		t.Max = bound()
	case cue.RegexMatchOp:
		t.Pattern, _ = args[0].String()
	}
}

func (c *compilation) checkPattern(n node, t *ir.Type) {
	if t.Pattern == "" {
		return
	}
	if _, err := regexp.Compile(t.Pattern); err != nil {
		c.report.Errorf(diag.BadPattern, n.pos(), "the pattern does not compile: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		t.Pattern = ""
	}
}

// within reports whether a number is within the bounds of a type.
func within(t *ir.Type, n float64) bool {
	value := func(b *ir.Bound) float64 {
		f, _ := strconv.ParseFloat(b.Value, 64) // Written by CUE.
		return f
	}
	low := t.Min == nil || n > value(t.Min) || n == value(t.Min) && !t.Min.Exclusive
	high := t.Max == nil || n < value(t.Max) || n == value(t.Max) && !t.Max.Exclusive
	return low && high
}
