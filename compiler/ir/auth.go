package ir

import "slices"

// Secrets are the names under cred that a method is made with, in order, once each.
func (a *Auth) Secrets() []string {
	templates := []Template{a.User, a.Pass}
	for _, p := range a.Place {
		templates = append(templates, p.Value)
	}
	if o := a.OAuth2; o != nil {
		for _, s := range append(append([]*TokenStep(nil), o.Steps...), o.Renew...) {
			templates = append(templates, s.Templates()...)
		}
	}
	if a.OAuth2 != nil && a.Kind == "oauth2" {
		templates = nil // They are the application's.
	}
	if a.Sign != nil {
		templates = append(templates, a.Sign.Templates()...)
	}
	var names []string
	if a.MTLS != nil {
		names = append(names, a.MTLS.Certificate, a.MTLS.Key)
	}
	for _, j := range a.JWTs() {
		templates = append(templates, j.KeyID, Template{Parts: []Part{{Scope: "cred", Path: Path{{Name: j.Key}}}}})
		for _, c := range j.Claims {
			templates = append(templates, c.Value)
		}
	}
	seen := map[string]bool{}
	for _, t := range templates {
		for _, p := range t.Parts {
			if name := p.Path.String(); p.Scope == "cred" && !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	return names
}

// JWTs are the tokens that the client of a method signs.
func (a *Auth) JWTs() []*JWT {
	var all []*JWT
	if a.JWT != nil {
		all = append(all, a.JWT)
	}
	if a.OAuth2 != nil && a.OAuth2.JWT != nil {
		all = append(all, a.OAuth2.JWT)
	}
	return all
}

// Accepts reports whether an action may be called with a credential of a method. One
// that needs no credential may be called with any, and a plain bearer token passes
// for every method that sends one: nothing in a request tells them apart.
func (c *Connector) Accepts(a *Action, m *Auth) bool {
	if len(a.Auth) == 0 || slices.Contains(a.Auth, m.Name) {
		return true
	}
	return slices.ContainsFunc(c.Auth, func(o *Auth) bool {
		return slices.Contains(a.Auth, o.Name) && (o.Kind == "none" || o.sendsBearer() && m.sendsBearer())
	})
}

func (a *Auth) sendsBearer() bool { return a.Kind == "bearer" || a.Kind == "oauth2" }
