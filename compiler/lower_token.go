package compiler

import (
	"slices"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// lowerTokens lowers the tokens of a token response. Without any, the response
// is as RFC 6749 section 5.1 has it, and its token has the name.
func (c *compilation) lowerTokens(n node, name string, o *ir.OAuth2) []*ir.OAuthToken {
	var list []*ir.OAuthToken
	for _, t := range n.fields() {
		token := &ir.OAuthToken{
			Name: t.name, Go: t.get("go").str(), Pos: t.labelPos(), Optional: t.get("optional").bool(), Life: ir.Duration(t.get("ttl").str()),
		}
		token.At = c.tokenPart(t.get("at"), "access", token)
		beside := func(field, name string) ir.Path {
			if f := t.get(field); f.exists() {
				return c.tokenPart(f, field, token)
			}
			return sibling(token.At, name)
		}
		token.Refresh, token.Scope = beside("refresh", "refresh_token"), beside("scope", "scope")
		if token.Life == "" || t.get("expires").exists() { // What has a life of its own is not looked for.
			token.Expires = beside("expires", "expires_in")
		}
		c.checkCaptured(t, token, o.Steps)
		list = append(list, token)
	}
	if list == nil {
		at := func(s string) ir.Path { return ir.Path{{Name: s}} }
		list = []*ir.OAuthToken{{Name: name, Pos: n.pos(), At: at("access_token"), Refresh: at("refresh_token"), Expires: at("expires_in"), Scope: at("scope")}}
	}
	return list
}

// sibling is the path of a member beside the one that p leads to.
func sibling(p ir.Path, name string) ir.Path {
	if len(p) == 0 {
		return ir.Path{{Name: name}}
	}
	return append(append(ir.Path{}, p[:len(p)-1]...), ir.Step{Name: name})
}

// tokenPart lowers where a part of a token is: the path in the answer of the last
// request or, which the token notes, the name of what was captured before.
func (c *compilation) tokenPart(n node, part string, t *ir.OAuthToken) ir.Path {
	body := n
	if n.isStruct() {
		if s := n.get("step"); s.exists() {
			if t.Steps == nil {
				t.Steps = map[string]string{}
			}
			t.Steps[part] = s.str()
		}
		if as := n.get("as"); as.exists() && part == "expires" {
			t.ExpiresAs = as.str()
		} else if as.exists() {
			c.report.Errorf(diag.MisplacedField, as.labelPos(), "only an expiry has a unit").Help("leave as out")
		}
		body = n.get("body")
	}
	if !body.exists() {
		return nil
	}
	p, _ := c.lowerPath(body)
	return p
}

// checkCaptured reports a part of a token that no step captures.
func (c *compilation) checkCaptured(n node, t *ir.OAuthToken, steps []*ir.TokenStep) {
	var known []string
	for _, s := range steps {
		for _, k := range s.Capture {
			known = append(known, k.Name)
		}
	}
	for part, field := range map[string]string{"access": "at", "refresh": "refresh", "expires": "expires"} {
		name, ok := t.Steps[part]
		if !ok || slices.Contains(known, name) {
			continue
		}
		c.report.Errorf(diag.UnknownScope, n.get(field).get("step").pos(), "no step captures `%s`", name).DidYouMean(name, known)
	}
}
