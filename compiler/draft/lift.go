package draft

import (
	"slices"
	"sort"
	"strconv"
)

// liftLimit is how many members an object written in place has to have before
// a second one like it gives both a name.
const liftLimit = 3

// replaceObjects visits objects written in place, the outer before the inner,
// and puts what visit returns in their place. Whole replies, bodies and
// definitions are not visited: they have a place of their own.
func (d *drafter) replaceObjects(visit func(s *schema, context string) *schema) {
	seen := map[string]bool{}
	var below func(s *schema, context string)
	below = func(s *schema, context string) {
		if s.kind == refKind {
			if def := d.doc.defs[s.ref]; def != nil && !seen[s.ref] {
				seen[s.ref] = true
				below(def.schema, s.ref)
			}
			return
		}
		children(s, context, func(c *schema, context string) *schema {
			if c.kind == objectKind {
				c = visit(c, context)
			}
			below(c, context)
			return c
		})
	}
	d.roots(func(s *schema, _ bool, context string) *schema {
		below(s, context)
		return s
	})
}

// site is a shape that is written in place more than once.
type site struct {
	key     string
	schema  *schema
	names   map[string]int
	count   int
	ordinal int
}

// lift gives a name to shapes that are written in place more than once, the
// largest first: with it, what is inside is written once.
func (d *drafter) lift() {
	for {
		s := d.largestRepeated()
		if s == nil {
			return
		}
		name := d.liftedName(s)
		d.define(name, s.schema)
		d.replaceObjects(func(o *schema, _ string) *schema {
			if keyOf(o) != s.key {
				return o
			}
			return &schema{at: o.at, kind: refKind, ref: name, nullable: o.nullable, doc: o.doc}
		})
	}
}

func (d *drafter) largestRepeated() *site {
	sites := map[string]*site{}
	d.replaceObjects(func(s *schema, context string) *schema {
		if len(s.fields) < liftLimit {
			return s
		}
		bare := *s
		bare.nullable = false
		key := keyOf(s)
		x := sites[key]
		if x == nil {
			x = &site{key: key, schema: &bare, names: map[string]int{}, ordinal: len(sites)}
			sites[key] = x
		}
		x.count++
		x.names[context]++
		return s
	})
	var best *site
	for _, x := range sites {
		if x.count < 2 {
			continue
		}
		if best == nil || len(x.key) > len(best.key) || len(x.key) == len(best.key) && x.ordinal < best.ordinal {
			best = x
		}
	}
	return best
}

// liftedName is the member name that most places have; of several, the
// shortest and then the first in the alphabet.
func (d *drafter) liftedName(s *site) string {
	names := make([]string, 0, len(s.names))
	for n := range s.names {
		names = append(names, n)
	}
	sort.Slice(names, func(i, j int) bool {
		a, b := names[i], names[j]
		if s.names[a] != s.names[b] {
			return s.names[a] > s.names[b]
		}
		if len(a) != len(b) {
			return len(a) < len(b)
		}
		return a < b
	})
	name := names[0]
	for n := 2; d.doc.defs[name] != nil; n++ {
		name = names[0] + strconv.Itoa(n)
	}
	return name
}

// mergeTwins makes one of definitions that have the same shape, until none
// have.
func (d *drafter) mergeTwins() {
	for {
		byKey, same := map[string]string{}, map[string]string{}
		for _, name := range d.doc.order {
			s := d.doc.defs[name].schema
			if !shape(s) {
				continue
			}
			key := keyOf(s)
			if one, ok := byKey[key]; ok {
				same[name] = one
			} else {
				byKey[key] = name
			}
		}
		if len(same) == 0 {
			return
		}
		d.renameRefs(same)
	}
}

func (d *drafter) renameRefs(same map[string]string) {
	var rename func(s *schema) *schema
	rename = func(s *schema) *schema {
		if one, ok := same[s.ref]; ok && s.kind == refKind {
			c := *s
			c.ref = one
			return &c
		}
		children(s, "", func(c *schema, _ string) *schema { return rename(c) })
		return s
	}
	d.roots(func(s *schema, _ bool, _ string) *schema { return rename(s) })
	d.doc.order = slices.DeleteFunc(d.doc.order, func(name string) bool {
		_, gone := same[name]
		if gone {
			delete(d.doc.defs, name)
		}
		return gone
	})
	for _, name := range d.doc.order {
		d.doc.defs[name].schema = rename(d.doc.defs[name].schema)
	}
}
