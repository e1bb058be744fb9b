package twin

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/porin-dev/porin/compiler/ir"
)

// fitScalar holds a value that is neither list nor object against its type.
func (x *index) fitScalar(t *ir.Type, wire ir.Wire, v any) *misfit {
	n, isNumber := v.(number)
	s, isText := v.(string)
	switch {
	case len(wire.Time) > 0:
		return fitTime(t, wire.Time, v)
	case wire.Decimal && isNumber, wire.ID && (isNumber || isText && t.Kind == ir.Int):
		return nil
	case wire.Decimal && isText:
		if _, err := strconv.ParseFloat(s, 64); err != nil {
			return wants("a number")
		}
		return nil
	}
	switch t.Kind {
	case ir.Bool:
		if _, ok := v.(bool); !ok {
			return wants("true or false")
		}
		return fitConstant(t, v)
	case ir.Int:
		if !isNumber || !integral(n) {
			return wants("an integer")
		}
		return fitNumber(t, n)
	case ir.Float:
		if !isNumber {
			return wants("a number")
		}
		return fitNumber(t, n)
	case ir.Bytes:
		if !isText {
			return wants("bytes in base64")
		}
	case ir.String:
		if !isText {
			return wants("a text")
		}
		return x.fitText(t, s)
	case ir.Enum:
		return fitEnum(t, v)
	}
	return nil
}

// integral reports whether a number is an integer, however it is written.
func integral(n number) bool {
	if _, err := strconv.ParseInt(string(n), 10, 64); err == nil {
		return true
	}
	f, err := strconv.ParseFloat(string(n), 64)
	return err == nil && f == math.Trunc(f)
}

func fitNumber(t *ir.Type, n number) *misfit {
	if t.Min == nil && t.Max == nil {
		return nil
	}
	f, err := strconv.ParseFloat(string(n), 64)
	switch {
	case err != nil:
		return nil // Beyond what can be compared.
	case t.Min != nil && outside(f, t.Min, false):
		return wants(limitWords(t.Min, "at least ", "more than "))
	case t.Max != nil && outside(f, t.Max, true):
		return wants(limitWords(t.Max, "at most ", "less than "))
	}
	return nil
}

// outside reports whether a number is beyond a bound.
func outside(f float64, b *ir.Bound, above bool) bool {
	limit, err := strconv.ParseFloat(b.Value, 64)
	if err != nil {
		return false
	}
	return b.Exclusive && f == limit || above && f > limit || !above && f < limit
}

func limitWords(b *ir.Bound, inclusive, exclusive string) string {
	if b.Exclusive {
		return exclusive + b.Value
	}
	return inclusive + b.Value
}

// fitLength holds the number of characters or elements against the bounds.
func fitLength(t *ir.Type, n int, unit string) *misfit {
	m := fitNumber(t, number(strconv.Itoa(n)))
	if m != nil {
		m.says += " " + unit
		if !strings.HasSuffix(m.says, " 1 "+unit) {
			m.says += "s"
		}
	}
	return m
}

func (x *index) fitText(t *ir.Type, s string) *misfit {
	if t.Min != nil || t.Max != nil {
		if m := fitLength(t, utf8.RuneCountInString(s), "character"); m != nil {
			return m
		}
	}
	if t.Pattern != "" {
		if re := x.matcher(t.Pattern); re != nil && !re.MatchString(s) {
			return wants("what matches " + t.Pattern)
		}
	}
	return nil
}

// fitEnum holds a value against an enumeration, which only a single value closes.
func fitEnum(t *ir.Type, v any) *misfit {
	if len(t.Enum) == 0 {
		return nil
	}
	if len(t.Enum) == 1 {
		return fitConstant(t, v)
	}
	n, isNumber := v.(number)
	switch _, isText := v.(string); {
	case isString(t.Enum[0]) && !isText:
		return wants("a text")
	case !isString(t.Enum[0]) && !(isNumber && integral(n)):
		return wants("an integer")
	}
	return nil
}

func fitConstant(t *ir.Type, v any) *misfit {
	if len(t.Enum) == 1 && textOf(v) != textOf(valueOf(t.Enum[0])) {
		return wants(string(appendJSON(nil, valueOf(t.Enum[0]))))
	}
	return nil
}

// fitTime holds a value against the forms of a time. A date is good where a time in
// RFC 3339 is wanted, with or without a zone: providers read both.
func fitTime(t *ir.Type, forms []string, v any) *misfit {
	s, isText := v.(string)
	for _, form := range forms {
		unix := strings.HasPrefix(form, "unix")
		if _, isNumber := v.(number); isNumber && unix || isNumber && t.Kind != ir.String {
			return nil
		}
		if isText && (!unix || t.Kind == ir.String) {
			if _, ok := readTime(s, form); ok || form == "rfc3339" && isISO(s) {
				return nil
			}
		}
	}
	return wants("a time as " + strings.Join(forms, " or "))
}

// isISO reports whether a text is a date, or a date and a time: with or without a zone,
// with a space in place of the T, and in small letters (RFC 3339, 5.6).
func isISO(s string) bool {
	s = strings.ToUpper(s)
	if len(s) > len(time.DateOnly) && s[len(time.DateOnly)] == ' ' {
		s = s[:len(time.DateOnly)] + "T" + s[len(time.DateOnly)+1:]
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z0700", time.RFC3339} {
		if _, err := time.Parse(layout, s); err == nil {
			return true
		}
	}
	return false
}

func isString(v any) bool {
	_, ok := v.(string)
	return ok
}
