package twin

import (
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

func webhookFaults() []*definition { return append(proofFaults(), timeFaults()...) }

// proofFaults happen to what a delivery is proved with, and to its body.
func proofFaults() []*definition {
	return []*definition{
		onDelivery("webhooks/tampered-body", "the body was changed after it was signed", func(d *delivery, _ *Armed) bool {
			d.tamper, d.genuine = true, !d.signs()
			return true
		}),
		onDelivery("webhooks/wrong-key", "it is signed with another secret", func(d *delivery, _ *Armed) bool {
			d.keys, d.genuine = []string{keyForged}, false
			return d.proof != nil
		}),
		onDelivery("webhooks/empty-key", "it is signed with the empty secret, as a forger does who hopes for an unset one", func(d *delivery, _ *Armed) bool {
			d.keys, d.genuine = []string{keyEmpty}, false
			return d.secret()
		}),
		onDelivery("webhooks/two-signatures", "the header has a signature of an older secret before the right one", func(d *delivery, _ *Armed) bool {
			if !d.splits() {
				return false
			}
			d.keys = append([]string{keyForged}, d.keys...)
			return true
		}),
		onDelivery("webhooks/new-version", "there is a signature of a scheme to come; beside the declared one where the header lists several, and else in its place", func(d *delivery, _ *Armed) bool {
			d.scheme, d.alone = "v9=", !d.splits()
			d.genuine = d.splits()
			return d.proof != nil && d.proof.Signature != nil
		}),
		onDelivery("webhooks/secret-rotated", "the secret was rotated: it is signed with the next one, and with both where the header lists several", func(d *delivery, _ *Armed) bool {
			if d.splits() {
				d.keys = append(d.keys, keyNext)
			} else {
				d.keys = []string{keyNext}
			}
			return d.proof != nil
		}),
		onDelivery("webhooks/missing-header", "the header with the signature is missing", func(d *delivery, a *Armed) bool {
			d.drop, d.genuine = a.text("header"), false
			if d.drop == "" {
				d.drop = d.proofHeader()
			}
			if d.drop == "" && d.proof != nil && d.proof.Signature != nil {
				d.dropMember = d.proof.Signature.Body
				if d.eventSigned() {
					d.dropMember = d.hook.In(d.count()-1, d.proof.Signature.Event)
				}
			}
			return d.drop != "" || d.dropMember != nil
		}, param("header", "", "name of the header; empty is the signature's")),
		onDelivery("webhooks/one-forged", "the last of its events is signed with another secret, and the others as declared", func(d *delivery, _ *Armed) bool {
			d.oneForged, d.genuine = true, false
			return d.eventSigned() && d.count() > 1
		}),
		onDelivery("webhooks/foreign-key", "it names a key at the address of somebody else, who signed it", func(d *delivery, _ *Armed) bool {
			d.foreign, d.genuine, d.keys = true, false, []string{keyForged}
			return d.proof != nil && d.proof.Signature != nil && d.proof.Signature.Fetch != nil
		}),
		onDelivery("webhooks/unsigned-token", "its token says that it needs no signature", func(d *delivery, _ *Armed) bool {
			d.unsigned, d.genuine = true, false
			return d.proof != nil && d.proof.JWT != nil
		}),
		onDelivery("webhooks/other-audience", "its token is for another receiver", func(d *delivery, _ *Armed) bool {
			d.audience, d.genuine = "https://other.example/events", false
			return d.proof != nil && d.proof.JWT != nil && d.proof.JWT.Audience
		}),
		onDelivery("webhooks/unproved", "the provider cannot be asked about it when it comes", func(d *delivery, _ *Armed) bool {
			d.genuine = false
			return d.proof != nil && d.proof.Call() != nil
		}),
		onDelivery("webhooks/huge-body", "the body is huge, and signed", func(d *delivery, a *Armed) bool {
			d.pad, d.genuine = max(1, a.number("mib"))<<20, false
			return true
		}, param("mib", "8", "size in MiB")),
		onDelivery("webhooks/not-json", "the body is no JSON, and signed", func(d *delivery, _ *Armed) bool {
			d.body, d.genuine = []byte("<event/>"), false
			return !d.hook.Form
		}),
	}
}

// timeFaults happen to when, and how often, a delivery comes.
func timeFaults() []*definition {
	return []*definition{
		onDelivery("webhooks/stale", "it was signed long ago", func(d *delivery, a *Armed) bool {
			return d.move(-a.span("by"))
		}, param("by", "1h", "age")),
		onDelivery("webhooks/future", "its timestamp lies ahead", func(d *delivery, a *Armed) bool {
			return d.move(a.span("by"))
		}, param("by", "1h", "how far")),
		onDelivery("webhooks/replay", "it comes again later, byte for byte", func(d *delivery, a *Armed) bool {
			d.replay, d.resend = true, a.span("after")
			return true
		}, param("after", "0s", "how much later")),
		onDelivery("webhooks/duplicate", "it is delivered twice, signed anew with the same id", func(d *delivery, _ *Armed) bool {
			again := *d
			again.repeated, again.later = true, nil
			d.later = append(d.later, &again)
			return d.hook.Identified()
		}),
		onDelivery("webhooks/reorder", "a later event arrives before it", func(d *delivery, _ *Armed) bool {
			return d.swap()
		}),
	}
}

// onDelivery makes an entry that works on deliveries.
func onDelivery(id, doc string, bend func(*delivery, *Armed) bool, params ...FaultParam) *definition {
	d := define(id, StageDelivery, doc, func(*exchange, *Armed) bool { return false }, params...)
	d.bend = bend
	return d
}

// signs reports whether deliveries carry a signature of their body.
func (d *delivery) signs() bool {
	return d.proof != nil && (d.proof.Signature != nil || d.proof.Asked != nil || d.proof.JWT != nil && d.proof.JWT.BodyHash != "")
}

// secret reports whether deliveries are proved with a secret that both sides know.
func (d *delivery) secret() bool {
	v := d.proof
	return v != nil && (v.Token != nil || v.Signature != nil && !isPublic(v.Signature.Scheme))
}

// splits reports whether the header may list several signatures.
func (d *delivery) splits() bool {
	return d.proof != nil && d.proof.Signature != nil && d.proof.Signature.Split != ""
}

// proofHeader is the header that proves a delivery; empty when its body does.
func (d *delivery) proofHeader() string {
	switch v := d.proof; {
	case v == nil:
		return ""
	case v.Signature != nil:
		return v.Signature.Header
	case v.Token != nil:
		return v.Token.Header
	case v.JWT != nil:
		return v.JWT.Header
	case v.Asked != nil:
		for _, arg := range v.Asked.With {
			for _, p := range arg.Value.Parts {
				if p.Scope == "header" {
					return p.Path[0].Name
				}
			}
		}
	}
	return ""
}

// within is how old a delivery may be; empty where nothing says so.
func (d *delivery) within() ir.Duration {
	switch v := d.proof; {
	case v != nil && v.Signature != nil && v.Signature.Age != nil:
		return v.Signature.Age.Within
	case v != nil && v.JWT != nil:
		return v.JWT.Within
	}
	return ""
}

// move changes the time that a delivery says it was signed at. Within what is
// declared it stays genuine.
func (d *delivery) move(by time.Duration) bool {
	within := d.within()
	if within == "" {
		return false
	}
	d.now = d.now.Add(by)
	d.genuine = by.Abs() <= duration(within)
	return true
}

// swap puts a delivery behind another one of the same kind, with an id of its
// own.
func (d *delivery) swap() bool {
	if !d.hook.Identified() {
		return false
	}
	second := *d
	second.later = nil
	d.id += "-later"
	for i := range d.count() {
		if len(d.hook.ID) > 0 {
			d.setBody(d.hook.In(i, d.hook.ID), d.eventID(i))
		}
	}
	d.later = append(d.later, &second)
	return true
}

// NextSecret returns the secret that a rotation of the webhook's secret leads
// to. The empty name is the first webhook.
func (t *Twin) NextSecret(webhook string) string { return t.nextSecret(webhook) }

func (t *Twin) nextSecret(webhook string) string {
	w := t.idx.webhook(webhook)
	if w == nil {
		return ""
	}
	return madeSecret(w, keyNext, newRNG(t.opt.Seed, "next secret", secretName(w)))
}
