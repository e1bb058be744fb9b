package twin

import (
	"bytes"
	"strings"
	"time"
)

func webhookFaults() []*definition { return append(proofFaults(), timeFaults()...) }

// proofFaults happen to what a delivery is proved with, and to its body.
func proofFaults() []*definition {
	return []*definition{
		onDelivery("webhooks/tampered-body", "the body was changed after it was signed", func(d *delivery, _ *Armed) bool {
			d.tamper, d.genuine = true, !d.signs()
			return true
		}),
		onDelivery("webhooks/wrong-key", "it is signed with another secret", func(d *delivery, a *Armed) bool {
			d.keys, d.genuine = []string{a.rng.hex(32)}, false
			return d.secret()
		}),
		onDelivery("webhooks/empty-key", "it is signed with the empty secret, as a forger does who hopes for an unset one", func(d *delivery, _ *Armed) bool {
			d.keys, d.genuine = []string{""}, false
			return d.secret()
		}),
		onDelivery("webhooks/two-signatures", "the header has a signature of an older secret before the right one", func(d *delivery, a *Armed) bool {
			if !d.splits() {
				return false
			}
			d.keys = append([]string{a.rng.hex(32)}, d.keys...)
			return true
		}),
		onDelivery("webhooks/new-version", "there is a signature of a scheme to come; beside the declared one where the header lists several, and else in its place", func(d *delivery, _ *Armed) bool {
			d.scheme, d.alone = "v9=", !d.splits()
			d.genuine = d.splits()
			return d.signs()
		}),
		onDelivery("webhooks/secret-rotated", "the secret was rotated: it is signed with the next one, and with both where the header lists several", func(d *delivery, _ *Armed) bool {
			next := d.t.nextSecret(d.hook.Name)
			if d.splits() {
				d.keys = append(d.keys, next)
			} else {
				d.keys = []string{next}
			}
			return d.secret()
		}),
		onDelivery("webhooks/missing-header", "the header with the signature is missing", func(d *delivery, a *Armed) bool {
			d.drop, d.genuine = a.text("header"), false
			if d.drop == "" && d.hook.Verify.HMAC != nil {
				d.drop = d.hook.Verify.HMAC.Header
			}
			if d.drop == "" && d.hook.Verify.Token != nil {
				d.drop = d.hook.Verify.Token.Header
			}
			return d.drop != ""
		}, param("header", "", "name of the header; empty is the signature's")),
		onDelivery("webhooks/huge-body", "the body is huge, and signed", func(d *delivery, a *Armed) bool {
			pad := bytes.Repeat([]byte{' '}, max(1, a.number("mib"))<<20)
			d.body = append(bytes.Clone(d.body), pad...)
			d.genuine = false
			return true
		}, param("mib", "8", "size in MiB")),
		onDelivery("webhooks/not-json", "the body is no JSON, and signed", func(d *delivery, _ *Armed) bool {
			d.body, d.genuine = []byte("<event/>"), false
			return true
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
			return len(d.hook.ID) > 0
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
func (d *delivery) signs() bool { return d.hook.Verify.HMAC != nil }

// secret reports whether deliveries are proved with a secret.
func (d *delivery) secret() bool { return secretName(d.hook) != "" }

// splits reports whether the header may list several signatures.
func (d *delivery) splits() bool { return d.signs() && d.hook.Verify.HMAC.Split != "" }

// move changes the time that a delivery says it was signed at. Within what is
// declared it stays genuine.
func (d *delivery) move(by time.Duration) bool {
	if !d.signs() || d.hook.Verify.HMAC.Age == nil {
		return false
	}
	d.now = d.now.Add(by)
	d.genuine = by.Abs() <= duration(d.hook.Verify.HMAC.Age.Within)
	return true
}

// swap puts a delivery behind another one of the same kind, with an id of its
// own.
func (d *delivery) swap() bool {
	if len(d.hook.ID) == 0 {
		return false
	}
	second := *d
	second.later = nil
	if doc, err := parseJSON(d.body); err == nil {
		d.id += "-later"
		d.body = appendJSON(nil, put(doc, d.hook.ID, strings.TrimSpace(d.id)))
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
	return madeSecret(w, newRNG(t.opt.Seed, "next secret", secretName(w)))
}
