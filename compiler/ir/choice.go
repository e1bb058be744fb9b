package ir

import "slices"

// Choice says of an object that some of its members are there, and leaves open
// which: of at least one of the sets, all are.
type Choice struct {
	Pos  Pos        `json:"pos,omitzero"`
	Sets [][]string `json:"sets"` // Names of members on the wire; of parameters, of fields.
}

// Met reports whether there is a set whose members all are there.
func (c *Choice) Met(there func(name string) bool) bool {
	return slices.ContainsFunc(c.Sets, func(set []string) bool {
		return !slices.ContainsFunc(set, func(name string) bool { return !there(name) })
	})
}

// Same reports whether two choices have the same sets, in one order.
func (c *Choice) Same(other *Choice) bool {
	return slices.EqualFunc(c.Sets, other.Sets, func(a, b []string) bool { return slices.Equal(a, b) })
}

// Renamed is the choice with other names for its members.
func (c *Choice) Renamed(rename func(name string) string) *Choice {
	out := &Choice{Pos: c.Pos}
	for _, set := range c.Sets {
		names := make([]string, len(set))
		for i, name := range set {
			names[i] = rename(name)
		}
		out.Sets = append(out.Sets, names)
	}
	return out
}
