package ir

import (
	"fmt"
	"slices"
	"strings"
)

// Mark is something that every request of an action has: what tells it from
// the requests of another action with the same method and path.
type Mark struct {
	In    string // query, header, cookie, body or media
	Name  string // On the wire. For media, the media type; "" for a body that is one value.
	Value any    // The only value that the action sends; nil is any.
}

// Marks are those of an action: its required parameters outside of the path, and
// the media type of its body where it is not the usual one.
func (c *Connector) Marks(a *Action) []Mark {
	var marks []Mark
	if t := c.Resolve(a.Params); t != nil {
		for _, f := range t.Fields {
			i := slices.IndexFunc(a.Places, func(p *Place) bool { return p.Field == f.Name })
			if !f.Required || i < 0 || a.Places[i].In == "path" || a.Places[i].Style == "spread" || f.Type.Wire.Style == "spread" {
				continue
			}
			m := Mark{In: a.Places[i].In, Name: a.Places[i].Name}
			if a.Body != nil && a.Body.Field == f.Name {
				m.Name = ""
			}
			if v := c.Resolve(f.Type); v != nil && len(v.Enum) == 1 && !v.Nullable && !f.Type.Nullable {
				m.Value = v.Enum[0]
			}
			marks = append(marks, m)
		}
	}
	if a.Body != nil && a.Body.Type != "" {
		marks = append(marks, Mark{In: "media", Name: a.Body.Type})
	}
	return marks
}

// Address is the method and the place that an action's requests go to, the same
// for two actions that only marks can tell apart.
func (a *Action) Address() string {
	var b strings.Builder
	for _, p := range a.URL.Parts {
		if p.Scope == "in" {
			b.WriteString("{}")
		} else {
			b.WriteString(p.Text + p.Scope + p.Path.String())
		}
	}
	return fmt.Sprintf("%s %s %s", a.Method, a.Server, strings.Trim(b.String(), "/"))
}
