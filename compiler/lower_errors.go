package compiler

import (
	"regexp"
	"slices"
	"strconv"

	"cuelang.org/go/cue"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

func (c *compilation) lowerErrors(n node) []*ir.ErrorRule {
	var list []*ir.ErrorRule
	for _, e := range n.list() {
		r := &ir.ErrorRule{
			Pos: e.pos(), When: *c.lowerWhen(e.get("when")), Class: ir.Class(e.get("class").str()),
			Code: c.lowerSource(e.get("code")), Message: c.lowerSource(e.get("message")),
			Request: c.lowerSource(e.get("request")), Wait: c.lowerSource(e.get("wait")),
		}
		if !hasCondition(e.get("when")) {
			c.report.Errorf(diag.MatchesAll, e.get("when").pos(), "the rule has no condition, so every response would be an error")
		}
		if w := e.get("wait"); w.exists() && !waits(r.Class) {
			c.warn(diag.UnusedWait, w.labelPos(), "a wait says nothing for class `%s`, which is not sent again", r.Class)
		}
		list = append(list, r)
	}
	shareRequest(list)
	return list
}

// shareRequest gives rules that do not say where the provider's id of the
// request is the place that the others name: one provider has one.
func shareRequest(rules []*ir.ErrorRule) {
	i := slices.IndexFunc(rules, func(r *ir.ErrorRule) bool { return r.Request != nil })
	if i < 0 {
		return
	}
	for _, r := range rules {
		if r.Request == nil {
			r.Request = rules[i].Request
		}
	}
}

func waits(class ir.Class) bool {
	switch class {
	case ir.RateLimited, ir.QuotaSpent, ir.Unavailable, ir.Timeout, ir.Conflict:
		return true
	}
	return false
}

// hasCondition reports whether anything is written below a `when`, right or
// wrong.
func hasCondition(when node) bool {
	for _, f := range when.fields() {
		if !f.isStruct() || len(f.fields()) > 0 {
			return true
		}
	}
	return !when.isStruct()
}

func (c *compilation) lowerWhen(n node) *ir.When {
	w := &ir.When{Media: n.get("media").str()}
	switch s := n.get("status"); {
	case s.isList():
		for _, e := range s.list() {
			w.Status = append(w.Status, c.lowerStatus(e))
		}
	case s.exists():
		w.Status = []string{c.lowerStatus(s)}
	}
	for _, h := range n.get("header").fields() {
		w.Header = append(w.Header, c.lowerMatches(h, ir.Path{{Name: h.name}})...)
	}
	for _, b := range n.get("body").fields() {
		w.Body = append(w.Body, c.lowerBodyMatch(b)...)
	}
	return w
}

var statusRE = regexp.MustCompile(`^([1-5]xx|[1-5][0-9][0-9])$`)

func (c *compilation) lowerStatus(n node) string {
	s := n.str()
	if n.concrete().Kind() == cue.IntKind {
		s = strconv.Itoa(n.int())
	}
	if !statusRE.MatchString(s) {
		c.report.Errorf(diag.BadStatus, n.pos(), "`%s` is not a status", s).
			Help("write a number from 100 to 599, or a class such as \"5xx\"")
	}
	return s
}

// lowerBodyMatch lowers a condition on the body, whose label is a path.
func (c *compilation) lowerBodyMatch(n node) []*ir.Match {
	steps, ok := c.pathSteps(n, n.name)
	if !ok {
		return nil
	}
	return c.lowerMatches(n, ir.PathOf(steps))
}

// lowerMatches lowers a value, which means equality, or a struct of operators.
func (c *compilation) lowerMatches(n node, at ir.Path) []*ir.Match {
	if !n.isStruct() {
		return []*ir.Match{{Pos: n.pos(), At: at, Op: "eq", Values: []any{n.scalar()}}}
	}
	var list []*ir.Match
	for _, op := range n.fields() {
		m := &ir.Match{Pos: op.labelPos(), At: at, Op: op.name}
		if !c.lowerOperand(op, m) {
			continue
		}
		list = append(list, m)
	}
	if len(n.fields()) == 0 {
		c.report.Errorf(diag.UnknownOperator, n.pos(), "the matcher has no operator").Help("write a value, or one of `in`, `not`, `re`, `exists`, `gt` and `lt`")
	}
	return list
}

func (c *compilation) lowerOperand(op node, m *ir.Match) bool {
	bad := func(want string) bool {
		c.report.Errorf(diag.BadOperand, op.pos(), "`%s` compares with %s", op.name, want)
		return false
	}
	switch op.name {
	case "in":
		if !op.isList() || len(op.list()) == 0 {
			return bad("a list of values")
		}
		for _, e := range op.list() {
			m.Values = append(m.Values, e.scalar())
		}
	case "not":
		values := []node{op}
		if op.isList() {
			values = op.list()
		}
		if len(values) == 0 || slices.ContainsFunc(values, func(v node) bool { return v.isStruct() || v.isList() }) {
			return bad("a value, or a list of values")
		}
		for _, v := range values {
			m.Values = append(m.Values, v.scalar())
		}
	case "re":
		if _, err := regexp.Compile(op.str()); err != nil || op.str() == "" {
			return bad("a regular expression, and this does not compile")
		}
		m.Values = []any{op.str()}
	case "exists":
		if op.concrete().Kind() != cue.BoolKind {
			return bad("true or false")
		}
		m.Values = []any{op.bool()}
	case "gt", "lt":
		if op.concrete().Kind()&cue.NumberKind == 0 {
			return bad("a number")
		}
		m.Values = []any{op.float()}
	default:
		c.report.Errorf(diag.UnknownOperator, op.labelPos(), "a matcher has no operator `%s`", op.name).Label("unknown operator").
			DidYouMean(op.name, []string{"in", "not", "re", "exists", "gt", "lt"})
		return false
	}
	return true
}

// lowerSource lowers a path, or a struct that names a header, a link relation
// or a body path.
func (c *compilation) lowerSource(n node) *ir.Source {
	s, _ := c.sourceIn(n, nil)
	return s
}

// sourceIn is lowerSource with the path checked against a type. It returns the
// type that the path leads to, if it is known.
func (c *compilation) sourceIn(n node, in *ir.Type) (s *ir.Source, t *ir.Type) {
	if !n.sound() {
		return nil, nil
	}
	s = &ir.Source{Pos: n.pos()}
	body := n
	if n.isStruct() {
		s.Header, s.Link, s.As = n.get("header").str(), n.get("link").str(), n.get("as").str()
		body = n.get("body")
	}
	switch {
	case !body.exists():
	case in != nil:
		s.Body, t = c.pathInType(body, in)
	default:
		s.Body, _ = c.lowerPath(body)
	}
	return s, t
}

// lowerSlots lowers a list of slots.
func (c *compilation) lowerSlots(n node) []*ir.Slot {
	var list []*ir.Slot
	for _, e := range n.list() {
		if s := c.lowerSlot(e); s != nil {
			list = append(list, s)
		}
	}
	return list
}

func (c *compilation) lowerSlot(n node) *ir.Slot {
	if !n.sound() {
		return nil
	}
	if h := n.get("header"); h.exists() {
		c.checkHeaderName(h.pos(), h.str())
	}
	s := &ir.Slot{Query: n.get("query").str(), Header: n.get("header").str(), Path: n.get("path").str(), Cookie: n.get("cookie").str()}
	if b := n.get("body"); b.exists() {
		s.Body, _ = c.lowerPath(b)
	}
	return s
}
