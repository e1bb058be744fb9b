package draft

import (
	"maps"
	"strings"

	"github.com/porin-dev/porin/spec/quirks"
)

// rules are the rules of the knowledge base, sorted by what they are about.
type rules struct {
	spec        []specRule
	params      map[string]*typeRule
	fields      map[string]*typeRule
	pages       []*quirks.Fact
	limits      []listRule
	effects     []listRule
	methods     []listRule
	deprecated  []listRule // By advice.
	envelope    map[string]bool
	credentials map[string]bool
	required    map[string][]listRule // By parameter.
	scopes      map[string]string     // Present names by the ones of the document.
	codes       map[string]string     // As they are sent by the ones of the document.
	noScopes    []string
	docs        string
	prefixes    []string
	names       map[string]string
}

type specRule struct {
	fact *quirks.Fact
	text *value
}

type typeRule struct {
	fact    *quirks.Fact
	f       *field
	actions []string // Patterns of the actions it is about; nil is all.
}

// listRule says something, by name, about the actions that match.
type listRule struct {
	fact    *quirks.Fact
	name    string
	actions []string
}

// takeRules sorts the rules. Where two facts speak of one thing the first in
// the file is taken.
func (d *drafter) takeRules() {
	d.rules = rules{
		params: map[string]*typeRule{}, fields: map[string]*typeRule{},
		required: map[string][]listRule{}, scopes: map[string]string{}, codes: map[string]string{}, envelope: map[string]bool{}, credentials: map[string]bool{}, names: map[string]string{},
	}
	if d.o.Quirks == nil {
		return
	}
	for _, f := range d.o.Quirks.Facts {
		if f.Rule != nil {
			d.takeRule(f, f.Rule)
		}
	}
}

func (d *drafter) takeRule(f *quirks.Fact, r *quirks.Rule) {
	to := &d.rules
	if r.Spec != "" {
		to.spec = append(to.spec, specRule{f, fragment(r.Spec)})
	}
	takeTypes(to.params, f, r.Params, r.Actions)
	takeTypes(to.fields, f, r.Fields, nil)
	if r.Page != nil {
		to.pages = append(to.pages, f)
	}
	to.limits = append(to.limits, lists(f, r.Limits)...)
	to.effects = append(to.effects, lists(f, r.Effects)...)
	to.methods = append(to.methods, lists(f, r.Methods)...)
	for _, l := range lists(f, r.Required) {
		to.required[l.name] = append(to.required[l.name], l)
	}
	for _, p := range r.Deprecated {
		to.deprecated = append(to.deprecated, listRule{f, p.Text, []string{p.Name}})
	}
	maps.Copy(to.scopes, r.Scopes)
	maps.Copy(to.codes, r.Codes)
	maps.Copy(to.names, r.Names)
	mark(to.envelope, r.Envelope)
	mark(to.credentials, r.Credentials)
	to.noScopes = append(to.noScopes, r.NoScopes...)
	to.docs = first(to.docs, r.Docs)
	to.prefixes = append(to.prefixes, r.Prefixes...)
}

func takeTypes(into map[string]*typeRule, f *quirks.Fact, src string, actions []string) {
	for _, x := range fragment(src).fields {
		if into[x.label] == nil {
			into[x.label] = &typeRule{f, x, actions}
		}
	}
}

func lists(f *quirks.Fact, named []quirks.Named) []listRule {
	var out []listRule
	for _, n := range named {
		out = append(out, listRule{f, n.Name, n.List})
	}
	return out
}

func mark(set map[string]bool, names []string) {
	for _, n := range names {
		set[n] = true
	}
}

// matching returns the first rule about the action, or nil.
func matching(list []listRule, action quirks.Action) *listRule {
	for i := range list {
		if action.In(list[i].actions) {
			return &list[i]
		}
	}
	return nil
}

// docsOf returns the address of an action's page.
func (d *drafter) docsOf(op *operation) string {
	if d.rules.docs != "" {
		return strings.ReplaceAll(d.rules.docs, "{action}", op.dotted())
	}
	return op.docs
}
