package codegen

import (
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// shapes are the objects that results are made of, as far as something is
// promised of them that their Go types cannot hold: that a member is required,
// and which values an enum has.
type shapes struct {
	g     *generator
	order []*ir.Type          // Objects, in the order in which results lead to them.
	names map[*ir.Type]string // Of objects: the tail of a variable.
	same  map[string]*ir.Type // An object by name: types that are written in one place may be met as copies.
	says  map[*ir.Type]bool   // Something is promised of the object, or of what it leads to.
	parts [][]*ir.Type        // Objects that share a variable, because they lead to each other.
	place map[*ir.Type]spot   // Of an object in parts.
}

// spot is where an object is: which variable, and which of its shapes.
type spot struct{ part, at int }

func newShapes(g *generator) *shapes {
	s := &shapes{
		g: g, names: map[*ir.Type]string{}, same: map[string]*ir.Type{},
		says: map[*ir.Type]bool{}, place: map[*ir.Type]spot{},
	}
	for gr, a := range g.c.AllActions() {
		if _, leaf := s.unwrap(promised(a)); leaf != nil && leaf.Kind == ir.Object {
			s.collect(leaf, resultType(gr, a))
		}
	}
	s.judge()
	s.share()
	return s
}

// promised is the type of a result that is JSON, or nil.
func promised(a *ir.Action) *ir.Type {
	if a.Reply == "raw" || a.Reply == "text" {
		return nil
	}
	return a.Returns
}

// maxNesting is how many lists and maps may stand in each other. Deeper are
// only those that hold themselves.
const maxNesting = 8

// unwrap returns the type inside of lists and maps, and those: "[" for a list
// and "{" for a map, from the outside. The type is nil when it is unknown.
func (s *shapes) unwrap(t *ir.Type) (each string, leaf *ir.Type) {
	for len(each) <= maxNesting {
		t = s.g.resolve(t)
		switch {
		case t == nil:
			return "", nil
		case t.Kind == ir.List:
			each += "["
		case t.Kind == ir.Map:
			each += "{"
		default:
			return each, s.first(t)
		}
		t = t.Elem
	}
	return "", nil
}

// first returns the copy of an object that was met first.
func (s *shapes) first(t *ir.Type) *ir.Type {
	if t.Kind != ir.Object || s.same[t.Go] == nil {
		return t
	}
	return s.same[t.Go]
}

// collect adds an object and what it leads to. The name is for one that has
// none of its own.
func (s *shapes) collect(t *ir.Type, name string) {
	if s.names[t] != "" {
		return
	}
	if t.Go != "" {
		name = t.Go
		s.same[name] = t
	}
	s.names[t] = name
	s.order = append(s.order, t)
	for _, f := range t.Fields {
		if _, leaf := s.unwrap(f.Type); leaf != nil && leaf.Kind == ir.Object {
			s.collect(leaf, name+exported(f.Name))
		}
	}
}

// next lists the objects that an object leads to.
func (s *shapes) next(t *ir.Type) []*ir.Type {
	var out []*ir.Type
	for _, f := range t.Fields {
		if _, leaf := s.unwrap(f.Type); leaf != nil && leaf.Kind == ir.Object {
			out = append(out, leaf)
		}
	}
	return out
}

// judge finds the objects of which something is promised.
func (s *shapes) judge() {
	for changed := true; changed; {
		changed = false
		for _, t := range s.order {
			for _, f := range t.Fields {
				if !s.says[t] && s.speaks(f) {
					s.says[t], changed = true, true
				}
			}
		}
	}
}

// speaks reports whether something is promised of a member.
func (s *shapes) speaks(f *ir.Field) bool {
	_, leaf := s.unwrap(f.Type)
	return f.Promised() || leaf != nil && (len(leaf.Enum) > 0 || s.says[leaf])
}

// share puts objects that lead to each other into one variable.
func (s *shapes) share() {
	component := components(s.order, s.next)
	parts := map[int]int{}
	for _, t := range s.order {
		if !s.says[t] {
			continue
		}
		n, ok := parts[component[t]]
		if !ok {
			n = len(s.parts)
			parts[component[t]] = n
			s.parts = append(s.parts, nil)
		}
		s.place[t] = spot{n, len(s.parts[n])}
		s.parts[n] = append(s.parts[n], t)
	}
}

// variable is the name of the variable that an object's shape is in: that of
// the first of those that share it.
func (s *shapes) variable(p spot) string { return "shape" + s.names[s.parts[p.part][0]] }

// sharers is a comment on a variable of several shapes.
func (s *shapes) sharers(part []*ir.Type) string {
	if len(part) < 2 {
		return ""
	}
	var names []string
	for _, t := range part {
		names = append(names, s.names[t])
	}
	return "The shapes of types that hold each other: " + strings.Join(names, ", ") + "."
}
