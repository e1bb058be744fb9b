package ir

import "iter"

// AllActions yields every action, depth first in source order, with the group
// that holds it.
func (c *Connector) AllActions() iter.Seq2[*Group, *Action] {
	return func(yield func(*Group, *Action) bool) { walkGroups(c.Groups, yield) }
}

func walkGroups(groups []*Group, yield func(*Group, *Action) bool) bool {
	for _, g := range groups {
		for _, a := range g.Actions {
			if !yield(g, a) {
				return false
			}
		}
		if !walkGroups(g.Groups, yield) {
			return false
		}
	}
	return true
}

// Action returns the action with the dotted path, or nil.
func (c *Connector) Action(path string) *Action {
	for _, a := range c.AllActions() {
		if a.Path == path {
			return a
		}
	}
	return nil
}

// Type returns the named type, or nil.
func (c *Connector) Type(name string) *Type {
	for _, t := range c.Types {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// Resolve follows references until t is not one. It returns nil when a name
// does not exist or refers to itself.
func (c *Connector) Resolve(t *Type) *Type {
	for range 100 {
		if t == nil || t.Kind != Ref {
			return t
		}
		t = c.Type(t.Ref)
	}
	return nil
}
