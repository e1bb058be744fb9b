package compiler

import (
	"reflect"
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/spec/quirks"
)

// verdict is how a spec stands to a fact.
type verdict struct {
	kind int
	at   ir.Pos // What contradicts, or where it would stand.
}

const (
	respected = iota
	ignored
	contradicted
)

func worse(a, b verdict) verdict {
	if b.kind > a.kind {
		return b
	}
	return a
}

// checkQuirks holds the spec against what is known about its API: the rules
// that a draft would have applied. A fact that some @why of the spec names is
// known to its author, whatever the spec makes of it. Facts of low confidence
// are no ground for a warning.
func (c *compilation) checkQuirks(known *quirks.Index) {
	if known == nil {
		return
	}
	set, err := known.For(c.host(), c.out.Title)
	if set == nil || err != nil {
		return // Files are checked where they come from.
	}
	named := map[string]bool{}
	for _, e := range c.out.Evidence {
		named[e.Quirk] = true
	}
	for _, f := range set.Facts {
		if f.Rule == nil || named[f.ID] || f.Confidence == "low" {
			continue
		}
		c.reportQuirk(set, f, worse(c.againstSpec(f.Rule), c.againstActions(f.Rule)))
	}
}

func (c *compilation) reportQuirk(set *quirks.Set, f *quirks.Fact, v verdict) {
	var d *diag.Diagnostic
	switch v.kind {
	case respected:
		return
	case contradicted:
		d = c.report.Warnf(diag.QuirkContradicted, v.at, "this goes against what is known about %s: %s", set.Title, f.Claim)
	default:
		d = c.report.Warnf(diag.QuirkIgnored, v.at, "the spec leaves out what is known about %s: %s", set.Title, f.Claim)
	}
	d.Note("%s, %s confidence, %s: %s", f.ID, f.Confidence, f.How, f.Src)
	d.Help("take it over, as `porin draft` would, or name it where the spec knows better: @why(\"...\", quirk=%q)", f.ID)
}

// host is that of the first server, with settings in it as {}.
func (c *compilation) host() string {
	if len(c.out.Servers) == 0 {
		return ""
	}
	url := c.out.Servers[0].URL.Outline()
	_, rest, _ := strings.Cut(url, "://")
	host, _, _ := strings.Cut(rest, "/")
	host, _, _ = strings.Cut(host, ":")
	return host
}

// againstSpec compares the sections that a rule writes with those of the spec.
func (c *compilation) againstSpec(r *quirks.Rule) verdict {
	var v verdict
	if r.Spec == "" {
		return v
	}
	rule := node{v: c.root.v.Context().CompileString(r.Spec)}
	for _, f := range rule.fields() {
		own := c.root.get(f.name)
		place := own.labelPos()
		if !own.exists() {
			place = c.root.get("connector").labelPos()
		}
		switch f.name {
		case "actions", "resources", "flows":
		case "errors":
			v = worse(v, againstErrors(f, own, place))
		case "auth", "limits", "webhooks", "settings":
			v = worse(v, againstNamed(f, own, place))
		default:
			v = worse(v, against(f, own, place))
		}
	}
	return v
}

// against compares a value of a rule with that of the spec. The place is
// where it would stand if it is absent.
func against(rule, own node, place ir.Pos) verdict {
	switch {
	case rule.isStruct():
		if own.exists() {
			place = own.pos()
		}
		var v verdict
		for _, f := range rule.fields() {
			v = worse(v, against(f, own.get(f.name), place))
		}
		return v
	case rule.data() == nil:
		return verdict{} // A type, or nothing that can be compared.
	case !own.exists():
		return verdict{ignored, place}
	case rule.isList():
		have := own.list()
		for _, item := range rule.list() {
			if !slices.ContainsFunc(have, func(o node) bool { return reflect.DeepEqual(o.data(), item.data()) }) {
				return verdict{ignored, own.pos()}
			}
		}
		return verdict{}
	case reflect.DeepEqual(rule.data(), own.data()):
		return verdict{}
	}
	return verdict{contradicted, own.pos()}
}

// againstNamed compares members whose names are the author's choice: it is
// enough that one of them agrees. Only one of the same name, or the only auth
// of its kind, can contradict.
func againstNamed(rule, own node, place ir.Pos) verdict {
	var v verdict
	for _, f := range rule.fields() {
		best := verdict{ignored, place}
		for _, o := range own.fields() {
			switch got := against(f, o, place); {
			case got.kind == respected:
				best = got
			case got.kind == contradicted && best.kind != respected && (o.name == f.name || rule.name == "auth" && sameKind(f, o)):
				best = got
			}
		}
		v = worse(v, best)
	}
	return v
}

func sameKind(rule, own node) bool {
	fields := rule.fields()
	return len(fields) == 1 && own.get(fields[0].name).exists()
}

// againstErrors looks for the class of each rule: under the same condition,
// or under one that has a status or a code in common.
func againstErrors(rule, own node, place ir.Pos) verdict {
	var v verdict
	for _, item := range rule.list() {
		found := verdict{ignored, place}
		for _, o := range own.list() {
			same := o.get("class").str() == item.get("class").str()
			switch {
			case same && overlap(item.get("when"), o.get("when")):
				found = verdict{}
			case !same && found.kind == ignored && reflect.DeepEqual(item.get("when").data(), o.get("when").data()):
				found = verdict{contradicted, o.get("class").pos()}
			}
		}
		v = worse(v, found)
	}
	return v
}

func overlap(a, b node) bool {
	in := leaves(a)
	return slices.ContainsFunc(leaves(b), func(x any) bool { return slices.Contains(in, x) })
}

func leaves(n node) []any {
	if n.isStruct() || n.isList() {
		var out []any
		for _, f := range append(n.fields(), n.list()...) {
			out = append(out, leaves(f)...)
		}
		return out
	}
	return []any{n.scalar()}
}
