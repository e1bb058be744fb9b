package draft

import (
	"slices"
	"strconv"
	"strings"
)

// Of alternatives that become one object, each has required members of its own.
// The object keeps what they say together: that those of at least one are there.

// choice is sets of members of an object: of at least one, all are there.
type choice [][]string

// required lists the members that an object has for certain.
func (s *schema) required() []string {
	names := slices.Clone(s.needs)
	for _, m := range s.fields {
		if m.required && !slices.Contains(names, m.name) {
			names = append(names, m.name)
		}
	}
	return names
}

// ways are the choices of an object with what it requires in every set. One
// without choices has one way to be.
func (s *schema) ways() []choice {
	required := s.required()
	if len(s.choices) == 0 {
		return []choice{{required}}
	}
	all := make([]choice, len(s.choices))
	for i, c := range s.choices {
		for _, set := range c {
			all[i] = append(all[i], withNames(required, set))
		}
	}
	return all
}

func withNames(list, more []string) []string {
	out := slices.Clone(list)
	for _, name := range more {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

func withoutNames(list, names []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(name string) bool { return slices.Contains(names, name) })
}

// maxChoices is how many choices an object of alternatives has at most: each of
// one goes with each of the other.
const maxChoices = 4

// chooseBetween makes out, which has the members of a and b, require what both
// do, and choose between the rest.
func (out *schema) chooseBetween(a, b *schema) {
	mine, others := a.required(), b.required()
	common := slices.DeleteFunc(mine, func(name string) bool { return !slices.Contains(others, name) })
	out.needs, out.choices = nil, nil
	for _, name := range common {
		if m := out.member(name); m != nil {
			m.required = true
		} else {
			out.needs = append(out.needs, name)
		}
	}
	for _, one := range a.ways() {
		for _, other := range b.ways() {
			if c := slices.Concat(one, other).open(common); c != nil {
				out.choices = append(out.choices, c)
			}
		}
	}
	if len(out.choices) > maxChoices {
		out.choices = nil
	}
}

// open is what is left of a choice where some members are there for certain; nil
// when nothing is. A set that has all of another adds nothing.
func (c choice) open(certain []string) choice {
	var rest choice
	for _, set := range c {
		set = withoutNames(set, certain)
		if len(set) == 0 {
			return nil
		}
		rest = append(rest, set)
	}
	var least choice
	for i, set := range rest {
		if !slices.ContainsFunc(least, func(o []string) bool { return len(withoutNames(o, set)) == 0 }) &&
			!slices.ContainsFunc(rest[i+1:], func(o []string) bool { return len(o) < len(set) && len(withoutNames(o, set)) == 0 }) {
			least = append(least, set)
		}
	}
	return least
}

// choicesOf lists the choices of an object or a composition.
func (d *drafter) choicesOf(s *schema) []choice {
	var all []choice
	d.eachPart([]*schema{s}, func(part *schema) { all = append(all, part.choices...) })
	return all
}

// dropChoices forgets those of what is only received: nothing is held against
// them, and shapes that differ in them alone are the same to a reader.
func (d *drafter) dropChoices() {
	var forget func(s *schema) *schema
	forget = func(s *schema) *schema {
		s.choices = nil
		children(s, "", func(c *schema, _ string) *schema { return forget(c) })
		return s
	}
	d.roots(func(s *schema, input bool, _ string) *schema {
		if input {
			return s
		}
		return forget(s)
	})
	for _, name := range d.doc.order {
		if !d.sent[name] {
			forget(d.doc.defs[name].schema)
		}
	}
}

// renderChoices writes choices as they stand in a struct with the members. What
// rules made required needs no choice, and what a caller cannot send is none.
func renderChoices(choices []choice, members []*member, input bool) []*field {
	var certain []string
	for _, m := range members {
		if m.required || input && m.schema.readonly {
			certain = append(certain, m.name)
		}
	}
	var out []*field
	for _, c := range choices {
		c = c.open(certain)
		if len(c) < 2 || slices.ContainsFunc(slices.Concat(c...), func(name string) bool { return memberOf(members, name) == nil }) {
			continue
		}
		a := attr{name: "anyof"}
		for _, set := range c {
			names := make([]string, len(set))
			for i, name := range set {
				names[i] = attributeName(name)
			}
			a.args = append(a.args, strings.Join(names, "+"))
		}
		f := &field{value: text(a.String())}
		if !slices.ContainsFunc(out, func(o *field) bool { return o.value.text == f.value.text }) {
			out = append(out, f)
		}
	}
	return out
}

// attributeName is a name of a member inside of an attribute.
func attributeName(name string) string {
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == "" {
		return name
	}
	return strconv.Quote(name)
}
