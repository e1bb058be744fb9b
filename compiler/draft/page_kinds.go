package draft

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// enough is the score that makes a rule of a guess. Every sign gives one to
// three points; a name alone is never enough.
const enough = 4

// pageRule is a way to page that an operation may have.
type pageRule struct {
	kind  string // As in the language: cursor, link, offset, number or last_item.
	items []string
	from  []string // Path in the reply.
	rel   string   // Link header: the relation.
	field []string // last_item: the member of an item.
	to    *sent
	size  *sent
	start int
	end   string
	at    []string // Where the end is read.
	score int
	signs []string // In words.
	by    string   // The vendor extension that says so.
}

func (r *pageRule) sign(points int, format string, args ...any) {
	r.score += points
	r.signs = append(r.signs, fmt.Sprintf(format, args...))
}

// key is what rules of one document have in common.
func (r *pageRule) key() string {
	key := r.kind + " " + strings.Join(r.from, ".") + r.rel
	if r.to != nil {
		key += " " + strings.Join(r.to.path, ".")
	}
	return key
}

// rulesOf lists the ways that an operation may page, the most telling first:
// what the provider gives to go on with goes before what a client counts.
func (d *drafter) rulesOf(l *listing) []*pageRule {
	var rules []*pageRule
	for _, find := range []func(*listing) *pageRule{
		d.cursorRule, d.linkRule, d.headerRule, d.lastIDRule, d.lastItemRule, d.offsetRule, d.numberRule,
	} {
		if r := find(l); r != nil {
			r.items = l.items
			d.addSize(r, l)
			if !d.readsList(l, r) {
				continue
			}
			rules = append(rules, r)
		}
	}
	return rules
}

// readsList reports whether a call of the operation only reads, so far as a
// rule needs it: a POST that is no search may answer with a list of what it
// made.
func (d *drafter) readsList(l *listing, r *pageRule) bool {
	switch {
	case l.op.method == "GET":
		return true
	case r.kind == "link":
		return false // What is sent in a body is not part of an address.
	case !contains([]string{"", "sync"}, makesByName(l.op)) && !readsByName(l.op):
		return false
	case readsByName(l.op), d.twinReads(l.op):
		return true
	}
	// What is made may have a list, and names of its own: only names for
	// nothing else count.
	sure := slices.ContainsFunc(l.heard, func(h *heard) bool {
		return h.role == nextRole && h.sure == 3 && slices.Equal(h.path, r.from) && strings.HasPrefix(nameKey(h.path[len(h.path)-1]), "next")
	})
	return r.kind == "cursor" && r.to.sure == 3 && sure
}

// twinReads reports whether a GET of the same path answers as a POST does: the
// POST is for what an address is too short for.
func (d *drafter) twinReads(op *operation) bool {
	return slices.ContainsFunc(d.doc.ops, func(other *operation) bool {
		return other.path == op.path && other.method == "GET" && other.reply != nil && other.reply.schema != nil &&
			op.reply.schema.kind == refKind && other.reply.schema.kind == refKind && other.reply.schema.ref == op.reply.schema.ref
	})
}

func (l *listing) sentAs(role role) []*sent {
	var out []*sent
	for _, s := range l.sent {
		if s.role == role {
			out = append(out, s)
		}
	}
	return out
}

// heardBest returns the surest member with a role, or nil.
func (l *listing) heardBest(role role) *heard {
	var best *heard
	for _, h := range l.heard {
		if h.role == role && (best == nil || h.sure > best.sure) {
			best = h
		}
	}
	return best
}

func (s *sent) name() string  { return strings.Join(s.path, ".") }
func (h *heard) name() string { return strings.Join(h.path, ".") }

