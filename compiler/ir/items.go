package ir

import (
	"slices"
	"strings"
)

// Listed is the resource whose objects a list gives: the one that declares it, or
// else the one of its item type that has no parent and, where the list goes on
// from the last item, whose id is what it goes on from; nil when there is none.
func (c *Connector) Listed(list *Action) *Resource {
	if r := c.declares(list); r != nil {
		return r
	}
	item := c.Resolve(list.Page.Item)
	for _, r := range c.Resources {
		keyed := list.Page.Style != "last_item" || list.Page.Field.String() == r.ID.String()
		if t := c.Resolve(c.Type(r.Of)); t != nil && t == item && r.Within == nil && keyed {
			return r
		}
	}
	return nil
}

// ListedID is the id of the objects that an action is declared to list: no two of
// them have the same. It is nil where nothing declares it, or a guess does: an item
// that a wrong guess takes for another would be lost.
func (c *Connector) ListedID(list *Action) Path {
	r := c.declares(list)
	if r == nil || r.Assumed {
		return nil
	}
	return r.ID
}

// declares is the resource that declares that an action lists its objects, or nil.
func (c *Connector) declares(list *Action) *Resource {
	for _, r := range c.Resources {
		if slices.ContainsFunc(r.Uses, func(u *ResourceUse) bool { return u.Action == list.Path && u.Do == "list" }) {
			return r
		}
	}
	return nil
}

// Scrolled is the list that an action continues, or nil.
func (c *Connector) Scrolled(a *Action) *Action {
	for _, list := range c.AllActions() {
		if list.Page != nil && list.Page.Call == a.Path {
			return list
		}
	}
	return nil
}

// ItemID is the path of what tells the items of a list apart: the id of the
// resource that it lists or, without one, the member that most looks like an id.
// It is nil when items have none, or are no objects.
func (c *Connector) ItemID(list *Action) Path {
	if r := c.Listed(list); r != nil {
		return r.ID
	}
	if len(list.Page.Field) > 0 && list.Page.Style != "window" { // A time tells no items apart.
		return list.Page.Field
	}
	best, high := "", 0
	for _, f := range c.Fields(list.Page.Item) {
		if r := c.rankID(f); r > high {
			best, high = f.Name, r
		}
	}
	if best == "" {
		return nil
	}
	return Path{{Name: best}}
}

// idNames are members that tell objects apart, the surest last.
var idNames = []string{"number", "email", "slug", "code", "name", "key", "href", "arn", "sid", "gid", "guid", "uid", "uuid", "id"}

// rankID says how much a member looks like the id of its object; 0 is not at all.
func (c *Connector) rankID(f *Field) int {
	t := c.Resolve(f.Type)
	if t == nil || !slices.Contains([]Kind{String, Int, Float, Any}, t.Kind) {
		return 0
	}
	r := 0
	if i := slices.Index(idNames, strings.ToLower(f.Name)); i >= 0 {
		r = 10 + 2*i
	} else if l := strings.ToLower(f.Name); strings.HasSuffix(l, "_id") || strings.HasSuffix(f.Name, "Id") || strings.HasSuffix(f.Name, "ID") || strings.HasSuffix(l, "uid") {
		r = 2
	}
	if r > 0 && f.Required {
		r++
	}
	return r
}

// Fields lists the members of an object, those of its embeds first, or those that
// every alternative of a union has. Embeds that lead in a circle end.
func (c *Connector) Fields(t *Type) []*Field { return c.fields(t, 0) }

func (c *Connector) fields(t *Type, depth int) []*Field {
	t = c.Resolve(t)
	if t == nil || depth > 20 {
		return nil
	}
	if t.Kind == Union {
		return c.commonFields(t, depth)
	}
	var all []*Field
	for _, name := range t.Embeds {
		all = append(all, c.fields(c.Type(name), depth+1)...)
	}
	return append(all, t.Fields...)
}

func (c *Connector) commonFields(union *Type, depth int) []*Field {
	var common []*Field
	for i, alt := range union.Variants {
		fields := c.fields(alt, depth+1)
		if i == 0 {
			common = fields
			continue
		}
		common = slices.DeleteFunc(slices.Clone(common), func(f *Field) bool {
			return !slices.ContainsFunc(fields, func(g *Field) bool { return g.Name == f.Name })
		})
	}
	return common
}
