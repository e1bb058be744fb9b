package gauntlet

import (
	"slices"
	"strconv"

	"github.com/porin-dev/porin/compiler/ir"
)

const (
	// smallPage is the size that workloads ask for, where a list takes one: many
	// pages then cost few objects.
	smallPage = 20

	// usualPage is the size of a page where nothing says it.
	usualPage = 200

	// maxPages is how many pages of the size that a list gives unasked a volume
	// may fill. Where those are tiny, a long list has fewer objects.
	maxPages = 1000
)

// givenPage is the size of the pages of a list when nobody asks for one.
func givenPage(list *ir.Action) int {
	if list == nil || list.Page == nil || list.Page.Size == nil || list.Page.Size.Default == 0 {
		return usualPage
	}
	return list.Page.Size.Default
}

// pageSize returns the parameter of a list that asks for a size, and the size
// that workloads count with. The parameter is "" where the list takes none.
func (p *Plan) pageSize(list *ir.Action) (field string, size int) {
	size = givenPage(list)
	if list == nil || list.Page == nil || list.Page.Size == nil {
		return "", size
	}
	if most := list.Page.Size.Max; most > 0 && most < smallPage {
		return "", size
	}
	if field = sizeField(list); field == "" {
		return "", size
	}
	return field, smallPage
}

// sizeField is the parameter of a list that asks for a size; "" is none.
func sizeField(list *ir.Action) string {
	return fieldAt(list, list.Page.Size.To)
}

// fieldAt is the parameter of an action that goes to a place; "" is none.
func fieldAt(a *ir.Action, to *ir.Slot) string {
	if to == nil {
		return ""
	}
	for _, place := range a.Places {
		if place.Name == to.Query && place.In == "query" || place.Name == to.Header && place.In == "header" ||
			place.Name == to.Body.String() && place.In == "body" {
			return place.Field
		}
	}
	return ""
}

// namesSize reports whether callers have to say how large the pages of a list are.
func (p *Plan) namesSize(list *ir.Action) bool {
	field := sizeField(list)
	return slices.ContainsFunc(p.Spec.Fields(list.Params), func(f *ir.Field) bool { return f.Name == field && f.Required })
}

// numeral is a number as a parameter of an action takes it: documents declare
// sizes as text, too.
func (p *Plan) numeral(a *ir.Action, field string, n int) JSON {
	for _, f := range p.Spec.Fields(a.Params) {
		if t := p.Spec.Resolve(f.Type); f.Name == field && t != nil && t.Kind == ir.String {
			return JSON(strconv.Quote(strconv.Itoa(n)))
		}
	}
	return JSON(strconv.Itoa(n))
}
