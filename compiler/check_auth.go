package compiler

import (
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

func (c *compilation) checkAuth() {
	if len(c.out.Auth) == 0 && c.root.get("connector").exists() && !c.root.get("auth").exists() {
		c.warn(diag.NoAuth, c.out.Pos, "the spec has no `auth`").
			Help("add auth: none: {} if the API needs none")
	}
	hasOAuth := slices.ContainsFunc(c.out.Auth, func(a *ir.Auth) bool { return a.OAuth2 != nil })
	for _, a := range c.out.AllActions() {
		if at, ok := a.Origin["scopes"]; ok && !hasOAuth && len(c.out.Auth) > 0 {
			c.warn(diag.ScopesWithoutOAuth, at, "`%s` needs scopes, and no auth method can ask for them", a.Path).
				Help("declare an oauth2 method, or drop the scopes")
			return // Once is enough.
		}
	}
}

// checkUnused warns about declarations that nothing refers to.
func (c *compilation) checkUnused() {
	if c.report.HasErrors() {
		return // What refers to them may not have been lowered.
	}
	used := map[string]bool{}
	for _, a := range c.out.AllActions() {
		for _, l := range a.Limits {
			used["limits."+l.Limit] = true
		}
	}
	c.settingsUsed(used)
	for _, l := range c.out.Limits {
		if !used["limits."+l.Name] {
			c.warn(diag.UnusedLimit, l.Pos, "no action draws from the limit `%s`", l.Name)
		}
	}
	for _, s := range c.out.Settings {
		if !used["conn."+s.Name] {
			c.warn(diag.UnusedSetting, s.Pos, "nothing uses the setting `%s`", s.Name)
		}
	}
	for _, t := range c.out.Types {
		if !t.In && !t.Out && !c.embedded(t.Name) {
			c.warn(diag.UnusedType, t.Pos, "nothing refers to `#%s`", t.Name)
		}
	}
}

// settingsUsed finds {conn.x} in the text of the files, which is every place
// that may use one.
func (c *compilation) settingsUsed(used map[string]bool) {
	for _, s := range c.out.Settings {
		for _, f := range c.pkg.Files {
			if strings.Contains(string(f.Source), "{conn."+s.Name+"}") || strings.Contains(string(f.Source), "{conn."+s.Name+".") {
				used["conn."+s.Name] = true
			}
		}
	}
}

// embedded reports whether another type is composed from the named one, whose
// fields it then has copied, or a resource or flow uses it.
func (c *compilation) embedded(name string) bool {
	found := false
	look := func(t *ir.Type) {
		each(t, func(u *ir.Type) { found = found || u.Ref == name || slices.Contains(u.Embeds, name) })
	}
	for _, t := range c.out.Types {
		if t.Name != name {
			look(t)
		}
	}
	for _, a := range c.out.AllActions() {
		look(a.Params)
		look(a.Returns)
	}
	for _, r := range c.out.Resources {
		found = found || r.Of == name
	}
	for _, f := range c.out.Flows {
		look(f.Input)
	}
	return found
}

func splitPath(path string) []string { return strings.Split(path, ".") }
