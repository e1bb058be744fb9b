package compiler

import (
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

func (c *compilation) lowerWebhooks() {
	for _, n := range c.root.get("webhooks").fields() {
		if !n.isStruct() {
			continue
		}
		w := &ir.Webhook{
			Name: n.name, Pos: n.labelPos(), Doc: n.get("doc").str(),
			AckWithin: ir.Duration(n.get("ack").get("within").str()), AckStatus: n.get("ack").get("status").int(),
		}
		w.Verify = *c.lowerVerify(n.get("verify"))
		for _, e := range n.get("challenge").list() {
			w.Challenge = append(w.Challenge, c.lowerChallenge(e))
		}
		c.lowerEvents(n.get("event"), w)
		c.checkEventSignatures(n.get("verify"), w)
		c.out.Webhooks = append(c.out.Webhooks, w)
	}
}

func (c *compilation) lowerEvents(n node, w *ir.Webhook) {
	w.Data, _ = c.lowerPath(n.get("data"))
	if e := n.get("each"); e.exists() {
		w.Many = true
		w.Each, _ = c.lowerPath(e)
	}
	if e := n.get("envelope"); e.exists() {
		w.Envelope = c.lowerEventType(e, "the envelope")
	}
	for _, e := range n.get("of").fields() {
		if name := c.lowerEventType(e, "the event `"+e.name+"`"); name != "" {
			w.Events = append(w.Events, &ir.Event{Tag: e.name, Pos: e.labelPos(), Type: name})
		}
	}
	w.Form = n.get("form").bool()
	w.Tag, w.TagHeader = c.lowerEventPlace(n.get("at"), w)
	w.ID, w.IDHeader = c.lowerEventPlace(n.get("id"), w)
	if id := n.get("id"); w.Many && w.IDHeader != "" {
		c.report.Errorf(diag.WrongType, id.pos(), "a header has one id, and a delivery has several events").
			Help("write the path of the id in an event, or leave it out")
	}
	if n.sound() && n.get("of").isStruct() && len(n.get("of").fields()) == 0 {
		c.report.Errorf(diag.WebhookWithoutEvents, n.get("of").labelPos(), "the webhook `%s` has no events", w.Name)
	}
}

// checkEventSignatures reports signatures of events by themselves, where a delivery is one.
func (c *compilation) checkEventSignatures(n node, w *ir.Webhook) {
	for _, v := range w.Verify.Proofs() {
		if v.Signature != nil && len(v.Signature.Event) > 0 && !w.Many {
			c.report.Errorf(diag.ScopeNotHere, n.labelPos(), "the events of `%s` are signed each by itself, and a delivery of it is one event", w.Name).
				Help("say where the list of events is, with `each` of the event, or write the place of the signature as `body`")
		}
	}
}

// lowerEventType returns the name of the object type at n, or reports that it is
// none.
func (c *compilation) lowerEventType(n node, what string) string {
	t := c.lowerType(n)
	if r := c.resolve(t); t.Kind == ir.Ref && r != nil && r.Kind == ir.Object {
		return t.Ref
	}
	if n.sound() {
		c.report.Errorf(diag.EventNotObject, n.pos(), "the type of %s is not a named object", what).
			Help("declare #%s: {...} and name it here", goName(n.name))
	}
	return ""
}

// lowerEventPlace lowers a path into a delivery, or the name of a header.
func (c *compilation) lowerEventPlace(n node, w *ir.Webhook) (ir.Path, string) {
	if n.isStruct() {
		return nil, n.get("header").str()
	}
	return c.lowerEventPath(n, w), ""
}

// lowerEventPath lowers a path into a delivery. What of it lies in the event's
// own object is checked against the types of the events.
func (c *compilation) lowerEventPath(n node, w *ir.Webhook) ir.Path {
	if !n.sound() {
		return nil
	}
	steps, _ := c.pathSteps(n, n.str())
	path := ir.PathOf(steps)
	if len(path) <= len(w.Data) || path[:len(w.Data)].String() != w.Data.String() {
		return path
	}
	for _, e := range w.Events {
		c.follow(n, steps[len(w.Data):], c.named[e.Type])
	}
	return path
}
