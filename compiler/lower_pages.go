package compiler

import (
	"slices"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

var pageStyles = []string{"cursor", "offset", "number", "link", "last_item", "scroll", "window"}

// endsOf lists the end rules that make sense for a style; the first is what a
// list of that style ends with unless the spec says otherwise.
var endsOf = map[string][]string{
	"cursor":    {"no_cursor", "empty", "short", "more", "total"},
	"link":      {"no_cursor", "empty", "more"},
	"offset":    {"short", "empty", "more", "total"},
	"number":    {"short", "empty", "more", "total", "pages"},
	"last_item": {"empty", "short", "more", "total"},
	"scroll":    {"no_cursor", "empty", "short", "more", "total"},
	"window":    {},
}

func (c *compilation) lowerPage(n, action node, a *ir.Action) *ir.Page {
	p := &ir.Page{Pos: n.labelPos(), Keep: or(n.get("keep").str(), "all")}
	if a.Returns == nil {
		c.report.Errorf(diag.PageWithoutReply, n.labelPos(), "`%s` has a page rule and returns nothing", action.name).
			Help("add `returns` with the type of one page")
		return nil
	}
	c.lowerItems(n.get("items"), a, p)
	for _, style := range pageStyles {
		if s := n.get(style); s.exists() {
			p.Style = style
			c.lowerPageStyle(s, a, p)
		}
	}
	for _, e := range n.get("end").list() {
		c.lowerEnd(e, n, p)
	}
	c.lowerEndSources(n, a, p)
	c.lowerPageSize(n.get("size"), a, p)
	c.lowerCap(n.get("cap"), a, p)
	return p
}

func (c *compilation) lowerItems(n node, a *ir.Action, p *ir.Page) {
	path, t := c.pathInType(n, a.Returns)
	p.Items = path
	if n.str() == "" {
		t = c.resolve(a.Returns)
	}
	switch {
	case t == nil:
		p.Item = &ir.Type{Kind: ir.Any, Pos: n.pos()}
	case t.Kind == ir.List:
		p.Item = t.Elem
	case t.Kind == ir.Any:
		c.pathUnchecked(n.str(), n.pos())
		p.Item = &ir.Type{Kind: ir.Any, Pos: n.pos()}
	default:
		c.report.Errorf(diag.ItemsNotList, n.pos(), "`items` leads to %s, and the items of a page are a list", kindNoun(t)).
			Also(t.Pos, "it leads here")
		p.Item = &ir.Type{Kind: ir.Any, Pos: n.pos()}
	}
}

func (c *compilation) lowerPageStyle(s node, a *ir.Action, p *ir.Page) {
	switch p.Style {
	case "cursor":
		p.From = c.pageSource(s.get("from"), a, "a cursor is text or a number", positionKinds...)
		p.To = c.pageSlot(s.get("to"), a, ir.String)
	case "link":
		p.From = c.pageSource(s.get("from"), a, "an address is text", ir.String)
	case "offset":
		p.By, p.Start = s.get("by").str(), s.get("start").int()
		p.To = c.pageSlot(s.get("to"), a, ir.Int)
	case "number":
		p.Start = s.get("start").int()
		p.To = c.pageSlot(s.get("to"), a, ir.Int)
	case "last_item":
		p.Field, _ = c.pathInType(s.get("field"), p.Item)
		c.checkItemKey(s.get("field"), p)
		p.To = c.pageSlot(s.get("to"), a, ir.String)
	case "scroll":
		p.From = c.pageSource(s.get("from"), a, "a token is text or a number", positionKinds...)
		p.Call = s.get("call").str()
		p.To = c.lowerSlot(s.get("to"))
		c.scrolls = append(c.scrolls, scroll{s, a})
	case "window":
		c.lowerWindow(s, a, p)
	}
}

// checkItemKey makes sure that whatever type an item has, it has the key that the
// list goes on from: one without it would end the list.
func (c *compilation) checkItemKey(n node, p *ir.Page) {
	union := c.resolve(p.Item)
	if union == nil || union.Kind != ir.Union || len(p.Field) == 0 {
		return
	}
	for _, v := range union.Variants {
		if t := c.resolve(v); t == nil || t.Kind == ir.Any || t.Kind == ir.Map || fieldOf(t, p.Field[0].Name) != nil {
			continue
		}
		c.report.Errorf(diag.PathNotInType, n.pos(), "not every item has `%s`, behind which the list goes on", p.Field[0].Name).
			Also(v.Pos, "this one has none")
		return
	}
}

// positionKinds are the types of what can be sent back.
var positionKinds = []ir.Kind{ir.String, ir.Int, ir.Float, ir.Enum}

// pageSource lowers where a page rule reads something; a body path has to lead
// to one of the kinds.
func (c *compilation) pageSource(n node, a *ir.Action, rule string, kinds ...ir.Kind) *ir.Source {
	src, t := c.sourceIn(n, a.Returns)
	if t != nil && t.Kind != ir.Any && t.Kind != ir.Union && !slices.Contains(kinds, t.Kind) {
		c.report.Errorf(diag.PathWrongType, n.pos(), "the path leads to %s, and %s", kindNoun(t), rule).
			Also(t.Pos, "it leads here")
	}
	return src
}

// pageSlot lowers where a position or a size is sent, which has to be a
// parameter of the action that can hold it.
func (c *compilation) pageSlot(n node, a *ir.Action, kind ir.Kind) *ir.Slot {
	slot, _ := c.pageParam(n, a, kind)
	return slot
}

// pageParam is pageSlot with the type of the parameter.
func (c *compilation) pageParam(n node, a *ir.Action, kind ir.Kind) (*ir.Slot, *ir.Type) {
	slot := c.lowerSlot(n)
	return slot, c.slotType(n, slot, a, kind)
}

// slotType is the type of the parameter that a slot names; nil when there is none,
// which is reported.
func (c *compilation) slotType(n node, slot *ir.Slot, a *ir.Action, kind ir.Kind) *ir.Type {
	if slot == nil {
		return nil
	}
	in, name := slotPlace(slot)
	at := n
	for _, f := range n.fields() {
		at = f
	}
	var names []string
	for i, p := range a.Places {
		if p.In != in {
			continue
		}
		names = append(names, p.Name)
		if p.Name != name {
			continue
		}
		t := c.resolve(a.Params.Fields[i].Type)
		if !holds(t, kind) {
			c.report.Errorf(diag.PageParamType, at.pos(), "`%s` is %s, which cannot hold what is sent to it", name, kindNoun(t)).
				Also(a.Params.Fields[i].Pos, "declared here")
		}
		return t
	}
	c.report.Errorf(diag.PageParamUnknown, at.pos(), "`%s` has no %s parameter `%s`", a.Path, in, name).Label("not a parameter").
		DidYouMean(name, names)
	return nil
}

func slotPlace(s *ir.Slot) (in, name string) {
	switch {
	case s.Query != "":
		return "query", s.Query
	case s.Header != "":
		return "header", s.Header
	case s.Path != "":
		return "path", s.Path
	case s.Cookie != "":
		return "cookie", s.Cookie
	case len(s.Body) > 0:
		return "body", s.Body[0].Name
	}
	return "", ""
}

func holds(t *ir.Type, kind ir.Kind) bool {
	if t == nil {
		return true
	}
	switch t.Kind {
	case ir.Any, ir.Union, ir.String, ir.Enum:
		return true
	case ir.Int, ir.Float:
		return true
	case ir.Object:
		return kind == ir.String // The position goes to a member below.
	}
	return false
}

func (c *compilation) lowerEnd(e, page node, p *ir.Page) {
	end := e.str()
	allowed, known := endsOf[p.Style]
	if known && len(allowed) == 0 {
		c.report.Errorf(diag.EndUnfit, e.pos(), "a list paged by %s ends with its last window, and has no `end`", p.Style)
		return
	}
	if known && !slices.Contains(allowed, end) {
		c.report.Errorf(diag.EndUnfit, e.pos(), "a list paged by %s cannot end by %q", p.Style, end).
			Help("it can end by %s", diag.Or(allowed))
		return
	}
	needs := map[string]string{"more": "more", "total": "total", "pages": "pages"}[end]
	if needs != "" && !page.get(needs).exists() {
		c.report.Errorf(diag.EndNeedsSource, e.pos(), "the end %q needs to know where it is read", end).
			Help("add %s: \"path.in.the.response\"", needs)
	}
	p.End = append(p.End, end)
}

// lowerEndSources lowers where the ends are read, and makes sure that the list
// can end.
func (c *compilation) lowerEndSources(n node, a *ir.Action, p *ir.Page) {
	p.More = c.pageSource(n.get("more"), a, "whether there is more is true or false", ir.Bool)
	p.Total = c.pageSource(n.get("total"), a, "a total is a number", ir.Int, ir.Float)
	p.Pages = c.pageSource(n.get("pages"), a, "the number of pages is a number", ir.Int, ir.Float)
	if n.get("end").exists() || p.Style == "window" {
		if n.get("end").isList() && len(n.get("end").list()) == 0 {
			c.pageCannotEnd(n.get("end"), p)
		}
		return
	}
	switch p.Style {
	case "cursor", "link", "scroll":
		p.End = []string{"no_cursor"} // Nothing to send ends the list by itself.
	case "":
	default:
		c.pageCannotEnd(n, p)
	}
}

func (c *compilation) pageCannotEnd(n node, p *ir.Page) {
	c.report.Errorf(diag.PageCannotEnd, n.labelPos(), "nothing says when a list paged by %s ends", p.Style).
		Help("add end: [%q], or another of %s", endsOf[p.Style][0], diag.Or(endsOf[p.Style][1:]))
}

func (c *compilation) lowerPageSize(n node, a *ir.Action, p *ir.Page) {
	if !n.sound() {
		return
	}
	slot, t := c.pageParam(n.get("to"), a, ir.Int)
	p.Size = &ir.PageSize{To: slot, Default: n.get("default").int(), Max: n.get("max").int()}
	if t != nil && p.Size.Default > 0 && !within(t, float64(p.Size.Default)) {
		c.report.Errorf(diag.PageSizeRange, n.get("default").pos(), "the default size %d is outside the bounds of the parameter", p.Size.Default).
			Also(t.Pos, "the bounds")
	}
	if p.Size.Max > 0 && p.Size.Default > p.Size.Max {
		c.report.Errorf(diag.PageSizeRange, n.get("default").pos(), "the default size %d is above the maximum %d", p.Size.Default, p.Size.Max).
			Also(n.get("max").pos(), "the maximum")
	}
}
