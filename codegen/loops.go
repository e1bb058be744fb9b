package codegen

import "github.com/porin-dev/porin/compiler/ir"

// containment numbers the components of the graph in which an object points to
// the objects that it holds by value. Two objects of one component hold each
// other, and a Go struct cannot: see generator.looped.
func containment(g *generator) map[*ir.Type]int {
	var objects []*ir.Type
	for _, t := range g.c.Types {
		if t.Kind == ir.Object {
			objects = append(objects, t)
		}
	}
	return components(objects, func(t *ir.Type) []*ir.Type {
		var held []*ir.Type
		for _, f := range t.Fields {
			if h := g.resolve(f.Type); h != nil && h.Kind == ir.Object {
				held = append(held, h)
			}
		}
		return held
	})
}

// components numbers the strongly connected components of a graph (R. E.
// Tarjan, "Depth-first search and linear graph algorithms", 1972).
func components(roots []*ir.Type, next func(*ir.Type) []*ir.Type) map[*ir.Type]int {
	w := &walk{next: next, index: map[*ir.Type]int{}, low: map[*ir.Type]int{}, out: map[*ir.Type]int{}}
	for _, t := range roots {
		w.visit(t)
	}
	return w.out
}

type walk struct {
	next       func(*ir.Type) []*ir.Type
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
	for _, to := range w.next(t) {
		w.visit(to)
		if _, done := w.out[to]; !done {
			w.low[t] = min(w.low[t], w.low[to])
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
