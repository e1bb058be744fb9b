package compiler

import (
	"errors"
	"slices"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// scopes says what a template may refer to in its place.
type scopes struct {
	allowed []string                            // Scopes that have a meaning here.
	check   func(n node, p ir.SpannedPart) bool // Checks a name of an allowed scope; nil accepts any.
	cuts    bool                                // Whether a part of a value may be taken, as in {cred.secret[0:20]}.
}

var allScopes = []string{"conn", "cred", "token", "in", "header", "body", "step", "item", "now", "url", "method", "query", "form", "event", "kid", "signature", "secret", "nonce", "jwt", "digest", "oauth"}

// cutScopes have values of which a part may be taken.
var cutScopes = []string{"cred", "token", "step", "oauth"}

// lowerTemplate parses the template in n and checks its references. "{{" and
// "}}" stand for braces. A template with a mistake has no parts.
func (c *compilation) lowerTemplate(n node, s scopes) ir.Template {
	t := ir.Template{Pos: n.pos()}
	parts, err := ir.ParseTemplate(n.str())
	ok := true
	if syntax := (*ir.SyntaxError)(nil); errors.As(err, &syntax) {
		c.report.Errorf(diag.TemplateSyntax, n.textPos(syntax.From, syntax.To), "the template does not parse").
			Label("%s", syntax.Msg).
			Help("write {scope.name} for a reference, for example {in.id}, and {{ or }} for a brace")
		return t
	}
	for _, p := range parts {
		if p.Scope != "" && (!c.checkScope(n, p, s) || s.check != nil && !s.check(n, p)) {
			ok = false
		}
		t.Parts = append(t.Parts, p.Part)
	}
	if !ok {
		t.Parts = nil
	}
	return t
}

func (c *compilation) checkScope(n node, p ir.SpannedPart, s scopes) bool {
	scope := p.Scope
	if slices.Contains(s.allowed, scope) {
		if p.Whole() || s.cuts && slices.Contains(cutScopes, scope) {
			return true
		}
		c.report.Errorf(diag.ScopeNotHere, n.textPos(p.From, p.To), "no part of `%s` can be taken here", scope).Label("a whole value only").
			Help("leave the brackets out; a text of a token request or a signature may take a part of %s", diag.Or(cutScopes))
		return false
	}
	at := n.textPos(p.From+1, p.From+1+len(scope))
	switch {
	case !slices.Contains(allScopes, scope):
		c.report.Errorf(diag.UnknownScope, at, "a template has no scope `%s`", scope).Label("unknown scope").
			DidYouMean(scope, s.allowed)
	case scope == "cred":
		c.report.Errorf(diag.CredOutsideAuth, at, "`cred` is a secret, and this is not auth or webhook verification").
			Label("a secret may not go here").
			Help("declare an auth method that puts the secret where the provider wants it")
	default:
		c.report.Errorf(diag.ScopeNotHere, at, "`%s` has no meaning here", scope).Label("not in this place").
			Help("this template may use %s", diag.Or(s.allowed))
	}
	return false
}

// connScope checks {conn.name} against the settings.
func (c *compilation) connScope(n node, p ir.SpannedPart) bool {
	if p.Scope != "conn" || len(p.Steps) == 0 || c.declared("settings", p.Steps[0].Name) {
		return true
	}
	c.report.Errorf(diag.UnknownSetting, n.textPos(p.Steps[0].From, p.Steps[0].To), "the spec has no setting `%s`", p.Steps[0].Name).Label("unknown setting").
		DidYouMean(p.Steps[0].Name, c.namesIn("settings"))
	return false
}
