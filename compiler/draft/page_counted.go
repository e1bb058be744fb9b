package draft

import (
	"regexp"
	"slices"
	"strings"
)

// offsetRule: the client counts items.
func (d *drafter) offsetRule(l *listing) *pageRule {
	r := d.countedRule(l, "offset", offsetRole, aboutOffset())
	if r != nil && (isSCIM(l) || fromOne().MatchString(r.to.doc)) {
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
	r := d.countedRule(l, "number", numberRole, aboutPage())
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
	aboutOffset = pattern(`(?i)offset|skip|pagina|page through|starting point|start(ing)? (index|position|from|at|row|record)|first (result|item|record|row)|index of the first|zero.based|0.based`)
	aboutPage   = pattern(`(?i)page (number|index|of)|number of the page|pagina|(which|the|current|requested|result|results|specific) pages?\b[^.]*\b(return|retriev|fetch|get|display|show|request|list|result)|results? pages?|pages? (to|you)|(1|0|one|zero).(based|indexed)|pages? of (the )?(results?|items|list)|page of data`)
)

// aboutKey says that what is sent is the key of something.
var aboutKey = pattern(`(?i)^\W*(the )?(unique )?(identifier|id|uuid|key|name|title|slug) of`)

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
	case kind == "offset" && aboutKey().MatchString(s.doc):
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
	case fromZero().MatchString(s.doc):
		return 0, true
	case fromOne().MatchString(s.doc):
		return 1, true
	}
	return 0, false
}

var (
	fromZero = pattern(`(?i)(zero|0).?.?(based|indexed)|(start|begin|first page|count)[^.]{0,24}\b(0|zero)\b|default[^.]{0,12}\b0\b`)
	fromOne  = pattern(`(?i)(one|1).?.?(based|indexed)|(start|begin|first page|count)[^.]{0,24}\b(1|one)\b|default[^.]{0,12}\b1\b`)
)
