package twin

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// formReader reads the values of a query, a form or the parts of a body.
type formReader struct {
	*index
	values url.Values
	raw    bool // Bytes are as they are, and no base64.
}

// separators are what stands between the elements of a list, by style. Commas are
// read where none is declared, too.
var separators = map[string]string{"space": " ", "pipe": "|"}

// read reads a value in any of the usual styles.
func (f *formReader) read(t *ir.Type, name, style string) (any, bool) {
	all, ok := f.values[name]
	if !ok {
		if all, ok = f.values[name+"[]"]; !ok {
			return f.deep(t, name)
		}
	}
	if len(all) == 0 {
		return nil, false
	}
	if t != nil && t.Kind == ir.List {
		separator := separators[style]
		if len(all) == 1 && separator == "" {
			return f.one(t, all[0]), true
		}
		if len(all) == 1 {
			all = strings.Split(all[0], separator)
		}
		list := make([]any, len(all))
		for i, s := range all {
			list[i] = f.one(f.resolve(t.Elem), s)
		}
		return list, true
	}
	return f.text(t, all[0], style), true
}

// text reads one text, in which an object may stand as names and values in turn.
func (f *formReader) text(t *ir.Type, s, style string) any {
	if t == nil || style != "comma" || t.Kind != ir.Object && t.Kind != ir.Map {
		return f.one(t, s)
	}
	out := &object{}
	for pair := range slices.Chunk(strings.Split(s, ","), 2) {
		if len(pair) == 2 {
			out.set(pair[0], f.one(f.memberType(t, pair[0]), pair[1]))
		}
	}
	return out
}

// one reads the text of one value.
func (f *formReader) one(t *ir.Type, s string) any {
	switch {
	case f.raw:
		return f.octets(t, s)
	case t != nil && t.Kind == ir.List: // Text between commas, or JSON.
		list, _ := typed(t, s).([]any)
		for i, e := range list {
			if text, ok := e.(string); ok {
				list[i] = typed(f.resolve(t.Elem), text)
			}
		}
		return list
	}
	return typed(t, s)
}

// memberType is the type of a member of an object or map, or nil.
func (x *index) memberType(t *ir.Type, name string) *ir.Type {
	if t == nil {
		return nil
	}
	if m := x.field(t, name); m != nil {
		return x.resolve(m.Type)
	}
	return x.resolve(t.Elem)
}

// spread reads an object whose members are parameters of their own: those that its
// type lists or, of a map or a union, those that no other parameter is named like.
func (f *formReader) spread(t *ir.Type, own *ir.Place, places []*ir.Place) (any, bool) {
	out := &object{}
	for _, m := range f.fields(t) {
		if v, ok := f.read(f.resolve(m.Type), m.Name, m.Type.Wire.Style); ok {
			out.set(m.Name, v)
		}
	}
	if t.Kind == ir.Object {
		return out, len(out.members) > 0
	}
	for _, name := range slices.Sorted(maps.Keys(f.values)) {
		if !slices.ContainsFunc(places, func(p *ir.Place) bool { return p != own && p.Name == name }) {
			out.set(name, f.one(f.resolve(t.Elem), f.values.Get(name)))
		}
	}
	return out, len(out.members) > 0
}

// nested is what stands under a name with brackets: texts, or more names.
type nested struct {
	texts []string
	names map[string]*nested
}

// deep reads name[a]=1&name[b][]=2 as an object, or a list.
func (f *formReader) deep(t *ir.Type, name string) (any, bool) {
	root := &nested{}
	for _, k := range slices.Sorted(maps.Keys(f.values)) {
		rest, ok := strings.CutPrefix(k, name+"[")
		if !ok {
			continue
		}
		n := root
		for key := range strings.SplitSeq(strings.TrimSuffix(rest, "]"), "][") {
			n = n.under(key)
		}
		n.texts = append(n.texts, f.values[k]...)
	}
	if len(root.names) == 0 {
		return nil, false
	}
	return f.build(t, root), true
}

// under is what stands under one more name.
func (n *nested) under(name string) *nested {
	if n.names == nil {
		n.names = map[string]*nested{}
	}
	if n.names[name] == nil {
		n.names[name] = &nested{}
	}
	return n.names[name]
}

// build makes the value of a type. Elements of a list have no name, or a number.
func (f *formReader) build(t *ir.Type, n *nested) any {
	if len(n.names) == 0 {
		return f.one(t, n.texts[0])
	}
	names := slices.Sorted(maps.Keys(n.names))
	if t != nil && t.Kind == ir.List {
		slices.SortFunc(names, func(a, b string) int { return cmp.Compare(number(a).whole(), number(b).whole()) })
		list := []any{}
		for _, name := range names {
			e := n.names[name]
			for _, text := range e.texts {
				list = append(list, f.one(f.resolve(t.Elem), text))
			}
			if len(e.names) > 0 {
				list = append(list, f.build(f.resolve(t.Elem), e))
			}
		}
		return list
	}
	out := &object{}
	for _, name := range names {
		out.set(name, f.build(f.memberType(t, name), n.names[name]))
	}
	return out
}

// whole is the number as an integer, 0 where it is none.
func (n number) whole() int {
	i, _ := strconv.Atoi(string(n))
	return i
}
