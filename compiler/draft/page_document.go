package draft

import (
	"strconv"
	"strings"
)

// alikeOps is how many operations of a document have to page one way before one
// with fewer signs is taken to page so, too.
const alikeOps = 3

// judgePages decides how lists go on, from what every operation shows and from
// what the document has in common: an API that pages one way seldom has
// another.
func (d *drafter) judgePages() {
	d.judged = map[*operation]*pageRule{}
	var doubtful []*pageRule
	about := map[*pageRule]*operation{}
	tally := map[string]int{}
	for _, op := range d.doc.ops {
		l := d.listingOf(op)
		if l == nil {
			continue
		}
		if r, says := d.statedRule(l); says {
			if r != nil {
				d.judged[op] = r
			}
			continue
		}
		for _, r := range d.rulesOf(l) {
			if r.score >= enough {
				d.judged[op] = r
				tally[r.key()]++
				break
			}
			if r.score == enough-1 {
				doubtful = append(doubtful, r)
				about[r] = op
			}
		}
	}
	for _, r := range doubtful {
		if op := about[r]; d.judged[op] == nil && tally[r.key()] >= alikeOps {
			r.sign(1, "%s operations are alike", strconv.Itoa(tally[r.key()]))
			d.judged[op] = r
		}
	}
	d.dropLoners(tally)
	d.settleStarts()
	for op, r := range d.judged {
		d.keepAsText(op, r)
	}
}

// keepAsText lets positions that look like times be the text that they are: they
// are sent back as they came.
func (d *drafter) keepAsText(op *operation, r *pageRule) {
	reply := d.replyOf(op)
	d.timeToText(reply, r.from)
	if list := d.shapeAt(reply, r.items); list != nil && list.kind == listKind {
		d.timeToText(d.plainly(list.elem), r.field)
	}
	if r.to == nil || r.kind != "cursor" && r.kind != "last_item" {
		return
	}
	if r.to.in == "body" && op.body != nil && op.body.schema != nil {
		d.timeToText(d.plainly(op.body.schema), r.to.path)
	}
	for _, p := range op.params {
		if p.in == r.to.in && p.name == r.to.path[0] {
			p.schema = d.asText(p.schema)
		}
	}
}

func (d *drafter) timeToText(s *schema, path []string) {
	for i, name := range path {
		m := s.member(name)
		if m == nil {
			return
		}
		if i == len(path)-1 {
			m.schema = d.asText(m.schema)
			return
		}
		s = d.plainly(m.schema)
	}
}

// asText is a schema without the format of a time.
func (d *drafter) asText(s *schema) *schema {
	whole := d.plainly(s)
	if whole.kind != stringKind || whole.format != "date-time" && whole.format != "date" {
		return s
	}
	c := *whole
	c.format, c.nullable, c.doc = "", s.nullable || whole.nullable, first(s.doc, whole.doc)
	return &c
}

// dropLoners takes back rules with few signs of operations whose replies lack
// what nearly all lists of the document go on with.
func (d *drafter) dropLoners(tally map[string]int) {
	most, all := 0, 0
	for key, n := range tally {
		all += n
		if strings.HasPrefix(key, "cursor ") || strings.HasPrefix(key, "link ") && key != "link next" {
			most = max(most, n)
		}
	}
	if most < 10 || most*10 < all*8 {
		return
	}
	for op, r := range d.judged {
		if r.by == "" && r.score <= enough && (r.kind == "number" || r.kind == "offset") {
			delete(d.judged, op)
		}
	}
}

// settleStarts gives the first page the number that any operation says it has.
func (d *drafter) settleStarts() {
	known := map[string]int{}
	for _, op := range d.doc.ops {
		if r := d.judged[op]; r != nil && r.kind == "number" && r.by == "" {
			if start, ok := startOf(r.to); ok {
				if _, earlier := known[r.to.name()]; !earlier {
					known[r.to.name()] = start
				}
			}
		}
	}
	for _, op := range d.doc.ops {
		r := d.judged[op]
		if r == nil || r.kind != "number" || r.by != "" {
			continue
		}
		if start, ok := startOf(r.to); ok {
			r.start = start
		} else if start, ok := known[r.to.name()]; ok {
			r.start = start
		}
	}
}
