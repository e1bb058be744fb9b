package draft

import (
	"slices"
	"strings"
)

// statusRules are the classes that statuses have where nothing else is known.
var statusRules = []struct {
	statuses []string
	class    string
}{
	{[]string{"400", "422"}, "invalid"},
	{[]string{"401"}, "auth_expired"},
	{[]string{"403", "451"}, "forbidden"},
	{[]string{"404", "410"}, "not_found"},
	{[]string{"408", "504"}, "timeout"},
	{[]string{"409", "412", "423"}, "conflict"},
	{[]string{"413", "414", "431"}, "too_large"},
	{[]string{"429"}, "rate_limited"},
	{[]string{"421", "425", `"5xx"`}, "unavailable"},
	{[]string{`"4xx"`}, "rejected"},
}

// setErrors writes rules for the failures that the document describes, behind
// those of the knowledge base: the classes are those of the statuses, and the
// paths of code and text are where the knowledge base or most descriptions have
// them.
func (d *drafter) setErrors() {
	e, why, known := d.knownEnvelope()
	failed, inBody := d.bodyFailure()
	if !known && !inBody {
		return
	}
	rules := list()
	if own := d.head.at("errors"); own != nil {
		if slices.ContainsFunc(own.items, byBodyAlone) {
			return // Its rules are for every failure, whatever the status.
		}
		rules.items = own.items
		for _, rule := range own.items {
			e.fillIn(rule)
		}
	}
	if inBody {
		rules.items = append(rules.items, failed.rule(d.assume("most replies have %s beside the text of a failure", failed.flag)))
	}
	taken, header := statusesOf(rules), d.requestHeader()
	for _, r := range statusRules {
		left := slices.DeleteFunc(slices.Clone(r.statuses), func(s string) bool { return covers(taken, s) })
		if len(left) > 0 && known {
			rules.items = append(rules.items, d.errorRule(left, r.class, e, header, why))
			why = nil // Said once.
		}
	}
	d.head.set("errors", rules)
}

// knownEnvelope is where failures have their code and text, with the evidence.
func (d *drafter) knownEnvelope() (envelope, []attr, bool) {
	if r := d.rules.failure; r != nil {
		return r.envelope, []attr{d.why(r.fact)}, true
	}
	e, known := d.commonEnvelope()
	if !known {
		return e, nil, false
	}
	return e, []attr{d.assume("where most descriptions of failures have code and text; classes by status")}, true
}

// byBodyAlone reports whether a rule is for failures that only the body shows.
func byBodyAlone(rule *value) bool {
	when := rule.at("when")
	return when != nil && when.at("body") != nil && when.at("status") == nil && when.at("header") == nil
}

// fillIn completes a rule for a JSON body that says nothing of code and text.
func (e envelope) fillIn(rule *value) {
	when := rule.at("when")
	if when == nil || when.at("media") != nil || rule.at("code") != nil || rule.at("message") != nil {
		return
	}
	e.write(rule)
	order(rule, "when", "code", "message", "request", "wait", "class")
}

func (e envelope) write(rule *value) {
	for _, part := range []struct{ name, path string }{{"code", e.code}, {"message", e.message}, {"request", e.request}} {
		if part.path != "" && rule.at(part.name) == nil {
			rule.set(part.name, quoted(part.path))
		}
	}
}

// statusesOf are the statuses for which rules hold whatever else is said.
func statusesOf(rules *value) []string {
	var all []string
	for _, rule := range rules.items {
		when := rule.at("when")
		if when == nil || len(when.fields) != 1 || when.at("status") == nil {
			continue
		}
		status := when.at("status")
		if !status.isList {
			all = append(all, status.text)
		}
		for _, item := range status.items {
			all = append(all, item.text)
		}
	}
	return all
}

// covers reports whether a status is among others, by itself or by its class.
func covers(statuses []string, status string) bool {
	class := `"` + strings.Trim(status, `"`)[:1] + `xx"`
	return slices.Contains(statuses, status) || slices.Contains(statuses, class)
}

func (d *drafter) errorRule(statuses []string, class string, e envelope, header string, why []attr) *value {
	status := text(statuses[0])
	if len(statuses) > 1 {
		status = text("[" + strings.Join(statuses, ", ") + "]")
	}
	rule := structure(&field{label: "when", value: structure(&field{label: "status", value: status})})
	e.write(rule)
	if header != "" && e.request == "" {
		rule.set("request", structure(&field{label: "header", value: quoted(header)}))
	}
	if class == "rate_limited" {
		if path := d.waitPath(); path != "" {
			rule.set("wait", structure(&field{label: "body", value: quoted(path)}, &field{label: "as", value: quoted("seconds")}))
		}
	}
	rule.set("class", quoted(class), why...)
	return rule
}

// waitPath is where a reply of status 429 says how many seconds to wait.
func (d *drafter) waitPath() string {
	for _, op := range d.doc.ops {
		for _, a := range op.answers {
			if a.code != "429" || a.schema == nil {
				continue
			}
			for _, m := range d.plainly(a.schema).fields {
				if nameKey(m.name) == "retryafter" && countKind(d.plainly(m.schema)) {
					return pathOf(m.name)
				}
			}
		}
	}
	return ""
}
