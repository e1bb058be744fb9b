package draft

import (
	"slices"
)

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
	if !l.linked && !slices.ContainsFunc(l.sent, func(s *sent) bool { return spokenLink().MatchString(s.doc) }) {
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
var spokenLink = pattern(`(?i)\blink\W{1,3}header`)
