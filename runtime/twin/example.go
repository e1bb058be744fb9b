package twin

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// Example returns parameters that a valid call of an action carries: the
// required ones and the first set of each choice, made from their types, with ids of objects that the account
// has. It is nil for an unknown action or account, and an empty object when
// nothing is required.
func (t *Twin) Example(account, action string) []byte { return t.example(account, action, "example") }

// OtherExample is [Twin.Example] with other values where the types leave a choice. It is nil
// where they leave none.
func (t *Twin) OtherExample(account, action string) []byte {
	other := t.example(account, action, "other example")
	if bytes.Equal(other, t.Example(account, action)) {
		return nil
	}
	return other
}

// example is [Twin.Example], with values that are drawn by a name.
func (t *Twin) example(account, action, draw string) []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	o, a := t.idx.ops[action], t.accountOf(account)
	if o == nil || a == nil {
		return nil
	}
	s := synth{idx: t.idx, rng: newRNG(t.opt.Seed, draw, action), now: t.opt.Now(), sends: true, link: t.linker(a.id, 0)}
	in := &object{}
	params := t.idx.resolve(o.Params)
	chosen, shape := t.idx.chosen(params, 0), t.idx.shapeOf(params)
	for _, f := range t.idx.fields(params) {
		name := s.hint(shape, f.Name)
		id, ok := t.exampleID(a.id, o, f)
		if ok {
			id, ok = t.idx.spelled(f, id)
		}
		if ok {
			in.set(f.Name, id)
		} else if f.Required || chosen[f.Name] {
			if o.Body != nil && o.Body.As == "json" && isIn(o, f.Name, "body") {
				in.set(f.Name, s.value(f.Type, name, depthOptional))
			} else {
				v := s.given(f.Type, name)
				if text, ok := v.(string); ok && strings.ContainsAny(text, "/ ") && isIn(o, f.Name, "path") {
					v = s.given(f.Type, f.Name+"_id") // What a path names is an object, be it called a link or a note.
				}
				in.set(f.Name, v)
			}
		}
	}
	t.askByKey(o, in)
	if o.Page != nil && o.Page.Style == "window" {
		t.atWindow(a.id, o, in)
	} else if o.Page != nil && o.Page.To != nil {
		t.atStart(a.id, o, in)
	}
	return appendJSON(nil, in)
}

// atStart makes a required position in a list that of its first page.
func (t *Twin) atStart(acct string, o *op, in *object) {
	var start any = startCursor
	switch o.Page.Style {
	case "number", "offset":
		start = number(strconv.Itoa(o.Page.Start))
	case "last_item":
		first, ok := t.collection(acct, o.list, "").firstValue()
		if !ok {
			return
		}
		start = first
	}
	to := o.Page.To.Body
	for _, p := range o.Places {
		if p.In != "body" && p.Name == slotName(o.Page.To) {
			to = ir.Path{{Name: p.Field}}
		}
	}
	if sent, ok := at(in, to); ok && len(to) > 0 {
		if _, isText := sent.(string); isText {
			start = textOf(start)
		} else if start == startCursor {
			return
		}
		put(in, to, start)
	}
}

// isIn reports whether a parameter goes to a place; in the body, as a part of it or all of it.
func isIn(o *op, name, place string) bool {
	return slices.ContainsFunc(o.Places, func(p *ir.Place) bool { return p.Field == name && p.In == place })
}

// given makes the value of a required parameter outside a JSON body, as small as
// its type allows. Lists and objects have a member all the same: empty ones are
// not sent there.
func (s *synth) given(t *ir.Type, name string) any {
	return s.fill(s.value(t, name, depthOptional), t, name, 0)
}

// maxFill is how deep empty lists and objects get a member.
const maxFill = 6

