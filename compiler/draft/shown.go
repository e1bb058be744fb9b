package draft

import "slices"

// showAlternatives puts first what a reply's example shows, where alternatives are
// of different kinds, such as the name of a label and the label. The first is what
// a provider sends unless it is told otherwise.
func (d *drafter) showAlternatives() {
	settled := map[*schema]bool{} // Of several examples the first counts.
	for _, op := range d.ops {
		if op.reply != nil && op.reply.schema != nil && op.reply.example != nil {
			d.show(op.reply.schema, op.reply.example, settled)
		}
	}
}

// show goes through a schema as far as an example does.
func (d *drafter) show(s *schema, example any, settled map[*schema]bool) {
	s = d.follow(s)
	switch s.kind {
	case listKind:
		items, _ := example.([]any)
		for _, item := range items {
			d.show(s.elem, item, settled)
		}
	case objectKind:
		object, ok := example.(*ordered)
		if !ok {
			return
		}
		for _, m := range s.fields {
			if v, ok := object.values[m.name]; ok {
				d.show(m.schema, v, settled)
			}
		}
	case unionKind:
		at := slices.IndexFunc(s.alts, func(a *schema) bool { return writtenAs(d.follow(a)) == writtenLike(example) })
		if at < 0 || settled[s] {
			return
		}
		settled[s] = true
		shown := s.alts[at]
		d.show(shown, example, settled)
		s.alts = append([]*schema{shown}, slices.Delete(slices.Clone(s.alts), at, at+1)...)
	}
}

// writtenAs is how JSON writes a schema's values: as a kind that stands for it, or
// anyKind.
func writtenAs(s *schema) kind {
	switch s.kind {
	case stringKind, bytesKind:
		return stringKind
	case enumKind:
		if len(s.enum) > 0 {
			return writtenLike(s.enum[0])
		}
	case intKind, numberKind:
		return numberKind
	case objectKind, mapKind:
		return objectKind
	case boolKind, listKind:
		return s.kind
	}
	return anyKind
}

// writtenLike is how JSON writes a value of an example.
func writtenLike(v any) kind {
	switch v.(type) {
	case string:
		return stringKind
	case int64, float64:
		return numberKind
	case bool:
		return boolKind
	case []any:
		return listKind
	case *ordered:
		return objectKind
	}
	return nullKind
}
