package draft

import (
	"slices"
	"strings"
)

// lastItemRule: a request goes on behind the key of an item.
func (d *drafter) lastItemRule(l *listing) *pageRule {
	after := l.sentAs(afterRole)
	if len(after) == 0 {
		return d.beforeTime(l)
	}
	s, more := after[0], l.heardBest(moreRole)
	field, same := d.keyOfItem(l, s)
	behind := behindItem().MatchString(s.doc)
	if field == nil || more == nil && !behind && s.sure < 3 && (!same || l.hasBefore()) {
		return nil
	}
	r := &pageRule{kind: "last_item", to: s, field: field, end: "empty"}
	r.sign(s.sure, "%s is sent", s.name())
	if more != nil {
		r.sign(1, "%s says when it ends", more.name())
		r.end, r.at = "more", more.path
	}
	if behind {
		r.sign(1, "it is described as the place of an item")
	}
	if same {
		r.sign(1, "it has the type of %s", strings.Join(field, "."))
	}
	return r
}

// hasBefore reports whether a request can go backwards, too: nothing then says
// in which order the items come.
func (l *listing) hasBefore() bool {
	return slices.ContainsFunc(l.params, func(s *sent) bool { return nameKey(s.path[len(s.path)-1]) == "before" })
}

// behindItem says in words that a list goes on behind an item.
var behindItem = pattern(`(?i)(object|item|last|entr|record|\w*_?id)\b[^.]*\b(that )?(defines|marks|your place|previous|seen|page)|last (item|object|id|record|entry)|place in the list|after (the|this) (specified|given) id`)

// keyOfItem is the member of an item that is its key, and whether it has the
// type of a parameter: a type with a name, a format or a pattern.
func (d *drafter) keyOfItem(l *listing, s *sent) (field []string, same bool) {
	list := d.shapeAt(d.replyOf(l.op), l.items)
	if list == nil || list.kind != listKind {
		return nil, false
	}
	for _, path := range [][]string{{"id"}, {"ID"}, {"Id"}, {"user", "id"}} {
		key := d.keyAt(list.elem, path)
		if key == nil || !isScalar(key) {
			continue
		}
		return path, key.kind == s.s.kind && (key.format != "" && key.format == s.s.format || key.pattern != "" && key.pattern == s.s.pattern)
	}
	return nil, false
}

// keyAt is what items have at a path: of items of several types, what each has
// in the same form.
func (d *drafter) keyAt(item *schema, path []string) *schema {
	item = d.plainly(item)
	if item.kind != unionKind {
		return d.shapeAt(item, path)
	}
	var key *schema
	for _, alt := range item.alts {
		if d.follow(alt).kind == nullKind {
			continue
		}
		k := d.keyAt(alt, path)
		if k == nil || key != nil && key.kind != k.kind {
			return nil
		}
		key = k
	}
	return key
}

// beforeTime: a request goes on before a time, of which every item has one, and
// the reply says whether there is more.
func (d *drafter) beforeTime(l *listing) *pageRule {
	more, list := l.heardBest(moreRole), d.shapeAt(d.replyOf(l.op), l.items)
	if more == nil || list == nil || list.kind != listKind {
		return nil
	}
	var times []string
	for _, m := range d.plainly(list.elem).fields {
		if m.required && d.plainly(m.schema).format == "date-time" {
			times = append(times, m.name)
		}
	}
	for _, s := range l.params {
		if nameKey(s.path[len(s.path)-1]) != "before" || s.s.format != "date-time" || len(times) != 1 {
			continue
		}
		r := &pageRule{kind: "last_item", to: s, field: times, end: "more", at: more.path}
		r.sign(2, "%s is sent", s.name())
		r.sign(1, "%s is the only time of an item", times[0])
		r.sign(1, "%s says when it ends", more.name())
		return r
	}
	return nil
}
