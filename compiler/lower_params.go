package compiler

import (
	"mime"
	"slices"
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
		name := f.Name
		if strings.ContainsAny(name, unfit) || name == "-" {
			copied := *f
			f = &copied
			f.Name = "in_" + strings.Map(func(r rune) rune {
				if strings.ContainsRune(unfit, r) {
					return '_'
				}
				return r
			}, name)
		}
		for fieldOf(params, f.Name) != nil {
			copied := *f
			f = &copied
			f.Name = in + "_" + f.Name // The same name in two places.
		}
		params.Fields = append(params.Fields, f)
		a.Places = append(a.Places, &ir.Place{Field: f.Name, In: in, Name: name, Style: f.Type.Wire.Style})
	}
	addAll := func(t *ir.Type, in string) {
		own := map[string]string{} // Names of fields by those on the wire.
		for _, f := range t.Fields {
			switch {
			case f.ReadOnly && in != "path":
				continue
			case f.ReadOnly: // A path without it is another one.
				copied := *f
				f, copied.ReadOnly = &copied, false
			}
			add(f, in)
			own[f.Name] = params.Fields[len(params.Fields)-1].Name
		}
		for _, choice := range without(t.Choices, membersThat(t, sent.skips)) {
			params.Choices = append(params.Choices, choice.Renamed(func(name string) string { return own[name] }))
		}
	}
	for _, in := range []string{"path", "query", "header", "cookie"} {
		if t := c.lowerPlace(n.get(in)); t != nil {
			for _, f := range t.Fields {
				if in == "header" {
					c.checkHeaderName(f.Pos, f.Name)
				}
			}
			addAll(t, in)
		}
	}
	for _, kind := range []string{"body", "form", "multipart", "raw", "text"} {
		if b := n.get(kind); b.sound() {
			c.lowerBody(b, a, addAll)
		}
	}
	c.lowerMedia(n, a)
	if len(params.Fields) > 0 {
		a.Params = params
	}
	a.URL = c.lowerTemplate(url, scopes{allowed: []string{"in", "conn"}, check: func(n node, p ir.SpannedPart) bool {
		return c.connScope(n, p) && c.pathParam(n, p, a)
	}})
	if text := url.str(); strings.Contains(text, "://") || strings.HasPrefix(text, "//") {
		c.report.Errorf(diag.AbsolutePath, url.pos(), "the path of an action is relative to a server, and this names a host").
			Help("declare the host under connector.servers and name it with `server`")
	}
	c.checkBare(url, a)
	c.checkPathParams(n, url, a)
	a.URL = byField(a.URL, a.Places)
}

// byField is a path with the names that parameters have as fields, in place of
// their own.
func byField(url ir.Template, places []*ir.Place) ir.Template {
	for _, part := range url.Parts {
		i := slices.IndexFunc(places, func(p *ir.Place) bool {
			return part.Scope == "in" && len(part.Path) > 0 && p.In == "path" && p.Name == part.Path[0].Name
		})
		if i >= 0 {
			part.Path[0].Name = places[i].Field
		}
	}
	return url
}

// unfit are the characters that the tag of a Go struct cannot have: a parameter
// with one has another name there.
const unfit = ",'\"`\\"

// lowerPlace lowers the parameters of one place, as an object that has them. A
// reference to a type, or a composition, stands for its fields.
func (c *compilation) lowerPlace(n node) *ir.Type {
	if !n.sound() {
		return nil
	}
	t := c.lowerType(n)
	c.flatten(t)
	t = c.resolve(t)
	if t == nil || t.Kind != ir.Object {
		c.report.Errorf(diag.UnsupportedType, n.pos(), "`%s` lists parameters by name, and this is not an object", n.name)
		return nil
	}
	return t
}

func (c *compilation) lowerBody(n node, a *ir.Action, addAll func(*ir.Type, string)) {
	a.Body = &ir.Body{As: bodyKinds[n.name]}
	t := c.lowerType(n)
	c.flatten(t)
	if r := c.resolve(t); r != nil && r.Kind == ir.Object && a.Body.As != "raw" && a.Body.As != "text" {
		addAll(r, "body")
	} else {
		a.Body.Field = "body"
		whole := &ir.Field{Name: "body", Type: t, Required: true, Pos: n.labelPos(), Doc: n.doc()}
		addAll(&ir.Type{Kind: ir.Object, Fields: []*ir.Field{whole}}, "body")
	}
	if a.Method == "GET" || a.Method == "HEAD" || a.Method == "OPTIONS" || a.Method == "TRACE" {
		c.warn(diag.BodyOnGet, n.labelPos(), "a %s with a body is dropped by many proxies", a.Method).
			Help("send the parameters in `query`")
	}
}

