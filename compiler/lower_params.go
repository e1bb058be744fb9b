package compiler

import (
	"strings"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

var bodyKinds = map[string]string{"body": "json", "form": "form", "multipart": "multipart", "raw": "raw", "text": "text"}

// lowerParams collects what the caller gives: the parameters of every place,
// and the members of the body.
func (c *compilation) lowerParams(n, url node, a *ir.Action) {
	params := &ir.Type{Kind: ir.Object, Pos: n.labelPos()}
	add := func(f *ir.Field, in string) {
		if fieldOf(params, f.Name) != nil {
			copied := *f
			f = &copied
			f.Name = in + "_" + f.Name // The same name in two places.
		}
		params.Fields = append(params.Fields, f)
		a.Places = append(a.Places, &ir.Place{Field: f.Name, In: in, Name: strings.TrimPrefix(f.Name, in+"_"), Style: f.Type.Wire.Style})
	}
	for _, in := range []string{"path", "query", "header", "cookie"} {
		for _, f := range c.paramFields(n.get(in)) {
			add(f, in)
		}
	}
	for _, kind := range []string{"body", "form", "multipart", "raw", "text"} {
		if b := n.get(kind); b.sound() {
			c.lowerBody(b, a, add)
		}
	}
	if len(params.Fields) > 0 {
		a.Params = params
	}
	a.URL = c.lowerTemplate(url, scopes{allowed: []string{"in", "conn"}, check: func(n node, p ir.SpannedPart) bool {
		return c.connScope(n, p) && c.pathParam(n, p, a)
	}})
	if strings.Contains(url.str(), "://") {
		c.report.Errorf(diag.AbsolutePath, url.pos(), "the path of an action is relative to a server, and this names a host").
			Help("declare the host under connector.servers and name it with `server`")
	}
	c.checkPathParams(n, a)
}

// paramFields lowers the parameters of one place. A reference to a type, or
// a composition, stands for its fields.
func (c *compilation) paramFields(n node) []*ir.Field {
	if !n.sound() {
		return nil
	}
	t := c.lowerType(n)
	c.flatten(t, map[string]bool{})
	t = c.resolve(t)
	if t == nil || t.Kind != ir.Object {
		c.report.Errorf(diag.UnsupportedType, n.pos(), "`%s` lists parameters by name, and this is not an object", n.name)
		return nil
	}
	return t.Fields
}

func (c *compilation) lowerBody(n node, a *ir.Action, add func(*ir.Field, string)) {
	a.Body = &ir.Body{As: bodyKinds[n.name]}
	t := c.lowerType(n)
	c.flatten(t, map[string]bool{})
	if r := c.resolve(t); r != nil && r.Kind == ir.Object && a.Body.As != "raw" && a.Body.As != "text" {
		for _, f := range r.Fields {
			add(f, "body")
		}
	} else {
		a.Body.Field = "body"
		add(&ir.Field{Name: "body", Type: t, Required: true, Pos: n.labelPos(), Doc: n.doc()}, "body")
	}
	if a.Method == "GET" || a.Method == "HEAD" {
		c.report.Warnf(diag.BodyOnGet, n.labelPos(), "a %s with a body is dropped by many proxies", a.Method).
			Help("send the parameters in `query`")
	}
}

// pathParam checks {in.name} in the URL.
func (c *compilation) pathParam(n node, r ir.SpannedPart, a *ir.Action) bool {
	if r.Scope != "in" || len(r.Steps) == 0 {
		return true
	}
	name := r.Steps[0].Name
	for _, p := range a.Places {
		if p.In == "path" && p.Field == name {
			return c.checkInPath(n, r, fieldOf(a.Params, name))
		}
	}
	var names []string
	for _, p := range a.Places {
		if p.In == "path" {
			names = append(names, p.Field)
		}
	}
	d := c.report.Errorf(diag.PathParamUnknown, n.textPos(r.From+1, r.To-1), "the path uses `in.%s`, and the action declares no such path parameter", name).
		Label("not declared")
	if near, ok := diag.Nearest(name, names); ok {
		d.Help("did you mean `in.%s`?", near)
	} else {
		d.Help("add path: {%s!: string}", name)
	}
	return false
}

// checkInPath checks that a path parameter is always there and is text.
func (c *compilation) checkInPath(n node, r ir.SpannedPart, f *ir.Field) bool {
	switch t := c.resolve(f.Type); {
	case t != nil && (t.Kind == ir.Object || t.Kind == ir.List || t.Kind == ir.Map):
		c.report.Errorf(diag.TemplateNotText, n.textPos(r.From+1, r.To-1), "`in.%s` is %s, and a path takes text", f.Name, kindNoun(t)).
			Also(f.Pos, "declared here")
		return false
	case !f.Required:
		c.report.Errorf(diag.OptionalInTemplate, f.Pos, "`%s` is part of the path, so it cannot be absent", f.Name).
			Help("write `%s!`", f.Name).
			Also(n.textPos(r.From+1, r.To-1), "used here")
		return false
	}
	return true
}

// checkPathParams reports path parameters that the URL does not use.
func (c *compilation) checkPathParams(n node, a *ir.Action) {
	used := map[string]bool{}
	for _, p := range a.URL.Parts {
		if p.Scope == "in" && len(p.Path) > 0 {
			used[p.Path[0].Name] = true
		}
	}
	for _, f := range n.get("path").fields() {
		if !used[f.name] && !c.report.HasErrors() {
			c.report.Errorf(diag.PathParamUnused, f.labelPos(), "the path does not use the parameter `%s`", f.name).
				Also(a.URL.Pos, "the path is here").
				Help("write {in.%s} where it goes", f.name)
		}
	}
}

// lowerEffect decides what sending an action twice does, and checks what
// depends on it.
func (c *compilation) lowerEffect(n node, a *ir.Action) {
	usual := map[string]ir.Effect{"GET": ir.Read, "HEAD": ir.Read, "PUT": ir.Idempotent, "DELETE": ir.Idempotent, "POST": ir.Create, "PATCH": ir.Create}[a.Method]
	a.Effect = usual
	if e := n.get("effect"); e.exists() {
		a.Effect = ir.Effect(e.str())
		if (a.Method == "GET" || a.Method == "HEAD") && a.Effect != ir.Read {
			c.report.Warnf(diag.EffectOddMethod, e.pos(), "a %s that is `%s` is unusual: caches and proxies may send it again", a.Method, a.Effect).
				Help("add @why with the source, if the provider means it")
		}
	}
	c.lowerKey(n, a)
	c.lowerRetry(n, a)
	if r := n.get("recover"); r.exists() {
		a.Recover = &ir.Recover{Call: r.get("call").str(), Find: r.get("find").str()}
		if a.Effect != ir.Create && a.Effect != ir.Irreversible {
			c.report.Errorf(diag.RecoverUnfit, r.labelPos(), "`recover` is for an action that may not be sent twice, and `%s` is `%s`", n.name, a.Effect)
		}
		c.notCompiled(r, "`recover`")
	}
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
// "rate limited" has not executed the call, so that is always safe.
func (c *compilation) lowerRetry(n node, a *ir.Action) {
	r := n.get("retry")
	if !r.exists() {
		return
	}
	a.Retry = &ir.Retry{Pos: r.pos(), Max: r.get("max").int(), Classes: r.get("on").strs()}
	unsafe := a.Effect == ir.Create || a.Effect == ir.Irreversible
	for _, e := range r.get("on").list() {
		switch class := ir.Class(e.str()); {
		case unsafe && class != ir.RateLimited:
			c.report.Errorf(diag.RetryOnCreate, e.pos(), "sending `%s` again after `%s` could write twice", n.name, class).
				Label("the first one may have taken effect").
				Help("drop it, or say effect: \"idempotent\" or \"keyed\" if the provider guarantees it").
				Note("its effect is %q", a.Effect)
		case !waits(class) && class != ir.AuthExpired && class != ir.CursorExpired:
			c.report.Errorf(diag.RetryHopeless, e.pos(), "sending the same call again does not help against `%s`", class)
		}
	}
	if unsafe && a.Retry.Max > 1 && len(a.Retry.Classes) == 0 {
		c.report.Errorf(diag.RetryOnCreate, r.labelPos(), "`%s` is %q, and a retry could write twice", n.name, a.Effect).
			Label("retry of a write that is not safe to repeat").
			Help("limit it to retry: {max: %d, on: [\"rate_limited\"]}, or give the action a key", a.Retry.Max)
	}
}
