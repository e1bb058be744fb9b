package twin

import (
	"maps"
	"slices"

	"github.com/porin-dev/porin/compiler/ir"
)

// maxAsked is how many deliveries of a webhook the twin remembers, to say that it sent
// them.
const maxAsked = 1000

// tell puts into the answer of an action what webhooks ask by it: whether a delivery is
// the twin's own, or the key of a token. It returns a refusal of a key that there is
// not, or nil.
func (x *exchange) tell(a *answer) *answer {
	for _, w := range x.t.spec.Webhooks {
		for _, v := range w.Verify.Proofs() {
			switch c := v.Call(); {
			case c == nil || c.Action != x.op.Path:
			case v.JWT != nil:
				return x.tellKey(v.JWT, a)
			case slices.ContainsFunc(x.t.asked[w.Name], x.sentWith):
				satisfy(c.Answer, a, nil, "", nil)
			default:
				x.disown(c.Answer, a)
			}
		}
	}
	return nil
}

// disown answers that a delivery is not the provider's: with another value of the
// member that tells it where the spec has one, and without the member otherwise.
func (x *exchange) disown(genuine *ir.When, a *answer) {
	for _, m := range genuine.Body {
		t := x.t.idx.typeAt(x.op.result, m.At)
		if t == nil {
			continue
		}
		for _, v := range t.Enum {
			before, _ := at(a.body, m.At)
			a.body = put(a.body, m.At, valueOf(v))
			if !matches(genuine, a) {
				return
			}
			a.body = put(a.body, m.At, before)
		}
	}
	deny(genuine, a)
}

// askByKey makes what tells the key of a token ask for one that there is.
func (t *Twin) askByKey(o *op, in *object) {
	for _, w := range t.spec.Webhooks {
		for _, v := range w.Verify.Proofs() {
			if c := v.Call(); c == nil || c.Action != o.Path || v.JWT == nil {
				continue
			}
			for _, arg := range v.JWT.Key.With {
				in.set(arg.Name, renderTemplate(arg.Value, func(ir.Part) string { return keyOwn }))
			}
		}
	}
}

// sentWith reports whether the parameters are those of a delivery.
func (x *exchange) sentWith(args map[string]string) bool {
	for name, want := range args {
		if paramText(x.in[name]) != want {
			return false
		}
	}
	return true
}

// paramText is a value as text: of an object or a list its JSON.
func paramText(v any) string {
	switch v.(type) {
	case *object, []any:
		return string(appendJSON(nil, v))
	}
	return textOf(v)
}

// tellKey answers with the key of an id.
func (x *exchange) tellKey(j *ir.VerifyJWT, a *answer) *answer {
	c := j.Key
	for _, key := range []string{keyOwn, keyNext} {
		args := map[string]string{}
		for _, arg := range c.With {
			args[arg.Name] = renderTemplate(arg.Value, func(ir.Part) string { return key })
		}
		if !x.sentWith(args) {
			continue
		}
		found, jwk := &object{}, pairOf(x.t.tokenScheme(j), key).JWK(key)
		if o, ok := at(a.body, c.At); ok { // With what else is told of a key.
			if o, ok := o.(*object); ok {
				found = o
			}
		}
		for _, name := range slices.Sorted(maps.Keys(jwk)) {
			found.set(name, jwk[name])
		}
		a.body = put(a.body, c.At, found)
		if c.Answer == nil {
			return nil
		}
		for _, m := range c.Answer.Body { // What is not there of a key that counts is null where it may be.
			if t := x.t.idx.rawTypeAt(x.op.result, m.At); t != nil && t.Nullable && m.Op == "exists" && first(m) == false {
				a.body = put(a.body, m.At, nil)
			}
		}
		if !matches(c.Answer, a) {
			satisfy(c.Answer, a, nil, "", nil)
		}
		return nil
	}
	return x.t.refuse(x.op, failure{class: ir.NotFound, hints: []string{"not_found"}, or: []ir.Class{ir.Rejected, ir.Invalid}})
}

// remember keeps what a delivery is asked about with, if it is the twin's own.
func (d *delivery) remember(args map[string]string) {
	d.t.mu.Lock()
	defer d.t.mu.Unlock()
	all := append(d.t.asked[d.hook.Name], args)
	d.t.asked[d.hook.Name] = all[max(0, len(all)-maxAsked):]
}

// announce makes the parts of a delivery that the provider is asked about.
func (d *delivery) announce(v *ir.Verify, refer func(ir.Part, string) string) {
	key, args := d.keys[0], map[string]string{}
	for _, arg := range v.Asked.With {
		args[arg.Name] = renderTemplate(arg.Value, func(p ir.Part) string { return refer(p, key) })
		if arg.JSON {
			if v, err := parseJSON([]byte(args[arg.Name])); err == nil {
				args[arg.Name] = paramText(v)
			}
		}
	}
	if key == keyOwn || key == keyNext {
		d.remember(args)
	}
}
