package draft

import (
	"slices"
	"strings"
)

// listing is what an operation shows of paging.
type listing struct {
	op      *operation
	sent    []*sent
	heard   []*heard
	items   []string // Path of the list in the reply.
	isList  bool     // There is a list, and which one is clear.
	linked  bool     // A Link header is declared.
	scalars []*heard // What the reply says in numbers, texts and truth values, whatever for.
	boxed   bool     // A parameter is an object with positions in it, which no rule can fill in.
	params  []*sent  // Every number and text that is sent.
}

// sent is a parameter that may be for paging.
type sent struct {
	telling
	in     string   // query, header or body
	path   []string // The name; below a body, names.
	s      *schema
	doc    string
	preset any
}

// heard is a member of the reply that may be for paging.
type heard struct {
	telling
	path []string
	s    *schema
	doc  string
}

// listingOf reads what an operation shows, or returns nil for one that can be
// no list.
func (d *drafter) listingOf(op *operation) *listing {
	if op.method != "GET" && op.method != "POST" || op.reply == nil {
		return nil
	}
	reply := d.replyOf(op)
	if reply == nil {
		return nil
	}
	l := &listing{op: op, linked: declares(op.reply.headers, "Link")}
	l.items, l.isList = d.itemsIn(op, reply)
	if !l.isList {
		return nil
	}
	d.hear(l, reply, nil)
	for _, p := range op.params {
		if p.in == "query" || p.in == "form" || p.in == "header" && !ownHeader(p.name) {
			d.send(l, p.in, []string{p.name}, p.schema, p.doc)
		}
	}
	if op.body != nil && op.body.schema != nil {
		d.sendBody(l, op.body.schema, nil)
	}
	return l
}

func declares(headers []string, name string) bool {
	return slices.ContainsFunc(headers, func(h string) bool { return strings.EqualFold(h, name) })
}

// replyOf is the shape of a reply: that of the example, when the schema says
// nothing.
func (d *drafter) replyOf(op *operation) *schema {
	s := op.reply.schema
	if s == nil {
		return nil
	}
	s = d.plainly(s)
	if s.kind == anyKind || s.kind == mapKind && s.elem.kind == anyKind {
		if example, ok := op.reply.example.(*ordered); ok {
			return infer(example, op.reply.at)
		}
	}
	return s
}

// plainly is a schema without references, with the members of all parts of a
// composition, and of alternatives that are null and another the other.
func (d *drafter) plainly(s *schema) *schema {
	for range 20 {
		switch s = d.follow(s); s.kind {
		case unionKind:
			var alts []*schema
			for _, a := range s.alts {
				if d.follow(a).kind != nullKind {
					alts = append(alts, a)
				}
			}
			for _, a := range alts {
				if len(alts) > 1 && d.follow(a).kind != listKind {
					return s
				}
			}
			if len(alts) == 0 {
				return s
			}
			s = alts[0]
		case allKind:
			members := d.membersOf(s)
			if len(members) == 0 {
				if len(s.alts) == 0 {
					return s
				}
				s = s.alts[0]
				continue
			}
			return &schema{at: s.at, kind: objectKind, fields: members, doc: s.doc}
		default:
			return s
		}
	}
	return &schema{}
}

// send adds the roles that a parameter can have by its name and its type.
func (d *drafter) send(l *listing, in string, path []string, s *schema, doc string) {
	p := d.plainly(s)
	doc = strings.TrimSpace(doc + "\n" + s.doc)
	if doc == "" {
		doc = p.doc
	}
	preset := s.preset
	if preset == nil {
		preset = p.preset
	}
	if p.kind == objectKind && in == "query" {
		for _, m := range p.fields {
			l.boxed = l.boxed || rolesOf(path[0]+" "+m.name, sentNames) != nil
		}
		return
	}
	x := sent{in: in, path: path, s: p, doc: doc, preset: preset}
	if isScalar(p) || p.kind == unionKind {
		l.params = append(l.params, &x)
	}
	for _, t := range rolesOf(strings.Join(path, " "), sentNames) {
		if sendable(t.role, t.sure, p, doc, preset) {
			x := x
			x.telling = t
			l.sent = append(l.sent, &x)
		}
	}
}

// counts says in words that a text is a number.
var counts = pattern(`(?i)page (number|index)|number of (the )?(page|item|result|record|entr|row)|how many|maximum number|offset|limit`)

// sendable reports whether a value of the schema can be sent in a role. Some
// documents call every parameter text.
func sendable(r role, sure int, s *schema, doc string, preset any) bool {
	number := s.kind == intKind || s.kind == numberKind || s.kind == unionKind || s.kind == anyKind
	_, set := preset.(int64)
	switch r {
	case numberRole:
		return number || s.kind == stringKind && s.format == ""
	case offsetRole:
		return number || s.kind == stringKind && (set || counts().MatchString(doc)) && !strings.Contains(doc, "token")
	case sizeRole:
		return number || s.kind == stringKind
	case afterRole, cursorRole:
		if r == cursorRole && sure == 3 {
			return s.kind == stringKind || number // Some cursors are times.
		}
		return s.kind == stringKind && s.format != "date" && s.format != "date-time" || number
	}
	return false
}

