package twin

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// statuses are what a class is answered with where no rule names a status.
var statuses = map[ir.Class]int{
	ir.AuthExpired: 401, ir.Disconnected: 401, ir.Forbidden: 403, ir.ScopeMissing: 403,
	ir.NotFound: 404, ir.Conflict: 409, ir.Invalid: 400, ir.TooLarge: 413,
	ir.RateLimited: 429, ir.QuotaSpent: 429, ir.Unavailable: 503, ir.Timeout: 504,
	ir.CursorExpired: 410, ir.KeyReused: 422, ir.Partial: 207, ir.Rejected: 400,
}

// failure is what a refusal is to say.
type failure struct {
	class ir.Class
	code  string        // "": of the rule's choice.
	hints []string      // Parts of a code to prefer.
	wait  time.Duration // 0: no wait is named.
	or    []ir.Class    // Classes to say it with when no rule has the first; "" is any.
	ok200 bool          // With status 200, so that only the body tells.
	why   string        // For whoever reads the message, where there is one; "" says no more than that.
	about []string      // Names of the parameters that are wrong,
	lacks bool          // or that were not sent.
}

// refuse makes the answer that the action's rules read as the failure. Without
// a rule that can say it, it is the usual status of the class with a short
// object.
func (t *Twin) refuse(o *op, f failure) *answer {
	if a, ok := t.declared(o, f); ok {
		return a
	}
	class := f.class
	if class == "" {
		class = ir.Rejected
	}
	a := &answer{status: statuses[class], header: http.Header{}, code: f.code}
	if a.status == 0 {
		a.status = http.StatusBadRequest
	}
	code := f.code
	if code == "" {
		code = string(class)
	}
	body := &object{members: []member{{"error", code}}}
	if f.why != "" {
		body.set("message", f.why)
	}
	a.body = body
	a.class = byStatus(class)
	if read, code := t.classify(o, a); read != "" {
		a.class, a.code = read, code // Another rule reads it so.
	}
	return a
}

// byStatus is what is left of a class when only its status tells it: a 429 does not
// say whether a rate or a quota is spent, nor a 403 that a scope is missing, nor a 410 what is gone, nor
// a 422 that the key is the reason.
func byStatus(class ir.Class) ir.Class {
	switch class {
	case ir.QuotaSpent:
		return ir.RateLimited
	case ir.ScopeMissing:
		return ir.Forbidden
	case ir.CursorExpired:
		return ir.NotFound
	case ir.KeyReused:
		return ir.Invalid
	}
	return class
}

// declared makes the answer of the first rule that can say the failure.
func (t *Twin) declared(o *op, f failure) (*answer, bool) {
	for _, class := range append([]ir.Class{f.class}, f.or...) {
		for _, rule := range t.rules(o) {
			if class != "" && rule.Class != class {
				continue
			}
			if a, ok := t.say(o, rule, f); ok {
				return a, true
			}
		}
	}
	return t.atLarge(o, f)
}

// mistakes are the classes of what a caller did wrong.
var mistakes = []ir.Class{ir.Invalid, ir.NotFound, ir.Conflict, ir.KeyReused, ir.TooLarge, ir.Forbidden, ir.Rejected, ir.CursorExpired}

// atLarge says a mistake by the rule for whatever fails, such as one of ok: false, where
// no rule has its class: who answers failures in an envelope does so with each of them.
func (t *Twin) atLarge(o *op, f failure) (*answer, bool) {
	if f.ok200 || !slices.Contains(mistakes, f.class) {
		return nil, false
	}
	for _, rule := range t.rules(o) {
		if n := len(boolConditions(&rule.When)); n > 0 && n == len(rule.When.Body) && conditioned(&rule.When) {
			if a, ok := t.say(o, rule, f); ok {
				return a, true
			}
		}
	}
	return nil, false
}

// rules returns the error rules of an action, or of the connector.
func (t *Twin) rules(o *op) []*ir.ErrorRule {
	if o == nil {
		return t.spec.Errors
	}
	return o.Errors
}

// say builds the answer that a rule describes, with the best code that leads to the rule.
func (t *Twin) say(o *op, rule *ir.ErrorRule, f failure) (*answer, bool) {
	for _, f.code = range t.sayable(o, rule, f) {
		if a, ok := t.sayCode(o, rule, f); ok {
			return a, true
		}
	}
	return nil, false
}

// sayCode is say with the code of the failure, and checks that the first rule to match
// is the one.
func (t *Twin) sayCode(o *op, rule *ir.ErrorRule, f failure) (*answer, bool) {
	a := &answer{status: http.StatusOK, header: http.Header{}, body: &object{}, class: rule.Class}
	switch {
	case f.ok200 && (!conditioned(&rule.When) || len(rule.When.Body) == 0):
		return nil, false
	case f.ok200:
	case len(rule.When.Status) == 0 && rule.Class == ir.RateLimited:
		a.status = http.StatusTooManyRequests
	case len(rule.When.Status) == 0 && len(rule.When.Body)+len(rule.When.Header) == 0:
		return nil, false
	case len(rule.When.Status) > 0:
		if n := statuses[rule.Class]; slices.ContainsFunc(rule.When.Status, func(s string) bool { return inStatus(s, n) }) {
			a.status = n
		}
	}
	if f.code != "" && rule.Code == nil && !pins(rule, f.code) {
		return nil, false
	}
	code := rule.Code
	if code == nil {
		code = pinned(rule, f.code)
	}
	if !satisfy(&rule.When, a, code, f.code, f.hints) {
		return nil, false
	}
	a.code = writeCode(rule, a, f)
	writeMessage(rule, a, cmp.Or(f.why, "the request was refused"))
	if f.wait > 0 && rule.Wait != nil {
		a.wait = stated(f.wait, t.opt.Now(), rule.Wait.As)
		writeSource(a, rule.Wait, formatWait(f.wait, t.opt.Now(), rule.Wait.As), isNumber(rule.Wait.As))
	}
	if t.firstMatch(o, a) != rule {
		return nil, false
	}
	t.envelop(o, rule, a)
	return a, true
}

