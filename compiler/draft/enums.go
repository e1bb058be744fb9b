package draft

import (
	"slices"
	"strconv"

	"github.com/pb33f/go-yaml"
)

// enumOf reads the members of an enum. What the type says wins over how a member
// is written, for YAML takes on, 1.0 and 2024-01-01 for something else than
// text. Booleans are just booleans: an enum of true says how one answer looks,
// not what the type is. Members of several kinds are alternatives.
func (d *document) enumOf(nodes []*yaml.Node, types []string, at place) *schema {
	e := enumReader{texts: &schema{at: at, kind: enumKind}, numbers: &schema{at: at, kind: enumKind}, seen: map[any]bool{}}
	only := ""
	if types = slices.DeleteFunc(slices.Clone(types), func(t string) bool { return t == "null" }); len(types) == 1 {
		only = types[0]
	}
	for _, n := range nodes {
		e.add(n, only)
	}
	var alts []*schema
	for _, s := range []*schema{e.texts, e.numbers} {
		if len(s.enum) > 0 {
			alts = append(alts, s)
		}
	}
	if e.bools {
		alts = append(alts, &schema{at: at, kind: boolKind})
	}
	if e.fractions {
		alts = append(slices.DeleteFunc(alts, func(s *schema) bool { return s == e.numbers }), &schema{at: at, kind: numberKind})
	}
	switch {
	case e.others:
		d.note(at, "a member of the enum is no scalar; it is any value")
		return &schema{at: at, nullable: e.null}
	case len(alts) == 0:
		return &schema{at: at, kind: nullKind, nullable: e.null}
	case len(alts) == 1:
		alts[0].nullable = e.null
		return alts[0]
	}
	return &schema{at: at, kind: unionKind, alts: alts, nullable: e.null}
}

// enumReader sorts the members of an enum by kind.
type enumReader struct {
	texts, numbers                 *schema
	seen                           map[any]bool
	null, bools, fractions, others bool
}

func (e *enumReader) add(n *yaml.Node, only string) {
	whole, err := strconv.ParseInt(n.Value, 0, 64)
	switch {
	case n.Kind != yaml.ScalarNode:
		e.others = true
	case n.Tag == "!!null":
		e.null = true
	case only == "string":
		e.put(e.texts, n.Value)
	case (n.Tag == "!!int" || only == "integer" || only == "number") && err == nil:
		e.put(e.numbers, whole)
	case n.Tag == "!!int" || n.Tag == "!!float" || only == "number":
		e.fractions = true
	case n.Tag == "!!bool":
		e.bools = true
	default:
		e.put(e.texts, n.Value)
	}
}

func (e *enumReader) put(s *schema, v any) {
	if !e.seen[v] {
		e.seen[v] = true
		s.enum = append(s.enum, v)
	}
}
