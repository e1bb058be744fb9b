// Package mutate lists what can be wrong in the rules of a connector: each
// [Mutant] is one rule changed to a wrong one. A client that is generated from
// the changed connector and meets a twin of the true one has to fail; where it
// does not, nothing checks that rule.
//
// A rule that several actions share, by inheritance or by reference, is one
// mutant.
package mutate

import (
	"fmt"
	"slices"

	"github.com/porin-dev/porin/compiler/ir"
)

// Kind says which rule a mutant changes. It is stable.
type Kind string

// The kinds of rules.
const (
	PageParameter Kind = "page parameter" // Where the place in a list is sent.
	PageEnd       Kind = "end rule"
	PageStart     Kind = "start"
	PageBy        Kind = "by"
	PageSize      Kind = "page size"
	PageItems     Kind = "item path"
	PageFrom      Kind = "next page" // Where the place in a list is read.

	HeaderName  Kind = "header name"
	HeaderValue Kind = "header value"
	Unit        Kind = "unit"
	ErrorWhen   Kind = "error condition"
	ErrorClass  Kind = "error class"
	CodePath    Kind = "code path"
	RequestPath Kind = "request id"
	WaitPath    Kind = "wait"

	Effect    Kind = "effect"
	KeyPlace  Kind = "key header"
	LimitRate Kind = "limit number"
	LimitKey  Kind = "limit key"
	LimitCost Kind = "limit cost"

	BatchMost    Kind = "most items"
	BatchMatch   Kind = "item match" // What an item and its outcome have alike.
	BatchResults Kind = "result path"
	BatchAtomic  Kind = "atomic"

	SignaturePart Kind = "signature part"
	EventPath     Kind = "event path"
	Handshake     Kind = "handshake"

	CredentialPlace Kind = "credential place"
	TokenPath       Kind = "token path"
	Expiry          Kind = "expiry"
	ScopeSeparator  Kind = "scope separator"
	Grant           Kind = "grant"

	FieldType  Kind = "type of a field"
	TimeFormat Kind = "time format"
)

// Mutant is one wrong rule.
type Mutant struct {
	ID   int // From 1, in the order of [List].
	Kind Kind
	Pos  ir.Pos // Of the rule in the spec.
	What string // The change: "boards.list sends its place as cursor_ in place of cursor".

	// Actions are those that the rule is for; nil is every one.
	Actions []string

	// Places are where in answers a field is whose type is changed, by action;
	// "*" stands for every index and key.
	Places map[string][]string

	sites []site
}

// site is one change, and how it is taken back.
type site struct{ do, undo func() }

// Apply changes the rule in the connector that the mutant was listed from, and
// returns what takes the change back.
func (m *Mutant) Apply() (undo func()) {
	for _, s := range m.sites {
		s.do()
	}
	return func() {
		for _, s := range slices.Backward(m.sites) {
			s.undo()
		}
	}
}

// List returns the mutants of a connector, in an order that follows from it
// alone. The connector is not changed until one is applied.
func List(c *ir.Connector) []*Mutant {
	l := &list{c: c, seen: map[string]*Mutant{}, changed: map[*ir.Field]bool{}}
	l.servers()
	l.auth()
	l.errors()
	l.limits()
	l.actions()
	l.pages()
	l.batches()
	l.webhooks()
	l.fields()
	for i, m := range l.all {
		m.ID = i + 1
	}
	return l.all
}

// list collects mutants.
type list struct {
	c    *ir.Connector
	all  []*Mutant
	seen map[string]*Mutant // By what they change.

	changed map[*ir.Field]bool // Those whose type a mutant changes.
}

// at is the mutant that changes a rule: one for all actions that have the rule
// from the same place of the spec in the same form.
func (l *list) at(kind Kind, pos ir.Pos, action string, format string, args ...any) *Mutant {
	what := fmt.Sprintf(format, args...)
	key := fmt.Sprint(kind, pos, what)
	if !pos.IsValid() {
		key += action
		pos = l.c.Pos
	}
	m := l.seen[key]
	if m == nil {
		m = &Mutant{Kind: kind, Pos: pos, What: what}
		l.seen[key] = m
		l.all = append(l.all, m)
	}
	if action != "" && !slices.Contains(m.Actions, action) {
		m.Actions = append(m.Actions, action)
	}
	return m
}

// set makes a mutant put another value in a place. A place that it changes
// already, since two actions refer to one rule, is left alone.
func set[T any](m *Mutant, p *T, to T) {
	was := *p
	m.sites = append(m.sites, site{func() { *p = to }, func() { *p = was }})
}

// wrong is a name that nothing has.
func wrong(name string) string { return name + "_x" }

// wrongPath is the path with another last name.
func wrongPath(p ir.Path) ir.Path {
	out := slices.Clone(p)
	if last := len(out) - 1; last >= 0 {
		out[last] = ir.Step{Name: wrong(out[last].Name)}
	}
	return out
}

// wrongTemplate is the template with another end.
func wrongTemplate(t ir.Template) ir.Template {
	t.Parts = append(slices.Clone(t.Parts), ir.Part{Text: "_x"})
	return t
}

// another returns a value of a list that is not the given one.
func another[T comparable](not T, of ...T) T {
	for _, v := range of {
		if v != not {
			return v
		}
	}
	return not
}
