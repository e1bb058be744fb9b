package compiler

import (
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// lowerCallback lowers the action that tells whether a delivery is the provider's.
func (c *compilation) lowerCallback(n node) *ir.VerifyCall {
	call := c.lowerVerifyCall(n, "header", "body", "url", "method", "secret")
	if s := n.get("secret"); s.exists() {
		call.Secret = c.credName(s)
	}
	if a := n.get("answer"); a.sound() && call.Answer != nil && len(call.Answer.Body) == 0 {
		c.report.Errorf(diag.MatchesAll, a.pos(), "the condition says nothing of the answer's body, so every delivery would be genuine").
			Help("write what the provider answers to a delivery of its own: answer: body: status: \"SUCCESS\"")
	}
	if len(call.With) > 0 && !isTold(call, "body") {
		c.report.Errorf(diag.BodyNotSigned, n.get("with").pos(), "the provider is not told the body, so anyone may change it").
			Help("add {body} where the provider wants it")
	}
	if isTold(call, "secret") != (call.Secret != "") {
		c.report.Errorf(diag.SecretNotCred, n.get("with").pos(), "`secret` and {secret} have to be there together").
			Help("name what {secret} stands for: secret: \"cred.webhook_id\"")
	}
	return call
}

// isTold reports whether a part of a scope is among the parameters.
func isTold(call *ir.VerifyCall, scope string) bool {
	for _, a := range call.With {
		for _, p := range a.Value.Parts {
			if p.Scope == scope {
				return true
			}
		}
	}
	return false
}

// lowerVerifyCall lowers a call about a delivery, whose parameters are templates of the
// scopes, and checks it against the action.
func (c *compilation) lowerVerifyCall(n node, allowed ...string) *ir.VerifyCall {
	call := &ir.VerifyCall{Pos: n.labelPos(), Action: n.get("call").str()}
	if w := n.get("answer"); w.exists() {
		call.Answer = c.lowerWhen(w)
	}
	a := c.actionNamed(n.get("call"), call.Action, false)
	for _, f := range n.get("with").fields() {
		arg := &ir.CallArg{Name: f.name, Value: c.lowerTemplate(f, scopes{allowed: allowed})}
		call.With = append(call.With, arg)
		if a == nil {
			continue
		}
		p := fieldOf(a.Params, f.name)
		if p == nil {
			c.report.Errorf(diag.ResourceKeyUnknown, f.labelPos(), "`%s` has no parameter `%s`", a.Path, f.name).
				DidYouMean(f.name, paramNames(a))
			continue
		}
		t := c.resolve(p.Type)
		whole := len(arg.Value.Parts) == 1 && arg.Value.Parts[0].Scope == "body"
		arg.JSON = whole && (t == nil || t.Kind != ir.String && t.Kind != ir.Enum)
	}
	if a == nil {
		return call
	}
	if a.Returns == nil {
		c.report.Errorf(diag.PathNotInType, n.get("call").pos(), "`%s` answers nothing", a.Path)
		return call
	}
	for _, b := range n.get("answer").get("body").fields() {
		c.labelInType(b, a.Returns)
	}
	if at := n.get("at"); at.exists() {
		c.pathInType(at, a.Returns)
	}
	return call
}
