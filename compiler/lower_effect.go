package compiler

import (
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// lowerEffect decides what sending an action twice does, and checks what
// depends on it.
func (c *compilation) lowerEffect(n node, a *ir.Action) {
	usual := ir.Read
	switch a.Method {
	case "PUT", "DELETE":
		usual = ir.Idempotent
	case "POST", "PATCH":
		usual = ir.Create
	}
	a.Effect = usual
	if e := n.get("effect"); e.exists() {
		a.Effect = ir.Effect(e.str())
		// Many APIs search with POST.
		if a.Method != "POST" && (usual == ir.Read) != (a.Effect == ir.Read) {
			c.warn(diag.EffectOddMethod, e.pos(), "a %s that is `%s` is unusual: caches and proxies go by the method", a.Method, a.Effect).
				Help("add @why with the source, if the provider means it")
		}
	}
	c.lowerKey(n, a)
	c.lowerRetry(n, a)
	a.Timeout = ir.Duration(n.get("timeout").str())
	c.lowerRecover(n, a)
}

func (c *compilation) lowerKey(n node, a *ir.Action) {
	k := n.get("key")
	switch {
	case k.exists() && a.Effect != ir.Keyed:
		c.report.Errorf(diag.KeyWithoutKeyed, k.labelPos(), "`key` is for an action with effect \"keyed\", and this one is \"%s\"", a.Effect).
			Help("add effect: \"keyed\"")
	case !k.exists() && a.Effect == ir.Keyed:
		c.report.Errorf(diag.KeyedWithoutKey, n.get("effect").pos(), "a keyed action needs to say where its key goes").
			Help("add key: {to: header: \"Idempotency-Key\", ttl: \"24h\"}")
	case k.exists():
		a.Key = &ir.Key{To: c.lowerSlot(k.get("to")), TTL: k.get("ttl").str()}
	}
}

// lowerRetry refuses a retry that could write twice. A provider that says
// "rate limited" has not executed the call, so that is always safe; the rest
// needs a rule that finds out first whether the call took effect.
func (c *compilation) lowerRetry(n node, a *ir.Action) {
	r := n.get("retry")
	if !r.exists() {
		return
	}
	a.Retry = &ir.Retry{Pos: r.pos(), Max: r.get("max").int(), Classes: r.get("on").strs()}
	unsafe := a.Effect == ir.Create || a.Effect == ir.Irreversible
	recovers := n.get("recover").exists()
	for _, e := range r.get("on").list() {
		switch class := ir.Class(e.str()); {
		case unsafe && class != ir.RateLimited && !recovers:
			c.report.Errorf(diag.RetryOnCreate, e.pos(), "sending `%s` again after `%s` could write twice", n.name, class).
				Label("the first one may have taken effect").
				Help("drop it, or say effect: \"idempotent\" or \"keyed\" if the provider guarantees it").
				Note("its effect is %q", a.Effect)
		case !waits(class) && class != ir.AuthExpired && class != ir.CursorExpired:
			c.report.Errorf(diag.RetryHopeless, e.pos(), "sending the same call again does not help against `%s`", class)
		}
	}
	if unsafe && a.Retry.Max > 1 && !r.get("on").exists() && !recovers {
		c.report.Errorf(diag.RetryOnCreate, r.labelPos(), "`%s` is %q, and a retry could write twice", n.name, a.Effect).
			Label("retry of a write that is not safe to repeat").
			Help("limit it to retry: {max: %d, on: [\"rate_limited\"]}, or give the action a key", a.Retry.Max)
	}
}
