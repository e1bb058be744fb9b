package compiler

import (
	"slices"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// checkErrors reports rules that can never match, because a rule before them
// matches everything that they do.
func (c *compilation) checkErrors() {
	c.checkShadowed(c.out.Errors)
	for _, a := range c.out.AllActions() {
		if own := len(a.Errors) - len(c.out.Errors); own > 0 {
			c.checkShadowed(a.Errors[:own])
		}
	}
}

func (c *compilation) checkShadowed(rules []*ir.ErrorRule) {
	for i, later := range rules {
		for _, earlier := range rules[:i] {
			if implies(&later.When, &earlier.When) {
				c.report.Errorf(diag.ShadowedRule, later.Pos, "the rule for `%s` never matches: an earlier one matches all that it does", later.Class).
					Label("never reached").
					Also(earlier.Pos, "this one comes first").
					Help("put the more special rule first")
				break
			}
		}
	}
}

// implies reports whether every response that meets a meets b as well, as far
// as the conditions themselves tell.
func implies(a, b *ir.When) bool {
	if b.Media != "" && a.Media != b.Media {
		return false
	}
	if len(b.Status) > 0 && (len(a.Status) == 0 || !slices.ContainsFunc(b.Status, func(s string) bool { return coversAll(a.Status, s) })) {
		return false
	}
	return matchesImply(a.Header, b.Header) && matchesImply(a.Body, b.Body)
}

func coversAll(statuses []string, by string) bool {
	for _, s := range statuses {
		if s != by && !(by[1:] == "xx" && s[0] == by[0]) {
			return false
		}
	}
	return true
}

func matchesImply(a, b []*ir.Match) bool {
	for _, want := range b {
		if !slices.ContainsFunc(a, func(have *ir.Match) bool { return matchImplies(have, want) }) {
			return false
		}
	}
	return true
}

func matchImplies(have, want *ir.Match) bool {
	named := have.Op == "eq" || have.Op == "in"
	known := func(v any) bool { return slices.Contains(want.Values, v) }
	switch {
	case have.At.String() != want.At.String():
		return false
	case have.Op == want.Op && slices.Equal(have.Values, want.Values):
		return true
	case want.Op == "exists":
		return named && want.Values[0] == true && !slices.Contains(have.Values, nil)
	case want.Op == "eq", want.Op == "in":
		return named && !slices.ContainsFunc(have.Values, func(v any) bool { return !known(v) })
	case want.Op == "not" && have.Op == "not":
		return !slices.ContainsFunc(want.Values, func(v any) bool { return !slices.Contains(have.Values, v) })
	case want.Op == "not":
		return named && !slices.ContainsFunc(have.Values, known)
	}
	return false
}
