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
