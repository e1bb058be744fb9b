package gauntlet

import (
	"bytes"
	"fmt"
	"iter"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime"
)

// A JSON value is nil, bool, string, number, []any or map[string]any. Numbers
// keep their text: precision is one of the things that are judged.
type number string

// lenient reads what a tolerant client reads as well.
var lenient = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

// parse reads the first JSON value of b; nil when there is none.
func parse(b []byte) any {
	d := jsontext.NewDecoder(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff"))), lenient)
	v, err := parseValue(d)
	if err != nil {
		return nil
	}
	return v
}

func parseValue(d *jsontext.Decoder) (any, error) {
	tok, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	switch tok.Kind() {
	case 't', 'f':
		return tok.Bool(), nil
	case '"':
		return tok.String(), nil
	case '0':
		return number(tok.String()), nil
	case '[':
		list := []any{}
		for d.PeekKind() != ']' {
			v, err := parseValue(d)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.ReadToken()
		return list, err
	case '{':
		object := map[string]any{}
		for d.PeekKind() != '}' {
			name, err := d.ReadToken()
			if err != nil {
				return nil, err
			}
			key := name.String()
			if object[key], err = parseValue(d); err != nil {
				return nil, err
			}
		}
		_, err := d.ReadToken()
		return object, err
	}
	return nil, nil
}

// at returns the value at a path.
func at(v any, p ir.Path) (any, bool) {
	for _, s := range p {
		switch c := v.(type) {
		case map[string]any:
			next, ok := c[s.Name]
			if !ok {
				return nil, false
			}
			v = next
		case []any:
			if s.Index == nil {
				return nil, false
			}
			i := *s.Index
			if i < 0 {
				i += len(c)
			}
			if i < 0 || i >= len(c) {
				return nil, false
			}
			v = c[i]
		default:
			return nil, false
		}
	}
	return v, true
}

// plain is a scalar as text; "" for null and for what is not a scalar.
func plain(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case number:
		return string(v)
	case bool:
		return fmt.Sprint(v)
	}
	return ""
}

// zero reports whether a value says no more than its absence: null, false, 0
// and what is empty. A decoded struct may leave such a member out.
func zero(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case bool:
		return !v
	case string:
		return v == "" || sameNumber(v, "0") // A number may have come as text.
	case number:
		return sameNumber(string(v), "0")
	case []any:
		return len(v) == 0
	case map[string]any:
		for _, m := range v {
			if !zero(m) {
				return false
			}
		}
		return true
	}
	return false
}

// sameNumber compares two numerals exactly.
func sameNumber(a, b string) bool {
	x, ok := new(big.Rat).SetString(a)
	y, ok2 := new(big.Rat).SetString(b)
	return ok && ok2 && x.Cmp(y) == 0
}

// lost returns the path and the reason of the first thing in wire that got does
// not hold; "" when all of it is there. got may hold more.
func lost(wire, got any, path string) (where, why string) {
	switch w := wire.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			return path, "is no object any more"
		}
		for _, name := range slices.Sorted(maps.Keys(w)) {
			v, ok := g[name]
			switch {
			case !ok && zero(w[name]):
			case !ok:
				return join(path, name), "is gone"
			default:
				if where, why := lost(w[name], v, join(path, name)); why != "" {
					return where, why
				}
			}
		}
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return path, "is another list"
		}
		for i := range w {
			if where, why := lost(w[i], g[i], fmt.Sprintf("%s[%d]", path, i)); why != "" {
				return where, why
			}
		}
	default:
		if !sameScalar(wire, got) {
			return path, "is another value"
		}
	}
	return "", ""
}

// sameScalar reports whether got says what was on the wire. A number that came
// as text, or the other way round, may be put right; a single value that came
// for a list may be put in one. A library may hide what is secret.
func sameScalar(wire, got any) bool {
	if got == hidden {
		return true
	}
	if list, ok := got.([]any); ok && len(list) == 1 {
		return sameScalar(wire, list[0])
	}
	if wire == got || zero(wire) && zero(got) {
		return true
	}
	_, n := wire.(number)
	_, m := got.(number)
	return (n || m) && sameNumber(plain(wire), plain(got))
}

// hidden is what the runtime prints for a secret.
var hidden = runtime.Secret{}.String()

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// leaks reports whether text holds one of the secrets.
func leaks(text string, secrets []string) bool {
	for _, s := range secrets {
		if s != "" && strings.Contains(text, s) {
			return true
		}
	}
	return false
}

// leaves yields every string in a value.
func leaves(v any) iter.Seq[string] {
	return func(yield func(string) bool) { eachLeaf(v, yield) }
}

func eachLeaf(v any, yield func(string) bool) bool {
	switch v := v.(type) {
	case string:
		return yield(v)
	case []any:
		for _, e := range v {
			if !eachLeaf(e, yield) {
				return false
			}
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if !eachLeaf(v[name], yield) {
				return false
			}
		}
	}
	return true
}
