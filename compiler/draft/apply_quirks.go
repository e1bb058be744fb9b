package draft

import (
	"maps"
	"slices"
	"strings"

	"github.com/porin-dev/porin/spec/quirks"
)

// rules are the rules of the knowledge base, sorted by what they are about.
type rules struct {
	spec        []specRule
	params      map[string]*typeRule
	fields      map[string]*typeRule
	pages       []*quirks.Fact
	unpaged     []string
	set         []setRule
	limits      []listRule
	effects     []listRule
	methods     []listRule
	deprecated  []listRule // By advice.
	failure     *failureRule
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

// setRule says what actions that match have besides.
type setRule struct {
	fact    *quirks.Fact
	pattern string
	text    *value
}

// failureRule says where failures have their code and text.
type failureRule struct {
	fact *quirks.Fact
	envelope
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
	to.unpaged = append(to.unpaged, r.Unpaged...)
	for _, s := range r.Set {
		to.set = append(to.set, setRule{f, s.Name, fragment(s.CUE)})
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
	if r.Failure != nil && to.failure == nil {
		to.failure = &failureRule{f, envelope{r.Failure["code"], r.Failure["message"], r.Failure["request"]}}
	}
	mark(to.envelope, r.Envelope)
	mark(to.credentials, r.Credentials)
	to.noScopes = append(to.noScopes, r.NoScopes...)
	to.docs = first(to.docs, r.Docs)
	to.prefixes = append(to.prefixes, r.Prefixes...)
}

func takeTypes(into map[string]*typeRule, f *quirks.Fact, src string, actions []string) {
	for _, x := range fragment(src).fields {
		if label := strings.Trim(x.label, `"`); into[label] == nil {
			into[label] = &typeRule{f, x, actions}
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

// setRest writes what rules say of actions that match, in place of what was
// drafted. The evidence is given in full once.
func (d *drafter) setRest(v *value, action quirks.Action) {
	for _, r := range d.rules.set {
		if !action.In([]string{r.pattern}) {
			continue
		}
		known := d.applied[r.fact.ID]
		a := d.why(r.fact)
		if known {
			a.args = []string{a.args[0], a.args[len(a.args)-1]}
		}
		for _, f := range r.text.fields {
			v.set(f.label, f.value, append(slices.Clone(f.attrs), a)...)
		}
		order(v, slices.Concat([]string{"doc", "docs"}, methods, []string{"server", "effect", "key"})...)
	}
}

// joinAuth completes what rules say about auth by what the document does: the
// addresses of an OAuth flow that a rule does not name, and kinds of auth that
// no rule is about.
func joinAuth(known, document *value) {
	for _, f := range document.fields {
		kind := f.value.fields[0]
		i := slices.IndexFunc(known.fields, func(k *field) bool { return k.value.field(kind.label) != nil })
		if i < 0 {
			known.fields = append(known.fields, f)
			continue
		}
		mine := known.fields[i].value.field(kind.label).value
		for _, part := range kind.value.fields {
			switch own := mine.field(part.label); {
			case own == nil:
				mine.fields = append(mine.fields, part)
			case part.label == "code" || part.label == "client":
				own.value.merge(part.value)
			}
		}
	}
}

// dropIdleLimits takes out the limits of other products: what is known of an
// API may be about many documents, and this one has none of the actions.
func (d *drafter) dropIdleLimits() {
	limits := d.head.at("limits")
	if limits == nil || len(d.o.Only) > 0 || len(d.o.Skip) > 0 {
		return
	}
	drawn := map[string]bool{}
	for _, r := range d.rules.limits {
		drawn[r.name] = drawn[r.name] || slices.ContainsFunc(d.ops, func(op *operation) bool { return op.known().In(r.actions) })
	}
	limits.fields = slices.DeleteFunc(limits.fields, func(f *field) bool {
		name := strings.Trim(f.label, `"`)
		used, ruled := drawn[name]
		return ruled && !used
	})
	if len(limits.fields) == 0 {
		d.head.fields = slices.DeleteFunc(d.head.fields, func(f *field) bool { return f.label == "limits" })
	}
}
