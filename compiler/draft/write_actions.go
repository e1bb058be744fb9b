package draft

import (
	"slices"
	"strings"

	"github.com/porin-dev/porin/spec/quirks"
)

// writeActions writes a struct for every action.
func (d *drafter) writeActions() {
	common := d.commonCodes()
	if len(common) > 0 {
		d.head.set("codes", quotedList(common))
	}
	for _, op := range d.ops {
		d.actions = append(d.actions, &drafted{op.name, d.action(op, common)})
	}
	d.ruledActions()
	d.dropIdleLimits()
	slices.SortStableFunc(d.actions, func(a, b *drafted) int {
		return strings.Compare(a.name[0], b.name[0])
	})
	d.stats.Actions = len(d.actions)
}

func (d *drafter) action(op *operation, common []string) *value {
	v := structure()
	if d.o.Descriptions && op.doc != "" {
		v.set("doc", quoted(sentence(op.doc)))
	}
	if docs := d.docsOf(op); docs != "" {
		v.set("docs", quoted(docs))
	}
	d.setMethod(v, op)
	if op.server != "" {
		v.set("server", quoted(op.server))
	}
	d.setEffect(v, op)
	if r := matching(d.rules.deprecated, op.known()); r != nil {
		v.set("deprecated", quoted(r.name), d.why(r.fact))
	} else if op.deprecated {
		v.set("deprecated", quoted("the vendor's document marks it as deprecated"))
	}
	page := d.pageOf(op) // May add parameters, and members of the reply.
	d.setParams(v, op)
	d.setReply(v, op)
	if page != nil {
		v.set("page", page.value, page.attrs...)
		d.stats.Pages++
	}
	d.setRules(v, op.known())
	if methods := d.authOf(op); len(methods) > 0 {
		v.set("auth", quotedList(methods))
	}
	if scopes := d.scopesOf(op); len(scopes) > 0 {
		if d.asksScopes() {
			v.set("scopes", quotedList(scopes))
		} else {
			d.note(op.at, "the scopes %q are left out, for no auth method of the draft can ask for them", strings.Join(scopes, ", "))
		}
	}
	codes := slices.DeleteFunc(d.codesOf(op, d.codePaths()), func(c string) bool { return contains(common, c) })
	if len(codes) > 0 {
		v.set("codes", quotedList(codes))
	}
	d.setRest(v, op.known())
	brace(v)
	return v
}

// brace keeps the braces of what lists parameters and members, so that one
// looks like several.
func brace(action *value) {
	for _, part := range []string{"path", "query", "header", "cookie", "body", "form", "multipart", "returns"} {
		if f := action.field(part); f != nil {
			f.value.braced = true
		}
	}
}

// scopesOf lists the scopes of an operation by their present names.
func (d *drafter) scopesOf(op *operation) []string {
	var scopes []string
	for _, s := range op.scopes {
		s = first(d.rules.scopes[s], s)
		if !contains(d.rules.noScopes, s) && !contains(scopes, s) {
			scopes = append(scopes, s)
		}
	}
	return scopes
}

// asksScopes reports whether a method of the draft can ask for scopes: those of
// OAuth can.
func (d *drafter) asksScopes() bool {
	auth := d.head.at("auth")
	return auth == nil || slices.ContainsFunc(auth.fields, func(f *field) bool { return f.value.at("oauth2") != nil })
}

// setRules writes what the knowledge base says about an action by name.
func (d *drafter) setRules(v *value, action quirks.Action) {
	var limits []string
	for _, r := range d.rules.limits {
		if contains(limits, r.name) || matching([]listRule{r}, action) == nil {
			continue
		}
		d.applied[r.fact.ID] = true
		limits = append(limits, r.name)
	}
	if len(limits) > 0 {
		v.set("limits", quotedList(limits))
	}
}

func (d *drafter) setMethod(v *value, op *operation) {
	method := op.method
	var attrs []attr
	if r := matching(d.rules.methods, op.known()); r != nil && r.name != method {
		method = r.name
		attrs = append(attrs, d.why(r.fact))
		d.moveToBody(op)
	}
	v.set(method, quoted(d.url(op)), attrs...)
}

// moveToBody is for an action that is called with another method than the
// document says: its query becomes a form.
func (d *drafter) moveToBody(op *operation) {
	for _, p := range op.params {
		if p.in == "query" {
			p.in = "form"
		}
	}
	if op.body == nil {
		op.body = &body{media: "application/x-www-form-urlencoded", at: op.at}
	}
}

// places are the parameters of an action by where they go, in the order in
// which a spec lists them.
var places = []string{"path", "query", "header", "cookie"}

func (d *drafter) setParams(v *value, op *operation) {
	names := d.paramNames(op)
	for _, in := range places {
		if fields := d.paramFields(op, in, names); len(fields) > 0 {
			v.set(in, structure(fields...))
		}
	}
	if op.body == nil {
		return
	}
	form := d.paramFields(op, "form", names)
	switch {
	case op.body.schema != nil:
		d.setBody(v, op.body, op.path)
	case bare(op.body.media) == "multipart/form-data":
		v.set("multipart", structure(form...))
	case len(form) > 0:
		v.set("form", structure(form...))
	}
}

