package twin

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/internal/misread"
)

// ErrInVain is in the errors of [Twin.Arm] for a fault that can have no effect on
// anything in its scope.
var ErrInVain = errors.New("the fault has no effect there")

// vain is such an error. Its text says why, and where there is an effect.
type vain struct{ text string }

func (v *vain) Error() string { return v.text }
func (v *vain) Unwrap() error { return ErrInVain }

// needs makes an entry that works on some actions only: why says what an action lacks,
// as what follows its name; "" is nothing. The action is nil for a part of the twin
// that is none.
func (d *definition) needs(why func(t *Twin, o *op, a *Armed) string) *definition {
	d.lacks = why
	return d
}

// Suits reports whether a fault may have an effect on an action: what [Twin.Arm] would not
// refuse.
func (t *Twin) Suits(fault, action string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, err := t.check(Fault{ID: fault, Scope: Scope{Action: action}})
	return err == nil
}

// checkEffect refuses a fault that can have no effect on anything in its scope.
func (t *Twin) checkEffect(def *definition, f Fault) error {
	a := &Armed{twin: t, fault: f, def: def, rng: newRNG(t.opt.Seed), memo: map[string]string{}}
	named := f.Scope.Action
	if named == "*" {
		named = ""
	}
	why, works := "", []string{}
	for _, name := range t.places(def) {
		lack := t.lack(def, name, a)
		if lack == "" && (name[0] != '@' || def.about != "") {
			works = append(works, name)
		}
		if scrolled := t.idx.scrolled(name); named == "" || name == named || scrolled == named && scrolled != "" {
			if lack == "" {
				return nil
			}
			why = lack
		}
	}
	switch {
	case named == "" && len(works) == 0:
		why = "anything in the spec"
	case why == "":
		why = t.apart(def, named)
	default:
		why = named + ", which " + why
	}
	text := fmt.Sprintf("twin: fault %s has no effect on %s", f.ID, why)
	if len(works) > 0 {
		text += "; it has on " + misread.Nearest(named, works)
	}
	return &vain{text}
}

// places lists what a fault of the kind may meet at all: webhooks, a part of the twin, or
// actions and the parts.
func (t *Twin) places(def *definition) []string {
	switch {
	case def.bend != nil:
		return t.webhookNames()
	case def.about != "":
		return slices.DeleteFunc([]string{def.about}, func(part string) bool { return !t.idx.hasPart(part) })
	}
	all := sortedKeys(t.idx.ops)
	for _, route := range []string{RouteAuthorize, RoutePushed, RouteDevice, RouteToken, RouteUpload} {
		if t.idx.hasPart("@" + route) {
			all = append(all, "@"+route)
		}
	}
	return all
}

// apart says why a fault of the kind never meets something.
func (t *Twin) apart(def *definition, name string) string {
	switch {
	case strings.HasPrefix(name, "@") && !t.idx.hasPart(name):
		return name + ", which the spec has nothing for"
	case def.bend != nil:
		return name + ", which is no webhook"
	case t.idx.ops[name] == nil && name[0] != '@':
		return name + ", which is a webhook"
	}
	return name + ": it is about " + def.about
}

// hasPart reports whether requests can be for a part of the twin.
func (x *index) hasPart(part string) bool {
	if part == "@"+RouteUpload {
		for _, o := range x.ops {
			if len(o.upload) > 0 {
				return true
			}
		}
		return false
	}
	return slices.ContainsFunc(x.endpoints, func(e *endpoint) bool { return "@"+e.route == part })
}

// lack says why a fault never works on an action, a part of the twin or a webhook, as
// what follows its name; "" when it may.
func (t *Twin) lack(def *definition, name string, a *Armed) string {
	switch {
	case def.bend != nil && !t.bends(t.idx.webhook(name), a):
		return "has nothing in its deliveries that it could change"
	case def.lacks == nil:
		return ""
	}
	return def.lacks(t, t.idx.ops[name], a)
}

// bends reports whether a fault changes anything in a delivery of a webhook, however it
// is proved.
func (t *Twin) bends(hook *ir.Webhook, a *Armed) bool {
	proofs := hook.Verify.Proofs()
	if len(proofs) == 0 {
		proofs = []*ir.Verify{nil}
	}
	return slices.ContainsFunc(proofs, func(proof *ir.Verify) bool {
		one := &delivery{t: t, hook: hook, proof: proof, body: []byte("{}"), now: t.opt.Now(), keys: []string{keyOwn}, event: "any"}
		return a.def.bend(one, a)
	})
}
