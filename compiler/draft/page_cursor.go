package draft

import (
	"slices"
	"strings"
)

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
