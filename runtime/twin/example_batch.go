package twin

import (
	"slices"
	"strconv"

	"github.com/porin-dev/porin/compiler/ir"
)

// ExampleBatch is [Twin.Example] for an action that is about many items: with up to n of
// them, no two alike, and about objects that the account has where they are to name some.
// It also returns what the journal calls each ([ItemState.Name]). It is nil where the items
// are none that the twin keeps.
func (t *Twin) ExampleBatch(account, action string, n int) (params []byte, names []string) {
	o := t.idx.ops[action]
	if aBatch(t, o, nil) != "" {
		return nil, nil
	}
	example, err := parseJSON(t.Example(account, action))
	in, ok := example.(*object)
	if err != nil || !ok {
		return nil, nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	u := o.uses[0]
	parent := ""
	if u.kind.within != nil {
		v, _ := in.get(u.kind.within.Key)
		parent = textOf(v)
	}
	c := t.collection(account, u.kind, parent)
	var ids []string
	for p := 0; o.itemKey() != "" && p < c.size() && len(ids) < n; p++ {
		if !c.gone[p] {
			ids = append(ids, c.id(p))
		}
	}
	if o.itemKey() != "" {
		n = len(ids)
	}
	items := []any{}
	for i := range n {
		v := t.exampleItem(o, i)
		if key := o.itemKey(); key != "" {
			v = put(v, pathOf(key), c.idValue(ids[i]))
		}
		if name := o.itemName(v); !slices.Contains(names, name) {
			items, names = append(items, v), append(names, name)
		}
	}
	in.set(o.Batch.Each, items)
	return appendJSON(nil, in), names
}

// exampleItem makes an item of a batch that is unlike the others: by what its outcome
// repeats, where that is free, or else by its first text.
func (t *Twin) exampleItem(o *op, i int) any {
	elem := t.idx.resolve(t.idx.elemOf(o.params[o.Batch.Each]))
	s := synth{idx: t.idx, rng: newRNG(t.opt.Seed, "example", o.Path, strconv.Itoa(i)), now: t.opt.Now()}
	v := s.fill(s.value(elem, o.Batch.Each, depthOptional), elem, o.Batch.Each, 0)
	told := o.Batch.Match
	if len(told) == 0 {
		for _, f := range t.idx.fields(elem) {
			if f.Required && len(told) == 0 && t.idx.anyText(f.Type) {
				told = ir.Path{{Name: f.Name}}
			}
		}
	}
	switch of := t.idx.resolve(t.idx.typeAt(elem, told)); {
	case len(told) == 0 || of == nil:
	case t.idx.anyText(of):
		v = put(v, told, "item-"+strconv.Itoa(i+1))
	case of.Kind == ir.Int:
		v = put(v, told, number(strconv.Itoa(i+1)))
	default:
		v = put(v, told, s.value(of, told[len(told)-1].Name, 0))
	}
	return v
}

// anyText reports whether a type takes any short text.
func (x *index) anyText(t *ir.Type) bool {
	t = x.resolve(t)
	return t != nil && t.Kind == ir.String && t.Pattern == "" && t.Min == nil && t.Max == nil && len(t.Wire.Time) == 0
}
