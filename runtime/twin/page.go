package twin

import (
	"strconv"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// Sizes of pages where nothing is declared.
const (
	sizeDefault = 100
	sizeMost    = 1000
)

// paging is how faults bend the page that a request gets.
type paging struct {
	size       int    // 0: as asked for.
	start      int    // Moves the first position.
	empty      bool   // No items; the page goes on where it would have begun.
	repeat     bool   // What leads on leads here.
	expired    bool   // The position is not known any more.
	unmarked   bool   // The mark of the end is left out.
	duplicate  bool   // The last item of the page before comes first.
	badTotal   bool   // The total is off.
	relative   bool   // Addresses are relative.
	foreign    string // Addresses are of this origin.
	deepest    int    // Positions from here on are refused; 0 is none.
	worked     bool   // The page went on, or was refused, as bent.
	continuing bool   // The request was for a page after the first.
}

// slice is the page of a list that a request gets.
type slice struct {
	rule   *ir.Page
	c      *collection
	view   *view // What of it the list has.
	newest bool  // The list begins with the newest item.
	base   int   // Place of the first item that the request is about at all.
	end    int   // Place after the last such.
	from   int   // Place in the list of the first item.
	to     int   // Place after the last.
	nth    int   // Items before the first, where they are counted.
	size   int
	asked  int // The size without faults.
	last   bool
	items  []any
}

// position returns where in the collection the item at a place of the list is.
func (s *slice) position(place int) int {
	if s.newest {
		return s.c.size() - 1 - place
	}
	return place
}

// anchor turns a place into a number that goes on meaning the same item when
// items are added, and such a number into a place.
func (s *slice) anchor(place int) int {
	if s.newest {
		return s.c.size() - place
	}
	return place
}

// list answers a list, by page where the action has a page rule. It returns a
// refusal, or nil.
func (x *exchange) list(k *kind, u *ir.ResourceUse, a *answer) *answer {
	rule := x.op.Page
	var place ir.Path
	if u != nil {
		place = u.At
	}
	parent := ""
	if k.within != nil {
		parent = textOf(x.in[k.within.In(u)])
	}
	c := x.t.collection(x.owner(), k, parent)
	newest := u != nil && u.Order == "newest"
	if rule == nil {
		s := &slice{c: c, view: x.view(u, c), newest: newest, to: c.size(), end: c.size(), last: true}
		if c.size() > sizeMost {
			x.long = &listing{slice: s, t: x.t}
			x.long.first = x.long.part()
			a.body = put(a.body, place, x.long)
			return nil
		}
		x.t.collect(s, x)
		a.body = put(a.body, place, s.items)
		return nil
	}
	s, refused := x.locate(rule, &slice{rule: rule, c: c, newest: newest})
	if refused != nil {
		return refused
	}
	s.view = x.view(u, s.c)
	if s.view.partial() && counted(rule) {
		s.nth = s.from - s.base
		s.from = s.skip(s.nth)
	}
	x.t.collect(s, x)
	a.body = x.putDeclared(a.body, rule.Items, s.items)
	next := x.mark(s, a)
	x.entry.Page = &PageState{From: s.before(), Items: len(s.items), Size: s.size, Asked: x.askedSize(rule), Next: next}
	return nil
}

// locate works out which page of a list a request asks for.
func (x *exchange) locate(rule *ir.Page, s *slice) (*slice, *answer) {
	if rule.Style == "window" && x.tooWide(rule) {
		return nil, x.t.refuse(x.op, failure{class: ir.Invalid, hints: []string{"range", "window", "invalid"}, or: []ir.Class{ir.Rejected}})
	}
	x.bound(s)
	s.asked, s.size = x.pageSize(rule)
	sent, numbered := "", false
	switch {
	case rule.Style == "window":
		s.size = s.end - s.base
	case rule.To != nil:
		sent, _ = x.q.slot(rule.To)
	case rule.Style != "scroll":
		var link string
		link, numbered = linkParam(x.op.Action)
		sent, _ = firstOf(x.q.query, link)
	}
	x.paging.continuing = sent != ""
	s.from = s.base
	ok := sent != "" || x.op.scrolls == nil // What continues a list begins none.
	switch {
	case sent == "":
	case rule.Style == "offset":
		n, err := strconv.Atoi(sent)
		if n -= rule.Start; rule.By == "pages" {
			n *= s.size
		}
		s.from, ok = s.from+n, err == nil && n >= 0
	case rule.Style == "number":
		n, err := strconv.Atoi(sent)
		s.from, ok = s.base+(n-rule.Start)*s.size, err == nil && n >= rule.Start
	case numbered:
		s.from, ok = readNumber(s, sent)
	case rule.Style == "last_item":
		s.from, ok = x.after(s, rule, sent)
	default:
		var parent string
		if s.from, parent, ok = x.readCursor(sent); ok && parent != "" {
			s.c = x.t.collection(x.owner(), s.c.kind, parent)
		}
		s.from = s.anchor(s.from)
	}
	if x.paging.expired && sent != "" {
		ok, x.paging.worked = false, true
	}
	if !ok {
		return nil, x.t.refuse(x.op, failure{class: ir.CursorExpired, hints: []string{"cursor", "page", "invalid"}, or: []ir.Class{ir.Invalid, ir.Rejected}})
	}
	if deepest := x.deepest(rule); deepest > 0 && s.from-s.base >= deepest {
		x.paging.worked = x.paging.deepest > 0
		return nil, x.t.refuse(x.op, failure{class: ir.Invalid, hints: []string{"limit", "page", "invalid"}, or: []ir.Class{ir.Rejected}})
	}
	return s, nil
}

// counted reports whether a list goes on behind a number of items.
func counted(rule *ir.Page) bool { return rule.Style == "offset" || rule.Style == "number" }

// count returns how many items the list has.
func (s *slice) count() int {
	if !s.view.partial() {
		return s.c.size() - s.base - len(s.c.gone)
	}
	n := 0
	for place := s.base; place < s.end; place++ {
		if s.view.has(s.position(place)) {
			n++
		}
	}
	return n
}

// before returns how many items that its parameters leave a list has before the page; its
// place where they rule nothing out.
func (s *slice) before() int {
	if len(s.view.tests) == 0 {
		return s.from
	}
	n := 0
	for place := s.base; place < s.from; place++ {
		if s.view.has(s.position(place)) {
			n++
		}
	}
	return n
}

// skip returns the place behind the first n items.
func (s *slice) skip(n int) int {
	place := s.base
	for ; place < s.end && n > 0; place++ {
		if s.view.has(s.position(place)) {
			n--
		}
	}
	return place
}

// deepest returns the position from which a list is refused.
func (x *exchange) deepest(rule *ir.Page) int {
	if x.paging.deepest > 0 {
		return x.paging.deepest
	}
	if rule.Style == "offset" || rule.Style == "number" {
		return rule.Cap
	}
	return 0
}

// pageSize returns the size asked for, within what is declared, and what a fault
// leaves of it.
func (x *exchange) pageSize(rule *ir.Page) (asked, size int) {
	n, most := sizeDefault, sizeMost
	if p := rule.Size; p != nil {
		if p.Default > 0 {
			n = p.Default
		}
		if p.Max > 0 {
			most = p.Max
		}
		if v := x.askedSize(rule); v > 0 {
			n = v
		}
	}
	n = min(n, most)
	cut := x.paging.size
	if cut >= n { // A page is smaller than was asked for, however small that is.
		cut = n / 2
	}
	if cut > 0 {
		x.paging.worked = true
		return n, cut
	}
	return n, n
}

// askedSize returns the size of a page that a request names; 0 is none.
func (x *exchange) askedSize(rule *ir.Page) int {
	if rule.Size == nil || rule.Size.To == nil {
		return 0
	}
	sent, _ := x.q.slot(rule.Size.To)
	n, err := strconv.Atoi(sent)
	if err != nil {
		return 0
	}
	return max(n, 0)
}

// after returns the place that follows the item with a key.
func (x *exchange) after(s *slice, rule *ir.Page, key string) (int, bool) {
	c := s.c
	if rule.Field.String() == c.kind.id.String() {
		p, ok := c.find(key)
		return s.position(p) + 1, ok // The place of a position is found as its position is.
	}
	for place := range c.size() {
		p := s.position(place)
		if v, ok := at(x.t.object(c, p, x.now), rule.Field); ok && textOf(v) == key && !c.gone[p] {
			return place + 1, true
		}
	}
	return 0, false
}

// collect makes the items of a slice.
func (t *Twin) collect(s *slice, x *exchange) {
	p := max(0, s.from+x.paging.start)
	end := s.end
	want := s.size
	if s.rule == nil {
		want = s.to
	}
	s.items = make([]any, 0, max(0, min(want, end-p)))
	if x.paging.duplicate && p > 0 && p < end {
		s.items = append(s.items, t.item(s.c, s.position(p-1), x.now))
		x.paging.worked = true
	}
	if x.paging.empty && p < end {
		want = 0
		x.paging.worked = true
	}
	for ; p < end && want > 0; p++ {
		if item, ok := s.view.item(s.position(p)); ok {
			s.items = append(s.items, item)
			want--
		}
	}
	s.to = p
	for p < end && !s.view.has(s.position(p)) { // What is left may all be deleted.
		p++
	}
	s.last = p >= end
}

// item returns an object as it stands in a list.
func (t *Twin) item(c *collection, p int, now time.Time) any {
	switch form := c.kind.form; {
	case c.kind.plain && form != nil && (form.Kind == ir.List || form.Kind == ir.Map):
		s := synth{idx: t.idx, rng: newRNG(t.opt.Seed, c.name[0], c.name[1], c.name[2], strconv.Itoa(p)), now: epoch}
		return s.value(form, c.kind.name, 0)
	case c.kind.plain:
		return c.idValue(c.id(p))
	}
	return t.object(c, p, now)
}
