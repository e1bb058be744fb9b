package runtime

import (
	"context"
	"net/http"
	"strings"
	"time"
)

// verdict is what the rules say of a response.
type verdict struct {
	rule   *rule // nil: no rule matches.
	values []Raw // By slot; nil where the body has nothing.
}

// classify tries the rules in order. The body is read once, only as far as it
// takes to decide, and not at all when status and headers do.
//
// A condition on the body does not hold for a body that is empty or no JSON. Of
// a truncated one the part before the fault counts; what is not in it may come
// after, so it is not absent.
func (s *ruleSet) classify(status int, h http.Header, body []byte) verdict {
	if len(s.rules) == 0 {
		return verdict{}
	}
	flags := make([]bool, len(s.rules)+s.slots)
	c := classifier{set: s, open: flags[:len(s.rules)], values: make([]Raw, s.slots), seen: flags[len(s.rules):]}
	for i := range s.rules {
		c.open[i] = s.rules[i].answers(status, h)
	}
	if !c.decided() {
		_, err := newScan(trimBOM(body), c.found).value(s.tree)
		c.end(err)
	}
	return verdict{c.match, c.values}
}

// classifier is one response under way through the rules.
type classifier struct {
	set    *ruleSet
	open   []bool // By rule: nothing speaks against it so far.
	values []Raw
	seen   []bool // By slot: its value, or its absence, is known.
	match  *rule
}

// found takes the value of a slot and reports whether the rest can be skipped.
func (c *classifier) found(slot int, v Raw) bool {
	if c.seen[slot] {
		return false
	}
	c.values[slot], c.seen[slot] = v, true
	return c.decided()
}

// end decides what the body left open. What was not found is absent or, after
// a fault, unknown.
func (c *classifier) end(fault error) {
	for slot := range c.seen {
		c.seen[slot] = c.seen[slot] || fault == nil
	}
	if c.decided() || c.match != nil {
		return
	}
	for i := range c.set.rules {
		r := &c.set.rules[i]
		if c.open[i] && c.known(r) && c.agrees(r) {
			c.match = r
			return
		}
	}
}

// decided looks for the first rule that nothing speaks against. It reports
// whether the outcome and all that the rule wants to read are known.
func (c *classifier) decided() bool {
	for i := range c.set.rules {
		if !c.open[i] {
			continue
		}
		r := &c.set.rules[i]
		if !c.agrees(r) {
			c.open[i] = false
			continue
		}
		if !c.known(r) {
			return false
		}
		c.match = r
		return c.has(r.code) && c.has(r.message) && c.has(r.request) && c.has(r.wait)
	}
	return true
}

// agrees reports whether no known value speaks against the rule.
func (c *classifier) agrees(r *rule) bool {
	for i := range r.body {
		if b := &r.body[i]; c.seen[b.slot] && !b.holds(c.values[b.slot]) {
			return false
		}
	}
	return true
}

// known reports whether every value the rule depends on is known.
func (c *classifier) known(r *rule) bool {
	for i := range r.body {
		if !c.seen[r.body[i].slot] {
			return false
		}
	}
	return true
}

func (c *classifier) has(slot int) bool { return slot < 0 || c.seen[slot] }

// text is the value of a source, empty when there is none.
func (v verdict) text(src *Source, slot int, h http.Header) string {
	if slot >= 0 {
		return rawText(v.values[slot])
	}
	return src.header(h)
}

// header is the value of a source in the headers, empty when it names none.
func (s *Source) header(h http.Header) string {
	switch {
	case s == nil:
		return ""
	case s.Link != "":
		return linkTarget(h, s.Link)
	case s.Header != "":
		return strings.TrimSpace(h.Get(s.Header))
	}
	return ""
}

// judge turns the last answer into a result or an error.
func (k *call) judge(ctx context.Context, out any) *APIError {
	r := &k.last
	if r.status == 0 {
		return k.lost(ctx, r)
	}
	v := k.plan.rules.classify(r.status, r.header, r.body)
	k.requestID = k.nameOf(v)
	switch {
	case v.rule != nil:
		return k.refused(v, v.rule.Class)
	case r.status < 200 || r.status > 299:
		e := k.refused(v, defaultClass(r.status))
		if r.err != nil {
			e.cause = r.err
		}
		return e
	case r.err != nil:
		return k.lost(ctx, r)
	}
	return k.decode(out)
}

// nameOf is the provider's name for the request.
func (k *call) nameOf(v verdict) string {
	h := k.last.header
	if v.rule != nil {
		if id := v.text(v.rule.Request, v.rule.request, h); id != "" {
			return id
		}
	}
	for _, name := range [...]string{k.plan.tag, "X-Request-Id", "Request-Id"} {
		if name != "" && h.Get(name) != "" {
			return h.Get(name)
		}
	}
	return ""
}

// maxErrorBody is how much of a response an error keeps.
const maxErrorBody = 16 << 10

// refused returns the error of a response that the rules, or its status, call
// a failure.
func (k *call) refused(v verdict, class Class) *APIError {
	r := &k.last
	e := k.answered(class)
	if v.rule != nil {
		e.Code = v.text(v.rule.Code, v.rule.code, r.header)
		e.Message = v.text(v.rule.Message, v.rule.message, r.header)
	}
	if e.Code != "" && k.app.api.Code != nil {
		e.code = k.app.api.Code(e.Code)
	}
	now := k.app.cfg.clock.Now()
	if wait, ok := k.wait(v, providerTime(r.header, now)); ok {
		e.RetryAfter, e.RetryAt = wait, now.Add(wait)
	}
	return e
}

// answered returns an error of the call that a response gave.
func (k *call) answered(class Class) *APIError {
	e := k.failed(class, nil)
	e.unsent = false
	e.StatusCode, e.RequestID = k.last.status, k.requestID
	e.Body = append([]byte(nil), k.last.body[:min(len(k.last.body), maxErrorBody)]...)
	return e
}

// wait is how long the provider asks to wait: where the rule says and, when
// nothing valid is there, in Retry-After (RFC 9110, 10.2.3).
func (k *call) wait(v verdict, now time.Time) (time.Duration, bool) {
	if v.rule != nil && v.rule.Wait != nil {
		src := v.rule.Wait
		texts := []string{v.text(src, v.rule.wait, k.last.header)}
		if src.Header != "" {
			texts = k.last.header.Values(src.Header)
		}
		if wait, ok := longestWait(texts, src.As, now); ok {
			return wait, true
		}
	}
	return longestWait(k.last.header.Values("Retry-After"), UnitSeconds, now)
}
