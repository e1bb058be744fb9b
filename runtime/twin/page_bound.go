package twin

import (
	"slices"
	"sort"
	"strconv"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// bound works out which places of a list a request is about: all, those from a key
// on, or those of a window of time, and no more than the list's cap.
func (x *exchange) bound(s *slice) {
	s.end = s.c.size()
	rule := s.rule
	if rule.Split != nil {
		if key, ok := x.q.slot(rule.Split.To); ok {
			s.base = x.t.firstFrom(s, rule.Split.Field, key)
		}
	}
	if rule.Style == "window" {
		if from, ok := x.q.slot(rule.To); ok {
			s.base = x.t.firstFrom(s, rule.Field, from)
		}
		if until, ok := x.q.slot(rule.Until); ok {
			s.end = max(s.base, x.t.firstFrom(s, rule.Field, until))
		}
	}
	if rule.Cap > 0 {
		s.end = min(s.end, s.base+rule.Cap)
	}
}

// firstFrom returns the place of the first item whose member is not below a value.
// Times grow along a list, as ids do.
func (t *Twin) firstFrom(s *slice, member ir.Path, value string) int {
	if member.String() == s.c.kind.id.String() {
		if p, ok := s.c.find(value); ok {
			return s.position(p)
		}
	}
	return sort.Search(s.c.size(), func(place int) bool {
		v, _ := at(t.object(s.c, s.position(place), t.opt.Now()), member)
		return !below(textOf(v), value)
	})
}

// below compares numbers as numbers, and other texts, such as times of RFC 3339, as
// texts.
func below(a, b string) bool {
	n, err := strconv.ParseFloat(a, 64)
	m, err2 := strconv.ParseFloat(b, 64)
	if err == nil && err2 == nil {
		return n < m
	}
	return a < b
}

// tooWide reports whether a request asks for a longer window than the list serves.
func (x *exchange) tooWide(rule *ir.Page) bool {
	from, begins := x.timeOf(rule.To)
	until, ends := x.timeOf(rule.Until)
	span, ok := rule.Span.Std()
	return begins && ends && ok && until.Sub(from) > span
}

// timeOf returns the time that a request has in a place.
func (x *exchange) timeOf(place *ir.Slot) (time.Time, bool) {
	text, sent := x.q.slot(place)
	if f := x.op.paramAt(place); f != nil && sent {
		return readTime(text, x.t.layout(f))
	}
	return time.Time{}, false
}

// atWindow makes the first window of a list begin with its first item, and the last
// one end behind its last.
func (t *Twin) atWindow(acct string, o *op, in *object) {
	size := t.collection(acct, o.list, "").size()
	for i, place := range []*ir.Slot{o.Page.To, o.Page.Until} {
		if f := o.paramAt(place); f != nil {
			in.set(f.Name, formatTime(epoch.Add(time.Duration(i*size)*stride), t.layout(f)))
		}
	}
}

// paramAt returns the parameter that is sent in a place; nil when there is none.
func (o *op) paramAt(place *ir.Slot) *ir.Field {
	i := slices.IndexFunc(o.Places, func(p *ir.Place) bool { return p.Name == slotName(place) })
	if i < 0 {
		return nil
	}
	return o.params[o.Places[i].Field]
}

// layout returns the form of the times of a parameter.
func (t *Twin) layout(f *ir.Field) string {
	if len(f.Type.Wire.Time) > 0 {
		return f.Type.Wire.Time[0]
	}
	return t.idx.resolve(f.Type).Wire.Time[0]
}
