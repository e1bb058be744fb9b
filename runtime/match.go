package runtime

import (
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// ruleSet is a list of [ErrorRule] made ready: the places in the body that the
// rules look at are numbered slots of one tree, so that one pass reads them all.
type ruleSet struct {
	rules []rule
	tree  *node
	slots int
}

// rule is one rule with its slots. A slot of -1 is no place in the body.
type rule struct {
	*ErrorRule
	media  string
	header []condition
	body   []condition

	code, message, request, wait int
}

// condition is a [Match] made ready.
type condition struct {
	slot   int    // In the body,
	header string // or a header.
	op     MatchOp
	values []string // Strings without quotes, with kind telling them from other values.
	kinds  []jsonKind
	test   func(text string) bool
	bound  float64
}

// newRuleSet makes rules ready. Errors are faults of the generated data.
func newRuleSet(rules []ErrorRule) (*ruleSet, error) {
	s := &ruleSet{tree: &node{slot: -1}}
	for i := range rules {
		r := rule{ErrorRule: &rules[i], media: strings.ToLower(rules[i].When.Media)}
		for _, m := range r.When.Header {
			c, err := newCondition(m)
			if err != nil {
				return nil, err
			}
			c.header = strings.Join(m.At, ".")
			r.header = append(r.header, c)
		}
		for _, m := range r.When.Body {
			c, err := newCondition(m)
			if err != nil {
				return nil, err
			}
			c.slot = s.slot(m.At)
			r.body = append(r.body, c)
		}
		r.code, r.message = s.sourceSlot(r.Code), s.sourceSlot(r.Message)
		r.request, r.wait = s.sourceSlot(r.Request), s.sourceSlot(r.Wait)
		s.rules = append(s.rules, r)
	}
	return s, nil
}

// slot returns the number of a place in the body.
func (s *ruleSet) slot(path Path) int {
	n := s.tree
	for _, step := range path {
		n = n.add(step)
	}
	if n.slot < 0 {
		n.slot = s.slots
		s.slots++
	}
	return n.slot
}

func (s *ruleSet) sourceSlot(src *Source) int {
	if src == nil || src.Header != "" || src.Link != "" || len(src.Body) == 0 {
		return -1
	}
	return s.slot(src.Body)
}

// newCondition makes a match ready.
func newCondition(m Match) (condition, error) {
	c := condition{slot: -1, op: m.Op}
	for _, v := range m.Values {
		kind := Raw(v).Kind()
		if kind == '"' {
			v = unquote(Raw(v))
		}
		c.values, c.kinds = append(c.values, v), append(c.kinds, kind)
	}
	var err error
	switch {
	case m.Op == MatchExists || m.Op == MatchAbsent:
	case len(c.values) == 0:
		return c, fmt.Errorf("a condition on %q has no value", strings.Join(m.At, "."))
	case m.Op == MatchRE:
		c.test, err = pattern(c.values[0], m.RE)
	case m.Op == MatchGT || m.Op == MatchLT:
		c.bound, err = strconv.ParseFloat(c.values[0], 64)
	}
	return c, err
}

// holds compares a value of the body; nil is an absent one.
func (c *condition) holds(v Raw) bool {
	kind := v.Kind()
	present := v != nil && kind != 'n'
	switch c.op {
	case MatchExists:
		return present
	case MatchAbsent:
		return !present
	case MatchIn:
		return c.lists(v)
	case MatchNot:
		return !c.lists(v)
	}
	return present && c.compare(rawText(v))
}

// lists reports whether a value of the body is one of those of the condition.
func (c *condition) lists(v Raw) bool {
	if v == nil {
		return false
	}
	kind, text := v.Kind(), rawText(v) // Once: the value may be long, and the list too.
	for i, want := range c.values {
		if c.kinds[i] == kind && sameText(kind, text, want) {
			return true
		}
	}
	return false
}

// sameValue compares two values of one kind. Numbers are the same when they
// are written alike or are equal: 1 and 1.0.
func sameValue(kind jsonKind, v Raw, want string) bool { return sameText(kind, rawText(v), want) }

func sameText(kind jsonKind, text, want string) bool {
	if kind == 'n' || text == want || kind != '0' {
		return kind == 'n' || text == want
	}
	a, errA := strconv.ParseFloat(text, 64)
	b, errB := strconv.ParseFloat(want, 64)
	return errA == nil && errB == nil && a == b
}

// holdsHeader compares a header; several values are one list.
func (c *condition) holdsHeader(h http.Header) bool {
	values := h.Values(c.header)
	switch c.op {
	case MatchExists:
		return len(values) > 0
	case MatchAbsent:
		return len(values) == 0
	}
	if len(values) == 0 {
		return c.op == MatchNot
	}
	text := strings.Join(values, ", ")
	switch c.op {
	case MatchIn:
		return slices.Contains(c.values, text)
	case MatchNot:
		return !slices.Contains(c.values, text)
	}
	return c.compare(text)
}

// compare applies the operators that look at text.
func (c *condition) compare(text string) bool {
	if c.op == MatchRE {
		return c.test(text)
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return false
	}
	return c.op == MatchGT && n > c.bound || c.op == MatchLT && n < c.bound
}

// answers reports whether the conditions on status, media type and headers hold.
func (r *rule) answers(status int, h http.Header) bool {
	if !r.ofStatus(status) {
		return false
	}
	if r.media != "" && mediaType(h) != r.media {
		return false
	}
	for i := range r.header {
		if !r.header[i].holdsHeader(h) {
			return false
		}
	}
	return true
}

// lookInto reports whether a rule for that status looks into the body.
func (s *ruleSet) lookInto(status int) bool {
	return slices.ContainsFunc(s.rules, func(r rule) bool { return len(r.body) > 0 && r.ofStatus(status) })
}

func (r *rule) ofStatus(status int) bool {
	return len(r.When.Status) == 0 || slices.ContainsFunc(r.When.Status, func(s StatusRange) bool { return s.Min <= status && status <= s.Max })
}

// mediaType is the media type of a body, without parameters and in lower case.
func mediaType(h http.Header) string {
	media, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		media, _, _ = strings.Cut(h.Get("Content-Type"), ";")
		media = strings.ToLower(strings.TrimSpace(media))
	}
	return media
}

// matches reports whether the condition holds for a response or a delivery. A
// regular expression that does not compile matches nothing.
func (w *When) matches(status int, h http.Header, body []byte) bool {
	set, err := newRuleSet([]ErrorRule{{When: *w}})
	return err == nil && set.classify(status, h, body).rule != nil
}
