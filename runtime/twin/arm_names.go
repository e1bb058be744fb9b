package twin

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/internal/misread"
)

// The parts of a spec that a parameter of a fault may name.
const (
	namesLimit  = "limit"
	namesMember = "member"
)

// checkName refuses a parameter that names what the actions of the scope do not have.
func (t *Twin) checkName(p FaultParam, name string, s Scope) error {
	var known []string
	for _, path := range sortedKeys(t.idx.ops) {
		o := t.idx.ops[path]
		if s.Action != "" && s.Action != "*" && s.Action != path && t.idx.scrolled(path) != s.Action {
			continue
		}
		switch p.Names {
		case namesLimit:
			for _, u := range o.Limits {
				known = append(known, u.Limit)
			}
		case namesMember:
			seen := map[*ir.Type]bool{}
			known = t.idx.members(o.result, known, seen)
			if o.Page != nil {
				known = t.idx.members(o.Page.Item, known, seen)
			}
		}
	}
	slices.Sort(known)
	known = slices.Compact(known)
	if p.Names == "" || name == "" || slices.Contains(known, name) {
		return nil
	}
	of := ""
	if s.Action != "" && s.Action != "*" {
		of = " of " + s.Action
	}
	return fmt.Errorf("%s %s names no %s%s%s", p.Name, strconv.Quote(name), p.Names, of, misread.Instead(name, known))
}

// members adds the names of the members that values of a type can have, however deep.
func (x *index) members(t *ir.Type, all []string, seen map[*ir.Type]bool) []string {
	t = x.resolve(t)
	if t == nil || seen[t] {
		return all
	}
	seen[t] = true
	for _, f := range x.fields(t) {
		all = x.members(f.Type, append(all, f.Name), seen)
	}
	for _, v := range t.Variants {
		all = x.members(v, all, seen)
	}
	return x.members(t.Elem, all, seen)
}
