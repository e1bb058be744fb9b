package draft

import (
	"slices"
	"strings"
)

// inlineLimit is how many lines a type used once may take in place.
const inlineLimit = 12

// typeTable says which definitions have a name in the spec, and which.
type typeTable struct {
	names  map[string]string // Of the type, without "#", by name of the definition.
	inline map[string]bool   // Written where they are used.
	used   []string          // Definitions with a name that are reached, in order.
	inputs map[string]bool   // Reached from what actions send.
}

// nameTypes decides which shapes have a name.
func (d *drafter) nameTypes() {
	d.dropChoices()
	d.expandAliases()
	d.nameElements()
	d.lift()
	d.mergeTwins()
	d.settleParts()
	d.types = &typeTable{names: map[string]string{}, inline: map[string]bool{}, inputs: map[string]bool{}}
	uses, recursive := d.countUses()
	for _, name := range d.types.used {
		s := d.doc.defs[name].schema
		d.types.inline[name] = uses[name] == 1 && !recursive[name] && d.size(s) <= inlineLimit && !d.owned(name)
	}
	for _, x := range d.deliveries {
		d.types.inline[x.schema.ref] = false // An event is of a type with a name.
	}
	d.findResources() // What is kept is, too.
	d.roots(func(s *schema, _ bool, _ string) *schema {
		d.keepParts(s)
		return s
	})
	for _, name := range d.types.used {
		d.keepParts(d.doc.defs[name].schema)
	}
	taken := d.namesOfPackage()
	for _, x := range d.rules.spec {
		for _, f := range x.text.fields {
			taken[nameKey(f.label)] = true
		}
	}
	for _, name := range d.types.used {
		d.types.names[name] = d.typeName(name, taken)
	}
}

// keepParts keeps the names of alternatives and of parts of a composition:
// they say what the parts are.
func (d *drafter) keepParts(s *schema) {
	if s.kind == unionKind || s.kind == allKind {
		for _, a := range s.alts {
			if a.kind == refKind {
				d.types.inline[a.ref] = false
			}
		}
	}
	children(s, "", func(c *schema, _ string) *schema {
		d.keepParts(c)
		return c
	})
}

// owned reports whether somebody else declares the type of a definition.
func (d *drafter) owned(name string) bool {
	return slices.Contains(d.o.Skip, "#"+d.typeName(name, goNames{}))
}

// typeName turns the name of a definition into that of a type. Of a name that
// is taken it says that an object is meant: Event, which the package has
// itself, is EventObject.
func (d *drafter) typeName(name string, taken goNames) string {
	bare := name
	for _, p := range d.rules.prefixes {
		if rest, ok := strings.CutPrefix(bare, p); ok && rest != "" {
			bare = rest
			break
		}
	}
	full := pascal(first(d.rules.names[bare], bare))
	if i := strings.LastIndex(bare, "."); i >= 0 && i < len(bare)-1 {
		if short := pascal(bare[i+1:]); !taken[nameKey(short)] {
			full = short
		}
	}
	if taken[nameKey(full)] {
		full += "Object"
	}
	return taken.numbered(full)
}

// roots visits every schema that a drafted action or delivery holds. The visitor may
// replace it.
func (d *drafter) roots(visit func(s *schema, input bool, context string) *schema) {
	for _, op := range d.ops {
		last := op.name[len(op.name)-1]
		for _, p := range op.params {
			p.schema = visit(p.schema, true, p.name)
		}
		if op.body != nil && op.body.schema != nil {
			op.body.schema = visit(op.body.schema, true, last)
		}
		if op.reply != nil && op.reply.schema != nil {
			op.reply.schema = visit(op.reply.schema, false, last)
		}
	}
	for _, x := range d.deliveries {
		x.schema = visit(x.schema, false, x.name)
	}
}

// children replaces the schemas right below s. The context is the name that
// a schema below would have.
func children(s *schema, context string, replace func(c *schema, context string) *schema) {
	slots(s, context, func(slot **schema, context string) { *slot = replace(*slot, context) })
}

// slots visits what holds the schemas right below s.
func slots(s *schema, context string, visit func(slot **schema, context string)) {
	switch s.kind {
	case objectKind:
		for _, m := range s.fields {
			visit(&m.schema, m.name)
		}
	case listKind, mapKind:
		visit(&s.elem, singular(context))
	case unionKind, allKind:
		for i := range s.alts {
			visit(&s.alts[i], context)
		}
	}
}

// expandAliases writes out references to definitions that are not shapes of
// their own: scalars, lists, maps, and other references.
func (d *drafter) expandAliases() {
	var expand func(s *schema, open []string) *schema
	expand = func(s *schema, open []string) *schema {
		for s.kind == refKind && !slices.Contains(open, s.ref) {
			def := d.doc.defs[s.ref]
			if def == nil {
				return &schema{at: s.at}
			}
			if shape(def.schema) {
				return s
			}
			open = append(slices.Clone(open), s.ref)
			c := clone(def.schema)
			c.nullable = c.nullable || s.nullable
			c.attrs = append(slices.Clone(s.attrs), c.attrs...)
			s = c
		}
		children(s, "", func(c *schema, _ string) *schema { return expand(c, open) })
		return s
	}
	// What was written out may make alternatives equal.
	for _, name := range d.doc.order {
		if def := d.doc.defs[name]; shape(def.schema) {
			def.schema = d.simplifyFor(expand(def.schema, nil), d.sent[name])
		}
	}
	d.roots(func(s *schema, input bool, _ string) *schema { return d.simplifyFor(expand(s, nil), input) })
}

// shape reports whether a definition is worth a name.
func shape(s *schema) bool {
	switch s.kind {
	case objectKind, unionKind, allKind:
		return true
	case enumKind:
		return len(s.enum) > 1
	}
	return false
}

// clone copies a schema down to the references in it.
func clone(s *schema) *schema {
	c := *s
	c.fields = nil
	for _, m := range s.fields {
		copied := *m
		c.fields = append(c.fields, &copied)
	}
	c.alts = slices.Clone(s.alts)
	children(&c, "", func(x *schema, _ string) *schema { return clone(x) })
	return &c
}

// nameElements is for named lists of objects: their elements get the name, in
// the singular.
func (d *drafter) nameElements() {
	byKey := map[string]string{}
	for _, name := range d.doc.order {
		s := d.doc.defs[name].schema
		if s.kind != listKind || s.elem.kind != objectKind {
			continue
		}
		element := singular(name)
		if _, ok := d.doc.defs[element]; ok {
			continue
		}
		d.define(element, s.elem)
		byKey[keyOf(s.elem)] = element
	}
	if len(byKey) == 0 {
		return
	}
	d.eachInPlace(func(slot **schema, _ string, _ *inPlace) *inPlace {
		if name, ok := byKey[keyOf(*slot)]; ok {
			*slot = &schema{at: (*slot).at, kind: refKind, ref: name, nullable: (*slot).nullable}
		}
		return nil
	})
}

func (d *drafter) define(name string, s *schema) {
	c := *s
	c.nullable = false
	d.doc.defs[name] = &definition{name: name, at: s.at, schema: &c}
	d.doc.order = append(d.doc.order, name)
}

// size is about how many lines a shape takes.
func (d *drafter) size(s *schema) int {
	n := 1
	children(s, "", func(c *schema, _ string) *schema {
		n += d.size(c)
		return c
	})
	return n
}
