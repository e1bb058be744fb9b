package draft

import (
	"go/token"
	"slices"
	"sort"
	"strings"
)

// writeSections writes everything besides actions and types: what the
// knowledge base says first, then what the document says of the rest.
func (d *drafter) writeSections() {
	for _, r := range d.rules.spec {
		d.takeSpec(r)
	}
	connector := structure()
	if own := d.head.at("connector"); own != nil {
		connector.merge(own)
	}
	connector.merge(d.connector())
	order(connector, "title", "doc", "docs", "servers", "headers", "timeout")
	d.head.set("connector", connector)
	d.setAuth()
	if auth := d.head.at("auth"); auth != nil {
		for _, f := range auth.fields {
			if oauth := f.value.at("oauth2"); oauth != nil {
				order(oauth, "code", "client", "scopes", "send", "refresh", "tokens", "failed", "dead")
			}
		}
	}
	d.setWebhooks()
	if hooks := d.head.at("webhooks"); hooks != nil {
		for _, f := range hooks.fields {
			order(f.value, "doc", "verify", "challenge", "event", "ack")
		}
	}
	d.setErrors()
	d.noteUnsaid()
}

// grain is how deep below a section the parts are that a person judges one by
// one: auth.bot.oauth2.refresh, limits.tier1, webhooks.events.verify.
var grain = map[string]int{"auth": 3, "connector": 1, "limits": 1, "webhooks": 2}

// takeSpec merges the sections of a rule, each marked with its evidence.
func (d *drafter) takeSpec(r specRule) {
	for _, f := range r.text.fields {
		switch {
		case f.label == "actions":
			continue
		case strings.HasPrefix(f.label, "#"):
			if !contains(d.o.Skip, f.label) {
				d.defs = append(d.defs, f)
				d.stats.Types++
			}
			continue
		case f.label == "errors":
			for _, item := range f.value.items {
				markRule(item, d.why(r.fact))
			}
		default:
			f.value.evidence(d.why(r.fact), grain[f.label])
		}
		d.head.merge(structure(f))
	}
}

// markRule puts the evidence of an error rule on its class, at the end.
func markRule(rule *value, a attr) {
	if class := rule.field("class"); class != nil {
		class.attrs = append(class.attrs, a)
		order(rule, "when", "code", "message", "request", "wait", "class")
	}
}

// order puts fields with these labels first, in this order.
func order(v *value, labels ...string) {
	rank := func(f *field) int {
		if i := slices.Index(labels, f.label); i >= 0 {
			return i
		}
		return len(labels)
	}
	sort.SliceStable(v.fields, func(i, j int) bool { return rank(v.fields[i]) < rank(v.fields[j]) })
}

func (d *drafter) connector() *value {
	v := structure()
	title := d.doc.title
	if d.o.Quirks != nil {
		title = d.o.Quirks.Title
	}
	v.set("title", quoted(first(title, d.name())))
	if d.doc.docs != "" {
		v.set("docs", quoted(d.doc.docs))
	}
	d.setServers(v)
	return v
}

func (d *drafter) setOAuth(auth *value, name string, s *scheme) {
	grant := structure()
	authorize, reachable := d.address(s.authorize)
	token, ok := d.address(s.token)
	if s.flow == "" || s.token == "" || !ok || s.flow == "code" && !reachable {
		d.note(s.at, "the OAuth flow is one that is not drafted; the token is the caller's")
		auth.set(name, structure(&field{label: "bearer", value: structure()}))
		return
	}
	if s.flow == "code" {
		grant.set("authorize", quoted(authorize))
	}
	grant.set("token", quoted(token))
	auth.set(name, structure(&field{label: "oauth2", value: structure(
		&field{label: s.flow, value: grant},
		&field{label: "tokens", value: structure(
			&field{label: name, value: structure(&field{label: "at", value: quoted("access_token")})},
		)},
	)}))
}

// name is the connector's: the CUE package and the Go package. A keyword of
// either gets a word behind it.
func (d *drafter) name() string {
	name := d.wantedName()
	if token.IsKeyword(name) || contains([]string{"in", "let", "true", "false", "null"}, name) {
		name += "api"
	}
	return name
}

func (d *drafter) wantedName() string {
	if d.o.Name != "" {
		return d.o.Name
	}
	if d.o.Quirks != nil {
		return d.o.Quirks.Name
	}
	noise := []string{"api", "rest", "openapi", "web", "http", "swagger", "the", "v", "specification"}
	var kept []string
	for _, w := range words(d.doc.title) {
		w = strings.ToLower(w)
		if !slices.Contains(noise, w) && strings.Trim(w, "v0123456789") != "" {
			kept = append(kept, w)
		}
	}
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.Join(shortened(kept), ""))
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		return "connector"
	}
	return name
}

func sortFields(fields []*field) {
	sort.SliceStable(fields, func(i, j int) bool { return fields[i].label < fields[j].label })
}
