package compiler

import (
	"fmt"
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// checkRequests warns about actions whose requests nothing tells apart.
func (c *compilation) checkRequests() {
	first := map[string]*ir.Action{}
	for _, a := range c.out.AllActions() {
		key := c.requestOf(a)
		other := first[key]
		if other == nil {
			first[key] = a
			continue
		}
		c.warn(diag.SameRequest, a.Pos, "nothing tells the requests of `%s` from those of `%s`", a.Path, other.Path).
			Also(other.Pos, "the other action").
			Help("give one of them a required parameter that the other lacks, or both a parameter of one value")
	}
}

// requestOf is what all requests of an action have in common.
func (c *compilation) requestOf(a *ir.Action) string {
	var parts []string
	for _, m := range c.out.Marks(a) {
		parts = append(parts, fmt.Sprintf("%s %q %q", m.In, m.Name, fmt.Sprint(m.Value)))
	}
	slices.Sort(parts)
	return strings.Join(append(parts, a.Address()), "\n")
}

// checkBare reports a query or a fragment in the path of an action.
func (c *compilation) checkBare(url node, a *ir.Action) {
	for _, p := range a.URL.Parts {
		i := strings.IndexAny(p.Text, "?#")
		switch {
		case p.Scope != "" || i < 0:
			continue
		case p.Text[i] == '?':
			c.report.Errorf(diag.PathNotBare, url.pos(), "the path of an action has no query").
				Help("declare its parameters under `query`; one that is always the same has one value, such as version!: \"1\"")
		default:
			c.report.Errorf(diag.PathNotBare, url.pos(), "the path of an action has no fragment, which is never sent").
				Help("leave it out")
		}
		return
	}
}
