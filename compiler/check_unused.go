package compiler

import (
	"strings"

	"github.com/porin-dev/porin/compiler/diag"
)

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
		if !c.referenced[t.Name] {
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
