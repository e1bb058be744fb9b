package draft

import (
	"maps"
	"slices"

	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
)

// delivery is what the provider sends to an address of the application's: a
// webhook of the document, or a callback of an operation.
type delivery struct {
	at     place
	name   string
	schema *schema
	tag    string // What its member says that tells deliveries apart: email.sent
}

// deliveriesV3 reads the deliveries that a path item describes.
func (d *document) deliveriesV3(name string, item *v3.PathItem, at place) {
	for method, op := range methodsV3(item) {
		at := at.below(method)
		var sent operation
		if op.RequestBody != nil {
			d.bodyV3(&sent, op.RequestBody, at.below("requestBody"))
		}
		if sent.body == nil || !isJSON(sent.body.media) {
			d.note(at, "what is delivered to %s is no JSON; it is not drafted", name)
			continue
		}
		d.deliveries = append(d.deliveries, &delivery{at: at, name: name, schema: sent.body.schema})
	}
}

// takeDeliveries keeps the deliveries that a member tells apart, and gives their
// types names. A subset has none: it is one of actions. What the knowledge base
// says of webhooks goes before the document.
func (d *drafter) takeDeliveries() {
	if len(d.doc.deliveries) == 0 || len(d.o.Only) > 0 || d.o.Use != "" {
		return
	}
	if slices.ContainsFunc(d.rules.spec, func(r specRule) bool { return r.text.field("webhooks") != nil }) {
		return
	}
	d.eventTag = d.commonTag()
	taken := map[string]bool{}
	for _, x := range d.doc.deliveries {
		x.tag = d.constants(x.schema)[d.eventTag]
		if x.tag == "" || taken[x.tag] {
			d.note(x.at, "nothing tells deliveries of %s apart from others; they are not drafted", x.name)
			continue
		}
		taken[x.tag] = true
		if x.schema.kind != refKind {
			name := d.freeDefinition(pascal(x.name) + "Event")
			d.define(name, x.schema)
			x.schema = &schema{at: x.at, kind: refKind, ref: name}
		}
		d.deliveries = append(d.deliveries, x)
	}
}

// commonTag is the member whose constants tell most deliveries apart. One that
// is called after that is better than another: every event may be an object of
// the kind "event" as well.
func (d *drafter) commonTag() string {
	values := map[string]map[string]bool{}
	for _, x := range d.doc.deliveries {
		for name, c := range d.constants(x.schema) {
			if values[name] == nil {
				values[name] = map[string]bool{}
			}
			values[name][c] = true
		}
	}
	best := ""
	for _, name := range slices.Sorted(maps.Keys(values)) {
		more := len(values[name]) - len(values[best])
		if more > 0 || more == 0 && tagName().MatchString(name) && !tagName().MatchString(best) {
			best = name
		}
	}
	return best
}

// tagName is what members that say what happened are called.
var tagName = pattern(`(?i)type|event|topic|action|kind`)

// constants are the members of a schema that can be one text only, with that text.
func (d *drafter) constants(s *schema) map[string]string {
	found := map[string]string{}
	for _, m := range d.membersOf(s) {
		if m.schema.kind == enumKind && len(m.schema.enum) == 1 {
			if text, ok := m.schema.enum[0].(string); ok {
				found[m.name] = text
			}
		}
	}
	return found
}

// setWebhooks writes the deliveries.
func (d *drafter) setWebhooks() {
	of := structure()
	for _, x := range d.deliveries {
		if x.schema.kind != refKind || d.types.names[x.schema.ref] == "" {
			d.note(x.at, "what is delivered to %s is no object; it is not drafted", x.name)
			continue
		}
		of.set(labelOf(x.tag), d.render(x.schema, false))
	}
	if len(of.fields) == 0 {
		return
	}
	of.braced, of.tall = true, true
	d.note(d.deliveries[0].at, "the document does not say how deliveries are signed; `verify` is none until the spec says how")
	events := structure()
	events.set("verify", structure(&field{label: "none", value: quoted("the document does not say how deliveries are signed")}),
		d.assume("until the provider's page on signatures was read, anyone can send events"))
	events.set("event", structure(&field{label: "at", value: quoted(d.eventTag)}, &field{label: "of", value: of}))
	d.head.set("webhooks", structure(&field{label: "events", value: events}))
}
