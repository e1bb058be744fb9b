package compiler

import (
	"slices"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

func (c *compilation) checkAuth() {
	if len(c.out.Auth) == 0 && c.root.get("connector").exists() && !c.root.get("auth").exists() {
		c.warn(diag.NoAuth, c.out.Pos, "the spec has no `auth`").
			Help("add auth: none: {} if the API needs none")
	}
	hasOAuth := slices.ContainsFunc(c.out.Auth, func(a *ir.Auth) bool { return a.Kind == "oauth2" })
	for _, a := range c.out.AllActions() {
		if at, ok := a.Origin["scopes"]; ok && !hasOAuth && len(c.out.Auth) > 0 {
			c.warn(diag.ScopesWithoutOAuth, at, "`%s` needs scopes, and no auth method can ask for them", a.Path).
				Help("declare an oauth2 method, or drop the scopes")
			return // Once is enough.
		}
	}
}
