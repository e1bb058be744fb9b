package gauntlet

import "github.com/porin-dev/porin/runtime/twin"

func webhookScenarios() []*Scenario {
	forged := func(id, fault, title string, needs func(*Plan) string, params map[string]string) *Scenario {
		return &Scenario{
			ID:      "webhooks/" + id,
			Title:   title,
			Right:   "It is refused with a status outside 2xx and not handled; the genuine one after it is.",
			Roles:   []Role{RoleWebhook},
			Needs:   needs,
			Faults:  []Arm{{Fault: "webhooks/" + fault, Times: 1, Params: params}},
			Run:     deliverTwo,
			Oracles: []string{"forged", "secret"},
		}
	}
	return []*Scenario{
		{
			ID:      "webhooks/genuine",
			Title:   "three events are delivered as declared",
			Right:   "Each is accepted and handled once.",
			Roles:   []Role{RoleWebhook},
			Run:     func(e *Env) error { return e.Deliver(twin.Delivery{}, twin.Delivery{}, twin.Delivery{}) },
			Oracles: []string{"forged", "secret"},
		},
		forged("tampered", "tampered-body", "a delivery was changed after it was signed", isSigned, nil),
		forged("wrong-key", "wrong-key", "a delivery is signed with another secret", nil, nil),
		forged("empty-key", "empty-key", "a delivery is signed with the empty secret", nil, nil),
		forged("missing-header", "missing-header", "a delivery comes without its signature", nil, nil),
		forged("stale", "stale", "a delivery was signed an hour ago", isDated, nil),
		forged("future", "future", "a delivery is dated an hour ahead", isDated, nil),
		forged("huge-body", "huge-body", "a signed delivery is 32 MiB long", nil, nil),
		forged("not-json", "not-json", "a signed delivery is no JSON", nil, nil),
		forged("new-version", "new-version", "a delivery is signed by a scheme to come alone", isAlone, nil),
		{
			ID:      "webhooks/two-signatures",
			Title:   "a delivery bears a signature of an older secret before the right one",
			Right:   "One good signature is enough: it is accepted.",
			Roles:   []Role{RoleWebhook},
			Needs:   isList,
			Faults:  []Arm{{Fault: "webhooks/two-signatures", Times: 1}},
			Run:     deliverTwo,
			Oracles: []string{"forged", "secret"},
		},
		{
			ID:      "webhooks/reorder",
			Title:   "a later event arrives first",
			Right:   "Each is handled once, in whatever order.",
			Roles:   []Role{RoleWebhook},
			Needs:   isIdentified,
			Faults:  []Arm{{Fault: "webhooks/reorder", Times: 1}},
			Run:     deliverTwo,
			Oracles: []string{"forged", "secret"},
		},
		{
			ID:      "webhooks/replay",
			Title:   "a delivery comes again an hour later, byte for byte",
			Right:   "It is not handled again.",
			Roles:   []Role{RoleWebhook},
			Needs:   isIdentified,
			Faults:  []Arm{{Fault: "webhooks/replay", Times: 1, Params: map[string]string{"after": "1h"}}},
			Run:     deliverTwo,
			Oracles: []string{"forged", "secret"},
		},
		{
			ID:      "webhooks/duplicate",
			Title:   "the provider delivers one event twice",
			Right:   "Both deliveries are accepted, and the event is handled once.",
			Roles:   []Role{RoleWebhook},
			Needs:   isIdentified,
			Faults:  []Arm{{Fault: "webhooks/duplicate", Times: 1}},
			Run:     deliverTwo,
			Oracles: []string{"forged", "secret"},
		},
		{
			ID:      "webhooks/secret-rotated",
			Title:   "the signing secret is rotated while old deliveries are under way",
			Right:   "Deliveries signed with either secret are accepted.",
			Roles:   []Role{RoleWebhook},
			Overlap: true,
			Faults:  []Arm{{Fault: "webhooks/secret-rotated", Times: 1}},
			Run:     deliverTwo,
			Oracles: []string{"forged", "secret"},
		},
		{
			ID:      "webhooks/handshake",
			Title:   "the provider asks for the handshake, then delivers",
			Right:   "The handshake is answered and is no event.",
			Roles:   []Role{RoleWebhook},
			Needs:   func(p *Plan) string { return unless(len(p.Webhook.Challenge) > 0, "the webhook has no handshake") },
			Run:     func(e *Env) error { return e.Deliver(twin.Delivery{Challenge: true}, twin.Delivery{}) },
			Oracles: []string{"forged", "secret"},
		},
	}
}

// deliverTwo delivers the event that the fault meets, and a genuine one.
func deliverTwo(e *Env) error { return e.Deliver(twin.Delivery{}, twin.Delivery{}) }

func isSigned(p *Plan) string {
	return unless(p.Webhook.Verify.HMAC != nil, "the body of a delivery is not signed")
}

func isDated(p *Plan) string {
	return unless(p.Webhook.Verify.HMAC != nil && p.Webhook.Verify.HMAC.Age != nil, "deliveries bear no time that is verified")
}

func isIdentified(p *Plan) string {
	return unless(len(p.Webhook.ID) > 0, "deliveries bear no id")
}

func isAlone(p *Plan) string {
	h := p.Webhook.Verify.HMAC
	return unless(h != nil && h.Split == "", "deliveries may bear several signatures, so that the declared one is there too")
}

func isList(p *Plan) string {
	h := p.Webhook.Verify.HMAC
	return unless(h != nil && h.Split != "", "a delivery bears one signature")
}
