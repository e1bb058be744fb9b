package compiler

import (
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// lowerWire reads the attributes that change how a value is written.
func (c *compilation) lowerWire(n node, t *ir.Type) {
	for _, a := range n.v.Attributes(cue.FieldAttr) {
		first, _ := a.String(0)
		c.checkAttributeKind(n, a.Name(), t)
		switch a.Name() {
		case "time":
			for i := range a.NumArgs() {
				layout, _ := a.String(i)
				t.Wire.Time = append(t.Wire.Time, strings.Split(layout, "|")...)
			}
		case "style":
			t.Wire.Style = first
		case "secret":
			t.Wire.Secret = true
		case "pii":
			t.Wire.PII = first
		case "decimal":
			t.Wire.Decimal = true
		case "id":
			t.Wire.ID = true
		case "lenient":
			for i := range a.NumArgs() {
				what, _ := a.String(i)
				t.Wire.Lenient = append(t.Wire.Lenient, what)
			}
		case "stream":
			t.Wire.Stream = first
		}
	}
}

// checkAttributeKind reports an attribute that says nothing about the kind of
// its field. What a field of a named or of any type holds is not known here.
func (c *compilation) checkAttributeKind(n node, name string, t *ir.Type) {
	form := attributeForm(name)
	open := t.Kind == ir.Ref || t.Kind == ir.Any || t.Kind == ir.Union
	if form == nil || len(form.On) == 0 || open || slices.Contains(form.On, t.Kind) {
		return
	}
	c.report.Errorf(diag.MisplacedAttribute, n.attributePos(name), "`@%s` says nothing about %s", name, kindNoun(t)).
		Help("it is for %s", kindNouns(form.On))
}

// attributePos is the span of an attribute of the field.
func (n node) attributePos(name string) ir.Pos {
	if f, ok := n.v.Source().(*ast.Field); ok {
		for _, a := range f.Attrs {
			if key, _ := a.Split(); key == name {
				return span(a.Pos(), a.End())
			}
		}
	}
	return n.labelPos()
}
