package draft

import (
	"fmt"
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
	if len(rules) > 1 && rules[0].kind == "cursor" && rules[1].kind == "link" && rules[1].score >= enough && l.goesBothWays(rules[0]) {
		return rules[1:] // The address says which way is on.
	}
	return rules
}

// goesBothWays reports whether a position is called after or before, and the
// other can be sent, too.
func (l *listing) goesBothWays(r *pageRule) bool {
	opposite := map[string]string{"after": "before", "before": "after"}[nameKey(r.to.path[len(r.to.path)-1])]
	return opposite != "" && slices.ContainsFunc(l.params, func(s *sent) bool { return nameKey(s.path[len(s.path)-1]) == opposite })
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
	case !contains([]string{"", "sync"}, makesByName(l.op)) && !readsByName(l.op) && !readsBySummary(l.op):
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

func (s *sent) name() string { return strings.Join(s.path, ".") }

func (h *heard) name() string { return strings.Join(h.path, ".") }

// endByMore lets a list end by what the reply says of it, when it does.
func endByMore(r *pageRule, l *listing) {
	if h := l.heardBest(moreRole); h != nil {
		r.end, r.at = "more", h.path
		r.sign(1, "%s says when it ends", h.name())
	}
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
	if best.sure == 1 && !counts().MatchString(best.doc) {
		points = 0
	}
	r.sign(points, "%s is how many", best.name())
}
