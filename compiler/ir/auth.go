package ir

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
