package judge

import (
	"encoding/json"
	"fmt"
	"math/big"
)

// secret is how a secret is printed. What it stood for is not known.
const secret = "[secret]"

// differs returns the first place where two JSON values differ, or "". Order of
// members does not count; numbers are compared exactly, whatever their form.
// A member that says no more than its absence may be absent from the result:
// results hold optional members as plain values.
func differs(want, got any, at string) string {
	if zero(want) && zero(got) {
		return "" // A null list is a nil slice, which is written as [].
	}
	switch w := want.(type) {
	case object:
		g, ok := got.(object)
		if !ok {
			break
		}
		for _, name := range sortedKeys(w) {
			v, ok := g[name]
			if !ok && zero(w[name]) {
				continue
			}
			if !ok {
				return fmt.Sprintf("%s.%s was answered and is lost", at, name)
			}
			if where := differs(w[name], v, at+"."+name); where != "" {
				return where
			}
		}
		for _, name := range sortedKeys(g) {
			if _, ok := w[name]; !ok {
				return fmt.Sprintf("%s.%s was not answered, and is in the result", at, name)
			}
		}
		return ""
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			break
		}
		for i := range w {
			if where := differs(w[i], g[i], fmt.Sprintf("%s[%d]", at, i)); where != "" {
				return where
			}
		}
		return ""
	case json.Number:
		if g, ok := got.(json.Number); ok && sameNumber(string(w), string(g)) {
			return ""
		}
	default:
		if want == got || got == secret {
			return ""
		}
	}
	return fmt.Sprintf("%s is %.60s in the answer and %.60s in the result", at, show(want), show(got))
}

func show(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(data)
}

func sameNumber(a, b string) bool {
	x, ok := new(big.Rat).SetString(a)
	y, ok2 := new(big.Rat).SetString(b)
	return ok && ok2 && x.Cmp(y) == 0
}

// zero reports whether a value is what a Go struct has for an absent one.
func zero(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case bool:
		return !v
	case string:
		return v == ""
	case json.Number:
		return sameNumber(string(v), "0")
	case []any:
		return len(v) == 0
	case object:
		for _, m := range v {
			if !zero(m) {
				return false
			}
		}
		return true
	}
	return false
}
