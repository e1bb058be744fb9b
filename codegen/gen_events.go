package codegen

import (
	"fmt"
	"slices"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// eventType is the name of a webhook's events. The first webhook's are Event,
// and stay so when another one is added.
func (g *generator) eventType(w *ir.Webhook) string {
	if w == g.c.Webhooks[0] {
		return "Event"
	}
	if w.Go != "" {
		return w.Go + "Event"
	}
	return exported(w.Name) + "Event"
}

// webhooks writes events.go.
func (g *generator) webhooks() {
	var out []decl
	for _, w := range g.c.Webhooks {
		out = append(out, g.eventDecls(w)...)
	}
	g.add("events", out...)
}

// marker is the method that makes a type an event of the webhook: isEvent.
func marker(event string) string { return "is" + event }

func (g *generator) eventDecls(w *ir.Webhook) []decl {
	event := g.eventType(w)
	unknown := "Unknown" + event
	out := []decl{
		{fmt.Sprintf("%s is an event that %s delivers: %s, or [%s].", event, g.title, andList(g.eventLinks(w)), unknown),
			gofile.Type(event).Interface(gofile.Id(marker(event)).Params())},
		{fmt.Sprintf("%s is an event that this package has no type for.", unknown),
			gofile.Type(unknown).Struct(
				gofile.Param("Tag", gofile.Id("string")),
				gofile.Param("Data", g.alias("Raw")))},
		g.deliveryDecl(event),
		g.handlerDecl(w, event),
		g.webhookVar(w, false),
		g.openDecl(w, event),
	}
	if provedBySecrets(w) && !w.Many {
		out = slices.Insert(out, 3, g.parseDecl(w, event))
	}
	for _, name := range append(g.eventNames(w), unknown) {
		// func (MessageEvent) isEvent() {}
		out = append(out, decl{"", gofile.Func("").Params(gofile.Id(name)).Id(marker(event)).Params().Block()})
	}
	return out
}

// eventNames are the types of a webhook's events, once each.
func (g *generator) eventNames(w *ir.Webhook) []string {
	var names []string
	for _, e := range w.Events {
		t := g.named[e.Type]
		if t == nil || t.Kind != ir.Object {
			g.fail("%s: the event %s is no named object", e.Pos, e.Tag)
			continue
		}
		if !slices.Contains(names, t.Go) {
			names = append(names, t.Go)
		}
	}
	return names
}

func (g *generator) eventLinks(w *ir.Webhook) []string {
	var links []string
	for _, n := range g.eventNames(w) {
		links = append(links, "["+n+"]")
	}
	return links
}

// deliveryDecl declares what a handler gets: the event with its envelope.
func (g *generator) deliveryDecl(event string) decl {
	// type EventDelivery struct {
	//	*rt.Delivery
	//	Event Event
	// }
	return decl{fmt.Sprintf("%sDelivery is an event with the delivery that brought it: its ID, and the Body with what is around the event.", event),
		gofile.Type(event+"Delivery").Struct(
			gofile.Ptr(gofile.RT("Delivery")),
			gofile.Param("Event", gofile.Id(event)))}
}

// provedBySecrets reports whether a delivery can be read with the secrets alone:
// nothing is fetched, and no handshake needs more.
func provedBySecrets(w *ir.Webhook) bool {
	needsMore := func(v *ir.Verify) bool {
		return v.JWT != nil || v.Asked != nil || v.Signature != nil && v.Signature.Fetch != nil
	}
	return !slices.ContainsFunc(w.Verify.Proofs(), needsMore) &&
		!slices.ContainsFunc(w.Challenge, func(c *ir.Challenge) bool { return c.Token != "" || c.Learn != nil || c.Confirm != nil })
}

func (g *generator) parseDecl(w *ir.Webhook, event string) decl {
	delivery := gofile.Id(event + "Delivery")
	// func ParseEvent(r *http.Request, secrets ...Secret) (EventDelivery, error) {
	//	d, err := rt.ReadWebhook(&webhookEvents, r, secrets...)
	//	if err != nil {
	//		return EventDelivery{}, err
	//	}
	//	return openEvent(d)
	// }
	code := gofile.Func("Parse"+event).
		Params(gofile.Param("r", gofile.Ptr(gofile.Qual("net/http", "Request"))), gofile.Id("secrets").Op("...").Add(g.alias("Secret"))).
		Params(delivery.Clone(), gofile.Id("error")).Block(
		gofile.Id("d").Op(",").Id("err").Op(":=").Add(gofile.Call(gofile.RT("ReadWebhook"), gofile.Op("&").Id(webhookVar(w)), gofile.Id("r"), gofile.Id("secrets").Op("..."))),
		gofile.If(nil, gofile.Id("err").Op("!=").Nil()).Block(gofile.Return(gofile.Fields(delivery.Clone()), gofile.Id("err"))),
		gofile.Return(gofile.Call(gofile.Id("open"+event), gofile.Id("d"))))
	doc := fmt.Sprintf("Parse%s checks where a request comes from and returns its event. Any one of the secrets may have signed it, so that one can be replaced. It answers nothing: a delivery whose Challenge is set wants that as the answer.", event)
	return decl{doc, code}
}

// asks reports whether the provider is asked about deliveries, by actions of its API.
func asks(w *ir.Webhook) bool {
	return slices.ContainsFunc(w.Verify.Proofs(), func(v *ir.Verify) bool { return v.Call() != nil })
}

func (g *generator) handlerDecl(w *ir.Webhook, event string) decl {
	fn := gofile.Func("").Params(gofile.Qual("context", "Context"), gofile.Id(event+"Delivery")).Error()
	params := []*gofile.Code{gofile.Param("secrets", gofile.Slice(g.alias("Secret"))), gofile.Param("fn", fn), gofile.Id("opts").Op("...").Add(gofile.RT("WebhookOption"))}
	handle := gofile.Return(gofile.Call(gofile.RT("Handle"), gofile.Op("&").Id(webhookVar(w)), gofile.Id("secrets"), gofile.Id("open"+event), gofile.Id("fn"), gofile.Id("opts").Op("...")))
	body := []*gofile.Code{handle}
	doc := fmt.Sprintf("%sHandler returns a handler that checks deliveries, answers handshakes and calls fn once for each event. An error of fn makes %s deliver again.", event, g.title)
	if asks(w) {
		// opts = append([]rt.WebhookOption{rt.WithWebhookCaller(client.rt.Do)}, opts...)
		caller := gofile.Call(gofile.RT("WithWebhookCaller"), gofile.Id("client").Dot("rt").Dot("Do"))
		params = append([]*gofile.Code{gofile.Param("client", gofile.Ptr(gofile.Id("Client")))}, params...)
		body = []*gofile.Code{gofile.Id("opts").Op("=").Add(gofile.Call(gofile.Id("append"), gofile.Elems(gofile.Slice(gofile.RT("WebhookOption")), caller), gofile.Id("opts").Op("..."))), handle}
		doc += fmt.Sprintf(" The client asks %s about deliveries.", g.title)
	}
	if w.AckWithin != "" {
		doc += fmt.Sprintf(" %s waits %s for an answer.", g.title, w.AckWithin)
	}
	// func EventHandler(secrets []Secret, fn func(context.Context, EventDelivery) error, opts ...rt.WebhookOption) (http.Handler, error) {
	//	return rt.Handle(&webhookEvents, secrets, openEvent, fn, opts...)
	// }
	return decl{doc, gofile.Func(event+"Handler").Params(gofile.List(params...)...).Params(gofile.Qual("net/http", "Handler"), gofile.Id("error")).Block(gofile.List(body...)...)}
}

// openDecl declares the function that turns a delivery into a typed event.
func (g *generator) openDecl(w *ir.Webhook, event string) decl {
	delivery := gofile.Id(event + "Delivery")
	var cases []*gofile.Code
	for _, name := range g.eventNames(w) {
		var tags []*gofile.Code
		for _, e := range w.Events {
			if g.named[e.Type] != nil && g.named[e.Type].Go == name {
				tags = append(tags, gofile.Lit(e.Tag))
			}
		}
		// case "message":
		//	e, err := rt.OpenEvent[MessageEvent](d)
		//	return EventDelivery{d, e}, err
		cases = append(cases, gofile.Case(tags...).Block(
			gofile.Id("e").Op(",").Id("err").Op(":=").Add(gofile.Call(gofile.RT("OpenEvent").Types(gofile.Id(name)), gofile.Id("d"))),
			gofile.Return(gofile.Elems(delivery.Clone(), gofile.Id("d"), gofile.Id("e")), gofile.Id("err"))))
	}
	code := gofile.Func("open"+event).Params(gofile.Param("d", gofile.Ptr(gofile.RT("Delivery")))).
		Params(delivery.Clone(), gofile.Id("error")).Block(
		gofile.Switch(gofile.Id("d").Dot("Tag")).Block(gofile.List(cases...)...),
		gofile.Return(gofile.Elems(delivery.Clone(), gofile.Id("d"), gofile.Elems(gofile.Id("Unknown"+event), gofile.Id("d").Dot("Tag"), gofile.Id("d").Dot("Data"))), gofile.Id("nil")))
	return decl{"", code}
}
