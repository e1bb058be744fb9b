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
	var names []string
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