// firstMatch returns the rule that decides on an answer, or nil.
func (t *Twin) firstMatch(o *op, a *answer) *ir.ErrorRule {
	for _, rule := range t.rules(o) {
		if matches(&rule.When, a) {
			return rule
		}
	}
	return nil
}

// envelop gives a refusal by status the members that every refusal by body has,
// such as ok: false, unless another rule would then decide.
func (t *Twin) envelop(o *op, rule *ir.ErrorRule, a *answer) {
	for _, other := range t.rules(o) {
		for _, m := range boolConditions(&other.When) {
			if _, ok := at(a.body, m.At); ok {
				continue
			}
			v, _ := valueFor(m, "", nil)
			a.body = putFirst(a.body, m.At, v)
			if t.firstMatch(o, a) != rule {
				remove(a.body, m.At)
			}
		}
	}
}

// pins reports whether a rule's own conditions ask for the code.
func pins(rule *ir.ErrorRule, code string) bool { return pinned(rule, code) != nil }

// pinned returns where a rule without a code source asks for the code.
func pinned(rule *ir.ErrorRule, code string) *ir.Source {
	for _, m := range rule.When.Body {
		for _, v := range m.Values {
			if code != "" && m.Op != "not" && v == code {
				return &ir.Source{Body: m.At}
			}
		}
	}
	return nil
}

// writeCode puts the code where the rule reads it, and returns it.
func writeCode(rule *ir.ErrorRule, a *answer, f failure) string {
	if rule.Code == nil {
		return f.code
	}
	if v, ok := readSource(a, rule.Code); ok && (f.code == "" || v == f.code) {
		return v
	}
	if f.code != "" {
		writeSource(a, rule.Code, f.code, false)
	}
	return f.code
}

func writeMessage(rule *ir.ErrorRule, a *answer, text string) {
	if rule.Message != nil {
		if _, ok := readSource(a, rule.Message); !ok {
			writeSource(a, rule.Message, text, false)
		}
	}
}

// classify says how the action's rules read an answer; the class is empty for a
// success.
func (t *Twin) classify(o *op, a *answer) (ir.Class, string) {
	rule := t.firstMatch(o, a)
	if rule == nil {
		return "", ""
	}
	code := ""
	if rule.Code != nil {
		code, _ = readSource(a, rule.Code)
	}
	return rule.Class, code
}

// settle changes a success so that no rule reads it as a failure.
func (t *Twin) settle(o *op, a *answer) {
	if _, ok := a.body.(*object); !ok {
		return // The rules name members, and there are none.
	}
	rules := t.rules(o)
	for _, rule := range rules {
		for _, src := range []*ir.Source{rule.Code, rule.Message} {
			if src != nil && len(src.Body) > 0 && !required(t.idx, o, src.Body) {
				remove(a.body, src.Body)
			}
		}
		if conditioned(&rule.When) {
			deny(&ir.When{Body: boolConditions(&rule.When)}, a)
		}
	}
	for range len(rules) {
		i := slices.IndexFunc(rules, func(r *ir.ErrorRule) bool { return matches(&r.When, a) })
		if i < 0 || !deny(&rules[i].When, a) {
			return
		}
	}
}

// conditioned reports whether a rule can meet an answer of status 200.
func conditioned(w *ir.When) bool {
	return len(w.Status) == 0 || slices.ContainsFunc(w.Status, func(s string) bool { return inStatus(s, http.StatusOK) })
}

// boolConditions returns the conditions that a success states the opposite of.
func boolConditions(w *ir.When) []*ir.Match {
	var out []*ir.Match
	for _, m := range w.Body {
		if (m.Op == "eq" || m.Op == "not" && len(m.Values) == 1) && isBool(first(m)) {
			out = append(out, m)
		}
	}
	return out
}

func required(x *index, o *op, p ir.Path) bool {
	if o == nil || len(p) == 0 {
		return false
	}
	f := x.field(x.resolve(x.parentType(o.result, p)), p[len(p)-1].Name)
	return f != nil && f.Required
}

func (x *index) parentType(t *ir.Type, p ir.Path) *ir.Type {
	if len(p) < 2 {
		return t
	}
	return x.typeAt(t, p[:len(p)-1])
}

// readSource reads a value of an answer.
func readSource(a *answer, s *ir.Source) (string, bool) {
	if s.Header != "" {
		v := a.header.Values(s.Header)
		return a.header.Get(s.Header), len(v) > 0
	}
	v, ok := at(a.body, s.Body)
	return textOf(v), ok && len(s.Body) > 0
}

// writeSource puts a value where a source reads it.
func writeSource(a *answer, s *ir.Source, v string, isNumber bool) {
	switch {
	case s.Header != "":
		a.header.Set(s.Header, v)
	case len(s.Body) > 0 && isNumber:
		a.body = put(a.body, s.Body, number(v))
	case len(s.Body) > 0:
		a.body = put(a.body, s.Body, v)
	}
}
