package runtime

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// UnixTime is a time that is written as seconds since 1970. Fractions of a
// second are read, and written where there are any. The zero value is absent;
// a zero on the wire is 1970.
type UnixTime struct{ time.Time }

// UnixMilliTime is a time that is written as milliseconds since 1970. The zero
// value is absent.
type UnixMilliTime struct{ time.Time }

// Unix returns t as an [UnixTime].
func Unix(t time.Time) UnixTime { return UnixTime{t} }

// UnixMilli returns t as an [UnixMilliTime].
func UnixMilli(t time.Time) UnixMilliTime { return UnixMilliTime{t} }

// MarshalJSONTo writes the seconds, or null for the zero value.
func (t UnixTime) MarshalJSONTo(enc *jsonEncoder) error {
	if t.IsZero() {
		return enc.WriteValue(Raw("null"))
	}
	return enc.WriteValue(formatUnix(t.Time))
}

// UnmarshalJSONFrom reads a number, or null as the zero value.
func (t *UnixTime) UnmarshalJSONFrom(dec *jsonDecoder) error {
	at, err := unmarshalTime(dec, time.Second)
	t.Time = at
	return err
}

// MarshalJSONTo writes the milliseconds, or null for the zero value.
func (t UnixMilliTime) MarshalJSONTo(enc *jsonEncoder) error {
	if t.IsZero() {
		return enc.WriteValue(Raw("null"))
	}
	return enc.WriteValue(strconv.AppendInt(nil, t.UnixMilli(), 10))
}

// UnmarshalJSONFrom reads a number, or null as the zero value.
func (t *UnixMilliTime) UnmarshalJSONFrom(dec *jsonDecoder) error {
	at, err := unmarshalTime(dec, time.Millisecond)
	t.Time = at
	return err
}

// errNoTime says that a number is no time that Go can hold.
var errNoTime = errors.New("the number is out of range for a time")

// maxUnix is the end of the year 9999, beyond which a time cannot be formatted.
const maxUnix = 253402300799

// unmarshalTime reads a count of units since 1970. The digits are kept: a
// float64 would lose the microseconds of a time of today.
func unmarshalTime(dec *jsonDecoder, unit time.Duration) (time.Time, error) {
	switch dec.PeekKind() {
	case 'n':
		return time.Time{}, dec.SkipValue()
	case '0':
		raw, err := dec.ReadValue()
		if err != nil {
			return time.Time{}, err
		}
		return parseUnix(string(raw), unit)
	}
	var n float64 // For the error of reading anything else as a number.
	return time.Time{}, unmarshalFrom(dec, &n)
}

// parseUnix reads the text of a JSON number.
func parseUnix(text string, unit time.Duration) (time.Time, error) {
	if strings.ContainsAny(text, "eE") {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return time.Time{}, errNoTime
		}
		text = strconv.FormatFloat(f, 'f', -1, 64)
	}
	whole, fraction, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	limit := int64(maxUnix * (time.Second / unit))
	if err != nil || n > limit || n < -limit {
		return time.Time{}, errNoTime
	}
	part, _ := strconv.ParseInt((fraction + "000000000")[:9], 10, 64) // Billionths of a unit.
	part /= int64(time.Second / unit)
	if strings.HasPrefix(whole, "-") {
		part = -part
	}
	per := int64(time.Second / unit)
	return time.Unix(n/per, n%per*int64(unit)+part).UTC(), nil
}

// formatUnix writes seconds, with a fraction where there is one.
func formatUnix(t time.Time) Raw {
	seconds, nanos, sign := t.Unix(), int64(t.Nanosecond()), ""
	if seconds < 0 && nanos > 0 { // Unix rounds down: -1.5 is -2 and half a second.
		seconds, nanos = seconds+1, int64(time.Second)-nanos
		if seconds == 0 {
			sign = "-"
		}
	}
	text := sign + strconv.FormatInt(seconds, 10)
	if nanos > 0 {
		fraction := strconv.FormatInt(int64(time.Second)+nanos, 10)[1:]
		text += "." + strings.TrimRight(fraction, "0")
	}
	return Raw(text)
}