// styled writes the members of a form, each with its style.
func (d *drafter) styled(b *body) *value {
	v := d.render(b.schema, true)
	if b.schema.kind != objectKind {
		return v
	}
	for _, m := range b.schema.fields {
		if style := d.fitStyle(m.schema, "form", b.styles[m.name]); style != "" && b.styles[m.name] != "" {
			f := v.field(labelOf(m.name))
			f.attrs = append(f.attrs, attr{"style", []string{style}})
		}
	}
	return v
}

// paramFields lists the parameters of one place, required ones first.
func (d *drafter) paramFields(op *operation, in string, names map[*param]string) []*field {
	var required, optional []*field
	for _, p := range op.params {
		if p.in != in || d.leftToClient(op, p) {
			continue
		}
		f := &field{
			label: labelOf(p.name), mark: "?", value: withUsual(d.render(p.schema, true), p),
			attrs: named(attrsOf(p.schema), names[p]), doc: d.comment(p.doc),
		}
		f.attrs = slices.DeleteFunc(f.attrs, func(a attr) bool { return a.name == "readonly" || a.name == "writeonly" }) // They are about members.
		if style := d.fitStyle(p.schema, p.in, p.style); style != "" {
			f.attrs = append(f.attrs, attr{"style", []string{style}})
		}
		if p.deprecated {
			f.attrs = append(f.attrs, attr{"deprecated", []string{quote("the document says so")}})
		}
		if p.required || in == "path" || matching(d.rules.required[p.name], op.known()) != nil {
			f.mark = "!"
			required = append(required, f)
		} else {
			optional = append(optional, f)
		}
	}
	return append(required, optional...)
}

// leftToClient reports whether the client fills in a parameter by itself.
func (d *drafter) leftToClient(op *operation, p *param) bool {
	return p == op.key || d.isCredential(p) || p.in == "header" && ownHeader(p.name)
}

// isCredential reports whether a parameter carries the credential: the
// knowledge base says so, or a security scheme of the document.
func (d *drafter) isCredential(p *param) bool {
	if d.rules.credentials[p.name] || p.in == "header" && (d.sendsHeader(p.name) || p.name == d.credential) {
		return true
	}
	for _, s := range d.doc.schemes {
		if s.kind == "key" && s.in == p.in && strings.EqualFold(s.param, p.name) {
			return true
		}
	}
	return false
}

// sendsHeader reports whether the connector sends the header with every
// request, so that no caller has to.
func (d *drafter) sendsHeader(name string) bool {
	headers := d.head.at("connector", "headers")
	return headers != nil && slices.ContainsFunc(headers.fields, func(f *field) bool {
		return strings.EqualFold(strings.Trim(f.label, `"`), name)
	})
}

// ownHeader reports whether a header is the client's affair. OpenAPI says
// that parameters of these names are ignored.
func ownHeader(name string) bool {
	switch strings.ToLower(name) {
	case "accept", "content-type", "authorization":
		return true
	}
	return false
}

// sentence is the first sentence of a description, on one line.
func sentence(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if i := strings.Index(s, ". "); i > 0 {
		s = s[:i+1]
	}
	return s
}

// commonCodes are those that at least half of the operations with documented
// codes share. They are said once, for the whole connector.
func (d *drafter) commonCodes() []string {
	paths := d.codePaths()
	counts, documented := map[string]int{}, 0
	for _, op := range d.doc.ops {
		codes := d.codesOf(op, paths)
		if len(codes) > 0 {
			documented++
		}
		for _, c := range codes {
			counts[c]++
		}
	}
	var common []string
	for c, n := range counts {
		if documented > 4 && n*2 >= documented {
			common = append(common, c)
		}
	}
	slices.Sort(common)
	return common
}

// codePaths are the paths that the error rules of the spec read codes from.
func (d *drafter) codePaths() []string {
	var paths []string
	rules := d.head.field("errors")
	if rules == nil {
		return nil
	}
	for _, r := range rules.value.items {
		if f := r.field("code"); f != nil {
			if p := strings.Trim(f.value.text, `"`); p != "" && !contains(paths, p) {
				paths = append(paths, p)
			}
		}
	}
	return paths
}

// ruledActions adds the actions that the knowledge base writes out, because
// the document lacks them.
func (d *drafter) ruledActions() {
	for _, r := range d.rules.spec {
		if tree := r.text.at("actions"); tree != nil {
			d.ruledActionsIn(tree, nil, r)
		}
	}
}

func (d *drafter) ruledActionsIn(tree *value, path []string, r specRule) {
	for _, f := range tree.fields {
		name := append(slices.Clone(path), strings.Trim(f.label, `"`))
		if !f.value.isStruct {
			continue
		}
		method := slices.IndexFunc(f.value.fields, func(x *field) bool {
			return contains(methods, x.label)
		})
		if method < 0 {
			d.ruledActionsIn(f.value, name, r)
			continue
		}
		if d.wanted(name) {
			v := structure(slices.Clone(f.value.fields)...)
			v.fields[method] = &field{
				label: v.fields[method].label, value: v.fields[method].value, attrs: []attr{d.why(r.fact)},
			}
			d.setRules(v, quirks.Action{Name: strings.Join(name, "."), Method: v.fields[method].label, Path: strings.Trim(v.fields[method].value.text, `"`)})
			brace(v)
			d.actions = append(d.actions, &drafted{name, v})
		}
	}
}
