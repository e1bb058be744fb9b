package gauntlet

import (
	"slices"

	"github.com/porin-dev/porin/compiler/ir"
)

// pickPromised picks actions by what their answers promise, for scenarios that
// break a promise.
func (p *Plan) pickPromised() {
	p.PromisedList = best(p.Spec, func(a *ir.Action) int { return when(p.member(a) != "", p.rankListed(a)) })
	p.PromisedRead = best(p.Spec, func(a *ir.Action) int { return when(p.member(a) != "", p.rankRead(a)) })
	p.Tagged = best(p.Spec, p.rankTagged)
	p.EnumList = best(p.Spec, func(a *ir.Action) int { return when(a.Page != nil && p.hasEnum(a.Page.Item), p.rankListed(a)) })
}

// suited is the action whose answer a fault is to change: Read, another read, or else a list,
// where the fault has an effect on it. It is nil where it has on none.
func (p *Plan) suited(fault string) *ir.Action {
	suits := func(a *ir.Action) bool { return p.probe().Suits(fault, a.Path) }
	if p.Read != nil && suits(p.Read) {
		return p.Read
	}
	for _, rank := range []func(*ir.Action) int{p.rankRead, p.rankList} {
		if a := best(p.Spec, func(a *ir.Action) int {
			r := rank(a)
			return when(r > 0 && suits(a), r)
		}); a != nil {
			return a
		}
	}
	return nil
}

// rankTagged prefers lists, which have many variants.
func (p *Plan) rankTagged(a *ir.Action) int {
	if a.Page != nil {
		return when(p.tagged(a.Page.Item, 0), p.rankList(a))
	}
	return when(p.tagged(a.Returns, 0), min(p.rankRead(a), 1))
}

// tagged reports whether every value of a type holds a variant with a tag.
func (p *Plan) tagged(t *ir.Type, within int) bool {
	if t = p.Spec.Resolve(t); t == nil || within > maxWithin {
		return false
	}
	switch t.Kind {
	case ir.Union:
		return !slices.ContainsFunc(t.Variants, func(v *ir.Type) bool { return p.Spec.Tag(t, v) == nil })
	case ir.List:
		return p.tagged(t.Elem, within+1)
	}
	return slices.ContainsFunc(p.Spec.Fields(t), func(f *ir.Field) bool {
		return f.Promised() && !f.Type.Nullable && p.tagged(f.Type, within+1)
	})
}

func when(ok bool, rank int) int {
	if !ok {
		return 0
	}
	return rank
}

// rankListed is the rank of a list whose items can be told apart.
func (p *Plan) rankListed(a *ir.Action) int {
	return when(a.Page != nil && len(p.Spec.ItemID(a)) > 0, p.rankList(a))
}

// listOf returns the list that a scenario reads.
func (p *Plan) listOf(s *Scenario) *ir.Action {
	for _, r := range s.Roles {
		if slices.Contains([]Role{RoleList, RolePromisedList, RoleEnumList}, r) {
			return p.role(r)
		}
	}
	return p.List
}

// member returns the name of a required member of an action's items, or else of
// its answer, whose loss a reader can live with: neither an id nor what tells a
// success from a failure. It is "" when there is none.
func (p *Plan) member(a *ir.Action) string {
	skip := map[string]bool{"id": true}
	for _, r := range a.Errors {
		for _, m := range r.When.Body {
			if len(m.At) > 0 {
				skip[m.At[0].Name] = true
			}
		}
	}
	if a.Page != nil {
		if id := p.Spec.ItemID(a); len(id) > 0 {
			skip[id[0].Name] = true
		}
		return p.required(a.Page.Item, skip, 0)
	}
	if res, use := p.use(a, "get"); use != nil && len(res.ID) > 0 {
		skip[res.ID[0].Name] = true
	}
	return p.required(a.Returns, skip, 0)
}

// maxWithin is how many required objects may stand around a required member.
const maxWithin = 3

// required returns the name of a required scalar of an object, or else of the
// objects that it always holds.
func (p *Plan) required(object *ir.Type, skip map[string]bool, within int) string {
	var inner []*ir.Type
	for _, f := range p.Spec.Fields(object) {
		t := p.Spec.Resolve(f.Type)
		if t == nil || !f.Promised() || f.Type.Nullable || t.Nullable {
			continue
		}
		switch t.Kind {
		case ir.String, ir.Int, ir.Float, ir.Enum:
			if !skip[f.Name] {
				return f.Name
			}
		case ir.Object:
			inner = append(inner, t)
		}
	}
	for _, t := range inner {
		if within < maxWithin {
			if name := p.required(t, skip, within+1); name != "" {
				return name
			}
		}
	}
	return ""
}

// hasEnum reports whether an object has a member with a known set of values.
func (p *Plan) hasEnum(object *ir.Type) bool {
	return slices.ContainsFunc(p.Spec.Fields(object), func(f *ir.Field) bool {
		t := p.Spec.Resolve(f.Type)
		return t != nil && t.Kind == ir.Enum && len(t.Enum) > 1
	})
}
