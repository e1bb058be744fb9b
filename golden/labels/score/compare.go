package score

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// comparison fills the scores of one document.
type comparison struct {
	doc    *Document
	draft  drafted
	scores *Scores
}

func (c *comparison) run() {
	for _, operation := range slices.Sorted(maps.Keys(c.doc.Operations)) {
		label := c.doc.Operations[operation]
		action := c.draft.action(operation)
		c.effect(operation, label, action)
		c.page(operation, label, action)
	}
	c.auth()
	c.errors()
}

// effect compares the effect of one operation. Every operation has one, so
// that precision counts the actions that there are.
func (c *comparison) effect(operation string, label Operation, a *ir.Action) {
	count := c.scores.count(Effects)
	count.Labelled++
	if a == nil {
		c.miss(Effects, operation, label.Effect.String(), "no action")
		return
	}
	count.Drafted++
	got := string(a.Effect)
	if slices.Contains(label.Effect, got) {
		count.Right++
		count.Found++
		return
	}
	c.miss(Effects, operation, label.Effect.String(), got)
	if !mayRepeat(label.Effect, a.Effect) {
		c.scores.Unsafe++
	}
}

// mayRepeat reports whether repeating a call as its drafted effect allows does
// no harm. An effect that is repeated with a key is right where a key works.
func mayRepeat(label anyOf, drafted ir.Effect) bool {
	safe := slices.Contains(label, string(ir.Read)) || slices.Contains(label, string(ir.Idempotent))
	switch drafted {
	case ir.Read, ir.Idempotent:
		return safe
	case ir.Keyed:
		return safe || slices.Contains(label, string(ir.Keyed))
	}
	return true
}

func (c *comparison) page(operation string, label Operation, a *ir.Action) {
	count := c.scores.count(Paging)
	if len(label.Page) > 0 {
		count.Labelled++
	}
	got := "no page rule"
	if a != nil && a.Page != nil {
		count.Drafted++
		rule := pageOf(a.Page)
		if at := slices.IndexFunc(label.Page, func(p Page) bool { return p.holds(rule) }); at >= 0 {
			count.Right++
			count.Found++
			c.end(operation, label.Page[at].End, a.Page.End)
			return
		}
		got = rule.String()
	} else if len(label.Page) == 0 {
		return
	}
	want := make([]string, len(label.Page))
	for i, p := range label.Page {
		want[i] = p.String()
	}
	c.miss(Paging, operation, strings.Join(want, " or "), got)
}

// end compares what ends a list whose rule is right. One wrong end among
// several cuts lists short or never stops.
func (c *comparison) end(operation string, want anyOf, got []string) {
	if len(want) == 0 {
		return
	}
	count := c.scores.count(Ends)
	count.Labelled++
	count.Drafted++
	for _, g := range got {
		if !slices.Contains(want, g) {
			c.miss(Ends, operation, want.String(), strings.Join(got, " and "))
			return
		}
	}
	count.Right++
	count.Found++
}

// pageOf says a rule of the IR in the words of a label.
func pageOf(p *ir.Page) Page {
	start := p.Start
	return Page{
		Kind: p.Style, Items: p.Items.String(), From: source(p.From), To: slot(p.To),
		Field: p.Field.String(), Start: &start, By: p.By,
	}
}

// holds reports whether a drafted rule is this one. What the label leaves open
// is not compared.
func (p Page) holds(got Page) bool {
	return p.Kind == got.Kind && p.Items == got.Items && p.From == got.From && p.To == got.To &&
		(p.Field == "" || p.Field == got.Field) &&
		(p.By == "" || p.By == got.By) &&
		(p.Start == nil || *p.Start == *got.Start)
}

func (p Page) String() string {
	s := p.Kind
	for _, part := range []struct{ word, value string }{{"from", p.From}, {"field", p.Field}, {"to", p.To}, {"by", p.By}} {
		if part.value != "" {
			s += " " + part.word + " " + part.value
		}
	}
	if p.Kind == "number" && p.Start != nil {
		s += fmt.Sprintf(" start %d", *p.Start)
	}
	return s + fmt.Sprintf(" items %q", p.Items)
}

// slot names a place of a request as labels do.
func slot(s *ir.Slot) string {
	switch {
	case s == nil:
		return ""
	case s.Header != "":
		return "header " + s.Header
	case s.Cookie != "":
		return "cookie " + s.Cookie
	case len(s.Body) > 0:
		return "body." + s.Body.String()
	}
	return s.Query + s.Path
}

// source names a place of a response as labels do.
func source(s *ir.Source) string {
	switch {
	case s == nil:
		return ""
	case s.Link != "":
		return "header Link"
	case s.Header != "":
		return "header " + s.Header
	}
	return s.Body.String()
}

func (c *comparison) miss(area Area, operation, want, got string) {
	c.scores.Misses = append(c.scores.Misses, Miss{area, c.doc.Name, operation, want, got})
}
