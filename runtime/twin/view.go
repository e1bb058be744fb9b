package twin

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// view is how a request sees a collection: as it was a while ago, where reads lag,
// and without the objects that its parameters rule out.
type view struct {
	t     *Twin
	c     *collection
	now   time.Time
	lag   time.Duration
	tests []func(o *object) bool
}

// view makes what a use sees. Without one, it is everything, as it is.
func (x *exchange) view(u *ir.ResourceUse, c *collection) *view {
	v := &view{t: x.t, c: c, now: x.now}
	if u == nil {
		return v
	}
	v.lag = duration(u.Lag)
	for _, f := range u.Filters {
		if want, sent := x.in[f.Param]; sent {
			v.tests = append(v.tests, x.t.idx.test(f, c.kind.item, x.op.params[f.Param], want))
		}
	}
	return v
}

// partial reports whether places and objects are not the same.
func (v *view) partial() bool {
	return v.lag > 0 || len(v.tests) > 0 || v.c.source != nil && len(v.c.source.gone) > 0
}

// get returns the object at a position, unless the view has none there.
func (v *view) get(p int) (*object, bool) {
	o, there := v.t.seen(v.c, p, v.now, v.lag)
	if !there || slices.ContainsFunc(v.tests, func(test func(*object) bool) bool { return !test(o) }) {
		return nil, false
	}
	return o, true
}

// item returns what a list has for a position.
func (v *view) item(p int) (any, bool) {
	if v.c.kind.plain {
		return v.t.item(v.c, p, v.now), !v.c.lost(p)
	}
	o, ok := v.get(p)
	return o, ok
}

// has reports whether the view has an object at a position.
func (v *view) has(p int) bool {
	if v.partial() && !v.c.kind.plain {
		_, ok := v.get(p)
		return ok
	}
	return !v.c.lost(p)
}

// test makes what a filter asks of an object, for a value of its parameter.
func (x *index) test(f *ir.Filter, item *ir.Type, param *ir.Field, want any) func(*object) bool {
	member := x.typeAt(item, f.At)
	var as *ir.Type
	if param != nil {
		as = x.resolve(param.Type)
	}
	return func(o *object) bool {
		v, ok := at(o, f.At)
		switch {
		case f.By == "is":
			if all, ok := want.([]any); ok {
				return slices.ContainsFunc(all, func(one any) bool { return same(one, v) })
			}
			return ok && same(want, v)
		case !ok || v == nil:
			return false
		case f.By == "has":
			return contains(v, want)
		case f.By == "from":
			return order(v, member, want, as) >= 0
		}
		return order(v, member, want, as) <= 0
	}
}

// contains reports whether a text has another in it, or a list an element.
func contains(v, want any) bool {
	if list, ok := v.([]any); ok {
		return slices.ContainsFunc(list, func(e any) bool { return same(want, e) })
	}
	return strings.Contains(strings.ToLower(textOf(v)), strings.ToLower(textOf(want)))
}

// order compares numbers as numbers, times as times, and anything else as text.
func order(a any, of *ir.Type, b any, as *ir.Type) int {
	m, ok := magnitude(a, of)
	n, ok2 := magnitude(b, as)
	switch {
	case !ok || !ok2:
		return strings.Compare(textOf(a), textOf(b))
	case m < n:
		return -1
	case m > n:
		return 1
	}
	return 0
}

// magnitude returns a number, or the seconds of a time.
func magnitude(v any, t *ir.Type) (float64, bool) {
	text := textOf(v)
	layout := "rfc3339"
	if t != nil && len(t.Wire.Time) > 0 {
		layout = t.Wire.Time[0]
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		if layout == "unix_ms" {
			n /= 1000
		}
		return n, true
	}
	switch layout {
	case "rfc3339", "unix", "unix_ms":
		layout = time.RFC3339
	case "date":
		layout = time.DateOnly
	}
	at, err := time.Parse(layout, text)
	return float64(at.Unix()) + float64(at.Nanosecond())/float64(time.Second), err == nil
}
