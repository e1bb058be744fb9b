package codegen

import (
	"slices"
	"strings"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// pageStyles are the runtime's constants; the zero one is the cursor.
var pageStyles = map[string]string{
	"cursor": "", "scroll": "", "offset": "PageOffset", "number": "PageNumber", "link": "PageLink", "last_item": "PageLastItem",
	"window": "PageWindow",
}

// pageRule is how a list goes on, as the runtime has it.
func (g *generator) pageRule(a *ir.Action) *gofile.Code {
	p, to := a.Page, a
	if p == nil {
		list := g.c.Scrolled(a)
		if list == nil {
			return nil
		}
		p = continued(list.Page) // What the answer says is read as that of the list.
	} else if p.Style == "scroll" {
		to = g.c.Action(p.Call)
	}
	name, ok := pageStyles[p.Style]
	if !ok {
		g.fail("%s: lists in the style %q are not generated", a.Path, p.Style)
	}
	size := p.Size
	if size == nil {
		size = &ir.PageSize{}
	}
	return gofile.Op("&").Add(gofile.FieldLines(gofile.RT("PageRule"),
		gofile.KV{Name: "Style", Value: optionalRT(name)},
		gofile.KV{Name: "From", Value: g.headerSource(p.From)},
		gofile.KV{Name: "To", Value: g.slotParam(to, p.To)},
		gofile.KV{Name: "ToBody", Value: gofile.True(p.To != nil && len(p.To.Body) > 0)},
		gofile.KV{Name: "Start", Value: gofile.Int(p.Start)},
		gofile.KV{Name: "ByPages", Value: gofile.True(p.By == "pages")},
		gofile.KV{Name: "CursorOnly", Value: gofile.True(p.Keep == "cursor_only")},
		gofile.KV{Name: "EndEmpty", Value: gofile.True(slices.Contains(p.End, "empty"))},
		gofile.KV{Name: "EndShort", Value: gofile.True(slices.Contains(p.End, "short"))},
		gofile.KV{Name: "More", Value: g.headerSource(p.More)},
		gofile.KV{Name: "Total", Value: g.headerSource(p.Total)},
		gofile.KV{Name: "Pages", Value: g.headerSource(p.Pages)},
		gofile.KV{Name: "SizeField", Value: gofile.String(g.slotField(a, size.To))},
		gofile.KV{Name: "Size", Value: gofile.Int(size.Default)},
		gofile.KV{Name: "MaxSize", Value: gofile.Int(size.Max)},
		gofile.KV{Name: "Then", Value: g.opOf(p.Call)},
		gofile.KV{Name: "Until", Value: g.slotParam(a, p.Until)},
		gofile.KV{Name: "Span", Value: g.duration(p.Span)},
		gofile.KV{Name: "Time", Value: gofile.String(g.windowTime(a, p))},
		gofile.KV{Name: "Cap", Value: gofile.Int(p.Cap)},
		gofile.KV{Name: "Split", Value: g.split(a, p.Split)}))
}

// continued is the rule of the action that continues a list.
func continued(p *ir.Page) *ir.Page {
	rule := *p
	rule.Call, rule.Size, rule.Cap, rule.Split = "", nil, 0, nil
	return &rule
}

// opOf is the operation of an action; nil for none.
func (g *generator) opOf(path string) *gofile.Code {
	for gr, a := range g.c.AllActions() {
		if path != "" && a.Path == path {
			return gofile.Op("&").Id(opVar(gr, a))
		}
	}
	return nil
}

// windowTime is how the ends of windows are written.
func (g *generator) windowTime(a *ir.Action, p *ir.Page) string {
	if p.Style != "window" {
		return ""
	}
	if times := g.slotType(a, p.To).Wire.Time; len(times) > 0 {
		return times[0]
	}
	g.fail("%s: the ends of its windows are sent in no parameter that is a time", a.Path)
	return ""
}

// slotType is the type of the parameter that fills a slot.
func (g *generator) slotType(a *ir.Action, s *ir.Slot) *ir.Type {
	field := g.slotField(a, s)
	for _, f := range g.c.Fields(a.Params) {
		if f.Name == field {
			if len(f.Type.Wire.Time) > 0 {
				return f.Type
			}
			return g.resolve(f.Type)
		}
	}
	return &ir.Type{}
}

// split is how a list begins anew at its cap.
func (g *generator) split(a *ir.Action, s *ir.PageSplit) *gofile.Code {
	if s == nil {
		return nil
	}
	t := g.slotType(a, s.To)
	// &rt.PageSplit{To: rt.Param{Field: "since"}, Number: true}
	return gofile.Op("&").Add(gofile.Fields(gofile.RT("PageSplit"),
		gofile.KV{Name: "To", Value: g.slotParam(a, s.To)},
		gofile.KV{Name: "Number", Value: gofile.True(t.Kind == ir.Int || t.Kind == ir.Float)}))
}

func optionalRT(name string) *gofile.Code {
	if name == "" {
		return nil
	}
	return gofile.RT(name)
}

// headerSource is a source that the runtime reads by itself, from a header.
// What stands in the body is read by the generated reader.
func (g *generator) headerSource(s *ir.Source) *gofile.Code {
	if s == nil || s.Header == "" && s.Link == "" {
		return nil
	}
	return g.sourceRef(s)
}

// slotField is the member of the parameters that goes into a slot; a slot that
// no parameter fills is named as on the wire.
func (g *generator) slotField(a *ir.Action, s *ir.Slot) string {
	in, name := slotPlace(s)
	if name == "" || !hasParams(a) {
		return name
	}
	for i := range a.Params.Fields {
		if p := g.placeOf(a, i); p.In == in && p.Name == name {
			return p.Field
		}
	}
	return name
}

func slotPlace(s *ir.Slot) (in, name string) {
	switch {
	case s == nil:
		return "", ""
	case s.Query != "":
		return "query", s.Query
	case s.Header != "":
		return "header", s.Header
	case s.Path != "":
		return "path", s.Path
	case s.Cookie != "":
		return "cookie", s.Cookie
	}
	var steps []string
	for _, step := range s.Body {
		steps = append(steps, step.Name)
	}
	return "body", strings.Join(steps, ".")
}

func (g *generator) slotParam(a *ir.Action, s *ir.Slot) *gofile.Code {
	in, name := slotPlace(s)
	if name == "" {
		return nil
	}
	place := &ir.Place{Field: g.slotField(a, s), In: in, Name: name}
	return gofile.RT("Param").Add(g.param(place, nil))
}
