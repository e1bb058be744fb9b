package draft

import (
	"maps"
	"slices"
	"strings"
)

// shapeReplies simplifies every schema, takes the envelope off replies and
// reads examples where the document describes nothing else.
func (d *drafter) shapeReplies() {
	d.findSent()
	for _, name := range d.doc.order {
		d.simplifyNamed(name)
		def := d.doc.defs[name]
		d.fixFields(def.schema)
		d.fixMembers(name, def.schema)
	}
	for _, op := range d.ops {
		for _, p := range op.params {
			d.fixParam(op, p)
		}
		if op.body != nil && op.body.schema != nil {
			op.body.schema = d.simplifyFor(op.body.schema, true)
		}
		if op.reply != nil {
			d.shapeReply(op)
		}
		for i, f := range op.failures {
			op.failures[i] = d.simplify(f)
		}
	}
}

func (d *drafter) shapeReply(op *operation) {
	r := op.reply
	if r.schema == nil {
		return
	}
	r.schema = d.simplify(r.schema)
	d.fixFields(r.schema)
	whole := d.follow(r.schema)
	if whole.kind == objectKind && len(d.rules.envelope) > 0 {
		bare := *whole
		bare.fields = slices.DeleteFunc(slices.Clone(whole.fields), func(m *member) bool {
			return d.rules.envelope[m.name]
		})
		if len(bare.fields) < len(whole.fields) {
			r.schema = &bare
		}
	}
	d.readExample(op)
}

// readExample takes the shape of a reply from its example when the schema is
// open and says nothing.
func (d *drafter) readExample(op *operation) {
	r := op.reply
	silent := r.schema.kind == objectKind && len(r.schema.fields) == 0 || r.schema.kind == mapKind && r.schema.elem.kind == anyKind
	example, ok := r.example.(*ordered)
	if !silent || !ok {
		return
	}
	guess := infer(example, r.at)
	guess.fields = slices.DeleteFunc(guess.fields, func(m *member) bool { return d.rules.envelope[m.name] })
	if guess.kind != objectKind {
		return
	}
	if len(guess.fields) == 0 {
		// Nothing but the envelope, in the schema and in the example.
		r.schema, r.media = nil, ""
		return
	}
	d.fixFields(guess)
	guess.attrs = []attr{d.assume("the shape of the document's example; its schema says nothing")}
	r.schema = guess
}

// fixParam gives a parameter the type that a rule says it has.
func (d *drafter) fixParam(op *operation, p *param) {
	rule := d.rules.params[p.name]
	if rule == nil || rule.actions != nil && !op.known().In(rule.actions) {
		p.schema = d.simplifyFor(p.schema, true)
		return
	}
	d.applied[rule.fact.ID] = true
	p.schema = &schema{at: p.schema.at, kind: anyKind, fixed: rule.f.value, attrs: rule.f.attrs}
	p.style = ""
}

// fixFields gives members the details that rules say they have. A rule about
// numbers leaves strings of the same name alone.
func (d *drafter) fixFields(s *schema) {
	switch s.kind {
	case listKind, mapKind:
		d.fixFields(s.elem)
	case unionKind, allKind:
		for _, a := range s.alts {
			d.fixFields(a)
		}
	case objectKind:
		for _, m := range s.fields {
			rule := d.rules.fields[m.name]
			if rule != nil && len(m.schema.attrs) == 0 && suits(rule.f.value.text, m.schema.kind) {
				d.applied[rule.fact.ID] = true
				m.schema.attrs = rule.f.attrs
				if m.schema.kind == numberKind {
					m.schema.kind = intKind
				}
			}
			d.fixFields(m.schema)
		}
	}
}

// fixMembers gives members of a definition the type that rules say they have,
// and adds those that the document leaves out.
func (d *drafter) fixMembers(name string, s *schema) {
	for _, label := range slices.Sorted(maps.Keys(d.rules.fields)) {
		own, ok := strings.CutPrefix(label, name+".")
		if !ok || s.kind != objectKind {
			continue
		}
		rule := d.rules.fields[label]
		d.applied[rule.fact.ID] = true
		m := s.member(own)
		if m == nil {
			m = &member{name: own}
			s.fields = append(s.fields, m)
		}
		m.schema = &schema{at: s.at, kind: anyKind, fixed: rule.f.value, attrs: rule.f.attrs}
		if rule.f.mark != "" {
			m.required = rule.f.mark == "!"
		}
	}
}

// suits reports whether a rule about a type is about a member of the kind.
// Documents call whole numbers numbers.
func suits(rule string, k kind) bool {
	return rule == plainName(k) || rule == "int" && k == numberKind
}

// plainName is the CUE type of a kind that has one.
func plainName(k kind) string {
	return map[kind]string{
		boolKind: "bool", intKind: "int", numberKind: "number", stringKind: "string", bytesKind: "bytes", nullKind: "null",
	}[k]
}

// codesOf lists the error codes that the document gives an operation: the
// enum at the path that error rules read codes from, as the API spells them.
func (d *drafter) codesOf(op *operation, paths []string) []string {
	var codes []string
	for _, f := range op.failures {
		for _, p := range paths {
			s := d.member(f, p)
			if s == nil || s.kind != enumKind {
				continue
			}
			for _, e := range s.enum {
				code, _ := e.(string)
				code = first(d.rules.codes[code], code)
				if code != "" && !contains(codes, code) {
					codes = append(codes, code)
				}
			}
		}
	}
	slices.Sort(codes)
	return codes
}

// member returns the schema at a path of names, or nil.
func (d *drafter) member(s *schema, path string) *schema {
	for _, name := range strings.Split(path, ".") {
		s = d.follow(s)
		m := s.member(name)
		if m == nil {
			return nil
		}
		s = m.schema
	}
	return d.follow(s)
}
