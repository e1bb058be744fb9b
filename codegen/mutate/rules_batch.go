package mutate

import "github.com/porin-dev/porin/compiler/ir"

func (l *list) batches() {
	for _, a := range l.c.AllActions() {
		if a.Batch != nil {
			l.batch(a, a.Batch)
		}
	}
}

// batch makes a call have too many items, and their outcomes be looked for where they are not.
func (l *list) batch(a *ir.Action, b *ir.Batch) {
	if b.Max > 0 {
		set(l.at(BatchMost, b.Pos, a.Path, "a call of %s has up to %d items in place of %d", a.Path, 2*b.Max, b.Max), &b.Max, 2*b.Max)
	}
	for _, at := range []*ir.Path{&b.Results, &b.Failures} {
		if len(*at) > 0 { // Else the whole answer is the list, or there is none.
			set(l.at(BatchResults, b.Pos, a.Path, "%s looks for outcomes in %s in place of %s", a.Path, wrongPath(*at), *at), at, wrongPath(*at))
		}
	}
	if len(b.Match) > 0 {
		set(l.at(BatchMatch, b.Pos, a.Path, "%s tells the items of a call apart by %s in place of %s", a.Path, wrongPath(b.Match), b.Match), &b.Match, wrongPath(b.Match))
	}
	set(l.at(BatchAtomic, b.Pos, a.Path, "that nothing is done in %s when one item fails is %v in place of %v", a.Path, !b.Atomic, b.Atomic), &b.Atomic, !b.Atomic)
	for _, r := range b.Errors {
		l.errorRule(r, a.Path)
	}
}
