package mutate

import (
	"slices"

	"github.com/porin-dev/porin/compiler/ir"
)

func (l *list) pages() {
	for _, a := range l.c.AllActions() {
		if a.Page != nil {
			l.page(a, a.Page)
		}
	}
}

func (l *list) page(a *ir.Action, p *ir.Page) {
	pos := p.Pos
	if !pos.IsValid() {
		pos = a.Pos
	}
	if p.To != nil {
		l.slot(PageParameter, pos, a.Path, &p.To, "the place in "+a.Path)
	}
	if p.Until != nil {
		l.slot(PageParameter, pos, a.Path, &p.Until, "the end of a window of "+a.Path)
	}
	if p.Split != nil {
		split := *p.Split
		split.To = wrongSlot(split.To)
		set(l.at(PageParameter, pos, a.Path, "where %s begins anew is not sent as it is declared", a.Path), &p.Split, &split)
	}
	counts := p.Style == "number" || p.Style == "offset" || slices.Contains(p.End, "short")
	if p.Size != nil && p.Size.To != nil && (p.Size.Default > 0 || counts) {
		size := *p.Size
		size.To = wrongSlot(size.To)
		set(l.at(PageSize, pos, a.Path, "the size of a page of %s is not sent as it is declared", a.Path), &p.Size, &size)
	}
	l.end(a, p, pos)
	switch p.Style {
	case "number":
		set(l.at(PageStart, pos, a.Path, "the pages of %s count from %d in place of %d", a.Path, 1-p.Start, p.Start), &p.Start, 1-p.Start)
	case "offset":
		by := another(p.By, "items", "pages")
		set(l.at(PageBy, pos, a.Path, "the offset of %s counts %s", a.Path, by), &p.By, by)
	}
	l.read(PageItems, pos, a.Path, &p.Items)
	for _, s := range []*ir.Source{p.From, p.More, p.Total, p.Pages} {
		switch {
		case s == nil:
		case s.Header != "":
			set(l.at(PageFrom, pos, a.Path, "%s reads the header %s in place of %s", a.Path, s.Header+"-X", s.Header), &s.Header, s.Header+"-X")
		case s.Link != "":
			set(l.at(PageFrom, pos, a.Path, "%s follows the link %s in place of %s", a.Path, wrong(s.Link), s.Link), &s.Link, wrong(s.Link))
		default:
			l.read(PageFrom, pos, a.Path, &s.Body)
		}
	}
}

// end takes the end of a list to be where it is not, or not where it is.
func (l *list) end(a *ir.Action, p *ir.Page, pos ir.Pos) {
	switch {
	case slices.Contains(p.End, "short"):
		set(l.at(PageEnd, pos, a.Path, "a short page is not the end of %s", a.Path), &p.End, []string{"no_cursor"})
	case p.Size != nil && p.Size.To != nil: // Else nobody knows what is short.
		set(l.at(PageEnd, pos, a.Path, "a short page, too, is the end of %s", a.Path), &p.End, append(slices.Clone(p.End), "short"))
	}
}

// read makes the client look for something of a page where it is not.
func (l *list) read(kind Kind, pos ir.Pos, action string, at *ir.Path) {
	if len(*at) == 0 {
		return // The whole answer is the list.
	}
	m := l.at(kind, pos, action, "a list looks for %s in place of %s", wrongPath(*at), *at)
	set(m, at, wrongPath(*at))
	if m.Places == nil {
		m.Places = map[string][]string{}
	}
	m.Places[action] = nil // The whole list shows it.
}
