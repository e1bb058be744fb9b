package gauntlet

import (
	"slices"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/twin"
)

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
		{
			ID:       "webhooks/every-event",
			Title:    "each declared event is delivered once",
			Right:    "Each is handled once, as what it is, with every member.",
			Roles:    []Role{RoleWebhook},
			Declared: true,
			Run:      deliverEveryEvent,
			Oracles:  []string{"forged", "lossless"},
		},
		forged("tampered", "tampered-body", "a delivery was changed after it was signed", isSigned, nil),
		forged("wrong-key", "wrong-key", "a delivery is signed with another secret", nil, nil),
		forged("empty-key", "empty-key", "a delivery is signed with the empty secret", isSecret, nil),
		forged("one-forged", "one-forged", "one event of a delivery is forged, and the others are not", isSignedEach, nil),
		forged("foreign-key", "foreign-key", "a delivery names the key of somebody else", isFetched, nil),
		forged("unsigned-token", "unsigned-token", "the token of a delivery says that it needs no signature", isToken, nil),
		forged("other-audience", "other-audience", "the token of a delivery is for another receiver", isAddressed, nil),
		forged("missing-header", "missing-header", "a delivery comes without its signature", nil, nil),
		forged("stale", "stale", "a delivery was signed an hour ago", isDated, nil),
		forged("future", "future", "a delivery is dated an hour ahead", isDated, nil),
		forged("huge-body", "huge-body", "a signed delivery is 32 MiB long", nil, nil),
		forged("not-json", "not-json", "a signed delivery is no JSON", isDocument, nil),
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
			Needs:   isRotated,
			Overlap: true,
			Faults:  []Arm{{Fault: "webhooks/secret-rotated", Times: 1}},
			Run:     deliverTwo,
			Oracles: []string{"forged", "secret"},
		},
		{
			ID:      "webhooks/cannot-ask",
			Title:   "the provider cannot be asked about a delivery, and delivers it again when it can",
			Right:   "It is neither handled nor acknowledged while nothing proves it; the one that comes again is.",
			Roles:   []Role{RoleWebhook},
			Needs:   isAsked,
			Faults:  []Arm{{Fault: "status/503", Each: askedActions, To: unreachable}, {Fault: "webhooks/unproved", Times: 1}},
			Run:     deliverWhileDown,
			Oracles: []string{"forged", "secret"},
		},
		{
			ID:      "webhooks/handshake",
			Title:   "the provider asks for the handshake, then delivers",
			Right:   "The handshake is answered and is no event.",
			Roles:   []Role{RoleWebhook},
			Needs:   func(p *Plan) string { return unless(len(p.Webhook.Challenge) > 0, "the webhook has no handshake") },
			Run:     shakeHands,
			Oracles: []string{"forged", "secret"},
		},
	}
}

// shakeHands asks for every declared handshake, and delivers an event.
func shakeHands(e *Env) error {
	var all []twin.Delivery
	for i := range e.Plan.Webhook.Challenge {
		all = append(all, twin.Delivery{Challenge: true, Nth: i})
	}
	return e.Deliver(append(all, twin.Delivery{})...)
}

// unreachable is how long the provider cannot be asked.
const unreachable = time.Hour

// deliverWhileDown delivers while the provider cannot be asked, and again later.
func deliverWhileDown(e *Env) error {
	if err := e.Deliver(twin.Delivery{}); err != nil {
		return err
	}
	time.Sleep(unreachable)
	return e.Deliver(twin.Delivery{}, twin.Delivery{})
}

// askedActions are what the provider is asked with about deliveries.
func askedActions(p *Plan) []*ir.Action {
	var out []*ir.Action
	for _, a := range p.Spec.AllActions() {
		asks := func(v *ir.Verify) bool { return v.Call() != nil && v.Call().Action == a.Path }
		if slices.ContainsFunc(p.Webhook.Verify.Proofs(), asks) {
			out = append(out, a)
		}
	}
	return out
}

// deliverTwo delivers the event that the fault meets, and a genuine one.
func deliverTwo(e *Env) error { return e.Deliver(twin.Delivery{}, twin.Delivery{}) }

// eachProof reports whether every way to prove a delivery is of a kind.
func eachProof(p *Plan, is func(*ir.Verify) bool) bool {
	return !slices.ContainsFunc(p.Webhook.Verify.Proofs(), func(v *ir.Verify) bool { return !is(v) })
}

func isSigned(p *Plan) string {
	signed := func(v *ir.Verify) bool {
		return v.Signature != nil || v.Asked != nil || v.JWT != nil && v.JWT.BodyHash != ""
	}
	return unless(eachProof(p, signed), "the body of a delivery is not signed")
}

func isSignedEach(p *Plan) string {
	each := func(v *ir.Verify) bool { return v.Signature != nil && len(v.Signature.Event) > 0 }
	return unless(eachProof(p, each), "events are not signed each by itself")
}

func isDated(p *Plan) string {
	dated := func(v *ir.Verify) bool {
		return v.Signature != nil && v.Signature.Age != nil || v.JWT != nil && v.JWT.Within != ""
	}
	return unless(eachProof(p, dated), "deliveries bear no time that is verified")
}

func isDocument(p *Plan) string {
	return unless(!p.Webhook.Form, "deliveries are forms")
}

func isIdentified(p *Plan) string {
	return unless(p.Webhook.Identified(), "deliveries bear no id")
}

func isAlone(p *Plan) string {
	alone := func(v *ir.Verify) bool { return v.Signature != nil && v.Signature.Split == "" }
	return unless(eachProof(p, alone), "deliveries may bear several signatures, so that the declared one is there too, or none")
}

func isList(p *Plan) string {
	list := func(v *ir.Verify) bool { return v.Signature != nil && v.Signature.Split != "" }
	return unless(eachProof(p, list), "a delivery bears one signature")
}

func isSecret(p *Plan) string {
	secret := func(v *ir.Verify) bool {
		return v.Token != nil || v.Signature != nil && slices.Contains([]string{"hmac", "hash"}, v.Signature.Scheme)
	}
	return unless(eachProof(p, secret), "deliveries are proved with a public key")
}

func isRotated(p *Plan) string {
	given := func(v *ir.Verify) bool { return v.JWT != nil || v.Signature == nil || v.Signature.Fetch == nil }
	return unless(eachProof(p, given), "the key is named by each delivery")
}

func isFetched(p *Plan) string {
	fetched := func(v *ir.Verify) bool { return v.Signature != nil && v.Signature.Fetch != nil }
	return unless(eachProof(p, fetched), "deliveries name no address of a key")
}

func isAsked(p *Plan) string {
	return unless(eachProof(p, func(v *ir.Verify) bool { return v.Call() != nil }), "the provider is not asked about deliveries")
}

func isToken(p *Plan) string {
	return unless(eachProof(p, func(v *ir.Verify) bool { return v.JWT != nil }), "deliveries bear no JWT")
}

func isAddressed(p *Plan) string {
	addressed := func(v *ir.Verify) bool { return v.JWT != nil && v.JWT.Audience }
	return unless(eachProof(p, addressed), "deliveries bear no JWT with an audience")
}
