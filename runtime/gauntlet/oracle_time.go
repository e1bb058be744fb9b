package gauntlet

import (
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// mistimed lists the members of a result that are another time than the wire
// said: seconds that were read as milliseconds come back as they were, and only
// the caller sees 1970.
func (ev *Evidence) mistimed(r *Record, wire any) []string {
	if len(r.Times) == 0 {
		return nil
	}
	if !r.Lists {
		return timesApart(ev.Plan.Spec, r.Action.Returns, wire, parse(r.Times[0]), "")
	}
	items, _ := wire.([]any)
	if len(items) != len(r.Times) {
		return nil // Which is another failure.
	}
	var out []string
	at := r.Action.Page.Items.String()
	for i, item := range items {
		out = append(out, timesApart(ev.Plan.Spec, r.Action.Page.Item, item, parse(r.Times[i]), fmt.Sprintf("%s[%d]", at, i))...)
	}
	return out
}

// timesApart compares the times of a value of the type. What is behind
// alternatives is left out.
func timesApart(c *ir.Connector, t *ir.Type, wire, got any, path string) []string {
	named := c.Resolve(t)
	if named == nil || wire == nil {
		return nil
	}
	for _, w := range []ir.Wire{t.Wire, named.Wire} {
		if meant, ok := instant(w.Time, wire); ok {
			if text, ok := got.(string); ok && sameInstant(text, meant) {
				return nil
			}
			return []string{path}
		}
	}
	var out []string
	switch w := wire.(type) {
	case map[string]any:
		g, _ := got.(map[string]any)
		if named.Kind == ir.Map {
			for name, v := range w {
				out = append(out, timesApart(c, named.Elem, v, g[name], join(path, name))...)
			}
		}
		if named.Kind == ir.Object {
			for _, f := range c.Fields(named) {
				out = append(out, timesApart(c, f.Type, w[f.Name], g[f.Name], join(path, f.Name))...)
			}
		}
	case []any:
		g, _ := got.([]any)
		if named.Kind != ir.List || len(g) != len(w) {
			return nil
		}
		for i := range w {
			out = append(out, timesApart(c, named.Elem, w[i], g[i], fmt.Sprintf("%s[%d]", path, i))...)
		}
	}
	return out
}

// instant is what a count of seconds or milliseconds means; it is false for
// every other form of a time.
func instant(forms []string, wire any) (time.Time, bool) {
	n, isNumber := wire.(number)
	if !isNumber || len(forms) != 1 {
		return time.Time{}, false
	}
	count, ok := new(big.Rat).SetString(string(n))
	if !ok {
		return time.Time{}, false
	}
	switch forms[0] {
	case "unix":
		count.Mul(count, big.NewRat(int64(time.Second), 1))
	case "unix_ms":
		count.Mul(count, big.NewRat(int64(time.Millisecond), 1))
	default:
		return time.Time{}, false
	}
	nanos := new(big.Int).Quo(count.Num(), count.Denom())
	if !nanos.IsInt64() {
		return time.Time{}, false
	}
	return time.Unix(0, nanos.Int64()), true
}

func sameInstant(text string, meant time.Time) bool {
	got, err := time.Parse(time.RFC3339Nano, strings.TrimSpace(text))
	return err == nil && got.Sub(meant).Abs() < time.Microsecond
}