// cursorRule: a member of the reply is sent back.
func (d *drafter) cursorRule(l *listing) *pageRule {
	var best *pageRule
	sent, heard := l.positions()
	for _, s := range sent {
		for _, h := range heard {
			if s.sure < 3 && echoed(s, h) {
				continue
			}
			r := &pageRule{kind: "cursor", to: s, from: h.path, end: "no_cursor"}
			r.sign(s.sure, "%s is sent", s.name())
			r.sign(h.sure, "%s comes back", h.name())
			if paired(s, h) {
				r.sign(2, "they belong together")
			}
			if h.sure < 2 && r.score < enough && l.heardBest(moreRole) == nil {
				continue
			}
			if best == nil || r.score > best.score {
				best = r
			}
		}
	}
	if best != nil {
		endByMore(best, l)
	}
	return best
}

// positions lists what may be sent and heard of a position: what is called so,
// and any parameter X with a member next_X.
func (l *listing) positions() ([]*sent, []*heard) {
	sent := l.sentAs(cursorRole)
	var next []*heard
	for _, h := range l.heard {
		if h.role == nextRole {
			next = append(next, h)
		}
	}
	for _, p := range l.params {
		for _, h := range l.scalars {
			name := h.path[len(h.path)-1]
			mine := p.path[len(p.path)-1]
			same := nameKey(mine) == nameKey(name) && strings.HasPrefix(nameKey(name), "next")
			if h.s.kind == boolKind || !same && nameKey("next", mine) != nameKey(name) || p.in == "header" || l.op.method != "GET" || same && len(h.path) == 1 {
				continue
			}
			s := *p
			s.telling = telling{cursorRole, 2}
			sent = append(sent, &s)
			next = append(next, &heard{telling: telling{nextRole, 2}, path: h.path, s: h.s})
		}
	}
	return sent, next
}

// echoed reports whether a member only repeats what was sent: an offset in the
// reply is where this page begins, and one in a box called next, where the next
// page does.
func echoed(s *sent, h *heard) bool {
	n := len(h.path)
	if nameKey(h.path[n-1]) != nameKey(s.path[len(s.path)-1]) || strings.HasPrefix(nameKey(h.path[n-1]), "next") {
		return false
	}
	return n < 2 || !slices.ContainsFunc(words(h.path[n-2]), func(w string) bool {
		return contains([]string{"next", "cursor", "cursors"}, strings.ToLower(w))
	})
}

// paired reports whether a parameter and a member belong together: by their
// names, or because one is spoken of where the other is described.
func paired(s *sent, h *heard) bool {
	mine, theirs := bareKey(s.path), bareKey(h.path[len(h.path)-1:])
	if mine == theirs && mine != "" {
		return true
	}
	if rest := bareKey(h.path); mine != "" && strings.HasSuffix(rest, mine) {
		return true
	}
	return speaksOf(s.doc, h.path[len(h.path)-1]) || speaksOf(h.doc, s.path[len(s.path)-1])
}