// boxes are how deep below a body, and below a reply, members are looked at.
const boxes = 3

func (d *drafter) sendBody(l *listing, s *schema, path []string) {
	in := "body"
	if bare(l.op.body.media) == "application/x-www-form-urlencoded" || bare(l.op.body.media) == "multipart/form-data" {
		in = "form"
	}
	whole := d.plainly(s)
	if whole.kind != objectKind {
		return
	}
	for _, m := range whole.fields {
		at := append(slices.Clone(path), m.name)
		if inner := d.plainly(m.schema); inner.kind == objectKind && len(at) < boxes && in == "body" && isBox(m.name) {
			d.sendBody(l, m.schema, at)
			continue
		}
		d.send(l, in, at, m.schema, "")
	}
}

// hear adds the roles of members of the reply: at its top, in boxes, and beside
// the list.
func (d *drafter) hear(l *listing, s *schema, path []string) {
	if s.kind != objectKind {
		return
	}
	for _, m := range s.fields {
		at := append(slices.Clone(path), m.name)
		inner := d.plainly(m.schema)
		if inner.kind == objectKind {
			beside := len(l.items) > len(at) && slices.Equal(l.items[:len(at)], at)
			if len(at) < boxes && (beside || isBox(m.name)) {
				d.hear(l, inner, at)
			}
			continue
		}
		if isScalar(inner) || inner.kind == unionKind {
			l.scalars = append(l.scalars, &heard{path: at, s: inner})
		}
		doc := first(m.schema.doc, inner.doc)
		for _, t := range d.heardAs(at, inner, doc) {
			l.heard = append(l.heard, &heard{telling: t, path: at, s: inner, doc: doc})
		}
	}
}

// address says in words that a text is an address.
var address = pattern(`(?i)\b(ur[li]s?|uniform resource|links?|hyperlink|href|https?:)\b`)

// heardAs returns the roles of a member: by its name, by its name with those
// of its boxes, by its type and by what is said of it.
func (d *drafter) heardAs(path []string, s *schema, doc string) []telling {
	name := path[len(path)-1]
	roles := rolesOf(name, heardNames)
	if n := len(path); n > 1 && (strings.EqualFold(path[n-2], "next") || rolesOf(path[n-2], heardNames) != nil) {
		roles = inNext(name, roles)
	}
	var out []telling
	for _, t := range roles {
		if sure := hearable(t, path, s, doc); sure > 0 {
			out = append(out, telling{t.role, sure})
		}
	}
	if w := words(name); len(w) > 1 && strings.EqualFold(w[0], "next") && len(out) == 0 && s.kind == stringKind && pagingWord().MatchString(doc) {
		out = append(out, telling{nextRole, 2})
	}
	if w := words(name); len(w) > 1 && strings.EqualFold(w[0], "total") && len(out) == 0 && countKind(s) && w[1] != "pages" {
		out = append(out, telling{totalRole, 2})
	}
	return out
}

var pagingWord = pattern(`(?i)pagina|next page|page token|cursor`)

// inNext is for members of a box called next: next.href, next.cursor.
func inNext(name string, roles []telling) []telling {
	switch strings.ToLower(name) {
	case "href", "url", "uri", "link":
		return []telling{{linkRole, 3}}
	}
	if len(rolesOf(name, sentNames)) > 0 {
		return []telling{{nextRole, 3}}
	}
	return roles
}

func countKind(s *schema) bool { return s.kind == intKind || s.kind == numberKind }

// hearable returns how sure a role is, given the type of the member; 0 when it
// cannot have it.
func hearable(t telling, path []string, s *schema, doc string) int {
	textual := s.kind == stringKind || s.kind == anyKind || s.kind == unionKind
	isAddress := s.format == "uri" || s.format == "url" || s.format == "uri-reference" || address().MatchString(doc)
	switch t.role {
	case nextRole:
		if !textual && !countKind(s) || t.sure < 3 && (s.format == "date-time" || isAddress) {
			return 0
		}
		if countKind(s) {
			return max(t.sure, 2) // A number that is next is a position.
		}
	case linkRole:
		if !textual {
			return 0
		}
		if t.sure < 3 && !isAddress && !inLinks(path) {
			return 0
		}
		return 3
	case moreRole:
		if s.kind != boolKind {
			return 0
		}
	case totalRole, pagesRole:
		if !countKind(s) {
			return 0
		}
	case lastRole:
		if !textual && !countKind(s) {
			return 0
		}
	}
	return t.sure
}

// inLinks reports whether a member stands in a box of links.
func inLinks(path []string) bool {
	if len(path) < 2 {
		return false
	}
	list := words(path[len(path)-2])
	return len(list) > 0 && strings.EqualFold(singular(list[len(list)-1]), "link")
}
