package twin

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// misfit is what is wrong with a value that was sent.
type misfit struct {
	at   string // From the parameter on: ".address.lines[2]".
	says string // "wants an integer"
}

func wants(what string) *misfit { return &misfit{says: "wants " + what} }

// below places a misfit in what it is a part of.
func (m *misfit) below(step string) *misfit {
	if m != nil {
		m.at = step + m.at
	}
	return m
}

// fit says how a value differs from what is declared; nil when it does not. Text is
// what came in a query, a form, a path or a header, where everything is: a number is
// then good that is spelled, and what is empty is not there. As with providers, an
// object may have more members than are declared, an enumeration more values, and a
// union more objects that a constant tells apart; a member that may be absent may be
// null, and one of answers alone be anything. Which members an object has to have is
// not looked at.
func (x *index) fit(declared *ir.Type, v any, text bool) *misfit {
	t := x.resolve(declared)
	s, isText := v.(string)
	switch {
	case t == nil, t.Kind == ir.Any, len(t.Wire.Lenient)+len(declared.Wire.Lenient) > 0, isText && text && s == "":
		return nil
	case v == nil:
		return x.fitNull(declared)
	case t.Kind == ir.Union:
		return x.fitUnion(t, v, text)
	}
	if isText && text {
		v = (&formReader{index: x}).one(t, s)
	}
	switch t.Kind {
	case ir.List:
		return x.fitList(t, v, text)
	case ir.Map, ir.Object:
		return x.fitObject(t, v, text)
	}
	wire := t.Wire
	if declared != t {
		wire.ID, wire.Decimal = wire.ID || declared.Wire.ID, wire.Decimal || declared.Wire.Decimal
		if len(declared.Wire.Time) > 0 {
			wire.Time = declared.Wire.Time
		}
	}
	return x.fitScalar(t, wire, v)
}

func (x *index) fitNull(declared *ir.Type) *misfit {
	if x.nullable(declared) {
		return nil
	}
	return &misfit{says: "may not be null"}
}

// nullable reports whether a type, or a variant of it, may be null.
func (x *index) nullable(declared *ir.Type) bool {
	t := x.resolve(declared)
	return declared.Nullable || t == nil || t.Nullable || t.Kind == ir.Any || slices.ContainsFunc(t.Variants, x.nullable)
}

func (x *index) fitList(t *ir.Type, v any, text bool) *misfit {
	list, ok := v.([]any)
	if !ok {
		return wants("a list")
	}
	if m := fitLength(t, len(list), "element"); m != nil {
		return m
	}
	for i, e := range list {
		if m := x.fit(t.Elem, e, text); m != nil {
			return m.below("[" + strconv.Itoa(i) + "]")
		}
	}
	return nil
}

func (x *index) fitObject(t *ir.Type, v any, text bool) *misfit {
	o, ok := v.(*object)
	if !ok {
		return wants("an object")
	}
	fields := x.fields(t)
	for _, m := range o.members {
		declared := t.Elem
		if i := slices.IndexFunc(fields, func(f *ir.Field) bool { return f.Name == m.name }); i >= 0 {
			declared = fields[i].Type
			if m.value == nil && !fields[i].Required || x.onlyRead(fields[i]) {
				continue
			}
		}
		if declared == nil {
			continue
		}
		if bad := x.fit(declared, m.value, text); bad != nil {
			return bad.below("." + m.name)
		}
	}
	return nil
}

// fitUnion holds a value against the variants. Where it fits none, the one whose
// constants or kind it has says what is wrong.
func (x *index) fitUnion(t *ir.Type, v any, text bool) *misfit {
	var near *misfit
	var kinds []string
	several, open := false, false
	for _, variant := range t.Variants {
		m := x.fit(variant, v, text)
		same, tagged := x.sameTags(variant, v)
		switch {
		case m == nil:
			return nil
		case tagged && same:
			return m
		case tagged:
			open = true
		case m.at != "":
			several, near = near != nil, m
		default:
			kinds = append(kinds, strings.TrimPrefix(m.says, "wants "))
		}
	}
	switch {
	case open || len(t.Variants) == 0:
		return nil
	case several:
		return wants("one of the forms that are declared")
	case near != nil:
		return near
	}
	slices.Sort(kinds)
	return wants(strings.Join(slices.Compact(kinds), " or "))
}

// sameTags reports whether an object has the constants of a variant, and whether the
// variant has any.
func (x *index) sameTags(variant *ir.Type, v any) (same, tagged bool) {
	o, ok := v.(*object)
	if !ok {
		return false, false
	}
	same = true
	for _, f := range x.fields(x.resolve(variant)) {
		if t := x.resolve(f.Type); t != nil && constant(t) {
			tagged = true
			sent, _ := o.get(f.Name)
			same = same && textOf(sent) == textOf(valueOf(t.Enum[0]))
		}
	}
	return same, tagged
}

// matcher returns a compiled pattern; nil when it is none.
func (x *index) matcher(pattern string) *regexp.Regexp {
	if re, ok := x.patterns.Load(pattern); ok {
		return re.(*regexp.Regexp)
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		re = nil
	}
	x.patterns.Store(pattern, re)
	return re
}
