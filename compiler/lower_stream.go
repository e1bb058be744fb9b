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
	if st.As == "csv" && !c.lowerColumns(st, a) {
		return nil
	}
	return st
}

// lowerColumns reads what the members of a row are in its cells.
func (c *compilation) lowerColumns(st *ir.Stream, a *ir.Action) bool {
	row := c.resolve(a.Returns)
	if row == nil || row.Kind != ir.Object || len(row.Fields) == 0 {
		c.report.Errorf(diag.StreamUnfit, st.Pos, "`%s` is a table, and `returns` does not say the columns", a.Path).
			Help("name the members of a row in `returns`")
		return false
	}
	for _, f := range row.Fields {
		t := c.resolve(f.Type)
		cell := ""
		if t != nil {
			cell = cellOf(f, t)
		}
		if cell == "" {
			c.report.Errorf(diag.StreamUnfit, f.Pos, "`%s` is a table, and no cell can hold `%s`, which is %s", a.Path, f.Name, kindNoun(t)).
				Also(st.Pos, "the table is declared here").
				Help("a cell has a text, a number, a truth value or a time; leave out what comes otherwise, or take it for a string")
			return false
		}
		if !f.WriteOnly {
			st.Columns = append(st.Columns, &ir.Column{Name: f.Name, Cell: cell})
		}
	}
	return true
}

// cellOf says what the cell of a member holds; "" is nothing that a cell can.
func cellOf(f *ir.Field, t *ir.Type) string {
	wire := len(f.Type.Wire.Time)+len(t.Wire.Time) > 0 || f.Type.Wire.ID || t.Wire.ID || f.Type.Wire.Decimal || t.Wire.Decimal
	switch t.Kind {
	case ir.Bool:
		return "bool"
	case ir.Int, ir.Float:
		return "number"
	case ir.Enum:
		if _, text := t.Enum[0].(string); !text {
			return "number"
		}
		return "word"
	case ir.String:
		if f.Required && !wire && !f.Type.Nullable && !t.Nullable {
			return "text"
		}
		return "word"
	case ir.Any, ir.Bytes:
		return "word"
	}
	return ""
}
