package codegen

import "github.com/porin-dev/porin/compiler/ir"

// components numbers the strongly connected components of the graph in which
// an object points to the objects that it holds by value (R. E. Tarjan, "Depth-
// first search and linear graph algorithms", 1972). Two objects of one
// component hold each other, and a Go struct cannot: see generator.looped.
func components(g *generator) map[*ir.Type]int {
	w := &walk{g: g, index: map[*ir.Type]int{}, low: map[*ir.Type]int{}, out: map[*ir.Type]int{}}
	for _, t := range g.c.Types {
		if t.Kind == ir.Object {
			w.visit(t)
		}
	}
	return w.out
}

type walk struct {
	g          *generator
	index, low map[*ir.Type]int
	out        map[*ir.Type]int
	stack      []*ir.Type
}

func (w *walk) visit(t *ir.Type) {
	if _, seen := w.index[t]; seen {
		return
	}
	w.index[t] = len(w.index)
	w.low[t] = w.index[t]
	w.stack = append(w.stack, t)
	for _, f := range t.Fields {
		held := w.g.resolve(f.Type)
		if held == nil || held.Kind != ir.Object {
			continue
		}
		w.visit(held)
		if _, done := w.out[held]; !done {
			w.low[t] = min(w.low[t], w.low[held])
		}
	}
	if w.low[t] == w.index[t] {
		w.pop(t)
	}
}

// pop closes the component whose first member is t.
func (w *walk) pop(t *ir.Type) {
	n := len(w.out) + 1
	for {
		last := w.stack[len(w.stack)-1]
		w.stack = w.stack[:len(w.stack)-1]
		w.out[last] = n
		if last == t {
			return
		}
	}
}

// looped reports whether a member of owner leads back to owner by value, so
// that it has to be a pointer.
func (g *generator) looped(owner *ir.Type, member *ir.Type) bool {
	held := g.resolve(member)
	if held == nil || held.Kind != ir.Object {
		return false
	}
	a, b := g.loops[owner], g.loops[held]
	return a != 0 && a == b
}
