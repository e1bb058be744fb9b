package score

import (
	"maps"
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// auth compares the methods of the connector. A document that asks for nothing
// and a connector that sends nothing agree.
func (c *comparison) auth() {
	count := c.scores.count(Auths)
	var got [][]string
	if c.draft.Connector != nil {
		for _, a := range c.draft.Auth {
			got = append(got, credentials(a))
		}
		if len(got) == 0 && slices.ContainsFunc(c.doc.Auth.Methods, func(m []string) bool { return m[0] == "none" }) {
			got = append(got, []string{"none"})
		}
	}
	for _, want := range c.doc.Auth.Methods {
		count.Labelled++
		if !slices.ContainsFunc(got, func(g []string) bool { return sameCredentials(want, g) || c.alsoSays(want, g) }) {
			c.miss(Auths, "", strings.Join(want, " and "), "not drafted")
		} else {
			count.Found++
		}
	}
	right := slices.Concat(c.doc.Auth.Methods, c.doc.Auth.Also)
	for _, g := range got {
		count.Drafted++
		if slices.ContainsFunc(right, func(want []string) bool { return sameCredentials(want, g) }) {
			count.Right++
		} else {
			c.miss(Auths, "", "not there", strings.Join(g, " and "))
		}
	}
}

// alsoSays reports whether what was drafted is a further way that has all
// credentials of a labelled one, and something besides.
func (c *comparison) alsoSays(want, got []string) bool {
	further := slices.ContainsFunc(c.doc.Auth.Also, func(also []string) bool { return sameCredentials(also, got) })
	return further && len(want) > 1 && len(got) > len(want) && !slices.ContainsFunc(want, func(w string) bool {
		return !slices.ContainsFunc(got, func(g string) bool { return sameCredentials([]string{w}, []string{g}) })
	})
}

// credentials says a method of the IR in the words of a label.
func credentials(a *ir.Auth) []string {
	if a.Kind != "key" && a.Kind != "bearer" {
		switch a.Kind {
		case "none", "basic", "oauth2":
			return []string{a.Kind}
		}
		return []string{"other"}
	}
	var all []string
	for _, p := range a.Place {
		all = append(all, credential(p))
	}
	if len(all) == 0 {
		return []string{a.Kind}
	}
	return all
}

// credential is one place. "Authorization: Bearer" is a bearer token, however
// it was declared.
func credential(p *ir.AuthPlace) string {
	place := "key query " + p.To.Query
	switch {
	case p.To.Header != "":
		place = "key header " + p.To.Header
	case p.To.Cookie != "":
		place = "key cookie " + p.To.Cookie
	}
	if strings.EqualFold(p.To.Header, "Authorization") && strings.HasPrefix(p.Value.String(), "Bearer ") {
		return "bearer"
	}
	return place
}

// sameCredentials compares without order. A label may name alternatives, and a
// key without a place.
func sameCredentials(want, got []string) bool {
	if len(want) != len(got) {
		return false
	}
	left := slices.Clone(got)
	for _, w := range want {
		at := slices.IndexFunc(left, func(g string) bool {
			return slices.ContainsFunc(strings.Split(w, "|"), func(w string) bool {
				return strings.EqualFold(w, g) || w == "key" && strings.HasPrefix(g, "key ")
			})
		})
		if at < 0 {
			return false
		}
		left = slices.Delete(left, at, at+1)
	}
	return true
}

// errors compares the envelope in facts: where a failure shows, the path of
// its code, and the path of its text.
func (c *comparison) errors() {
	got := c.envelope()
	c.fact("at", c.atOf(c.doc.Errors.At), got.at)
	c.fact("code", c.doc.Errors.Code, got.code)
	c.fact("message", c.doc.Errors.Message, got.message)
}

// atOf is the fact of failures in the body. That failures have a status is
// what everybody assumes, and no merit.
func (c *comparison) atOf(at string) anyOf {
	if at == "body" {
		return anyOf{"body"}
	}
	return nil
}

func (c *comparison) fact(name string, want anyOf, got []string) {
	count := c.scores.count(Failures)
	found := false
	for _, g := range got {
		count.Drafted++
		if slices.Contains(want, g) {
			count.Right++
			found = true
		} else {
			c.miss(Failures, "", name+" "+want.String(), name+" "+g)
		}
	}
	if len(want) == 0 || slices.Contains(want, "") {
		return
	}
	count.Labelled++
	if found {
		count.Found++
	} else {
		c.miss(Failures, "", name+" "+want.String(), "no "+name)
	}
}

// found has the paths that the rules of a connector read.
type found struct{ at, code, message []string }

// envelope collects the rules that hold for the labelled operations.
func (c *comparison) envelope() found {
	at, code, message := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for operation := range c.doc.Operations {
		a := c.draft.action(operation)
		if a == nil {
			continue
		}
		for _, r := range a.Errors {
			if len(r.When.Status) == 0 && len(r.When.Body) > 0 {
				at["body"] = true
			}
			if r.Code != nil {
				code[source(r.Code)] = true
			}
			if r.Message != nil {
				message[source(r.Message)] = true
			}
		}
	}
	return found{slices.Sorted(maps.Keys(at)), slices.Sorted(maps.Keys(code)), slices.Sorted(maps.Keys(message))}
}