// bareKey is a name without the words that say that it is the next one.
func bareKey(path []string) string {
	var kept []string
	for _, w := range words(strings.Join(path, " ")) {
		if w = strings.ToLower(w); !slices.Contains([]string{"next", "start", "starting", "end", "x"}, w) {
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, "")
}

// speaksOf reports whether a text names something as a name, not as a word.
func speaksOf(text, name string) bool {
	if text == "" {
		return false
	}
	if len(words(name)) > 1 {
		return strings.Contains(text, name)
	}
	for _, q := range []string{"`", `"`, "'", "*", "_"} {
		if strings.Contains(text, q+name+q) {
			return true
		}
	}
	return false
}

// endByMore lets a list end by what the reply says of it, when it does.
func endByMore(r *pageRule, l *listing) {
	if h := l.heardBest(moreRole); h != nil {
		r.end, r.at = "more", h.path
		r.sign(1, "%s says when it ends", h.name())
	}
}

// linkRule: the reply has the address of the next page.
func (d *drafter) linkRule(l *listing) *pageRule {
	h := l.heardBest(linkRole)
	if h == nil {
		return nil
	}
	r := &pageRule{kind: "link", from: h.path, end: "no_cursor"}
	r.sign(h.sure, "%s is the address of the next page", h.name())
	d.signPaging(r, l)
	return r
}

// signPaging counts parameters of any way to page.
func (d *drafter) signPaging(r *pageRule, l *listing) {
	for _, s := range l.sent {
		if s.role != sizeRole && s.sure > 1 {
			r.sign(2, "%s is sent", s.name())
			return
		}
	}
	if l.boxed {
		r.sign(2, "a position is sent")
	}
}

// headerRule: the reply has a Link header.
func (d *drafter) headerRule(l *listing) *pageRule {
	if !l.linked && !slices.ContainsFunc(l.sent, func(s *sent) bool { return spokenLink.MatchString(s.doc) }) {
		return nil
	}
	r := &pageRule{kind: "link", rel: "next", end: "no_cursor"}
	r.sign(2, "a Link header is declared")
	d.signPaging(r, l)
	if len(r.signs) == 1 && len(l.sentAs(cursorRole)) > 0 {
		r.sign(1, "%s is sent", l.sentAs(cursorRole)[0].name())
	}
	return r
}

// spokenLink speaks of a Link header.
var spokenLink = regexp.MustCompile(`(?i)\blink\W{1,3}header`)

// lastIDRule: the reply names the key of its last item, and a request goes on
// behind a key.
func (d *drafter) lastIDRule(l *listing) *pageRule {
	h, more := l.heardBest(lastRole), l.heardBest(moreRole)
	after := l.sentAs(afterRole)
	if h == nil || more == nil || len(after) == 0 {
		return nil
	}
	r := &pageRule{kind: "cursor", to: after[0], from: h.path, end: "more", at: more.path}
	r.sign(after[0].sure, "%s is sent", after[0].name())
	r.sign(h.sure, "%s comes back", h.name())
	r.sign(1, "%s says when it ends", more.name())
	return r
}

// lastItemRule: a request goes on behind the key of an item.
func (d *drafter) lastItemRule(l *listing) *pageRule {
	after := l.sentAs(afterRole)
	if len(after) == 0 {
		return nil
	}
	s, more := after[0], l.heardBest(moreRole)
	field, same := d.keyOfItem(l, s)
	behind := behindItem.MatchString(s.doc)
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
var behindItem = regexp.MustCompile(`(?i)(object|item|last|entr|record|\w*_?id)\b[^.]*\b(that )?(defines|marks|your place|previous|seen|page)|last (item|object|id|record|entry)|place in the list|after (the|this) (specified|given) id`)

// keyOfItem is the member of an item that is its key, and whether it has the
// type of a parameter: a type with a name, a format or a pattern.
func (d *drafter) keyOfItem(l *listing, s *sent) (field []string, same bool) {
	list := d.shapeAt(d.replyOf(l.op), l.items)
	if list == nil || list.kind != listKind {
		return nil, false
	}
	item := d.plainly(list.elem) // Of items of several types no one member can be read.
	for _, path := range [][]string{{"id"}, {"ID"}, {"Id"}, {"user", "id"}} {
		key := d.shapeAt(item, path)
		if key == nil || !isScalar(key) {
			continue
		}
		return path, key.kind == s.s.kind && (key.format != "" && key.format == s.s.format || key.pattern != "" && key.pattern == s.s.pattern)
	}
	return nil, false
}

// offsetRule: the client counts items.
func (d *drafter) offsetRule(l *listing) *pageRule {
	r := d.countedRule(l, "offset", offsetRole, aboutOffset)
	if r != nil && (isSCIM(l) || fromOne.MatchString(r.to.doc)) {
		r.start = 1
	}
	return r
}

// isSCIM recognises a list of SCIM, whose first item has the number 1 (RFC
// 7644, section 3.4.2.4).
func isSCIM(l *listing) bool {
	return len(l.items) == 1 && l.items[0] == "Resources" && l.heardBest(totalRole) != nil && strings.EqualFold(l.heardBest(totalRole).name(), "totalResults")
}

// numberRule: the client counts pages.
func (d *drafter) numberRule(l *listing) *pageRule {
	r := d.countedRule(l, "number", numberRole, aboutPage)
	if r == nil {
		return nil
	}
	r.start = 1
	if h := l.heardBest(pagesRole); h != nil && r.end != "more" {
		if r.end == "empty" {
			r.sign(1, "%s comes back", h.name())
		}
		r.end, r.at = "pages", h.path
	}
	return r
}

// What is said of an offset and of a page's number.
var (
	aboutOffset = regexp.MustCompile(`(?i)offset|skip|pagina|page through|starting point|start(ing)? (index|position|from|at|row|record)|first (result|item|record|row)|index of the first|zero.based|0.based`)
	aboutPage   = regexp.MustCompile(`(?i)page (number|index|of)|number of the page|pagina|(which|the|current|requested|result|results|specific) pages?\b[^.]*\b(return|retriev|fetch|get|display|show|request|list|result)|results? pages?|pages? (to|you)|(1|0|one|zero).(based|indexed)|pages? of (the )?(results?|items|list)|page of data`)
)

// aboutKey says that what is sent is the key of something.
var aboutKey = regexp.MustCompile(`(?i)^\W*(the )?(unique )?(identifier|id|uuid|key|name|title|slug) of`)

func (d *drafter) countedRule(l *listing, kind string, role role, about *regexp.Regexp) *pageRule {
	var s *sent
	for _, x := range l.sentAs(role) {
		if s == nil || x.sure > s.sure {
			s = x
		}
	}
	if s == nil {
		return nil
	}
	r := &pageRule{kind: kind, to: s, end: "empty"}
	r.sign(s.sure, "%s is sent", s.name())
	switch {
	case kind == "offset" && aboutKey.MatchString(s.doc):
		r.sign(-3, "it is described as a key")
	case about.MatchString(s.doc):
		r.sign(1, "it is described as paging")
	}
	if h := l.heardBest(totalRole); h != nil {
		r.sign(1, "%s comes back", h.name())
		r.end, r.at = "total", h.path
	}
	endByMore(r, l)
	if l.echoes(s) {
		r.sign(1, "it comes back")
	}
	if s.s.kind == stringKind && r.score == s.sure {
		return nil // Text that nothing says is a number.
	}
	return r
}

// echoes reports whether the reply says which page it is.
func (l *listing) echoes(s *sent) bool {
	return slices.ContainsFunc(l.scalars, func(h *heard) bool {
		return nameKey(h.path[len(h.path)-1]) == nameKey(s.path[len(s.path)-1])
	})
}

// addSize finds the parameter that says how many items a page has.
func (d *drafter) addSize(r *pageRule, l *listing) {
	var best *sent
	perPage := func(s *sent) bool { return strings.Contains(nameKey(s.path...), "page") }
	for _, s := range l.sentAs(sizeRole) {
		switch {
		case best == nil:
			best = s
		case r.kind == "offset" && perPage(best) != perPage(s):
			if perPage(best) {
				best = s
			}
		case s.sure > best.sure:
			best = s
		}
	}
	if best == nil {
		return
	}
	r.size = best
	points := 1
	if best.sure == 1 && !counts.MatchString(best.doc) {
		points = 0
	}
	r.sign(points, "%s is how many", best.name())
}

// startOf is the number of the first page that the description of a parameter
// or its default gives away.
func startOf(s *sent) (start int, known bool) {
	if n, ok := s.preset.(int64); ok && (n == 0 || n == 1) {
		return int(n), true
	}
	if s.s.min != nil && !s.s.min.exclusive && (s.s.min.value == "0" || s.s.min.value == "1") {
		return int(s.s.min.value[0] - '0'), true
	}
	switch {
	case fromZero.MatchString(s.doc):
		return 0, true
	case fromOne.MatchString(s.doc):
		return 1, true
	}
	return 0, false
}

var (
	fromZero = regexp.MustCompile(`(?i)(zero|0).?.?(based|indexed)|(start|begin|first page|count)[^.]{0,24}\b(0|zero)\b|default[^.]{0,12}\b0\b`)
	fromOne  = regexp.MustCompile(`(?i)(one|1).?.?(based|indexed)|(start|begin|first page|count)[^.]{0,24}\b(1|one)\b|default[^.]{0,12}\b1\b`)
)