func (s *synth) fill(v any, t *ir.Type, name string, depth int) any {
	full := s.idx.resolve(t)
	if full == nil || depth > maxFill {
		return v
	}
	one := strings.TrimSuffix(name, "s")
	switch v := v.(type) {
	case []any:
		if full.Elem == nil {
			return v
		}
		if len(v) == 0 {
			v = []any{s.value(full.Elem, one, depthOptional)}
		}
		for i := range v {
			v[i] = s.fill(v[i], full.Elem, one, depth+1)
		}
		return v
	case *object:
		fields := s.fields(full)
		if len(v.members) == 0 && full.Elem != nil {
			v.set(word(&s.rng), s.fill(s.value(full.Elem, name, depthOptional), full.Elem, name, depth+1))
		} else if len(v.members) == 0 && len(fields) > 0 {
			v.set(fields[0].Name, s.value(fields[0].Type, fields[0].Name, depthOptional))
		}
		for _, f := range fields {
			if inner, ok := v.get(f.Name); ok {
				v.set(f.Name, s.fill(inner, f.Type, f.Name, depth+1))
			}
		}
	}
	return v
}

// spelled is an id as a parameter takes it: objects and parameters may differ in whether
// it is a number or text. A parameter that is a number cannot have an id that is none.
func (x *index) spelled(f *ir.Field, id any) (any, bool) {
	t := x.resolve(f.Type)
	switch {
	case t == nil:
	case t.Kind == ir.String:
		return textOf(id), true
	case t.Kind == ir.Int || t.Kind == ir.Float:
		v, err := parseJSON([]byte(textOf(id)))
		n, ok := v.(number)
		return n, ok && err == nil
	}
	return id, true
}

// exampleID returns the id that a parameter needs to name an existing object,
// or the parent of one.
func (t *Twin) exampleID(acct string, o *op, f *ir.Field) (any, bool) {
	if end := o.completes; end != nil {
		if with, ok := end.with.(map[string]any); ok && with[f.Name] == end.ref {
			return t.collection(acct, end.made, "").firstValue()
		}
	}
	for _, u := range o.uses {
		w := u.kind.within
		switch {
		case f.Name == u.Key && (u.Do == "get" || u.Do == "update" || u.Do == "delete"):
			parent := ""
			if w != nil {
				parent = t.firstID(acct, u.kind.parent)
			}
			return t.collection(acct, u.kind, parent).firstValue()
		case w != nil && f.Name == w.In(u.ResourceUse) && u.kind.parent != nil:
			return t.collection(acct, u.kind.parent, "").firstValue()
		}
		if v, ok := t.exampleChoice(acct, u, f); ok {
			return v, true
		}
	}
	return nil, false
}

// exampleChoice returns what a parameter of a list has to be for the first object to be
// in it of which the parameter can have the value.
func (t *Twin) exampleChoice(acct string, u use, f *ir.Field) (any, bool) {
	for _, by := range u.Filters {
		if !f.Required || by.Param != f.Name || by.By != "is" {
			continue
		}
		parent := ""
		if u.kind.within != nil {
			parent = t.firstID(acct, u.kind.parent)
		}
		c := t.collection(acct, u.kind, parent)
		for p := range c.size() {
			v, ok := at(t.item(c, p, t.opt.Now()), by.At)
			want := t.idx.resolve(f.Type)
			switch {
			case !ok || v == nil || c.gone[p] || want.Kind == ir.Enum && !slices.ContainsFunc(want.Enum, func(one any) bool { return same(one, v) }):
			case want.Kind == ir.List:
				return []any{v}, true
			default:
				return v, true
			}
		}
	}
	return nil, false
}

func (t *Twin) firstID(acct string, k *kind) string {
	if k == nil {
		return ""
	}
	v, _ := t.collection(acct, k, "").firstValue()
	return textOf(v)
}

// firstValue returns the id of the first object that is there.
func (c *collection) firstValue() (any, bool) {
	for p := range c.size() {
		if !c.gone[p] {
			return c.idValue(c.id(p)), true
		}
	}
	return nil, false
}