// lowerMedia reads the type that the body is sent with.
func (c *compilation) lowerMedia(n node, a *ir.Action) {
	m := n.get("media")
	if !m.exists() {
		return
	}
	_, _, err := mime.ParseMediaType(m.str())
	switch {
	case a.Body == nil:
		c.report.Errorf(diag.MediaUnfit, m.labelPos(), "`media` is the type of a body, and `%s` sends none", n.name).
			Help("add a body: raw: bytes")
	case a.Body.As == "multipart":
		c.report.Errorf(diag.MediaUnfit, m.pos(), "the type of a multipart body names the boundary of its parts, so that the client writes it").
			Help("leave it out")
	case err != nil || !strings.Contains(m.str(), "/"):
		c.report.Errorf(diag.MediaUnfit, m.pos(), "`%s` is not a media type", m.str()).
			Help("write a type and a subtype: \"application/merge-patch+json\"")
	default:
		a.Body.Type = m.str()
	}
}

// pathParam checks {in.name} in the URL.
func (c *compilation) pathParam(n node, r ir.SpannedPart, a *ir.Action) bool {
	if r.Scope != "in" || len(r.Steps) == 0 {
		return true
	}
	name := r.Steps[0].Name
	for _, p := range a.Places {
		if p.In == "path" && p.Name == name {
			return c.checkInPath(n, r, fieldOf(a.Params, p.Field))
		}
	}
	var names []string
	for _, p := range a.Places {
		if p.In == "path" {
			names = append(names, p.Name)
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

// inputScope checks {in.name} where any parameter may go that is text.
func (c *compilation) inputScope(n node, r ir.SpannedPart, a *ir.Action) bool {
	if r.Scope != "in" || len(r.Steps) == 0 {
		return true
	}
	name, at := r.Steps[0].Name, n.textPos(r.From+1, r.To-1)
	f := fieldOf(a.Params, name)
	if f == nil {
		c.report.Errorf(diag.UnknownTemplateName, at, "`%s` has no parameter `%s`", a.Path, name).Label("not a parameter").
			DidYouMean(name, paramNames(a))
		return false
	}
	return c.checkText(n, r, f)
}

// checkText checks that a parameter in a template is text.
func (c *compilation) checkText(n node, r ir.SpannedPart, f *ir.Field) bool {
	t := c.follow(n, r.Steps[1:], f.Type)
	if t == nil || t.Kind != ir.Object && t.Kind != ir.List && t.Kind != ir.Map {
		return true
	}
	c.report.Errorf(diag.TemplateNotText, n.textPos(r.From+1, r.To-1), "`%s` is %s, and a template takes text", n.str()[r.From+1:r.To-1], kindNoun(t)).
		Also(f.Pos, "declared here")
	return false
}

// checkInPath checks that a path parameter is always there and is text, or a
// list, which is written with commas.
func (c *compilation) checkInPath(n node, r ir.SpannedPart, f *ir.Field) bool {
	if !f.Required {
		c.report.Errorf(diag.OptionalInTemplate, f.Pos, "`%s` is part of the path, so it cannot be absent", f.Name).
			Help("write `%s!`", f.Name).
			Also(n.textPos(r.From+1, r.To-1), "used here")
		return false
	}
	if t := c.resolve(f.Type); len(r.Steps) == 1 && t != nil && (t.Kind == ir.List || f.Type.Wire.Style == "comma") {
		return true
	}
	return c.checkText(n, r, f)
}

// checkPathParams reports path parameters that the URL does not use.
func (c *compilation) checkPathParams(n, url node, a *ir.Action) {
	if len(a.URL.Parts) == 0 && url.str() != "" {
		return // It has a mistake, and what it uses is not known.
	}
	used := map[string]bool{}
	for _, p := range a.URL.Parts {
		if p.Scope == "in" && len(p.Path) > 0 {
			used[p.Path[0].Name] = true
		}
	}
	for _, f := range n.get("path").fields() {
		if !used[f.name] {
			c.report.Errorf(diag.PathParamUnused, f.labelPos(), "the path does not use the parameter `%s`", f.name).
				Also(a.URL.Pos, "the path is here").
				Help("write {in.%s} where it goes", f.name)
		}
	}
}
