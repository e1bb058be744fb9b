package twin

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// answer is a response before it is written: a status, headers and a body that
// is still a value.
type answer struct {
	status int
	header http.Header
	body   any
	media  string // Content-Type; "" is application/json.
	bytes  []byte // The body of an answer that is not JSON.

	class ir.Class // Of a failure.
	code  string
	wait  time.Duration // That the answer asks for.
}

// matches reports whether an answer meets a condition.
func matches(w *ir.When, a *answer) bool {
	if len(w.Status) > 0 && !slices.ContainsFunc(w.Status, func(s string) bool { return inStatus(s, a.status) }) {
		return false
	}
	if w.Media != "" && !strings.HasPrefix(a.contentType(), w.Media) {
		return false
	}
	for _, m := range w.Header {
		v := a.header.Values(m.At.String())
		if len(v) == 0 && !matchValue(m, nil, false) || len(v) > 0 && !matchValue(m, v[0], true) {
			return false
		}
	}
	if a.body == nil && len(w.Body) > 0 {
		return false // There is no JSON to hold anything.
	}
	for _, m := range w.Body {
		v, ok := at(a.body, m.At)
		if !matchValue(m, v, ok) {
			return false
		}
	}
	return true
}

func (a *answer) contentType() string {
	if a.media != "" {
		return a.media
	}
	return "application/json"
}

// inStatus reports whether a status is of a pattern such as 429 or 5xx.
func inStatus(pattern string, status int) bool {
	if class, ok := strings.CutSuffix(strings.ToLower(pattern), "xx"); ok {
		return class == strconv.Itoa(status/100)
	}
	return pattern == strconv.Itoa(status)
}

func matchValue(m *ir.Match, v any, present bool) bool {
	if m.Op == "exists" {
		want := len(m.Values) == 0 || m.Values[0] != false
		return want == (present && v != nil)
	}
	if !present {
		return m.Op == "not"
	}
	switch m.Op {
	case "re":
		re, err := regexp.Compile(textOf(valueOf(first(m))))
		return err == nil && re.MatchString(textOf(v))
	case "gt", "lt":
		n, err1 := strconv.ParseFloat(textOf(v), 64)
		limit, err2 := strconv.ParseFloat(textOf(valueOf(first(m))), 64)
		return err1 == nil && err2 == nil && (m.Op == "gt" && n > limit || m.Op == "lt" && n < limit)
	}
	listed := slices.ContainsFunc(m.Values, func(want any) bool { return same(valueOf(want), v) })
	return listed != (m.Op == "not")
}

func first(m *ir.Match) any {
	if len(m.Values) == 0 {
		return nil
	}
	return m.Values[0]
}

// same compares scalars; a string of a header is the same as the number it spells.
func same(a, b any) bool {
	switch a.(type) {
	case nil, bool:
		if s, ok := b.(string); ok && a != nil {
			return s == textOf(a)
		}
		return a == b
	}
	if b == nil {
		return false
	}
	return textOf(a) == textOf(b)
}

// satisfy changes an answer so that it meets a condition. Where there is a
// choice it takes the wanted code, or the first value that holds a hint. It
// reports false when the condition rules the code out.
func satisfy(w *ir.When, a *answer, code *ir.Source, want string, hints []string) bool {
	if len(w.Status) > 0 && !slices.ContainsFunc(w.Status, func(s string) bool { return inStatus(s, a.status) }) {
		a.status = statusOf(w.Status[0])
	}
	if w.Media != "" {
		a.media = w.Media
	}
	for _, m := range w.Header {
		v, ok := valueFor(m, "", hints)
		if ok {
			a.header.Set(m.At.String(), textOf(v))
		}
	}
	for _, m := range w.Body {
		wanted := ""
		if code != nil && code.Body.String() == m.At.String() {
			wanted = want
		}
		v, ok := valueFor(m, wanted, hints)
		if !ok {
			return false
		}
		if v == nil && m.Op == "exists" {
			remove(a.body, m.At)
			continue
		}
		if old, ok := at(a.body, m.At); m.Op == "exists" && want == "" && ok && old != nil {
			continue // Whatever is there will do.
		}
		a.body = put(a.body, m.At, v)
	}
	return true
}

// valueFor returns a value that meets a match.
func valueFor(m *ir.Match, want string, hints []string) (any, bool) {
	switch m.Op {
	case "exists":
		if len(m.Values) > 0 && m.Values[0] == false {
			return nil, want == ""
		}
		if want == "" {
			want = "failed"
		}
		return want, true
	case "re":
		pattern := textOf(valueOf(first(m)))
		if want != "" {
			ok, err := regexp.MatchString(pattern, want)
			return want, err == nil && ok
		}
		f := newForm(pattern, 0)
		return f.write(0), true
	case "gt", "lt":
		n, _ := strconv.ParseFloat(textOf(valueOf(first(m))), 64)
		if m.Op == "gt" {
			n += 2
		}
		return valueOf(n - 1), true
	case "not":
		if want != "" {
			return want, !slices.ContainsFunc(m.Values, func(v any) bool { return textOf(valueOf(v)) == want })
		}
		return valueOf(m.Unlike()), true
	}
	if want != "" {
		i := slices.IndexFunc(m.Values, func(v any) bool { return textOf(valueOf(v)) == want })
		if i < 0 {
			return nil, false
		}
		return valueOf(m.Values[i]), true // Of the declared kind, which may be a number.
	}
	for _, hint := range hints {
		for _, v := range m.Values {
			if strings.Contains(textOf(valueOf(v)), hint) {
				return valueOf(v), true
			}
		}
	}
	return valueOf(first(m)), len(m.Values) > 0
}

// statusOf returns a status of a pattern.
func statusOf(pattern string) int {
	if class, ok := strings.CutSuffix(strings.ToLower(pattern), "xx"); ok {
		n, _ := strconv.Atoi(class)
		return max(n, 1) * 100
	}
	n, err := strconv.Atoi(pattern)
	if err != nil {
		return http.StatusBadRequest
	}
	return n
}

// deny changes an answer so that it does not meet a condition on its body, and
// reports whether it could.
func deny(w *ir.When, a *answer) bool {
	for _, m := range w.Body {
		switch v := first(m); {
		case m.Op == "exists" && v == false:
			a.body = put(a.body, m.At, "present")
		case m.Op == "not":
			a.body = putFirst(a.body, m.At, valueOf(v))
		case (m.Op == "eq" || m.Op == "in") && len(m.Values) == 1 && isBool(v):
			a.body = putFirst(a.body, m.At, !v.(bool))
		default:
			remove(a.body, m.At)
		}
		if !matches(w, a) {
			return true
		}
	}
	return false
}

func isBool(v any) bool {
	_, ok := v.(bool)
	return ok
}

// putFirst is put, with a new member of the root in front: it is how envelopes
// are written.
func putFirst(root any, p ir.Path, v any) any {
	o, ok := root.(*object)
	if !ok || len(p) != 1 || o.find(p[0].Name) >= 0 {
		return put(root, p, v)
	}
	o.members = slices.Insert(o.members, 0, member{p[0].Name, v})
	return o
}
