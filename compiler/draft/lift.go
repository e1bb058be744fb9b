package draft

import (
	"slices"
	"sort"
	"strconv"
)

// liftLimit is how many members an object written in place has to have before
// a second one like it gives both a name.
const liftLimit = 3

// inPlace is one object that is written where it is used.
type inPlace struct {
	schema *schema
	slot   **schema // What holds it.
	name   string   // Of the member, or as an element of it.
	site   *site    // nil: it is too small for a name of its own.
	above  *inPlace // The object in place around it.
	below  []*inPlace
	gone   bool // It was in a copy that is no longer written.
}

// site is a shape with the places where it is written, in order.
type site struct {
	places []*inPlace
	names  map[string]int
	count  int // Of the places that are not gone.
	size   int // Of its key.
	lifted bool
}

// eachInPlace visits objects written in place, the outer before the inner.
// visit may put something else into the slot; what it returns is given to those
// in it. Whole replies, bodies and definitions are not visited: they have a
// place of their own.
func (d *drafter) eachInPlace(visit func(slot **schema, name string, above *inPlace) *inPlace) {
	seen := map[string]bool{}
	var below func(s *schema, name string, above *inPlace)
	below = func(s *schema, name string, above *inPlace) {
		if s.kind == refKind {
			if def := d.doc.defs[s.ref]; def != nil && !seen[s.ref] {
				seen[s.ref] = true
				below(def.schema, s.ref, nil)
			}
			return
		}
		slots(s, name, func(slot **schema, name string) {
			around := above
			if (*slot).kind == objectKind {
				around = visit(slot, name, above)
			}
			below(*slot, name, around)
		})
	}
	d.roots(func(s *schema, _ bool, name string) *schema {
		below(s, name, nil)
		return s
	})
}

// lift gives a name to shapes that are written in place more than once, the
// largest first: with it, what is inside is written once. Shapes that are equal
// stay equal when something inside gets a name, so they are looked for once.
func (d *drafter) lift() {
	sites := d.sites()
	for {
		s := largestRepeated(sites)
		if s == nil {
			return
		}
		s.lifted = true
		name := d.liftedName(s)
		d.define(name, s.places[0].schema)
		around := map[*site]*schema{}
		for i, p := range s.places {
			if p.gone {
				continue
			}
			*p.slot = &schema{at: p.schema.at, kind: refKind, ref: name, nullable: p.schema.nullable, doc: p.schema.doc}
			for a := p.above; a != nil && (a.site == nil || !a.site.lifted); a = a.above {
				if a.site != nil {
					around[a.site] = a.schema
				}
			}
			if i > 0 {
				p.dropBelow()
			}
		}
		for x, s := range around {
			x.size = len(keyOf(s))
		}
	}
}

// dropBelow takes note that what is in a copy is no longer written.
func (p *inPlace) dropBelow() {
	for _, in := range p.below {
		in.gone = true
		if in.site != nil {
			in.site.count--
			in.site.names[in.name]--
		}
		in.dropBelow()
	}
}

// sites are the shapes written in place, in the order of their first places.
func (d *drafter) sites() []*site {
	var all []*site
	byKey := map[string]*site{}
	d.eachInPlace(func(slot **schema, name string, above *inPlace) *inPlace {
		p := &inPlace{schema: *slot, slot: slot, name: name, above: above}
		if above != nil {
			above.below = append(above.below, p)
		}
		if len(p.schema.fields) < liftLimit {
			return p
		}
		key := keyOf(p.schema)
		if byKey[key] == nil {
			byKey[key] = &site{names: map[string]int{}, size: len(key)}
			all = append(all, byKey[key])
		}
		p.site = byKey[key]
		p.site.places = append(p.site.places, p)
		p.site.names[name]++
		p.site.count++
		return p
	})
	return all
}

func largestRepeated(sites []*site) *site {
	var best *site
	for _, x := range sites {
		if x.count > 1 && !x.lifted && (best == nil || x.size > best.size) {
			best = x
		}
	}
	return best
}

// liftedName is the member name that most places have; of several, the
// shortest and then the first in the alphabet.
func (d *drafter) liftedName(s *site) string {
	names := make([]string, 0, len(s.names))
	for n, count := range s.names {
		if count > 0 {
			names = append(names, n)
		}
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
	return d.freeDefinition(names[0])
}

// freeDefinition is the name with a number, if a definition has it already.
func (d *drafter) freeDefinition(name string) string {
	free := name
	for n := 2; d.doc.defs[free] != nil; n++ {
		free = name + strconv.Itoa(n)
	}
	return free
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
